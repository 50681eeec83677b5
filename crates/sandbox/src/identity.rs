//! Identity verification behind both I'mport (V1) and `PortOne` (V2): the simulated people, the carrier's
//! window, and what came of each attempt.

mod attempt;
mod control;
mod keys;
mod otp;
mod outcome;
mod people;
mod store;
mod window;

use actix_web::web::{self, PayloadConfig, ServiceConfig};

pub(crate) use attempt::{Attempt, Requested, Status, Version};
pub(crate) use otp::{Method, Refused};
pub(crate) use people::{Carrier, Gender, Person, Pg, identified, midnight, named, today};
pub(crate) use store::{Ask, Order, Store};

const BODY_LIMIT: usize = 16 * 1024;

/// Mounts the window, the browser SDKs' stand-ins and the calls for tests.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/iamport/window")
                .app_data(PayloadConfig::new(BODY_LIMIT))
                .route(web::get().to(window::show))
                .route(web::post().to(window::finish)),
        )
        .route("/iamport/window.css", web::get().to(window::style))
        .route("/iamport/window.js", web::get().to(window::script))
        .route("/v1/iamport.js", web::get().to(window::iamport_sdk))
        .route("/v2/browser-sdk.js", web::get().to(window::portone_sdk))
        .route("/sandbox/people", web::get().to(control::people))
        .service(
            web::resource("/sandbox/identities")
                .app_data(PayloadConfig::new(BODY_LIMIT))
                .route(web::post().to(control::identify)),
        );
}

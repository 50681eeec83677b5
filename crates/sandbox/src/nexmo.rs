//! Nexmo: the SMS API and Verify v1, on one host though the real ones are two.
//!
//! Business errors come with HTTP status 200. A fault whose `receipt_code` stands without `receipt` is such an
//! error: `{"provider": "nexmo", "receipt_code": "9"}` refuses every message with status 9.

mod call;
mod format;
mod sign;
mod sms;
mod verify;

use actix_web::web::{self, ServiceConfig};

/// What is remembered.
#[derive(Default)]
pub(crate) struct Store {
    sms: sms::Account,
    verify: verify::Store,
}

/// More than any form or JSON body that is not refused for its length.
const BODY_LIMIT: usize = 64 * 1024;

pub(crate) fn routes(config: &mut ServiceConfig) {
    let limit = || web::PayloadConfig::new(BODY_LIMIT);
    // Each call is made with GET as well as POST.
    let both = |path: &str| web::resource(path.to_owned()).app_data(limit());
    config
        .service(
            both("/sms/{format:json|xml}").route(web::get().to(sms::send)).route(web::post().to(sms::send)),
        )
        .service(web::resource("/account/get-balance").route(web::get().to(sms::balance)))
        .service(
            both("/verify/{format:json|xml}")
                .route(web::get().to(verify::start))
                .route(web::post().to(verify::start)),
        )
        .service(
            both("/verify/psd2/{format:json}")
                .route(web::get().to(verify::start_payment))
                .route(web::post().to(verify::start_payment)),
        )
        .service(
            both("/verify/check/{format:json|xml}")
                .route(web::get().to(verify::check))
                .route(web::post().to(verify::check)),
        )
        .service(
            both("/verify/search/{format:json|xml}")
                .route(web::get().to(verify::search))
                .route(web::post().to(verify::search)),
        )
        .service(
            both("/verify/control/{format:json|xml}")
                .route(web::get().to(verify::control))
                .route(web::post().to(verify::control)),
        )
        .service(
            web::resource("/sandbox/nexmo/receipts")
                .app_data(web::PayloadConfig::new(16 * 1024))
                .route(web::get().to(sms::show_receiver))
                .route(web::put().to(sms::set_receiver))
                .route(web::delete().to(sms::remove_receiver)),
        );
}

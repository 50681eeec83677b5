//! The virtual handset: every message that the simulated providers deliver.

mod api;
mod code;
mod events;
mod inbox;
mod page;
mod waiting;
mod words;

use actix_web::web::{self, ServiceConfig};

pub(crate) use inbox::{Handset, Incoming};

/// Mounts the JSON calls, the event stream and the page.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/handset/messages")
                .route(web::get().to(api::messages))
                .route(web::delete().to(api::clear)),
        )
        .route("/handset/messages/wait", web::get().to(api::wait))
        .route("/handset/events", web::get().to(events::events))
        .route("/handset", web::get().to(page::page))
        .route("/handset/app.css", web::get().to(page::style))
        .route("/handset/app.js", web::get().to(page::script));
}

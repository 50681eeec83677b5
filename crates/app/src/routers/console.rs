//! The console.

use actix_web::web::{self, ServiceConfig};

use crate::pages;

/// The pages at `/console`, and the files that pages link.
pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/assets/{name}").route(web::get().to(pages::asset)));
}

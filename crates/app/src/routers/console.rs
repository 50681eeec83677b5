//! The console.

use actix_web::Route;
use actix_web::web::{self, ServiceConfig};

use crate::controllers::console::{
    analytics, audit, join, keys, login, overview, providers, session, story, templates, tenants,
    verifications,
};
use crate::pages::{self, see_other};

/// The pages at `/console`, and the files that pages link.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/assets/{name}").route(web::get().to(pages::asset)))
        .service(
            web::resource("/console/login")
                .route(web::get().to(login::page))
                .route(web::post().to(login::log_in)),
        )
        .service(
            web::resource("/console/logout")
                .route(leads_to(session::HOME))
                .route(web::post().to(login::log_out)),
        )
        .service(
            web::resource("/console/join")
                .route(web::get().to(join::page))
                .route(web::post().to(join::choose)),
        )
        .service(
            web::resource("/console/join/confirm")
                .route(leads_to(join::JOIN))
                .route(web::post().to(join::confirm)),
        )
        .service(
            web::resource("/console/keys")
                .route(web::get().to(keys::list))
                .route(web::post().to(keys::create)),
        )
        .service(
            web::resource("/console/keys/{id}/rotate")
                .route(leads_to(keys::KEYS))
                .route(web::post().to(keys::rotate)),
        )
        .service(
            web::resource("/console/keys/{id}/revoke")
                .route(leads_to(keys::KEYS))
                .route(web::post().to(keys::revoke)),
        )
        .service(web::resource("/console/templates").route(web::get().to(templates::list)))
        .service(
            web::resource("/console/templates/{tenant}/{purpose}/{locale}")
                .route(web::get().to(templates::show))
                .route(web::post().to(templates::save)),
        )
        .service(
            web::resource("/console/templates/{tenant}/{purpose}/{locale}/revert")
                .route(web::get().to(templates::to_text))
                .route(web::post().to(templates::revert)),
        )
        .service(web::resource("/console/tenants").route(web::get().to(tenants::page)))
        .service(web::resource("/console/audit").route(web::get().to(audit::page)))
        .configure(insight);
}

/// Figures, look-ups and providers.
fn insight(config: &mut ServiceConfig) {
    config
        .service(web::resource("/console").route(web::get().to(overview::page)))
        .service(web::resource("/console/analytics").route(web::get().to(analytics::page)))
        .service(
            web::resource("/console/verifications")
                .route(web::get().to(verifications::page))
                .route(web::post().to(verifications::look_up)),
        )
        .service(web::resource("/console/verifications/{id}").route(web::get().to(story::page)))
        .service(
            web::resource("/console/verifications/{id}/number")
                .route(web::get().to(story::to_story))
                .route(web::post().to(story::reveal)),
        )
        .service(web::resource("/console/providers").route(web::get().to(providers::page)))
        .service(
            web::resource("/console/providers/check")
                .route(leads_to(providers::PROVIDERS))
                .route(web::post().to(providers::check)),
        )
        .service(web::resource("/console/{rest:.*}").to(session::nothing));
}

/// An address of a form alone: whoever opens it is led to the form's page.
fn leads_to(page: &'static str) -> Route {
    web::get().to(move || std::future::ready(see_other(page).finish()))
}

//! Which address leads where.

use actix_web::web::{self, ServiceConfig};

use crate::controllers::{health, hooks, messages, openapi, templates, verifications};
use crate::problem::{Problem, ProblemCode};

/// The public listener.
pub fn public(config: &mut ServiceConfig) {
    config
        .service(web::resource("/v1/verifications").route(web::post().to(verifications::start)))
        .service(
            web::resource("/v1/verifications/{id}")
                .route(web::get().to(verifications::show))
                .route(web::delete().to(verifications::cancel)),
        )
        .service(web::resource("/v1/verifications/{id}/resend").route(web::post().to(verifications::resend)))
        .service(web::resource("/v1/verifications/{id}/check").route(web::post().to(verifications::check)))
        .service(
            web::resource("/v1/messages")
                .route(web::post().to(messages::send))
                .route(web::get().to(messages::list)),
        )
        .service(web::resource("/v1/messages/{id}").route(web::get().to(messages::show)))
        .service(
            web::resource("/v1/message-groups/{id}")
                .route(web::get().to(messages::show_group))
                .route(web::delete().to(messages::cancel)),
        )
        .service(web::resource("/v1/templates").route(web::get().to(templates::list)))
        .service(web::resource("/v1/templates/preview").route(web::post().to(templates::preview)))
        .service(
            web::resource("/v1/templates/{purpose}/{locale}")
                .route(web::put().to(templates::save))
                .route(web::delete().to(templates::revert)),
        )
        .service(
            web::resource("/hooks/{provider}")
                .route(web::get().to(hooks::receive))
                .route(web::post().to(hooks::receive)),
        )
        .service(web::resource("/openapi.json").route(web::get().to(openapi::describe)))
        .default_service(web::to(nothing));
}

/// The admin listener.
pub fn admin(config: &mut ServiceConfig) {
    config
        .service(web::resource("/health/live").route(web::get().to(health::live)))
        .service(web::resource("/health/ready").route(web::get().to(health::ready)))
        .default_service(web::to(nothing));
}

async fn nothing() -> Result<String, Problem> {
    Err(Problem::new(ProblemCode::NotFound))
}

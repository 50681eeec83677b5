//! Which address leads where.

mod app;
mod console;

pub use app::pages as messaging_app;

use actix_web::web::{self, ServiceConfig};

use crate::controllers::{
    account_lookups, accounts, analytics, certifications, classic, consents, docs_page, health, hooks,
    identities, identity_otps, identity_page, me, messages, openapi, password_resets, sessions, templates,
    terms, verifications,
};
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
            web::resource("/v1/sessions")
                .route(web::post().to(sessions::log_in))
                .route(web::get().to(sessions::list))
                .route(web::delete().to(sessions::end_others)),
        )
        .service(
            web::resource("/v1/sessions/current")
                .route(web::get().to(sessions::current))
                .route(web::delete().to(sessions::log_out)),
        )
        .service(web::resource("/v1/sessions/current/step-up").route(web::post().to(sessions::step_up)))
        .service(web::resource("/v1/sessions/{id}").route(web::delete().to(sessions::end)))
        .service(web::resource("/v1/terms").route(web::get().to(terms::list)))
        .service(web::resource("/v1/accounts").route(web::post().to(accounts::sign_up)))
        .service(
            web::resource("/v1/accounts/me/consents")
                .route(web::get().to(consents::list))
                .route(web::post().to(consents::give)),
        )
        .service(
            web::resource("/v1/accounts/me/consents/{term_id}").route(web::delete().to(consents::withdraw)),
        )
        .service(
            web::resource("/v1/accounts/me")
                .route(web::get().to(me::show))
                .route(web::delete().to(me::close)),
        )
        .service(web::resource("/v1/accounts/me/password").route(web::put().to(me::change_password)))
        .service(web::resource("/v1/accounts/me/phone-number").route(web::put().to(me::change_phone)))
        .service(web::resource("/v1/account-lookups").route(web::post().to(account_lookups::look_up)))
        .service(web::resource("/v1/password-resets").route(web::post().to(password_resets::open)))
        .service(web::resource("/v1/password-resets/current").route(web::put().to(password_resets::finish)))
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
        .configure(figures)
        .service(
            web::resource("/hooks/{provider}")
                .route(web::get().to(hooks::receive))
                .route(web::post().to(hooks::receive)),
        )
        .configure(classic_sms)
        .service(web::resource("/v1/identity-verifications").route(web::post().to(identities::start)))
        .service(web::resource("/v1/identity-verifications/{id}").route(web::get().to(identities::show)))
        .service(
            web::resource("/v1/identity-verifications/{id}/complete")
                .route(web::post().to(identities::complete)),
        )
        .service(
            web::resource("/v1/identity-verifications/{id}/otp")
                .route(web::post().to(identity_otps::request)),
        )
        .service(
            web::resource("/v1/identity-verifications/{id}/otp/confirm")
                .route(web::post().to(identity_otps::confirm)),
        )
        .service(web::resource("/certifications").route(web::post().to(certifications::complete)))
        .service(web::resource("/certifications/redirect").route(web::get().to(certifications::redirect)))
        .service(web::resource("/identity").route(web::get().to(identity_page::page)))
        .service(web::resource("/identity/return").route(web::get().to(identity_page::came)))
        .service(web::resource("/identity/complete").route(web::post().to(identity_page::complete)))
        .service(web::resource("/identity/page.css").route(web::get().to(identity_page::style)))
        .service(web::resource("/identity/page.js").route(web::get().to(identity_page::script)))
        .configure(app::files)
        .service(web::resource("/openapi.json").route(web::get().to(openapi::describe)))
        .service(web::resource("/docs").route(web::get().to(docs_page::page)))
        .default_service(web::to(nothing));
}

/// Figures.
fn figures(config: &mut ServiceConfig) {
    config
        .service(web::resource("/v1/analytics/overview").route(web::get().to(analytics::overview)))
        .service(web::resource("/v1/analytics/series").route(web::get().to(analytics::series)))
        .service(web::resource("/v1/analytics/funnel").route(web::get().to(analytics::funnel)))
        .service(web::resource("/v1/analytics/latency").route(web::get().to(analytics::latency)))
        .service(web::resource("/v1/analytics/failures").route(web::get().to(analytics::failures)));
}

/// The source material's own routes.
fn classic_sms(config: &mut ServiceConfig) {
    config
        .service(web::resource("/sms/send").route(web::post().to(classic::send)))
        .service(web::resource("/sms/verify").route(web::post().to(classic::verify)))
        .service(web::resource("/sms/sendID").route(web::post().to(classic::send_id)))
        .service(web::resource("/sms/verifyID").route(web::post().to(classic::verify_id)))
        .service(web::resource("/sms/sendPW").route(web::post().to(classic::send_pw)))
        .service(web::resource("/sms/verifyPW").route(web::post().to(classic::verify_pw)))
        .service(web::resource("/sms/changePW").route(web::post().to(classic::change_pw)));
}

/// The admin listener.
pub fn admin(config: &mut ServiceConfig) {
    config
        .service(web::resource("/health/live").route(web::get().to(health::live)))
        .service(web::resource("/health/ready").route(web::get().to(health::ready)))
        .configure(console::routes)
        .default_service(web::to(nothing));
}

async fn nothing() -> Result<String, Problem> {
    Err(Problem::new(ProblemCode::NotFound))
}

//! CoolSMS (SOLAPI): messages v4, storage, cash, webhooks and OAuth2.

mod access;
mod body;
mod errors;
mod files;
mod groups;
mod hooks;
mod list;
mod message;
mod money;
mod oauth;
mod query;
mod results;
mod send;
mod sign;
mod store;
mod view;

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{self, Data, PayloadConfig, ServiceConfig};
use jiff::Timestamp;

pub use view::tariff;

use crate::sandbox::State;

/// Ten thousand long messages (sheet, section 5.3), and the largest file in Base64.
const MESSAGES_LIMIT: usize = 15_000_000;
const FILE_LIMIT: usize = 28_000_000;
const SMALL_LIMIT: usize = 64 * 1024;
/// A clock may be set while a group waits, so nobody sleeps longer than this at once.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// What is remembered.
#[derive(Default)]
pub(crate) struct Store {
    messages: store::Messages,
    files: files::Files,
    hooks: hooks::Hooks,
    logins: oauth::Logins,
    used: sign::Used,
}

/// Mounts the CoolSMS paths; what is not simulated answers like an unknown path.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::scope("/messages/v4")
                .app_data(PayloadConfig::new(MESSAGES_LIMIT))
                .route("/send", web::post().to(send::one))
                .route("/send-many", web::post().to(send::many))
                .route("/send-many/detail", web::post().to(send::detail))
                .route("/list", web::get().to(list::list))
                .route("/list-old", web::get().to(list::list))
                .route("/statistics", web::get().to(list::statistics))
                .configure(group_routes)
                .default_service(web::to(not_found)),
        )
        .service(
            web::scope("/storage/v1")
                .app_data(PayloadConfig::new(FILE_LIMIT))
                .route("/files", web::post().to(files::upload))
                .route("/files", web::get().to(files::list))
                .default_service(web::to(not_found)),
        )
        .service(
            web::scope("/webhook/v1")
                .app_data(PayloadConfig::new(SMALL_LIMIT))
                .route("/events", web::get().to(hooks::events))
                .route("/outgoing", web::post().to(hooks::create))
                .route("/outgoing", web::get().to(hooks::list))
                .route("/outgoing/{id}", web::get().to(hooks::get))
                .route("/outgoing/{id}", web::put().to(hooks::change))
                .route("/outgoing/{id}", web::delete().to(hooks::remove))
                .route("/outgoing-test", web::post().to(hooks::test))
                .default_service(web::to(not_found)),
        )
        .service(
            web::scope("/oauth2/v1")
                .app_data(PayloadConfig::new(SMALL_LIMIT))
                .configure(oauth::routes)
                .default_service(web::to(not_found)),
        )
        .route("/sandbox/oauth/grants", web::delete().to(oauth::revoke))
        .route("/cash/v1/balance", web::get().to(money::balance))
        .route("/pricing/v1/messaging", web::get().to(money::prices))
        .route("/users/v1/member", web::get().to(money::member));
}

fn group_routes(config: &mut ServiceConfig) {
    for path in ["/groups", "/groups/"] {
        config.route(path, web::post().to(groups::create)).route(path, web::get().to(groups::list));
    }
    config
        .route("/groups/{id}", web::get().to(groups::get))
        .route("/groups/{id}", web::delete().to(groups::remove))
        .route("/groups/{id}/messages", web::put().to(groups::add))
        .route("/groups/{id}/messages", web::get().to(list::of_group))
        .route("/groups/{id}/messages", web::delete().to(groups::remove_messages))
        .route("/groups/{id}/send", web::post().to(groups::send))
        .route("/groups/{id}/schedule", web::post().to(groups::schedule))
        .route("/groups/{id}/schedule", web::delete().to(groups::unschedule));
}

async fn not_found() -> HttpResponse {
    errors::not_found().into_response()
}

/// Sends what is due.
fn settle(state: &State) {
    let now = state.now();
    for (account, group, fault, arriving) in state.coolsms.messages.send_due(now) {
        state.handset.receive(arriving, now);
        hooks::push(state, account, &group, fault.as_ref());
    }
}

/// Sends what is due at `at`, though nobody asks then.
fn wake_at(state: &Data<State>, at: Timestamp) {
    let state = Data::clone(state);
    actix_web::rt::spawn(async move {
        loop {
            let left = Duration::try_from(at.duration_since(state.now())).unwrap_or(Duration::ZERO);
            if left.is_zero() {
                return settle(&state);
            }
            tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
        }
    });
}

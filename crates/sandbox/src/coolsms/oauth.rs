//! Logging in with CoolSMS: OAuth2 v1 (sheet, section 3).

mod asked;
mod grants;
mod logins;
mod pages;
mod scopes;
mod token;

use actix_web::web::{self, ServiceConfig};

use super::access::{ACCOUNT, SECOND_ACCOUNT};

pub(super) use grants::revoke;
pub(super) use logins::Logins;

/// Somebody with an account, whose password everybody may know.
pub(super) struct User {
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    pub(super) name: &'static str,
    pub(super) member_id: &'static str,
    pub(super) account: &'static str,
}

/// The users, also shown on the page.
pub(super) const USERS: [User; 2] = [
    User {
        email: "sandbox@bonin.test",
        password: "bonin-sandbox",
        name: "김본인",
        member_id: "MEM26112100000001",
        account: ACCOUNT,
    },
    User {
        email: "second@bonin.test",
        password: "bonin-sandbox",
        name: "이둘째",
        member_id: "MEM26112100000002",
        account: SECOND_ACCOUNT,
    },
];

/// The user of an account.
pub(super) fn user_of(account: &str) -> &'static User {
    USERS.iter().find(|user| user.account == account).unwrap_or(&USERS[0])
}

/// Mounts the pages and the token call below `/oauth2/v1`.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/authorize", web::get().to(pages::authorize))
        .route("/login", web::post().to(pages::login))
        .route("/consent", web::post().to(pages::consent))
        .route("/logout", web::post().to(pages::logout))
        .route("/style.css", web::get().to(pages::style))
        .route("/access_token", web::post().to(token::token));
}

//! `/app/account`: what the person allows, what their account holds, and the end of it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::Amount;
use bonin_domain::messages::Locale;
use bonin_domain::messaging::{AppScope, Connection};
use bonin_services::messaging::{CallError, Disconnect, ReadBalance};

use super::login;
use super::session::{self, AppPages};
use super::words::{self, Both};
use crate::pages::{Frame, format, see_other};
use crate::problem::Problem;

/// What the pages about the account do.
pub struct AppAccounts {
    pub balance: ReadBalance,
    pub disconnect: Disconnect,
}

/// One thing that a person may allow.
struct Permission {
    name: Both,
    purpose: Both,
    /// What `/app/allow` calls it; empty for what is asked for at first.
    ask: &'static str,
    given: bool,
}

/// What is known of the balance.
enum Balance {
    Known { balance: String, point: String },
    NotAllowed,
    Unknown,
}

#[derive(Template)]
#[template(path = "app/account.html")]
struct AccountPage<'a> {
    frame: &'a Frame,
    form_token: &'a str,
    permissions: Vec<Permission>,
    balance: Balance,
    connected_at: String,
    logged_in_at: String,
    ends_at: String,
    idle_minutes: i64,
}

#[derive(Template)]
#[template(path = "app/disconnect.html")]
struct DisconnectPage<'a> {
    frame: &'a Frame,
    form_token: &'a str,
}

#[derive(Template)]
#[template(path = "app/disconnected.html")]
struct DisconnectedPage<'a> {
    frame: &'a Frame,
}

/// `GET /app/account`
pub async fn show(
    pages: web::Data<Arc<AppPages>>,
    accounts: web::Data<Arc<AppAccounts>>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let signed = pages.signed_in(&request).await?;
    let (frame, session) = (&signed.frame, &signed.session);
    let page = AccountPage {
        frame,
        form_token: &signed.form_token,
        permissions: permissions(&signed.connection),
        balance: accounts.balance(&signed.connection, frame.locale).await?,
        connected_at: format::minute(signed.connection.created_at, frame.locale),
        logged_in_at: format::minute(session.created_at, frame.locale),
        ends_at: format::minute(session.expires_at, frame.locale),
        idle_minutes: pages.sessions.policy.idle.as_mins(),
    };
    Ok(frame.answer(StatusCode::OK, &page))
}

/// `GET /app/account/disconnect`: asks once more.
pub async fn ask(pages: web::Data<Arc<AppPages>>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let signed = pages.logged_in(&request).await?;
    let page = DisconnectPage { frame: &signed.frame, form_token: &signed.form_token };
    Ok(signed.frame.answer(StatusCode::OK, &page))
}

/// `POST /app/account/disconnect`
pub async fn disconnect(
    pages: web::Data<Arc<AppPages>>,
    accounts: web::Data<Arc<AppAccounts>>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let signed = pages.logged_in_form(&request, payload).await?;
    let ended = accounts.disconnect.execute(&signed.session, &signed.connection).await;
    ended.map_err(|error| Problem::from(&error))?;
    let mut response = see_other("/app/disconnected");
    response.append_header(session::clear_cookie()).append_header(login::forget_allowed());
    Ok(response.finish())
}

/// `GET /app/disconnected`: what is left to do. It tells nothing of anybody.
pub async fn disconnected(pages: web::Data<Arc<AppPages>>, request: HttpRequest) -> HttpResponse {
    let frame = pages.frame(&request);
    frame.answer(StatusCode::OK, &DisconnectedPage { frame: &frame })
}

impl AppAccounts {
    /// A balance that cannot be had now is no reason to show no page; an ended permission is.
    async fn balance(&self, connection: &Connection, locale: Locale) -> Result<Balance, Problem> {
        let won = |text: &str| {
            let amount = Amount::parse(text);
            amount.map_or_else(|| text.to_owned(), |amount| format::money(amount, "KRW", locale))
        };
        match self.balance.execute(connection).await {
            Ok(read) => Ok(Balance::Known { balance: won(&read.balance), point: won(&read.point) }),
            Err(CallError::ScopeMissing(_)) => Ok(Balance::NotAllowed),
            Err(error @ (CallError::Ended | CallError::Repository(_))) => Err(Problem::from(&error)),
            Err(error) => {
                tracing::warn!(error = %error, "a balance could not be read");
                Ok(Balance::Unknown)
            }
        }
    }
}

fn permissions(connection: &Connection) -> Vec<Permission> {
    let permission = |scope: AppScope| {
        let (name, purpose) = words::scope(scope);
        let ask = match scope {
            AppScope::SendMessages => "",
            AppScope::ReadMessages => "read",
            AppScope::ReadCash => "cash",
            AppScope::StoreFiles => "images",
        };
        Permission { name, purpose, ask, given: connection.scopes.holds(scope) }
    };
    AppScope::ALL.into_iter().map(permission).collect()
}

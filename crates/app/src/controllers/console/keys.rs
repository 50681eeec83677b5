//! `/console/keys`: the API keys of all tenants.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::TenantId;
use bonin_domain::access::{ApiKey, ApiKeyId, ApiSecret, Scope};
use bonin_ports::Revoke;
use bonin_services::access::{
    CreateKey, CreateKeyError, ListKeys, RevokeKey, RevokeKeyError, RotateKey, RotateKeyError,
};

use super::session::{ConsolePages, Signed};
use super::words;
use crate::pages::form::Form;
use crate::pages::{Faults, Frame, format, see_other};
use crate::problem::{Problem, ProblemCode};

/// Where they are listed.
pub const KEYS: &str = "/console/keys";

/// What the pages of keys share.
pub struct Keys {
    pub pages: Arc<ConsolePages>,
    pub list: ListKeys,
    pub create: CreateKey,
    pub rotate: RotateKey,
    pub revoke: RevokeKey,
    /// The tenants of the configuration.
    pub tenants: Vec<TenantId>,
}

type Shared = web::Data<Arc<Keys>>;

#[derive(Template)]
#[template(path = "console/keys.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    keys: &'a [ApiKey],
    tenants: &'a [TenantId],
    faults: &'a Faults,
    /// What was typed into the form for a new key.
    form: &'a Form,
}

#[derive(Template)]
#[template(path = "console/key_secret.html")]
struct SecretPage<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    id: &'a ApiKeyId,
    secret: &'a ApiSecret,
    /// Whether an older secret is live beside it.
    second: bool,
}

impl ListPage<'_> {
    fn made(&self, key: &ApiKey) -> String {
        format::minute(key.created_at, self.frame.locale)
    }

    fn scopes(&self) -> Vec<(Scope, &'static str)> {
        Scope::ALL.into_iter().map(|scope| (scope, words::scope(self.frame, scope))).collect()
    }

    /// Whether a scope is ticked: all that applications need, until somebody chose others.
    fn ticked(&self, scope: Scope) -> bool {
        if self.form.has("tenant") { self.form.has(scope.as_str()) } else { scope != Scope::Admin }
    }
}

/// `GET /console/keys`
pub async fn list(shared: Shared, request: HttpRequest) -> HttpResponse {
    let (form, faults) = (Form::default(), Faults::default());
    shared
        .pages
        .show(&request, async |signed| listed(&shared, signed, StatusCode::OK, &form, &faults).await)
        .await
}

/// `POST /console/keys`
pub async fn create(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let made = async |signed: &Signed, form: &Form| {
        let tenant = TenantId::parse(form.text("tenant"));
        let tenant = tenant.map_err(|_| Problem::new(ProblemCode::NotFound))?;
        let scopes = Scope::ALL.into_iter().filter(|scope| form.has(scope.as_str())).collect();
        let created = match shared.create.execute(&signed.actor(), tenant, &shared.tenants, scopes).await {
            Ok(created) => created,
            Err(CreateKeyError::NoScope) => {
                let mut faults = Faults::default();
                faults.add("scopes", words::no_scope(&signed.frame));
                return listed(&shared, signed, StatusCode::UNPROCESSABLE_ENTITY, form, &faults).await;
            }
            Err(CreateKeyError::UnknownTenant(_)) => return Err(Problem::new(ProblemCode::NotFound)),
            Err(CreateKeyError::Repository(error)) => return Err(Problem::from(&error)),
        };
        Ok(secret(signed, StatusCode::CREATED, (&created.key.id, &created.secret), false))
    };
    shared.pages.change(&request, payload, KEYS, made).await
}

/// `POST /console/keys/{id}/rotate`
pub async fn rotate(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> HttpResponse {
    let rotated = async |signed: &Signed, _: &Form| {
        let id = known(&id)?;
        match shared.rotate.execute(&signed.actor(), &id).await {
            Ok(drawn) => Ok(secret(signed, StatusCode::OK, (&id, &drawn), true)),
            Err(RotateKeyError::TwoLive) => {
                let mut faults = Faults::default();
                faults.add("keys", words::two_secrets(&signed.frame));
                listed(&shared, signed, StatusCode::CONFLICT, &Form::default(), &faults).await
            }
            Err(RotateKeyError::NotFound) => Err(Problem::new(ProblemCode::NotFound)),
            Err(RotateKeyError::Repository(error)) => Err(Problem::from(&error)),
        }
    };
    shared.pages.change(&request, payload, KEYS, rotated).await
}

/// `POST /console/keys/{id}/revoke`: the key, or with `what=older` or `what=newer` one of its two secrets.
pub async fn revoke(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> HttpResponse {
    let revoked = async |signed: &Signed, form: &Form| {
        let id = known(&id)?;
        let what = match form.text("what") {
            "key" => Revoke::Key,
            "older" => Revoke::OlderSecret,
            "newer" => Revoke::NewerSecret,
            _ => return Err(Problem::new(ProblemCode::BadRequest)),
        };
        match shared.revoke.execute(&signed.actor(), &id, what).await {
            Ok(()) => Ok(see_other(KEYS).finish()),
            Err(RevokeKeyError::NoKey | RevokeKeyError::NoSecondSecret) => {
                Err(Problem::new(ProblemCode::NotFound))
            }
            Err(RevokeKeyError::Repository(error)) => Err(Problem::from(&error)),
        }
    };
    shared.pages.change(&request, payload, KEYS, revoked).await
}

fn known(id: &str) -> Result<ApiKeyId, Problem> {
    ApiKeyId::parse(id).map_err(|_| Problem::new(ProblemCode::NotFound))
}

async fn listed(
    shared: &Keys,
    signed: &Signed,
    status: StatusCode,
    form: &Form,
    faults: &Faults,
) -> Result<HttpResponse, Problem> {
    let mut keys = shared.list.execute().await.map_err(|error| Problem::from(&error))?;
    // Live ones first, each newest first.
    keys.sort_by_key(|key| (key.revoked_at.is_some(), std::cmp::Reverse(key.created_at)));
    let (keys, tenants) = (&keys, &shared.tenants);
    let page = ListPage { frame: &signed.frame, signed, keys, tenants, faults, form };
    Ok(signed.frame.answer(status, &page))
}

/// The one page that shows a secret; it is shown once.
fn secret(
    signed: &Signed,
    status: StatusCode,
    (id, secret): (&ApiKeyId, &ApiSecret),
    second: bool,
) -> HttpResponse {
    let frame = &signed.frame;
    frame.answer(status, &SecretPage { frame, signed, id, secret, second })
}

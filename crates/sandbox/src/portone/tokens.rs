//! `POST /login/api-secret` and `POST /token/refresh` (sheet, section 11)

use std::sync::Mutex;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpResponse};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::answers;
use crate::answer::Answer;
use crate::credentials::PORTONE_API_SECRET;
use crate::faults::{self, Call, Provider};
use crate::ids;
use crate::kept::Kept;
use crate::lock::lock;
use crate::sandbox::State;

const ACCESS: SignedDuration = SignedDuration::from_mins(30);
const REFRESH: SignedDuration = SignedDuration::from_hours(24);

/// The tokens that were handed out.
#[derive(Default)]
pub(crate) struct Store {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    drawn: u64,
    /// When each ends.
    access: Kept<Timestamp>,
    /// There is one at a time, with its end.
    refresh: Option<(String, Timestamp)>,
}

impl Store {
    /// A new pair; the earlier refresh token is void at once.
    fn issue(&self, now: Timestamp) -> Answer {
        let mut inner = lock(&self.inner);
        let (access, refresh) = (inner.draw(now), inner.draw(now));
        inner.access.put(access.clone(), now + ACCESS);
        inner.refresh = Some((refresh.clone(), now + REFRESH));
        Answer::json(StatusCode::OK, &json!({ "accessToken": access, "refreshToken": refresh }))
    }

    /// Whether this is the newest refresh token.
    fn is_newest(&self, token: &str, now: Timestamp) -> bool {
        lock(&self.inner).refresh.as_ref().is_some_and(|(newest, ends_at)| newest == token && now < *ends_at)
    }

    /// Whether this access token is valid.
    pub(super) fn is_valid(&self, token: &str, now: Timestamp) -> bool {
        lock(&self.inner).access.get(token).is_some_and(|ends_at| now < *ends_at)
    }
}

impl Inner {
    /// A text that was not given before.
    fn draw(&mut self, now: Timestamp) -> String {
        self.drawn += 1;
        let seed = ids::millisecond(now) << 22 ^ self.drawn << 3;
        (0..6).map(|part| ids::scrambled(seed ^ part)).collect()
    }
}

/// `POST /login/api-secret`. Faults on reads concern tokens: a client asks for them in passing.
pub(super) async fn log_in(state: Data<State>, payload: Result<Bytes, Error>) -> HttpResponse {
    let is_right = |secret: &str| secret == PORTONE_API_SECRET;
    issue(&state, payload, "apiSecret", is_right).await
}

/// `POST /token/refresh`
pub(super) async fn refresh(state: Data<State>, payload: Result<Bytes, Error>) -> HttpResponse {
    let is_right = |token: &str| state.portone.is_newest(token, state.now());
    issue(&state, payload, "refreshToken", is_right).await
}

async fn issue(
    state: &State,
    payload: Result<Bytes, Error>,
    name: &str,
    is_right: impl FnOnce(&str) -> bool,
) -> HttpResponse {
    let body = match answers::object(payload, true) {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    match body.get(name).and_then(Value::as_str) {
        None => return answers::invalid(name).into_response(),
        Some(credential) if !is_right(credential) => return answers::unauthorized().into_response(),
        Some(_) => {}
    }
    let fault = state.faults.take(Provider::Portone, Call::Read, std::iter::empty());
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => answers::for_status(fault.status.unwrap_or(500)),
        None => state.portone.issue(state.now()),
    };
    faults::play(fault.as_ref(), answer).await
}

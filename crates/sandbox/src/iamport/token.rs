//! `POST /users/getToken` (sheet, section 3)

use std::sync::Mutex;

use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::json;

use super::answers;
use super::body::Fields;
use crate::credentials::{IAMPORT_IMP_KEY, IAMPORT_IMP_SECRET};
use crate::faults::{self, Call, Provider};
use crate::ids;
use crate::lock::lock;
use crate::sandbox::State;

/// How long a token lives, in seconds.
const LIFE: i64 = 30 * 60;
/// In its last minute a token is given five more.
const LAST: i64 = 60;
const MORE: i64 = 5 * 60;

/// The one token that is valid.
#[derive(Default)]
pub(crate) struct Store {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    drawn: u64,
    token: Option<Token>,
}

#[derive(Clone)]
struct Token {
    value: String,
    /// UNIX seconds.
    expired_at: i64,
}

impl Store {
    /// The valid token, given more time if it is about to end, or a new one.
    fn issue(&self, now: Timestamp) -> Token {
        let mut inner = lock(&self.inner);
        let now = now.as_second();
        if let Some(token) = inner.token.as_mut().filter(|token| now < token.expired_at) {
            if token.expired_at - now <= LAST {
                token.expired_at += MORE;
            }
            return token.clone();
        }
        inner.drawn += 1;
        // Forty letters, as the real ones have.
        let value = (0..5).map(|part| ids::scrambled(now.cast_unsigned() << 20 ^ inner.drawn << 3 ^ part));
        let token = Token { value: value.collect(), expired_at: now + LIFE };
        inner.token = Some(token.clone());
        token
    }

    /// Whether this is the token, and not yet over.
    pub(super) fn is_valid(&self, value: &str, now: Timestamp) -> bool {
        let inner = lock(&self.inner);
        inner.token.as_ref().is_some_and(|token| token.value == value && now.as_second() < token.expired_at)
    }
}

/// Hands out the token. Faults on reads concern it: a client asks for it in passing.
pub(super) async fn token(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let fields = Fields::read(&request, payload);
    let (Some(key), Some(secret)) = (fields.get("imp_key"), fields.get("imp_secret")) else {
        return answers::refusal(400, "imp_key, imp_secret 파라메터가 누락되었습니다.").into_response();
    };
    if key != IAMPORT_IMP_KEY || secret != IAMPORT_IMP_SECRET {
        return answers::wrong_keys().into_response();
    }
    let fault = state.faults.take(Provider::Iamport, Call::Read, std::iter::empty());
    let answer = if let Some(fault) = fault.as_ref().filter(|fault| !fault.accepts()) {
        answers::for_status(fault.status.unwrap_or(500))
    } else {
        let now = state.now();
        let token = state.iamport.issue(now);
        answers::success(&json!({
            "access_token": token.value,
            "now": now.as_second(),
            "expired_at": token.expired_at,
        }))
    };
    faults::play(fault.as_ref(), answer).await
}

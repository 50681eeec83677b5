//! `POST /oauth2/v1/access_token` (sheet, section 3.2)

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde_json::{Map, Value, json};

use super::super::body::{self, Payload};
use super::super::errors::{self, invalid, refusal};
use super::logins::ACCESS_TOKEN;
use crate::answer::Answer;
use crate::credentials::{COOLSMS_CLIENT_ID, COOLSMS_CLIENT_SECRET};
use crate::faults::{self, Call, Provider};
use crate::sandbox::State;

/// Hands out tokens. A fault on reads concerns it; what was asked for is not done then.
pub(super) async fn token(state: Data<State>, payload: Payload) -> HttpResponse {
    let body = match body::object(payload) {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    let fault = state.faults.take(Provider::Coolsms, Call::Read, std::iter::empty());
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => errors::for_status(fault.status.unwrap_or(500)),
        None => grant(&state, &body).unwrap_or_else(|refusal| refusal),
    };
    faults::play(fault.as_ref(), answer).await
}

fn grant(state: &State, body: &Map<String, Value>) -> Result<Answer, Answer> {
    let text = |name: &str| {
        let text = body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.ok_or_else(|| invalid(name))
    };
    let (logins, now) = (&state.coolsms.logins, state.now());
    let mut shown = json!({ "token_type": "Bearer", "expires_in": ACCESS_TOKEN.as_secs() });
    match text("grant_type")? {
        "authorization_code" => {
            let (code, redirect_uri) = (text("code")?, text("redirect_uri")?);
            if text("client_id")? != COOLSMS_CLIENT_ID || text("client_secret")? != COOLSMS_CLIENT_SECRET {
                return Err(refusal(400, "InvalidClient", "클라이언트 정보가 맞지 않습니다."));
            }
            let verifier = body.get("code_verifier").map(|verifier| verifier.as_str().unwrap_or_default());
            let (access, refresh) =
                logins.trade(code, redirect_uri, verifier, now).ok_or_else(invalid_grant)?;
            shown["access_token"] = json!(access);
            shown["refresh_token"] = json!(refresh);
        }
        "refresh_token" => {
            let access = logins.refresh(text("refresh_token")?, now);
            // The refresh token is handed out at the first issue only.
            shown["access_token"] = json!(access.ok_or_else(|| {
                refusal(400, "InvalidRefreshToken", "존재하지 않는 토큰입니다.")
            })?);
        }
        _ => return Err(invalid_grant()),
    }
    Ok(Answer::json(StatusCode::OK, &shown))
}

fn invalid_grant() -> Answer {
    refusal(403, "InvalidGrant", "인증 코드가 유효하지 않습니다.")
}

//! Bodies: refusals, which the status decides, and the identity verification (sheet, section 11).

use actix_web::Error;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::credentials::PORTONE_CHANNEL_KEY;
use crate::identity::{Attempt, Gender, Refused, Requested, Status, Version};

/// A refusal with its type.
pub(super) fn refusal(status: u16, kind: &str, message: &str) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Answer::json(status, &json!({ "type": kind, "message": message }))
}

/// 400: the body, a query or a field.
pub(super) fn invalid(message: &str) -> Answer {
    refusal(400, "INVALID_REQUEST", message)
}

/// 401: no credential, or one that is unknown or over.
pub(super) fn unauthorized() -> Answer {
    refusal(401, "UNAUTHORIZED", "인증 정보가 올바르지 않습니다.")
}

/// 403: another store's.
pub(super) fn forbidden() -> Answer {
    refusal(403, "FORBIDDEN", "요청이 거절되었습니다.")
}

/// 404
pub(super) fn not_found() -> Answer {
    refusal(404, "IDENTITY_VERIFICATION_NOT_FOUND", "본인인증 내역이 존재하지 않습니다.")
}

/// 502: the company behind it says no.
pub(super) fn pg(code: &str, message: &str) -> Answer {
    let body = json!({
        "type": "PG_PROVIDER",
        "message": "PG사에서 오류를 전달했습니다.",
        "pgCode": code,
        "pgMessage": message,
    });
    Answer::json(StatusCode::BAD_GATEWAY, &body)
}

/// Why a code was not sent, not sent again or not right.
pub(super) fn refused(refused: Refused) -> Answer {
    match refused {
        Refused::NotFound => not_found(),
        Refused::NotSent => {
            refusal(404, "IDENTITY_VERIFICATION_NOT_SENT", "본인인증 요청이 전송되지 않은 건입니다.")
        }
        Refused::AlreadySent => {
            refusal(409, "IDENTITY_VERIFICATION_ALREADY_SENT", "본인인증 요청이 이미 전송된 건입니다.")
        }
        Refused::AlreadyVerified => {
            refusal(409, "IDENTITY_VERIFICATION_ALREADY_VERIFIED", "이미 인증이 완료된 건입니다.")
        }
        Refused::Missing => invalid("otp"),
        Refused::Wrong => pg("WRONG_CODE", "인증번호가 일치하지 않습니다."),
        Refused::TooMany => pg("TOO_MANY_CODES", "인증번호 입력 횟수를 초과했습니다."),
        Refused::Late => pg("CODE_EXPIRED", "인증번호 입력 시간이 지났습니다."),
    }
}

/// What a fault with this status answers.
pub(super) fn for_status(status: u16) -> Answer {
    match status {
        400 => invalid("a sandbox fault"),
        401 => unauthorized(),
        403 => forbidden(),
        404 => not_found(),
        409 => refused(Refused::AlreadyVerified),
        429 => refusal(429, "TOO_MANY_REQUESTS", "a sandbox fault"),
        502 => pg("FAULT", "a sandbox fault"),
        _ => refusal(status, "INTERNAL_SERVER_ERROR", "a sandbox fault"),
    }
}

/// Reads a JSON object; without `required`, nothing is one too.
pub(super) fn object(payload: Result<Bytes, Error>, required: bool) -> Result<Map<String, Value>, Answer> {
    let payload = payload.map_err(|_| refusal(413, "INVALID_REQUEST", "요청이 너무 큽니다."))?;
    if payload.is_empty() && !required {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&payload) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(invalid("JSON 객체가 아닙니다.")),
    }
}

/// An identity verification, whose status decides what is in it.
pub(super) fn verification(attempt: &Attempt) -> Value {
    let mut shown = json!({
        "id": attempt.id,
        "channel": {
            "type": "LIVE",
            "id": "channel-id-b0b0b0b0-0002-4000-8000-000000000002",
            "key": PORTONE_CHANNEL_KEY,
            "name": "Bonin sandbox",
            "pgProvider": attempt.pg.upper_name(),
            "pgMerchantId": "BONINSANDBOX",
        },
        "requestedAt": attempt.requested_at,
        "updatedAt": attempt.changed_at,
        "statusChangedAt": attempt.changed_at,
        "version": match attempt.version {
            Version::V1 => "V1",
            Version::V2 => "V2",
        },
    });
    if let Some(data) = &attempt.custom_data {
        shown["customData"] = json!(data);
    }
    match &attempt.status {
        Status::Ready => {
            shown["status"] = json!("READY");
            shown["requestedCustomer"] = requested(attempt.requested.as_ref());
        }
        Status::Failed(failure) => {
            shown["status"] = json!("FAILED");
            shown["requestedCustomer"] = requested(attempt.requested.as_ref());
            shown["pgTxId"] = json!(attempt.transaction);
            shown["failure"] = json!({
                "reason": failure.message,
                "pgCode": failure.code,
                "pgMessage": failure.message,
            });
        }
        Status::Certified { facts, at } => {
            let mut customer = json!({
                "name": facts.name,
                "birthDate": facts.birthday,
                "gender": match facts.gender {
                    Gender::Male => "MALE",
                    Gender::Female => "FEMALE",
                },
            });
            let known = [
                (
                    "id",
                    attempt.requested.as_ref().and_then(|requested| requested.id.clone().map(Value::from)),
                ),
                ("phoneNumber", facts.phone.map(Value::from)),
                ("operator", facts.carrier.map(|carrier| carrier.new_name().into())),
                ("isForeigner", facts.foreigner.map(Value::from)),
                ("ci", facts.ci.clone().map(Value::from)),
                ("di", facts.di.clone().map(Value::from)),
            ];
            for (name, value) in known {
                if let Some(value) = value {
                    customer[name] = value;
                }
            }
            shown["status"] = json!("VERIFIED");
            shown["verifiedCustomer"] = customer;
            shown["verifiedAt"] = json!(at);
            shown["pgTxId"] = json!(attempt.transaction);
            shown["pgRawResponse"] = json!(format!("TID={}", attempt.transaction));
        }
    }
    shown
}

/// What the shop said about its customer, which before a window is nothing.
fn requested(requested: Option<&Requested>) -> Value {
    let Some(requested) = requested else { return json!({}) };
    let mut shown = json!({ "name": requested.name, "phoneNumber": requested.phone });
    if let Some(id) = &requested.id {
        shown["id"] = json!(id);
    }
    if let Some(birthday) = requested.birthday {
        shown["birthYear"] = json!(birthday.strftime("%Y").to_string());
        shown["birthMonth"] = json!(birthday.strftime("%m").to_string());
        shown["birthDay"] = json!(birthday.strftime("%d").to_string());
    }
    shown
}

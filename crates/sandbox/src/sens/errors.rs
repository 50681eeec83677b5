//! The bodies of refusals: the gateway's form and the service's own.

use actix_web::http::StatusCode;
use serde_json::json;

use crate::answer::Answer;

fn gateway(status: StatusCode, code: &str, message: &str, details: &str) -> Answer {
    let body = json!({ "error": { "errorCode": code, "message": message, "details": details } });
    Answer::json(status, &body)
}

fn service(status: StatusCode, message: &str) -> Answer {
    let error = status.canonical_reason().unwrap_or("Error");
    Answer::json(status, &json!({ "status": status.as_u16(), "error": error, "message": message }))
}

/// 401: a key, a signature or a clock that is wrong.
pub(super) fn unauthenticated(details: &str) -> Answer {
    gateway(StatusCode::UNAUTHORIZED, "200", "Authentication Failed", details)
}

/// 403: signed well, for a service that is not ours.
pub(super) fn unknown_service() -> Answer {
    service(StatusCode::FORBIDDEN, "Do not have access to this 'serviceId'")
}

/// 400: a request that the service does not take; `message` names what is wrong with it.
pub(super) fn invalid(message: &str) -> Answer {
    service(StatusCode::BAD_REQUEST, message)
}

/// 400: a body that is not JSON.
pub(super) fn unreadable() -> Answer {
    gateway(StatusCode::BAD_REQUEST, "100", "Bad Request", "the body is not a JSON object")
}

/// 404: a path or message that does not exist.
pub(super) fn not_found() -> Answer {
    gateway(StatusCode::NOT_FOUND, "300", "Not Found", "no such path or resource")
}

/// 413: a body over the limit.
pub(super) fn too_large() -> Answer {
    gateway(StatusCode::PAYLOAD_TOO_LARGE, "430", "Request Entity Too Large", "the body is too large")
}

/// The refusal that belongs to a status, for faults.
pub(super) fn for_status(status: u16) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (code, message) = match status.as_u16() {
        401 => return unauthenticated("a sandbox fault"),
        403 => return unknown_service(),
        404 => ("300", "Not Found"),
        413 => ("430", "Request Entity Too Large"),
        429 => ("410", "Throttle Limited"),
        502 | 503 => ("500", "Endpoint Error"),
        504 => ("510", "Endpoint Timeout"),
        400..=499 => ("100", "Bad Request Exception"),
        _ => ("900", "Unexpected Error"),
    };
    gateway(status, code, message, "a sandbox fault")
}

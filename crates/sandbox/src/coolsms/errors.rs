//! The bodies of refusals (sheet, sections 1 to 5).

use actix_web::http::StatusCode;
use serde_json::json;

use crate::answer::Answer;

/// A refusal with a status and a `PascalCase` name.
pub(super) fn refusal(status: u16, name: &str, message: &str) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Answer::json(status, &json!({ "errorCode": name, "errorMessage": message }))
}

/// 400: a field that is missing or malformed; `message` names it.
pub(super) fn invalid(message: &str) -> Answer {
    refusal(400, "ValidationError", message)
}

/// 404: a path, group or other thing that does not exist.
pub(super) fn not_found() -> Answer {
    refusal(404, "ResourceNotFound", "요청한 리소스를 찾을 수 없습니다.")
}

/// 401: no token, or one that is unknown, over or without the scope.
pub(super) fn unauthorized(message: &str) -> Answer {
    refusal(401, "Unauthorized", message)
}

/// 413: more recipients than a call or group takes.
pub(super) fn too_many() -> Answer {
    refusal(413, "RecipientsTooMany", "수신자가 너무 많습니다.")
}

/// 402: no money left.
pub(super) fn no_balance() -> Answer {
    refusal(402, "NotEnoughBalance", "잔액이 부족합니다.")
}

/// The refusal that belongs to a status, for faults.
pub(super) fn for_status(status: u16) -> Answer {
    let name = match status {
        401 => "Unauthorized",
        402 => "NotEnoughBalance",
        403 => "Forbidden",
        404 => "ResourceNotFound",
        409 => "GroupInProcessing",
        413 => "RecipientsTooMany",
        429 => "TooManyRequests",
        400..=499 => "ValidationError",
        503 => "ServiceUnavailable",
        _ => "InternalError",
    };
    refusal(status, name, "a sandbox fault")
}

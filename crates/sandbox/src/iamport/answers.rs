//! The envelope of every answer, and the certification in it (sheet, sections 2 and 5).

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::identity::{Attempt, Carrier, Gender, Status, midnight};

/// Success.
pub(super) fn success(response: &Value) -> Answer {
    Answer::json(StatusCode::OK, &json!({ "code": 0, "message": null, "response": response }))
}

/// A refusal: `code` is never 0, `response` never there.
pub(super) fn refusal(status: u16, message: &str) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Answer::json(status, &json!({ "code": -1, "message": message, "response": null }))
}

/// 401, for a wrong key pair.
pub(super) fn wrong_keys() -> Answer {
    refusal(401, "인증에 실패하였습니다. API키와 secret을 확인하세요.")
}

/// 401, for a token that is missing, unknown or over.
pub(super) fn unauthorized() -> Answer {
    refusal(401, "Unauthorized")
}

/// 404, for an id that is unknown, erased or another shop's.
pub(super) fn not_found() -> Answer {
    refusal(404, "인증결과가 존재하지 않습니다.")
}

/// What a fault with this status answers.
pub(super) fn for_status(status: u16) -> Answer {
    match status {
        401 => unauthorized(),
        404 => not_found(),
        _ => refusal(status, "a sandbox fault"),
    }
}

/// The certification object. Of a person that was not identified it tells nothing.
pub(super) fn certification(attempt: &Attempt) -> Value {
    let mut shown = json!({
        "imp_uid": attempt.id,
        "merchant_uid": attempt.merchant_uid,
        "pg_tid": null,
        "pg_provider": attempt.pg.name(),
        "name": null,
        "gender": null,
        "birth": null,
        "birthday": null,
        "foreigner": false,
        "foreigner_v2": null,
        "certified": false,
        "certified_at": 0,
        "unique_key": null,
        "unique_in_site": null,
        "origin": attempt.origin,
    });
    if let Status::Certified { facts, at } = &attempt.status {
        shown["pg_tid"] = json!(attempt.transaction);
        shown["name"] = json!(facts.name);
        shown["gender"] = json!(Gender::name(facts.gender));
        shown["birth"] = json!(midnight(facts.birthday).as_second());
        shown["birthday"] = json!(facts.birthday);
        shown["foreigner"] = json!(facts.foreigner.unwrap_or(false));
        shown["foreigner_v2"] = json!(facts.foreigner);
        shown["certified"] = json!(true);
        shown["certified_at"] = json!(at.as_second());
        shown["unique_key"] = json!(facts.ci);
        shown["unique_in_site"] = json!(facts.di);
        // Without the carriers' consent these are not null but absent.
        if let Some(phone) = facts.phone {
            shown["phone"] = json!(phone);
        }
        if let Some(carrier) = facts.carrier {
            shown["carrier"] = json!(Carrier::name(carrier));
        }
    }
    shown
}

//! The sandbox's own calls, for tests: who there is, and somebody being identified without a window.

use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpResponse};
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::outcome::{self, Outcome};
use super::people::{self, PEOPLE, Person, Pg};
use super::store::{Ask, Order};
use crate::problem::{FieldError, Problem};
use crate::sandbox::State;

/// The oldest result that can be had: ten years.
const OLDEST_S: i64 = 10 * 366 * 24 * 60 * 60;

/// `GET /sandbox/people`
pub(super) async fn people(state: Data<State>) -> HttpResponse {
    let today = people::today(state.now());
    let shown: Vec<_> = PEOPLE
        .iter()
        .map(|person| {
            json!({
                "id": person.id,
                "name": person.name,
                "birthday": person.birthday(today),
                "gender": person.gender.name(),
                "foreigner": person.foreigner,
                "phone": person.phone,
                "carrier": person.carrier.map(people::Carrier::name),
            })
        })
        .collect();
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(json!({ "people": shown }))
}

/// `POST /sandbox/identities`
pub(super) async fn identify(
    state: Data<State>,
    payload: Result<Bytes, Error>,
) -> Result<HttpResponse, Problem> {
    let payload = payload.map_err(|_| Problem::TooLarge)?;
    let Ok(Value::Object(members)) = serde_json::from_slice(&payload) else {
        return Err(Problem::Unreadable);
    };
    let asked = Asked::read(&members)?;
    let at = state.now() - SignedDuration::from_secs(asked.seconds_ago);
    let ask = Ask { order: asked.order, pg: asked.pg, origin: None, custom_data: None };
    let finished = outcome::finish(&state.identity, ask, asked.outcome, None, at)
        .map_err(|_| Problem::AlreadyVerified)?;
    Ok(HttpResponse::Created().json(json!({ asked.names: finished.attempt.id })))
}

/// The body of a call that can be done.
struct Asked {
    order: Order,
    /// What the answer calls the attempt's id.
    names: &'static str,
    outcome: Outcome,
    pg: Pg,
    seconds_ago: i64,
}

impl Asked {
    fn read(members: &Map<String, Value>) -> Result<Self, Problem> {
        const KNOWN: [&str; 6] = [
            "merchant_uid",
            "identity_verification_id",
            "person",
            "outcome",
            "certified_seconds_ago",
            "pg_provider",
        ];
        let mut errors = Vec::new();
        for name in members.keys().filter(|name| !KNOWN.contains(&name.as_str())) {
            errors.push(wrong(name, "unknown", "is not a member of this call"));
        }
        let mut text = |name: &str| match members.get(name) {
            None => None,
            Some(Value::String(text)) if !text.is_empty() => Some(text.as_str()),
            Some(_) => {
                errors.push(wrong(name, "type", "must be a string that is not empty"));
                None
            }
        };
        let ids = (text("merchant_uid"), text("identity_verification_id"));
        let (person, outcome, pg) = (text("person"), text("outcome"), text("pg_provider"));
        let order = match ids {
            (Some(id), None) => Some((Order::V1(Some(id.to_owned())), "imp_uid")),
            (None, Some(id)) => Some((Order::V2(id.to_owned()), "identity_verification_id")),
            _ => {
                let message = "give either this (V1) or identity_verification_id (V2)";
                errors.push(wrong("merchant_uid", "missing", message));
                None
            }
        };
        let person = person.map(|id| {
            people::find(id).ok_or_else(|| {
                errors.push(wrong("person", "unknown", "is not one of GET /sandbox/people"));
            })
        });
        let outcome = match (outcome.unwrap_or("certified"), person) {
            ("certified", Some(Ok(person))) => Some(Outcome::Certified(person)),
            ("certified", None) => {
                errors.push(wrong("person", "missing", "names who is identified, such as \"adult\""));
                None
            }
            ("uncertified", _) => Some(Outcome::Uncertified),
            ("failed", _) => Some(Outcome::Failed),
            ("certified", Some(Err(()))) => None,
            _ => {
                let message = "must be \"certified\", \"uncertified\" or \"failed\"";
                errors.push(wrong("outcome", "unknown", message));
                None
            }
        };
        let wanted = pg.map(|name| {
            Pg::find(name).filter(|pg| pg.name() == name).ok_or_else(|| {
                let message = "must be \"danal\", \"inicis_unified\" or \"kcp_v2\"";
                errors.push(wrong("pg_provider", "unknown", message));
            })
        });
        let usual = person.and_then(Result::ok).map_or(Pg::Danal, |person: &Person| person.pg);
        let pg = wanted.and_then(Result::ok).unwrap_or(usual);
        if let Some((order, _)) = &order
            && order.id().is_some_and(|id| !pg.takes(id))
        {
            let field = if ids.0.is_some() { "merchant_uid" } else { "identity_verification_id" };
            errors.push(wrong(field, "malformed", "is not an id that this pg_provider takes"));
        }
        let seconds_ago = match members.get("certified_seconds_ago") {
            None => Some(0),
            Some(value) => {
                let seconds = value.as_i64().filter(|seconds| (0..=OLDEST_S).contains(seconds));
                if seconds.is_none() || !matches!(outcome, Some(Outcome::Certified(_)) | None) {
                    let message = "must be a whole number of seconds, and is for outcome certified only";
                    errors.push(wrong("certified_seconds_ago", "range", message));
                }
                seconds
            }
        };
        match (order, outcome, seconds_ago) {
            (Some((order, names)), Some(outcome), Some(seconds_ago)) if errors.is_empty() => {
                Ok(Self { order, names, outcome, pg, seconds_ago })
            }
            _ => Err(Problem::Invalid(errors)),
        }
    }
}

fn wrong(field: &str, code: &'static str, message: &str) -> FieldError {
    FieldError { field: field.to_owned(), code, message: message.to_owned() }
}

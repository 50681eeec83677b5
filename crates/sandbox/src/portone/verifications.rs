//! `GET /identity-verifications/{id}` (sheet, section 11)

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::{access, answers};
use crate::answer::Answer;
use crate::faults::{self, Call, Provider};
use crate::identity::Version;
use crate::sandbox::State;

/// How an identity verification stands; those of V1 are here too, by their `imp_uid`.
pub(super) async fn get(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    if let Err(refusal) = access::admit_to_store(&state, &request) {
        return refusal.into_response();
    }
    let found = state.identity.find(Version::V2, &id).or_else(|| state.identity.find(Version::V1, &id));
    let Some(attempt) = found else {
        return answers::not_found().into_response();
    };
    let number = attempt.number();
    let fault = state.faults.take(Provider::Portone, Call::Send, std::iter::once(number.as_deref()));
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => answers::for_status(fault.status.unwrap_or(500)),
        None => Answer::json(StatusCode::OK, &answers::verification(&attempt)),
    };
    faults::play(fault.as_ref(), answer).await
}

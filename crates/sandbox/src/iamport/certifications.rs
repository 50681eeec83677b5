//! `/certifications/{imp_uid}` (sheet, section 4)

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::{access, answers};
use crate::answer::Answer;
use crate::faults::{self, Call, Provider};
use crate::identity::{Attempt, Version};
use crate::sandbox::State;

/// `GET`: how an attempt stands.
pub(super) async fn get(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    respond(&state, &request, &id, Call::Send, |attempt| answers::success(&answers::certification(attempt)))
        .await
}

/// `DELETE`: forgets it, and tells once more what it was. Faults on reads concern it: it is done in passing.
pub(super) async fn erase(state: Data<State>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    respond(&state, &request, &id, Call::Read, |attempt| {
        match state.identity.erase(Version::V1, &attempt.id) {
            Some(erased) => answers::success(&answers::certification(&erased)),
            None => answers::not_found(),
        }
    })
    .await
}

async fn respond(
    state: &State,
    request: &HttpRequest,
    id: &str,
    call: Call,
    what: impl FnOnce(&Attempt) -> Answer,
) -> HttpResponse {
    if let Err(refusal) = access::admit(state, request) {
        return refusal.into_response();
    }
    let Some(attempt) = state.identity.find(Version::V1, id) else {
        return answers::not_found().into_response();
    };
    let number = attempt.number();
    let fault = state.faults.take(Provider::Iamport, call, std::iter::once(number.as_deref()));
    let answer = match fault.as_ref().filter(|fault| !fault.accepts()) {
        Some(fault) => answers::for_status(fault.status.unwrap_or(500)),
        None => what(&attempt),
    };
    faults::play(fault.as_ref(), answer).await
}

//! Who calls, and for which store (sheet, section 11).

use actix_web::HttpRequest;

use super::answers;
use crate::answer::Answer;
use crate::credentials::{PORTONE_API_SECRET, PORTONE_STORE_ID};
use crate::params::Params;
use crate::sandbox::State;

/// Lets in `PortOne <API secret>` and `Bearer <access token>`.
pub(super) fn admit(state: &State, request: &HttpRequest) -> Result<(), Answer> {
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let (scheme, credential) = header.and_then(|header| header.split_once(' ')).unwrap_or_default();
    let credential = credential.trim();
    let good = match scheme.to_ascii_lowercase().as_str() {
        "portone" => credential == PORTONE_API_SECRET,
        "bearer" => state.portone.is_valid(credential, state.now()),
        _ => false,
    };
    if good { Ok(()) } else { Err(answers::unauthorized()) }
}

/// Lets in calls for the sandbox's own store; it may be left out.
pub(super) fn own_store(store_id: Option<&str>) -> Result<(), Answer> {
    if store_id.is_none_or(|id| id == PORTONE_STORE_ID) { Ok(()) } else { Err(answers::forbidden()) }
}

/// Both, for a call with `storeId` in its query.
pub(super) fn admit_to_store(state: &State, request: &HttpRequest) -> Result<(), Answer> {
    admit(state, request)?;
    own_store(Params::lenient(request.query_string()).get("storeId"))
}

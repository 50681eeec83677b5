//! Who calls (sheet, section 3).

use actix_web::HttpRequest;

use super::answers;
use crate::answer::Answer;
use crate::sandbox::State;

/// Lets in whoever has the token: in `Authorization`, with `Bearer ` or bare, or else in the older header.
pub(super) fn admit(state: &State, request: &HttpRequest) -> Result<(), Answer> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let token = header("authorization").or_else(|| header("x-imptokenheader")).unwrap_or_default();
    let bare = token.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("bearer ")).map(|_| &token[7..]);
    if state.iamport.is_valid(bare.unwrap_or(token).trim(), state.now()) {
        Ok(())
    } else {
        Err(answers::unauthorized())
    }
}

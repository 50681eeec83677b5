//! Who calls, and what they may do (sheet, sections 2 and 3.3).

use actix_web::HttpRequest;

use super::errors::{refusal, unauthorized};
use super::sign;
use crate::answer::Answer;
use crate::credentials::{COOLSMS_API_KEY, COOLSMS_API_SECRET};
use crate::sandbox::State;

/// The account of the API key, and of the first user.
pub(super) const ACCOUNT: &str = "26112100000001";
/// The account of the second user.
pub(super) const SECOND_ACCOUNT: &str = "26112100000002";

/// Lets a request in whose credential is right and holds `scope`; the account it acts for.
pub(super) fn admit(state: &State, request: &HttpRequest, scope: &str) -> Result<&'static str, Answer> {
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let Some(header) = header else {
        return Err(unauthorized("인증 정보가 없습니다."));
    };
    let token = header.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("bearer ")).map(|_| &header[7..]);
    let Some(token) = token else {
        let keys = (COOLSMS_API_KEY, COOLSMS_API_SECRET);
        return match sign::verify(header, keys, &state.coolsms.used, state.now()) {
            Ok(()) => Ok(ACCOUNT),
            Err(why) => Err(refusal(403, why.name(), "API Key 인증에 실패했습니다.")),
        };
    };
    let grant = state.coolsms.logins.grant(token.trim(), state.now());
    let grant = grant.ok_or_else(|| unauthorized("토큰이 유효하지 않습니다."))?;
    if grant.scopes.contains(&scope) {
        Ok(grant.account)
    } else {
        Err(unauthorized(&format!("{scope} 권한이 없습니다.")))
    }
}

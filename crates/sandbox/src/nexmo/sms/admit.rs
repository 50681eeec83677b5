//! Whose call it is: a key pair, or a key and a signature, never both.

use jiff::{SignedDuration, Timestamp};

use super::errors::{Refusal, missing, refusal};
use crate::credentials::NEXMO_API_KEY;
use crate::nexmo::call::Call;
use crate::nexmo::sign;

/// How far a signed request's clock may be off.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Lets in whoever has the published key pair, or signs with the published secret.
pub(super) fn admit(call: &Call, now: Timestamp) -> Result<(), Refusal> {
    let Some(sig) = call.get("sig") else {
        return Ok(call.admit()?);
    };
    if call.secret().is_some() {
        return Err(refusal("32"));
    }
    if call.get("api_key").ok_or_else(|| missing("api_key"))? != NEXMO_API_KEY {
        return Err(refusal("4"));
    }
    let timestamp = call.get("timestamp").ok_or_else(|| missing("timestamp"))?;
    let signed_at = timestamp.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let fresh = signed_at.is_some_and(|time| now.duration_since(time).abs() <= TOLERANCE);
    if fresh && sign::is_right(call, sig) { Ok(()) } else { Err(refusal("14")) }
}

//! Who may call: the id and key in the body, nothing else.

use super::form::Fields;
use crate::credentials::{CAFE24_SECURE_KEY, CAFE24_USER_ID};

/// Lets a form in whose id and key, in these two fields, are ours; otherwise the code that refuses it.
pub(super) fn admit(fields: &Fields, id: &str, key: &str) -> Result<(), &'static str> {
    // Fields that are raw while `mode` says base64, or the other way round, fail here like wrong ones.
    let (id, key) = (fields.bytes(id).map_err(|_| "-102")?, fields.bytes(key).map_err(|_| "-102")?);
    match (id, key) {
        (Some(id), Some(key)) if id == CAFE24_USER_ID.as_bytes() && key == CAFE24_SECURE_KEY.as_bytes() => {
            Ok(())
        }
        (Some(_), Some(_)) => Err("-102"),
        _ => Err("-101"),
    }
}

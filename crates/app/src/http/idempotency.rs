//! The `Idempotency-Key` header (requirement I09).

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpRequest;
use bonin_domain::keys::IdempotencyIndex;
use bonin_services::codes::IdempotentRequest;

use crate::problem::{Problem, ProblemCode};

/// The longest key.
const LONGEST: usize = 255;

/// Reads the header; what must be the same for the answer to be repeated is the path and the body.
///
/// # Errors
/// `fields_invalid` for a key that is empty, too long, given twice, or not visible ASCII.
pub fn read(request: &HttpRequest, body: &[u8]) -> Result<Option<IdempotentRequest>, Problem> {
    let mut values = request.headers().get_all("idempotency-key");
    let Some(value) = values.next() else { return Ok(None) };
    let wrong = Problem::idempotency_key_malformed;
    let key = value.to_str().map_err(|_| wrong())?;
    let visible = key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if values.next().is_some() || key.is_empty() || key.len() > LONGEST || !visible {
        return Err(wrong());
    }
    let request = [request.path().as_bytes(), b"\n", body].concat();
    Ok(Some(IdempotentRequest { key: key.to_owned(), request, caller: None }))
}

/// The keys whose first request is still being answered by this process. In another process the database
/// makes a second request wait for the first, and then repeats its answer.
#[derive(Clone, Default)]
pub struct InFlight(Arc<Mutex<HashSet<IdempotencyIndex>>>);

/// One key in flight; leaving frees it.
pub struct Flight {
    keys: InFlight,
    key: IdempotencyIndex,
}

impl InFlight {
    /// Marks a key.
    ///
    /// # Errors
    /// `idempotency_in_flight` when it is marked already.
    pub fn enter(&self, key: IdempotencyIndex) -> Result<Flight, Problem> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.insert(key) {
            Ok(Flight { keys: self.clone(), key })
        } else {
            Err(Problem::new(ProblemCode::IdempotencyInFlight))
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.keys.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

//! Reading a JSON body: bounded in size and time.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;

use crate::http::fields::Fields;
use crate::problem::{Problem, ProblemCode};

/// The most bytes of a body (security 40).
const LARGEST: usize = 16 * 1024;

/// Of a larger body so much more is read and thrown away, so that the client can read the answer.
const DRAINED: usize = 2 * 1024 * 1024;

/// How long a body may take. The framework's own timer does not cover bodies.
const LONGEST: Duration = Duration::from_secs(10);

/// A body and its members.
pub struct JsonBody {
    /// As it came.
    pub bytes: Bytes,
    /// Its members.
    pub fields: Fields,
}

/// Reads a JSON object.
///
/// # Errors
/// 415, 413, 408, 400 or 422.
pub async fn read(request: &HttpRequest, payload: Payload) -> Result<JsonBody, Problem> {
    read_within(request, payload, LARGEST).await
}

/// Reads a JSON object of at most `largest` bytes.
///
/// # Errors
/// Those of [`read`].
pub async fn read_within(
    request: &HttpRequest,
    payload: Payload,
    largest: usize,
) -> Result<JsonBody, Problem> {
    let bytes = tokio::time::timeout(LONGEST, collect(payload, largest))
        .await
        .map_err(|_| Problem::new(ProblemCode::BodyTimeout))??;
    let essence = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = essence.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(ProblemCode::UnsupportedMediaType));
    }
    let fields = Fields::parse(&bytes)?;
    Ok(JsonBody { bytes, fields })
}

/// A body of at most `largest` bytes, whatever it is.
///
/// # Errors
/// 413 for a longer one, 400 where it breaks off.
pub async fn collect(mut payload: Payload, largest: usize) -> Result<Bytes, Problem> {
    let mut kept = BytesMut::new();
    let mut read = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(ProblemCode::BadRequest))?;
        read += chunk.len();
        if read <= largest {
            kept.extend_from_slice(&chunk);
        } else if read > largest + DRAINED {
            break;
        }
    }
    if read > largest { Err(Problem::new(ProblemCode::BodyTooLarge)) } else { Ok(kept.freeze()) }
}

//! Limits on what comes before the body: address and headers (security 40).

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::problem::{Problem, ProblemCode};

const LONGEST_URI: usize = 4 * 1024;
const LARGEST_HEADERS: usize = 16 * 1024;

/// Refuses requests whose address or headers are too long.
pub async fn refuse_oversized(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, actix_web::Error> {
    let uri = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if uri > LONGEST_URI {
        return Ok(request.error_response(Problem::new(ProblemCode::UriTooLong)).map_into_right_body());
    }
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if headers > LARGEST_HEADERS {
        return Ok(request.error_response(Problem::new(ProblemCode::HeadersTooLarge)).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

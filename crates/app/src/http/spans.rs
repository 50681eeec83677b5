//! One log line for each request: method, route, status, time. No query, no header, no body.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{Error, HttpMessage as _};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

/// When a request began.
struct Begun(std::time::Instant);

/// Builds the span of a request.
pub struct RequestSpans;

impl RootSpanBuilder for RequestSpans {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        request.extensions_mut().insert(Begun(std::time::Instant::now()));
        // The route's pattern, not the path: a path holds whatever the client wrote.
        let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
        tracing::info_span!(
            "request",
            request.id = %id,
            http.method = %request.method(),
            http.route = %route
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let _entered = span.enter();
        match outcome {
            Ok(response) => {
                let begun = response.request().extensions().get::<Begun>().map(|begun| begun.0.elapsed());
                let duration_ms = begun.map_or(0.0, |taken| taken.as_secs_f64() * 1_000.0);
                tracing::info!(http.status = response.status().as_u16(), duration_ms, "answered");
            }
            Err(error) => {
                let status = error.as_response_error().status_code().as_u16();
                tracing::info!(http.status = status, "answered");
            }
        }
    }
}

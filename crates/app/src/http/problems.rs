//! The one place where errors become answers: every failure leaves as `application/problem+json`.

use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, ALLOW, CACHE_CONTROL, HeaderName, HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use bonin_domain::messages::Locale;
use bonin_ports::Clock;
use tracing_actix_web::RequestId;

use crate::problem::{Problem, ProblemCode};

/// Marks an answer that says all there is to say of its failure: pages, and the forms of other APIs. It leaves as it is.
pub struct Rendered;

/// Renders problems in the request's language with its id, and puts the common headers on every answer.
pub async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, actix_web::Error> {
    // A clone of the request must not be held across the call: routing needs it to itself.
    let response = next.call(request).await?;
    let mut response = match problem_of(response.response()) {
        Some(problem) => {
            let allow = response.headers().get(ALLOW).cloned();
            let http = response.request().clone();
            let mut rendered = answer(&http, &problem);
            if let Some(allow) = allow {
                rendered.headers_mut().insert(ALLOW, allow);
            }
            ServiceResponse::new(http, rendered).map_into_right_body()
        }
        None => response.map_into_left_body(),
    };
    let id = request_id(response.request());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// The problem that an answer stands for, if it is a failure that is not rendered yet.
pub fn problem_of<B>(response: &HttpResponse<B>) -> Option<Problem> {
    if let Some(error) = response.error() {
        let problem = error.as_error::<Problem>().cloned();
        return Some(problem.unwrap_or_else(|| Problem::new(code_of(response.status()))));
    }
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let rendered = response.extensions().contains::<Rendered>();
    (failed && !rendered).then(|| Problem::new(code_of(response.status())))
}

fn code_of(status: StatusCode) -> ProblemCode {
    match status {
        StatusCode::NOT_FOUND => ProblemCode::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => ProblemCode::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType,
        StatusCode::SERVICE_UNAVAILABLE => ProblemCode::Unavailable,
        status if status.is_client_error() => ProblemCode::BadRequest,
        _ => ProblemCode::Internal,
    }
}

fn answer(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    let clock = request.app_data::<web::Data<Arc<dyn Clock>>>();
    let now = clock.map(|clock| clock.now());
    let mut response = problem.render(locale(request), &request_id(request), now);
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-language"));
    response
}

/// The id of a request, in its answer's header, its problem and its log lines.
fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default()
}

/// The language of problems: Korean when it is preferred, else English.
pub fn locale(request: &HttpRequest) -> Locale {
    preferred(request).unwrap_or(Locale::En)
}

/// The language that the client prefers, if it names one of ours.
pub fn preferred(request: &HttpRequest) -> Option<Locale> {
    let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut best = (None, 0.0);
    for choice in accepted.unwrap_or_default().split(',') {
        let (tag, weight) = choice.split_once(";q=").unwrap_or((choice, "1"));
        let weight = weight.trim().parse::<f32>().unwrap_or(0.0);
        if let Ok(locale) = tag.trim().parse()
            && weight > best.1
        {
            best = (Some(locale), weight);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_client_may_prefer_none_of_our_languages() {
        let of = |value: &str| {
            preferred(&TestRequest::default().insert_header((ACCEPT_LANGUAGE, value)).to_http_request())
        };
        assert_eq!((of("ko-KR"), of("en;q=0.1")), (Some(Locale::Ko), Some(Locale::En)));
        assert_eq!((of("fr"), of(""), of("en;q=0")), (None, None, None));
        assert_eq!(preferred(&TestRequest::default().to_http_request()), None);
    }

    #[test]
    fn problems_speak_the_preferred_of_the_two_languages() {
        let of = |value: &str| {
            locale(&TestRequest::default().insert_header((ACCEPT_LANGUAGE, value)).to_http_request())
        };
        assert_eq!(of("ko-KR,ko;q=0.9,en-US;q=0.8"), Locale::Ko);
        assert_eq!(of("en;q=0.9, ko;q=0.8"), Locale::En);
        assert_eq!(of("fr, ko;q=0.2"), Locale::Ko);
        assert_eq!(of("fr"), Locale::En);
        assert_eq!(of(""), Locale::En);
    }
}

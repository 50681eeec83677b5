//! Answers of the classic API: `{"code": 200, "message": "…"}` in Korean, whatever the client prefers, and under real
//! statuses. A refusal has its stable code beside: `{"code": 422, "message": "…", "error": "imp_uid_malformed"}`.

use actix_web::HttpResponse;
use actix_web::http::header::RETRY_AFTER;
use bonin_domain::messages::Locale;
use jiff::Timestamp;
use serde_json::json;

use crate::http::problems::Rendered;
use crate::problem::Problem;

/// A refusal, in the words of its problem or in better ones of the route.
pub fn refused(problem: &Problem, message: Option<&str>, now: Timestamp) -> HttpResponse {
    let code = problem.code();
    let mut response = HttpResponse::build(code.status());
    response.insert_header(("content-language", "ko"));
    if let Some(seconds) = problem.retry_after(Some(now)) {
        response.insert_header((RETRY_AFTER, seconds));
    }
    let mut body = json!({
        "code": code.status().as_u16(),
        "message": message.unwrap_or_else(|| code.title(Locale::Ko)),
        "error": code.as_str(),
    });
    if !problem.errors().is_empty() {
        body["fields"] = problem.errors().iter().map(|error| error.field.as_str()).collect();
    }
    let mut response = response.json(body);
    response.extensions_mut().insert(Rendered);
    response
}

#[cfg(test)]
mod tests {
    use actix_web::body::{MessageBody as _, to_bytes};
    use jiff::SignedDuration;
    use serde_json::Value;

    use super::*;
    use crate::problem::ProblemCode;

    #[actix_web::test]
    async fn a_refusal_has_its_status_its_korean_and_its_code() {
        let now = Timestamp::UNIX_EPOCH;
        let problem = Problem::new(ProblemCode::TooManyRequests).retry_at(now + SignedDuration::from_secs(7));
        let response = refused(&problem, None, now);
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "7");
        assert!(response.extensions().contains::<Rendered>());
        let body = to_bytes(response.into_body().boxed()).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let message = ProblemCode::TooManyRequests.title(Locale::Ko);
        assert_eq!(body, json!({"code": 429, "message": message, "error": "too_many_requests"}));
    }

    #[actix_web::test]
    async fn a_route_may_say_it_better() {
        let response = refused(&Problem::new(ProblemCode::TokenMissing), Some("먼저"), Timestamp::UNIX_EPOCH);
        let body = to_bytes(response.into_body().boxed()).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body, json!({"code": 401, "message": "먼저", "error": "token_missing"}));
    }
}

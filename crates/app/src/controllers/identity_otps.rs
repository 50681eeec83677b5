//! `/v1/identity-verifications/{id}/otp`: without a window of the provider, where the carriers approved that.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::access::Scope;
use bonin_domain::identity::{GenderDigit, IdentityStatus, OtpCode, OtpPerson, PersonName};
use bonin_domain::{Destinations, PhoneNumber, Region};
use bonin_services::identity::OtpIdentity;
use jiff::civil::Date;

use super::identities::{Identities, facts, named, text};
use super::identity_views::{CompletedIdentityView, ConfirmOtpBody, OtpRequestedView, RequestOtpBody};
use super::views::ProblemView;
use crate::http::fields::Fields;
use crate::http::{body, client};
use crate::problem::{FieldCode, FieldError, Problem, ProblemCode};

type Shared = web::Data<Arc<Identities>>;

/// Has the provider send a one-time password. At most 3 for an identity verification.
#[utoipa::path(
    post,
    path = "/v1/identity-verifications/{id}/otp",
    request_body = RequestOtpBody,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = OtpRequestedView),
        (status = 404, body = ProblemView, content_type = "application/problem+json"),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 429, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn request(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = shared.access.caller(&request, Scope::Accounts).await?;
    let otp = offered(&shared)?;
    let mut body = body::read(&request, payload).await?;
    let token = body.fields.required("token", text);
    let person = person(&mut body.fields);
    let behind = if caller.key.is_some() {
        body.fields.optional("client_address", |text| text.parse().map_err(|_| FieldCode::Malformed))
    } else {
        None
    };
    body.fields.finish()?;
    let Some(person) = person else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };
    let person = person.map_err(|fault| Problem::fields(vec![fault]))?;
    let (id, token) = named(&id, token.as_deref())?;
    shared.guard(&caller)?;
    let client = match behind {
        Some(address) => address,
        None => client::ip(&request, &shared.access.trusted_proxies)?,
    };

    let requested = otp.request(&caller.tenant, id, &token, &person, client).await;
    requested.map_err(|error| Problem::of_otp(&error))?;
    let status = IdentityStatus::Pending.as_str();
    Ok(HttpResponse::Ok().json(OtpRequestedView { status, server_time: shared.clock.now() }))
}

/// Has the provider compare a one-time password. At most 5 tries for an identity verification.
#[utoipa::path(
    post,
    path = "/v1/identity-verifications/{id}/otp/confirm",
    request_body = ConfirmOtpBody,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = CompletedIdentityView),
        (status = 404, body = ProblemView, content_type = "application/problem+json"),
        (status = 409, body = ProblemView, content_type = "application/problem+json"),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 429, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn confirm(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = shared.access.caller(&request, Scope::Accounts).await?;
    let otp = offered(&shared)?;
    let mut body = body::read(&request, payload).await?;
    let token = body.fields.required("token", text);
    let typed = body.fields.required("otp", OtpCode::parse);
    let facts = facts(&mut body.fields);
    body.fields.finish()?;
    let Some(typed) = typed else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };
    let (id, token) = named(&id, token.as_deref())?;
    shared.guard(&caller)?;

    let completed = otp.confirm(&caller.tenant, id, &token, &typed).await;
    let completed = completed.map_err(|error| Problem::of_otp(&error))?;
    Ok(HttpResponse::Ok().json(CompletedIdentityView::new(&completed, &facts)))
}

fn offered(shared: &Identities) -> Result<&OtpIdentity, Problem> {
    let otp = shared.offered()?.otp.as_ref();
    otp.ok_or_else(|| Problem::new(ProblemCode::IdentityNotOffered))
}

/// What the person typed; `None` where a member is missing or wrong, an error where they do not fit together.
fn person(fields: &mut Fields) -> Option<Result<OtpPerson, FieldError>> {
    let name = fields.required("name", |text| PersonName::parse(text).ok_or(FieldCode::Malformed));
    let phone = fields.required("phone_number", phone_number);
    let birthday = fields.required("birth_date", birth_date);
    let gender = fields.required("gender_digit", GenderDigit::parse);
    let carrier = fields.required("carrier", str::parse);
    let person = OtpPerson::new(name?, phone?, birthday?, gender?, carrier?);
    Some(person.map_err(|_| FieldError::new("gender_digit", FieldCode::CenturyMismatch)))
}

/// Only Korean carriers know who somebody is.
fn phone_number(text: &str) -> Result<PhoneNumber, FieldCode> {
    let number = PhoneNumber::parse(text, Region::KR)?;
    Destinations { regions: vec![Region::KR] }.judge(&number)?;
    Ok(number)
}

/// `1990-01-01`, and no other form of a date.
fn birth_date(text: &str) -> Result<Date, FieldCode> {
    let formed = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = if formed { text.parse().ok() } else { None };
    date.ok_or(FieldCode::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(body: &str) -> Vec<(String, &'static str)> {
        let mut fields = Fields::parse(body.as_bytes()).unwrap();
        let person = person(&mut fields);
        match fields.finish() {
            Err(problem) => {
                problem.errors().iter().map(|fault| (fault.field.clone(), fault.code.as_str())).collect()
            }
            Ok(()) => match person.unwrap() {
                Ok(_) => Vec::new(),
                Err(fault) => vec![(fault.field, fault.code.as_str())],
            },
        }
    }

    fn body(birth_date: &str, gender_digit: &str, phone_number: &str) -> String {
        format!(
            r#"{{"name": "홍길동", "phone_number": "{phone_number}", "birth_date": "{birth_date}",
                 "gender_digit": "{gender_digit}", "carrier": "lgu_mvno"}}"#
        )
    }

    #[test]
    fn what_a_person_types_is_read() {
        assert_eq!(faults(&body("1990-01-01", "1", "010-1234-5678")), []);
        assert_eq!(faults(&body("2004-02-29", "8", "+82 10 1234 5678")), []);
    }

    #[test]
    fn every_fault_is_named() {
        let fault = |field: &str, code| vec![(field.to_owned(), code)];
        let number = "010-1234-5678";
        for wrong in ["900101", "1990-1-1", "19900101", "1990-02-30", "1990-01-01T00", "+01990-01-", ""] {
            assert_eq!(faults(&body(wrong, "1", number)), fault("birth_date", "malformed"), "{wrong}");
        }
        assert_eq!(faults(&body("1990-01-01", "9", number)), fault("gender_digit", "malformed"));
        assert_eq!(faults(&body("1990-01-01", "3", number)), fault("gender_digit", "century_mismatch"));
        assert_eq!(
            faults(&body("1990-01-01", "1", "+1 212 555 2368")),
            fault("phone_number", "country_not_allowed")
        );
        assert_eq!(faults(&body("1990-01-01", "1", "02-312-3456")), fault("phone_number", "not_mobile"));
        assert_eq!(faults("{}").len(), 5);
        let wrong_types =
            r#"{"name": 1, "phone_number": [], "birth_date": {}, "gender_digit": 1, "carrier": "t"}"#;
        assert_eq!(faults(wrong_types).len(), 5);
    }
}

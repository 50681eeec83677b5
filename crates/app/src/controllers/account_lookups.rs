//! `/v1/account-lookups`

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::access::Scope;
use bonin_domain::codes::Proof;
use bonin_domain::identity::IdentityProof;
use bonin_ports::AnyProof;
use bonin_services::accounts::{FoundAccount, LookUpAccounts};
use jiff::tz::Offset;
use serde::Serialize;
use utoipa::ToSchema;

use super::views::ProblemView;
use crate::http::access::Access;
use crate::http::body;
use crate::http::fields::Fields;
use crate::problem::{Problem, ProblemCode};

/// Seoul, since 1988.
const SEOUL: Offset = Offset::constant(9);

/// What the route of look-ups shares.
pub struct AccountLookups {
    pub access: Arc<Access>,
    pub look_up: LookUpAccounts,
}

/// Tells the login ids, masked, of whoever proved a number or their person.
#[utoipa::path(
    post,
    path = "/v1/account-lookups",
    request_body = LookUpBody,
    responses(
        (status = 200, body = FoundView),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn look_up(
    shared: web::Data<Arc<AccountLookups>>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let tenant = shared.access.caller(&request, Scope::Accounts).await?.tenant;
    let mut body = body::read(&request, payload).await?;
    let proof = either_proof(&mut body.fields);
    body.fields.finish()?;
    let Some(proof) = proof else { return Err(Problem::new(ProblemCode::FieldsInvalid)) };

    let found = shared.look_up.execute(&tenant, proof).await;
    let found = found.map_err(|error| Problem::of_look_up(&error, proof))?;

    let accounts = found.iter().map(FoundAccountView::from).collect();
    Ok(HttpResponse::Ok().json(FoundView { accounts }))
}

/// The one proof of a body: `proof` of a number or `identity_proof`. Of two, the second is a member too many.
pub fn either_proof(fields: &mut Fields) -> Option<AnyProof> {
    if !fields.holds("proof") && fields.holds("identity_proof") {
        let proof = fields.required("identity_proof", IdentityProof::parse)?;
        return Some(AnyProof::Identity(proof.digest()));
    }
    let proof = fields.required("proof", Proof::parse)?;
    Some(AnyProof::Phone(proof.digest()))
}

/// The body of a look-up: one of both.
#[derive(ToSchema)]
#[schema(example = json!({"proof": "…"}))]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct LookUpBody {
    /// Of a number, for the purpose `find_id`.
    proof: Option<String>,
    /// Of the person, for the purpose `find_id`.
    identity_proof: Option<String>,
}

/// The accounts that were found: none, or up to five, oldest first.
#[derive(Serialize, ToSchema)]
pub struct FoundView {
    /// The accounts.
    pub accounts: Vec<FoundAccountView>,
}

/// An account that was found.
#[derive(Serialize, ToSchema)]
pub struct FoundAccountView {
    /// The mail address, masked.
    #[schema(example = "ab***9@example.com")]
    pub login_id: String,
    /// The month in which it was opened, in Seoul.
    #[schema(example = "2026-11")]
    pub joined: String,
}

impl From<&FoundAccount> for FoundAccountView {
    fn from(found: &FoundAccount) -> Self {
        let joined = SEOUL.to_datetime(found.created_at);
        Self {
            login_id: found.login_id.masked(),
            joined: format!("{:04}-{:02}", joined.year(), joined.month()),
        }
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::accounts::LoginId;

    use super::*;

    #[test]
    fn the_month_of_joining_is_seouls() {
        let joined = |at: &str| {
            let login_id = LoginId::parse("abcdef9@example.com").unwrap();
            FoundAccountView::from(&FoundAccount { login_id, created_at: at.parse().unwrap() })
        };
        assert_eq!(joined("2026-10-31T14:59:59Z").joined, "2026-10");
        let view = joined("2026-10-31T15:00:00Z");
        assert_eq!(view.joined, "2026-11");
        assert_eq!(view.login_id, "ab***9@example.com");
    }

    #[test]
    fn a_body_has_one_proof() {
        let token = "A".repeat(43);
        let read = |body: String| {
            let mut fields = Fields::parse(body.as_bytes()).unwrap();
            let proof = either_proof(&mut fields);
            let faults = fields.finish().err();
            let faults = faults.iter().flat_map(Problem::errors);
            (proof, faults.map(|fault| (fault.field.clone(), fault.code.as_str())).collect::<Vec<_>>())
        };
        let fault = |field: &str, code| vec![(field.to_owned(), code)];
        assert!(matches!(read(format!(r#"{{"proof": "{token}"}}"#)), (Some(AnyProof::Phone(_)), _)));
        let identity = read(format!(r#"{{"identity_proof": "{token}"}}"#));
        assert!(matches!(identity, (Some(AnyProof::Identity(_)), faults) if faults.is_empty()));
        let both = read(format!(r#"{{"proof": "{token}", "identity_proof": "{token}"}}"#));
        assert_eq!(both.1, fault("identity_proof", "unknown"));
        assert_eq!(read("{}".to_owned()).1, fault("proof", "missing"));
        assert_eq!(read(r#"{"identity_proof": {}}"#.to_owned()).1, fault("identity_proof", "wrong_type"));
        assert_eq!(read(r#"{"proof": "short"}"#.to_owned()).1, fault("proof", "malformed"));
    }
}

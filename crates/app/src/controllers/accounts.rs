//! `/v1/accounts`

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::access::Scope;
use bonin_domain::accounts::{Agreed, LoginId, Nickname, TermId, TermVersion};
use bonin_domain::codes::Proof;
use bonin_domain::identity::IdentityProof;
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::Locale;
use bonin_services::accounts::{
    GiveConsent, ListTerms, ReadConsents, SignUp, SignUpRequest, Typed, WithdrawConsent,
};
use bonin_services::codes::IdempotentRequest;
use serde_json::json;

use super::account_views::{NewAccountView, SignUpBody};
use super::sessions::password;
use super::terms::locale;
use super::views::ProblemView;
use crate::http::fields::Fields;
use crate::http::idempotency::InFlight;
use crate::http::session::Sessions;
use crate::http::{body, idempotency};
use crate::problem::{FieldError, Problem, ProblemCode};

/// The most consents of one sign-up.
const MOST_CONSENTS: usize = 100;

/// What the routes of sign-ups, terms and consents share.
pub struct Accounts {
    pub sessions: Arc<Sessions>,
    pub sign_up: SignUp,
    pub list_terms: ListTerms,
    pub read_consents: ReadConsents,
    pub give_consent: GiveConsent,
    pub withdraw_consent: WithdrawConsent,
    pub keys: Arc<KeyRing>,
    pub locale: Locale,
    pub in_flight: InFlight,
}

pub type Shared = web::Data<Arc<Accounts>>;

/// A consent as it is written.
pub struct WrittenConsent {
    term: TermId,
    version: TermVersion,
    locale: Option<Locale>,
}

/// Signs a person up who proved a phone number. Nothing is lost by a refusal: the proofs stay good.
#[utoipa::path(
    post,
    path = "/v1/accounts",
    request_body = SignUpBody,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats the first answer for 24 hours."),
        ("Accept-Language" = Option<String>, Header)
    ),
    responses(
        (status = 201, body = NewAccountView),
        (status = 400, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 409, body = ProblemView, content_type = "application/problem+json"),
        (status = 410, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json"),
        (status = 503, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn sign_up(
    shared: Shared,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = shared.sessions.access.caller(&request, Scope::Accounts).await?;
    shared.sessions.origins.check(&request)?;
    let body::JsonBody { mut fields, .. } = body::read(&request, payload).await?;
    let proof = fields.required("proof", Proof::parse);
    let identity_proof = fields.optional("identity_proof", IdentityProof::parse);
    let login_id = fields.required("login_id", LoginId::parse);
    let password = fields.required("password", password);
    let nickname = fields.required("nickname", Nickname::parse);
    let agreed = consents(&mut fields).map(|written| shared.agreed(&request, written));
    let client = caller.person(&mut fields);
    let typed = Typed {
        login_id: login_id.as_ref(),
        password: password.as_ref(),
        nickname: nickname.as_ref(),
        agreed: agreed.as_deref(),
    };
    let faults = shared.sign_up.judge(&caller.tenant, typed);
    for fault in FieldError::of_sign_up(&faults) {
        fields.fault(fault);
    }
    fields.finish()?;
    let (Some(proof), Some(login_id), Some(password)) = (proof, login_id, password) else {
        return Err(Problem::new(ProblemCode::FieldsInvalid));
    };
    let (Some(nickname), Some(agreed)) = (nickname, agreed) else {
        return Err(Problem::new(ProblemCode::FieldsInvalid));
    };

    shared.sessions.passwords.check(&caller, shared.sign_up.clock.now())?;
    let same = sameness(&proof, identity_proof.as_ref(), &login_id, &nickname, &agreed);
    let key = caller.key.as_ref().map(|key| key.id.clone());
    let idempotency = idempotency::read(&request, &same)?;
    let idempotency = idempotency.map(|read| IdempotentRequest { caller: key, ..read });
    let index = idempotency.as_ref().map(|read| read.index(&shared.keys, &caller.tenant, &client));
    let _flight = index.map(|index| shared.in_flight.enter(index)).transpose()?;

    let sign_up = SignUpRequest {
        tenant: caller.tenant,
        proof,
        identity_proof,
        login_id,
        password,
        nickname,
        agreed,
        client,
        idempotency,
    };
    let account = shared.sign_up.execute(sign_up).await;
    let account = account.map_err(|error| Problem::of_sign_up(&error))?;

    let mut response = HttpResponse::Created();
    response.insert_header(("location", "/v1/accounts/me"));
    if account.repeated {
        response.insert_header(("idempotency-replayed", "true"));
    }
    Ok(response.json(NewAccountView::from(&account)))
}

impl Accounts {
    /// The consents, each in the language in which it was shown: the one that is said, or the one of `GET /v1/terms`
    /// for the same client.
    pub fn agreed(&self, request: &HttpRequest, written: Vec<WrittenConsent>) -> Vec<Agreed> {
        let usual = locale(request, self.locale);
        let shown = self.list_terms.execute(usual);
        let of = |id: &TermId| shown.iter().find(|term| term.id == *id).map_or(usual, |term| term.locale);
        written
            .into_iter()
            .map(|WrittenConsent { term, version, locale }| Agreed {
                locale: locale.unwrap_or_else(|| of(&term)),
                term,
                version,
            })
            .collect()
    }
}

/// The consents of a sign-up; where none are sent, the required terms are what is missing.
fn consents(fields: &mut Fields) -> Option<Vec<WrittenConsent>> {
    if !fields.holds("consents") {
        return Some(Vec::new());
    }
    fields.required_list("consents", MOST_CONSENTS, |item| item.object(consent))
}

/// One consent.
pub fn consent(fields: &mut Fields) -> Option<WrittenConsent> {
    let term = fields.required("term_id", TermId::parse);
    let version = fields.required("version", TermVersion::parse);
    let locale = fields.optional("locale", str::parse);
    Some(WrittenConsent { term: term?, version: version?, locale })
}

/// What makes two sign-ups the same request: everything but the password, of which no digest is stored that would help
/// to guess it.
fn sameness(
    proof: &Proof,
    identity_proof: Option<&IdentityProof>,
    login_id: &LoginId,
    nickname: &Nickname,
    agreed: &[Agreed],
) -> Vec<u8> {
    let agreed: Vec<_> = agreed
        .iter()
        .map(|one| json!([one.term.as_str(), one.version.as_str(), one.locale.as_str()]))
        .collect();
    let identity_proof = identity_proof.map(IdentityProof::reveal);
    json!([proof.reveal(), identity_proof, login_id.as_str(), nickname.as_str(), agreed])
        .to_string()
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (Option<usize>, Vec<(String, &'static str)>) {
        let mut fields = Fields::parse(body.as_bytes()).unwrap();
        let read = consents(&mut fields).map(|consents| consents.len());
        let faults = fields.finish().err();
        let faults = faults.iter().flat_map(Problem::errors);
        (read, faults.map(|error| (error.field.clone(), error.code.as_str())).collect())
    }

    #[test]
    fn consents_are_objects_in_a_list() {
        let good = r#"{"term_id": "service", "version": "1"}"#;
        assert_eq!(read("{}"), (Some(0), Vec::new()), "which ones are missing is said by the terms");
        assert_eq!(read(&format!(r#"{{"consents": [{good}]}}"#)), (Some(1), Vec::new()));
        for wrong in ["null", "{}", "\"service\"", "1"] {
            let told = read(&format!(r#"{{"consents": {wrong}}}"#));
            assert_eq!(told, (None, vec![("consents".to_owned(), "wrong_type")]), "{wrong}");
        }
        let many = vec![good; MOST_CONSENTS + 1].join(",");
        let told = read(&format!(r#"{{"consents": [{many}]}}"#));
        assert_eq!(told, (None, vec![("consents".to_owned(), "too_many")]));
        let told =
            read(r#"{"consents": [["service"], {"term_id": "A", "version": 1, "locale": "fr", "x": 1}]}"#);
        let expected = [
            ("consents[0]", "wrong_type"),
            ("consents[1].term_id", "malformed"),
            ("consents[1].version", "wrong_type"),
            ("consents[1].locale", "unsupported"),
            ("consents[1].x", "unknown"),
        ];
        assert_eq!(told, (None, expected.map(|(field, code)| (field.to_owned(), code)).to_vec()));
    }

    #[test]
    fn sign_ups_are_the_same_where_all_is_but_the_password() {
        let secret = |byte: u8| move |bytes: &mut [u8]| bytes.fill(byte);
        let proof = |byte| Proof::draw(&mut secret(byte));
        let identity = IdentityProof::draw(&mut secret(3));
        let login_id = |raw| LoginId::parse(raw).unwrap();
        let nickname = |raw| Nickname::parse(raw).unwrap();
        let agreed = |version| Agreed {
            term: TermId::parse("service").unwrap(),
            version: TermVersion::parse(version).unwrap(),
            locale: Locale::Ko,
        };
        let one = sameness(&proof(1), None, &login_id("a@b.kr"), &nickname("n"), &[agreed("1")]);
        let again = sameness(&proof(1), None, &login_id("A@b.kr "), &nickname("n"), &[agreed("1")]);
        assert_eq!(one, again);
        for other in [
            sameness(&proof(2), None, &login_id("a@b.kr"), &nickname("n"), &[agreed("1")]),
            sameness(&proof(1), Some(&identity), &login_id("a@b.kr"), &nickname("n"), &[agreed("1")]),
            sameness(&proof(1), None, &login_id("c@b.kr"), &nickname("n"), &[agreed("1")]),
            sameness(&proof(1), None, &login_id("a@b.kr"), &nickname("m"), &[agreed("1")]),
            sameness(&proof(1), None, &login_id("a@b.kr"), &nickname("n"), &[agreed("2")]),
            sameness(&proof(1), None, &login_id("a@b.kr"), &nickname("n"), &[]),
        ] {
            assert_ne!(other, one);
        }
    }
}

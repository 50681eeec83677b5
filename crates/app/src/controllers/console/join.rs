//! `/console/join`: somebody with an invitation becomes an administrator, in two pages. Nothing is stored before the
//! second is right.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bonin_domain::accounts::Password;
use bonin_domain::admin::{AdminName, InvitationSecret, TotpCode};
use bonin_domain::keys::Sealed;
use bonin_services::admin::{EnrolAdmin, EnrolAdminError, Enrolment, JoinAdmins, JoinAdminsError};
use zeroize::Zeroizing;

use super::session::{ConsolePages, failed};
use super::{qr, words};
use crate::http::client;
use crate::pages::form::Form;
use crate::pages::{Faults, Frame, see_other};
use crate::problem::{Problem, ProblemCode};

/// Where it begins.
pub const JOIN: &str = "/console/join";

/// What becoming an administrator needs.
pub struct Joins {
    pub pages: Arc<ConsolePages>,
    pub enrol: EnrolAdmin,
    pub join: JoinAdmins,
}

type Shared = web::Data<Arc<Joins>>;

#[derive(Template)]
#[template(path = "console/join.html")]
struct FirstPage<'a> {
    frame: &'a Frame,
    token: &'a str,
    name: &'a str,
    faults: &'a Faults,
}

#[derive(Template)]
#[template(path = "console/join_confirm.html")]
struct SecondPage<'a> {
    frame: &'a Frame,
    token: &'a str,
    chosen: &'a str,
    name: &'a AdminName,
    /// The secret in groups of four, for people who type it.
    secret: Zeroizing<String>,
    /// The same as a picture: an SVG of ours.
    picture: Zeroizing<String>,
    faults: &'a Faults,
}

/// `GET /console/join`
pub async fn page(shared: Shared, request: HttpRequest) -> HttpResponse {
    first(&shared.pages.frame(&request), &Form::default(), &Faults::default())
}

/// `POST /console/join`: token, name and password.
pub async fn choose(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let frame = shared.pages.frame(&request);
    let form = match Form::read(&shared.pages.origins, &request, payload).await {
        Ok(form) => form,
        Err(problem) => return failed(&frame, &problem),
    };
    let mut faults = Faults::default();
    let token = InvitationSecret::parse(form.text("token").trim());
    let token = token.map_err(|_| faults.add("token", words::invitation_gone(&frame))).ok();
    let name = AdminName::parse(form.text("name"));
    let name = name.map_err(|_| faults.add("name", words::name_malformed(&frame))).ok();
    let password = Password::parse(form.text("password"));
    let password = password.map_err(|_| faults.add("password", words::password_length(&frame))).ok();
    let (Some(token), Some(name), Some(password)) = (token, name, password) else {
        return first(&frame, &form, &faults);
    };
    match shared.enrol.execute(&token, name, &password).await {
        Ok(enrolled) => {
            let chosen = URL_SAFE_NO_PAD.encode(enrolled.sealed.as_bytes());
            let shown = (token.reveal(), chosen);
            second(&frame, StatusCode::OK, &shown, &enrolled.enrolment, &faults)
        }
        Err(EnrolAdminError::InvitationGone) => again(&frame, &form, "token", words::invitation_gone(&frame)),
        Err(EnrolAdminError::NameTaken) => again(&frame, &form, "name", words::name_taken(&frame)),
        Err(EnrolAdminError::ForAnother(name)) => {
            faults.add("name", words::invitation_for(&frame, &name));
            first(&frame, &form, &faults)
        }
        Err(EnrolAdminError::Password(fault)) => {
            again(&frame, &form, "password", words::password(&frame, fault))
        }
        Err(EnrolAdminError::Busy(_)) => failed(&frame, &Problem::new(ProblemCode::Unavailable)),
        Err(EnrolAdminError::Repository(error)) => failed(&frame, &Problem::from(&error)),
    }
}

/// `POST /console/join/confirm`: the first one-time password.
pub async fn confirm(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let frame = shared.pages.frame(&request).standing_at(JOIN);
    let form = match Form::read(&shared.pages.origins, &request, payload).await {
        Ok(form) => form,
        Err(problem) => return failed(&frame, &problem),
    };
    let address = match client::ip(&request, &shared.pages.trusted_proxies) {
        Ok(address) => address,
        Err(problem) => return failed(&frame, &problem),
    };
    let (token, chosen) = (form.text("token"), form.text("chosen"));
    let (Ok(secret), Ok(sealed)) = (InvitationSecret::parse(token), URL_SAFE_NO_PAD.decode(chosen)) else {
        return again(&frame, &Form::default(), "token", words::invitation_gone(&frame));
    };
    let code = TotpCode::parse(form.text("code")).ok();
    match shared.join.execute(&secret, &Sealed::from_bytes(sealed), code, address).await {
        Ok(_) => see_other("/console/login?joined=1").finish(),
        Err(JoinAdminsError::CodeIncorrect(enrolment)) => {
            let mut faults = Faults::default();
            faults.add("code", words::code_incorrect(&frame));
            let shown = (token.to_owned(), chosen.to_owned());
            second(&frame, StatusCode::UNPROCESSABLE_ENTITY, &shown, &enrolment, &faults)
        }
        Err(JoinAdminsError::InvitationGone) => {
            again(&frame, &Form::default(), "token", words::invitation_gone(&frame))
        }
        Err(JoinAdminsError::NameTaken) => again(&frame, &form, "name", words::name_taken(&frame)),
        Err(JoinAdminsError::Repository(error)) => failed(&frame, &Problem::from(&error)),
    }
}

/// The first page again, with one fault.
fn again(frame: &Frame, form: &Form, field: &'static str, text: &str) -> HttpResponse {
    let mut faults = Faults::default();
    faults.add(field, text);
    first(frame, form, &faults)
}

fn first(frame: &Frame, form: &Form, faults: &Faults) -> HttpResponse {
    let page = FirstPage { frame, token: form.text("token"), name: form.text("name"), faults };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    frame.answer(status, &page)
}

fn second(
    frame: &Frame,
    status: StatusCode,
    (token, chosen): &(String, String),
    enrolment: &Enrolment,
    faults: &Faults,
) -> HttpResponse {
    let Some(picture) = qr::picture(&enrolment.totp.uri(&enrolment.name)) else {
        return failed(frame, &Problem::new(ProblemCode::Internal));
    };
    let secret = enrolment.totp.base32();
    let groups: Vec<&str> = (0..secret.len()).step_by(4).filter_map(|at| secret.get(at..at + 4)).collect();
    let secret = Zeroizing::new(groups.join(" "));
    let name = &enrolment.name;
    frame.answer(status, &SecondPage { frame, token, chosen, name, secret, picture, faults })
}

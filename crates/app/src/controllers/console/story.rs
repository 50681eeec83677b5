//! `/console/verifications/{id}`: what became of a start, from the decision to the end.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::PhoneNumber;
use bonin_domain::codes::VerificationId;
use bonin_services::admin::{ReadStory, RevealError, RevealNumber, Story};

use super::names::{self, Badge};
use super::session::{ConsolePages, Signed};
use super::timeline::{self, Entry};
use super::verifications::{VERIFICATIONS, read_reason};
use crate::pages::form::Form;
use crate::pages::{Faults, Frame, format, see_other};
use crate::problem::{Problem, ProblemCode};

/// What the page needs.
pub struct Stories {
    pub pages: Arc<ConsolePages>,
    pub story: ReadStory,
    pub reveal: RevealNumber,
}

type Shared = web::Data<Arc<Stories>>;

#[derive(Template)]
#[template(path = "console/story.html")]
struct Page<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    faults: &'a Faults,
    reason: &'a str,
    id: VerificationId,
    state: Badge,
    facts: Vec<(&'static str, String)>,
    /// Masked, or the reference of its digest where the number is erased.
    number: String,
    /// Whether the whole number can be shown.
    kept: bool,
    /// The whole number, once.
    whole: Option<String>,
    test: bool,
    withheld: bool,
    timeline: Vec<Entry>,
}

/// `GET /console/verifications/{id}`
pub async fn page(shared: Shared, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    let shown = async |signed: &Signed| {
        let story = shared.read(signed, &id).await?;
        Ok(signed.answer(&told(signed, &story, &Faults::default(), "", None)))
    };
    shared.pages.show(&request, shown).await
}

/// `POST /console/verifications/{id}/number`: the whole number, for a reason.
pub async fn reveal(
    shared: Shared,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> HttpResponse {
    let deed = async |signed: &Signed, form: &Form| {
        let story = shared.read(signed, &id).await?;
        let (mut faults, typed) = (Faults::default(), form.text("reason"));
        let Some(reason) = read_reason(&signed.frame, typed, &mut faults) else {
            let page = told(signed, &story, &faults, typed, None);
            return Ok(signed.frame.answer(StatusCode::UNPROCESSABLE_ENTITY, &page));
        };
        match shared.reveal.execute(&signed.actor(), story.id, &reason).await {
            Ok(number) => Ok(signed.answer(&told(signed, &story, &faults, "", Some(&number)))),
            Err(RevealError::NotFound) => Err(Problem::new(ProblemCode::VerificationNotFound)),
            Err(RevealError::Erased) => {
                let gone = signed.frame.say(
                    "번호는 이미 지워졌어요. 인증이 끝나고 하루쯤 지나면 지워요.",
                    "The number is erased; it is kept about a day.",
                );
                faults.add("reason", gone);
                let page = told(signed, &story, &faults, typed, None);
                Ok(signed.frame.answer(StatusCode::CONFLICT, &page))
            }
            Err(RevealError::Repository(error)) => Err(Problem::from(&error)),
        }
    };
    shared.pages.change(&request, payload, &address(&id), deed).await
}

/// `GET /console/verifications/{id}/number`: the way to the story. An address shows no number.
pub async fn to_story(id: web::Path<String>) -> HttpResponse {
    match id.parse::<VerificationId>() {
        Ok(id) => see_other(&address(&id.to_string())).finish(),
        Err(_) => see_other(VERIFICATIONS).finish(),
    }
}

fn address(id: &str) -> String {
    format!("{VERIFICATIONS}/{id}")
}

impl Stories {
    async fn read(&self, signed: &Signed, id: &str) -> Result<Story, Problem> {
        let unknown = || Problem::new(ProblemCode::VerificationNotFound);
        let id = id.parse().map_err(|_| unknown())?;
        let story = self.story.execute(&signed.actor(), id).await;
        story.map_err(|error| Problem::from(&error))?.ok_or_else(unknown)
    }
}

fn told<'a>(
    signed: &'a Signed,
    story: &Story,
    faults: &'a Faults,
    reason: &'a str,
    number: Option<&PhoneNumber>,
) -> Page<'a> {
    let frame = &signed.frame;
    let verification = story.verification.as_ref();
    let decision = story.decision.as_ref();
    let state = match (verification, decision) {
        (Some(verification), _) => names::status(frame, verification.status),
        (None, Some(decision)) => names::outcome(frame, &decision.outcome),
        (None, None) => Badge::new("mute", "–"),
    };
    Page {
        frame,
        signed,
        faults,
        reason,
        id: story.id,
        state,
        facts: facts(frame, story),
        number: story.masked.clone().unwrap_or_else(|| {
            format!("{} {}", frame.say("지워짐, 참조", "erased, reference"), story.phone_index.reference())
        }),
        kept: story.masked.is_some(),
        whole: number.map(|number| number.e164().to_owned()),
        test: verification.is_some_and(|of| of.test_number) || decision.is_some_and(|of| of.test_number),
        withheld: verification.is_some_and(|of| of.withheld),
        timeline: timeline::of(frame, story),
    }
}

fn facts(frame: &Frame, story: &Story) -> Vec<(&'static str, String)> {
    let mut facts = vec![(frame.say("테넌트", "Tenant"), story.tenant.to_string())];
    let purpose = story.verification.as_ref().map(|of| of.purpose);
    if let Some(purpose) = purpose.or(story.decision.as_ref().map(|of| of.purpose)) {
        facts.push((frame.say("목적", "Purpose"), names::purpose(frame, purpose).to_owned()));
    }
    if let Some(verification) = &story.verification {
        let country = verification.country.map_or_else(|| "–".to_owned(), |country| country.to_string());
        facts.push((frame.say("국가", "Country"), country));
        facts.push((frame.say("발송", "Sends"), verification.sends.to_string()));
        let checks = format!("{} / {}", verification.checks, verification.max_checks);
        facts.push((frame.say("입력한 횟수", "Checks"), checks));
        if let Some(provider) = &verification.run_by {
            let name = names::provider(provider.as_str()).to_owned();
            facts.push((frame.say("인증 대행", "Run by"), name));
        }
        facts.push((frame.say("시작", "Started"), format::minute(verification.created_at, frame.locale)));
    }
    facts
}

//! `/console/verifications`: look-up by id, or by number with a reason. What was typed never stands in an address: it may
//! be a number in the wrong field.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::codes::VerificationId;
use bonin_domain::{PhoneNumber, Region};
use bonin_services::admin::{LookUpVerifications, LookedUp, Reason};

use super::names::{self, Badge};
use super::session::{ConsolePages, Signed};
use crate::pages::form::Form;
use crate::pages::{Faults, Frame, format, see_other};
use crate::problem::Problem;

/// Where it is.
pub const VERIFICATIONS: &str = "/console/verifications";

/// What the page needs.
pub struct LookUps {
    pub pages: Arc<ConsolePages>,
    pub look_up: LookUpVerifications,
}

type Shared = web::Data<Arc<LookUps>>;

#[derive(Template)]
#[template(path = "console/verifications.html")]
struct Page<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    faults: &'a Faults,
    id: &'a str,
    number: &'a str,
    reason: &'a str,
    found: Option<Found>,
}

/// What was found for a number.
struct Found {
    masked: String,
    starts: Vec<Start>,
}

struct Start {
    id: VerificationId,
    at: String,
    tenant: String,
    purpose: &'static str,
    state: Badge,
    /// Whether the number is one for tests.
    test: bool,
    checks: String,
    sends: String,
}

/// `GET /console/verifications`
pub async fn page(shared: Shared, request: HttpRequest) -> HttpResponse {
    let shown = async |signed: &Signed| Ok(by_id(signed, "", &Faults::default()));
    shared.pages.show(&request, shown).await
}

/// `POST /console/verifications`: with `id` the way to that start, else what was started for a number.
pub async fn look_up(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let deed = async |signed: &Signed, form: &Form| {
        let frame = &signed.frame;
        if form.has("id") {
            return shared.find(signed, form.text("id").trim()).await;
        }
        let (typed, given) = (form.text("number"), form.text("reason"));
        let mut faults = Faults::default();
        let number = PhoneNumber::parse(typed, Region::KR);
        let number = number.map_err(|_| {
            let what = frame.say("휴대폰 번호를 확인해 주세요.", "This is not a phone number.");
            faults.add("number", what);
        });
        let reason = read_reason(frame, given, &mut faults);
        let page =
            |found| Page { frame, signed, faults: &faults, id: "", number: typed, reason: given, found };
        let (Ok(number), Some(reason)) = (number, reason) else {
            return Ok(frame.answer(StatusCode::UNPROCESSABLE_ENTITY, &page(None)));
        };
        let starts = shared.look_up.execute(&signed.actor(), &number, &reason).await;
        let starts = starts.map_err(|error| Problem::from(&error))?;
        let starts = starts.iter().map(|start| Start::new(frame, start)).collect();
        Ok(signed.answer(&page(Some(Found { masked: number.masked(), starts }))))
    };
    shared.pages.change(&request, payload, VERIFICATIONS, deed).await
}

impl LookUps {
    /// The way to the start of this id; the form again where it is none, or nothing is known of it.
    async fn find(&self, signed: &Signed, typed: &str) -> Result<HttpResponse, Problem> {
        let frame = &signed.frame;
        let what = match read_id(typed) {
            Some(id) if self.look_up.knows(id).await.map_err(|error| Problem::from(&error))? => {
                return Ok(see_other(&format!("{VERIFICATIONS}/{id}")).finish());
            }
            Some(_) => frame.say(
                "이 ID의 인증이 없어요. ID를 확인해 주세요. 오래됐다면 기록이 지워졌을 수 있어요.",
                "There is no verification with this ID. Check it; an old one may be gone.",
            ),
            None => frame
                .say("인증 ID는 숫자와 a~f로 된 32자예요.", "An ID has 32 digits and letters from a to f."),
        };
        let mut faults = Faults::default();
        faults.add("id", what);
        Ok(by_id(signed, typed, &faults))
    }
}

/// An id as people copy it: in capitals, or with the hyphens and blanks of another program.
fn read_id(typed: &str) -> Option<VerificationId> {
    let plain = typed.chars().filter(|character| *character != '-' && !character.is_whitespace());
    plain.collect::<String>().to_ascii_lowercase().parse().ok()
}

/// The page with what was typed as an id.
fn by_id(signed: &Signed, id: &str, faults: &Faults) -> HttpResponse {
    let frame = &signed.frame;
    let page = Page { frame, signed, faults, id, number: "", reason: "", found: None };
    if faults.is_empty() { signed.answer(&page) } else { signed.answer_faults(&page) }
}

/// The reason that was typed; a fault where it is none.
pub fn read_reason(frame: &Frame, typed: &str, faults: &mut Faults) -> Option<Reason> {
    let reason = Reason::parse(typed);
    let what = frame.say(
        "사유를 5자 이상 200자 이하로 적어 주세요. 감사 기록에 남아요.",
        "Type a reason of 5 to 200 characters. It stands in the audit log.",
    );
    reason.map_err(|_| faults.add("reason", what)).ok()
}

impl Start {
    fn new(frame: &Frame, start: &LookedUp) -> Self {
        let at = format::moment(start.at(), frame.locale);
        match start {
            LookedUp::Verification(of) => Self {
                id: of.id,
                at,
                tenant: of.tenant.to_string(),
                purpose: names::purpose(frame, of.purpose),
                state: names::status(frame, of.status),
                test: of.test_number,
                checks: format!("{} / {}", of.checks, of.max_checks),
                sends: of.sends.to_string(),
            },
            LookedUp::Refused(of) => Self {
                id: of.id,
                at,
                tenant: of.tenant.to_string(),
                purpose: names::purpose(frame, of.purpose),
                state: names::outcome(frame, &of.outcome),
                test: of.test_number,
                checks: "–".to_owned(),
                sends: "0".to_owned(),
            },
        }
    }
}

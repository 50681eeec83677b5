//! `/console/providers`: how each provider is set up and fares, and what it says of itself when asked.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::Amount;
use bonin_domain::admin::AuditAction;
use bonin_domain::messages::{ProviderName, SenderId};
use bonin_http::Http;
use bonin_services::analytics::{Figures, ProviderFigures, ReadToday};
use bonin_services::dispatch::Router;

use super::names::{self, Badge};
use super::overview::money;
use super::session::{ConsolePages, Signed};
use crate::pages::form::Form;
use crate::pages::{Frame, format};
use crate::problem::Problem;
use crate::provider_checks::{self, Answer, Checked, Silence};
use crate::providers::Addresses;
use crate::settings::{ProviderSettings, ProviderTarget};
use crate::wiring::System;

/// What the page needs.
pub struct ProviderPages {
    pub pages: Arc<ConsolePages>,
    pub today: ReadToday,
    pub router: Arc<Router>,
    /// The providers of the order, in that order.
    pub order: Vec<ProviderName>,
    /// All of them: those of the order first.
    pub all: Vec<ProviderName>,
    /// How they are set up.
    pub settings: ProviderSettings,
    /// Where the sandbox is; empty in production.
    pub sandbox: String,
    /// Where providers reach us, if they can.
    pub public: Option<String>,
    /// Calls them.
    pub http: Http,
    pub system: System,
}

type Shared = web::Data<Arc<ProviderPages>>;

#[derive(Template)]
#[template(path = "console/providers.html")]
struct Page<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    cards: Vec<Card>,
    checked: bool,
}

/// A provider.
struct Card {
    id: String,
    name: String,
    breaker: Badge,
    since: Option<String>,
    /// Its place in the order.
    place: Option<usize>,
    simulated: bool,
    senders: Vec<String>,
    facts: Vec<(&'static str, String)>,
    /// What it said when it was asked just now.
    said: Vec<Said>,
}

/// Something that a provider said of itself.
struct Said {
    badge: Badge,
    text: String,
}

/// `GET /console/providers`
pub async fn page(shared: Shared, request: HttpRequest) -> HttpResponse {
    let shown = async |signed: &Signed| shared.answer(signed, None).await;
    shared.pages.show(&request, shown).await
}

/// `POST /console/providers/check`: asks all of them now.
pub async fn check(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let deed = async |signed: &Signed, _: &Form| {
        shared.pages.record(signed, AuditAction::ProvidersChecked, None, None).await?;
        let addresses = Addresses { sandbox: &shared.sandbox, public: shared.public.as_deref() };
        let checked = provider_checks::check(&shared.settings, addresses, &shared.http, &shared.system).await;
        shared.answer(signed, Some(&checked)).await
    };
    shared.pages.change(&request, payload, deed).await
}

impl ProviderPages {
    async fn answer(&self, signed: &Signed, checked: Option<&[Checked]>) -> Result<HttpResponse, Problem> {
        let today = self.today.execute().await.map_err(|error| Problem::from(&error))?;
        let frame = &signed.frame;
        let cards = self.all.iter().map(|name| self.card(frame, name, &today.figures, checked)).collect();
        Ok(signed.answer(&Page { frame, signed, cards, checked: checked.is_some() }))
    }

    fn card(&self, frame: &Frame, name: &ProviderName, today: &Figures, checked: Option<&[Checked]>) -> Card {
        let figures = today.providers().remove(name).unwrap_or_default();
        let (senders, target) = self.set_up(name.as_str());
        let state = self.router.breaker_state(name);
        let since = self.router.breaker_opened_at(name);
        let said = checked.and_then(|checked| checked.iter().find(|of| answers_for(of, name)));
        Card {
            id: name.to_string(),
            name: names::provider(name.as_str()).to_owned(),
            breaker: state.map_or_else(|| Badge::new("mute", "–"), |state| names::breaker(frame, state)),
            since: since.map(|at| format::moment(at, frame.locale)),
            place: self.order.iter().position(|other| other == name).map(|place| place + 1),
            simulated: target == Some(&ProviderTarget::Sandbox),
            senders: senders.iter().map(|sender| sender.as_str().to_owned()).collect(),
            facts: facts(frame, &figures),
            said: said.map(|checked| said_by(frame, checked)).unwrap_or_default(),
        }
    }

    /// The senders of a provider, and where it is.
    fn set_up(&self, name: &str) -> (&[SenderId], Option<&ProviderTarget>) {
        let settings = &self.settings;
        let found = match name {
            "sens" => settings.sens.as_ref().map(|of| (&of.senders, &of.target)),
            "cafe24" => settings.cafe24.as_ref().map(|of| (&of.senders, &of.target)),
            "coolsms" => settings.coolsms.as_ref().map(|of| (&of.senders, &of.target)),
            "nexmo" => settings.nexmo.as_ref().map(|of| (&of.senders, &of.sms_target)),
            // It sends under a name of its own.
            "nexmo_verify" => {
                return (&[], settings.nexmo_verify.as_ref().map(|of| &of.target));
            }
            _ => None,
        };
        found.map_or((&[], None), |(senders, target)| (senders, Some(target)))
    }
}

/// Both of Nexmo's are asked as one.
fn answers_for(checked: &Checked, name: &ProviderName) -> bool {
    checked.name == name.as_str() || (checked.name == "nexmo" && name.as_str() == "nexmo_verify")
}

fn facts(frame: &Frame, of: &ProviderFigures) -> Vec<(&'static str, String)> {
    let share = |part: u64, whole: u64| format!("{} ({})", format::number(part), format::share(part, whole));
    vec![
        (frame.say("오늘 시도", "Attempts today"), format::number(of.attempts)),
        (frame.say("접수", "Taken"), share(of.accepted, of.attempts)),
        (frame.say("도착 확인", "Known to be delivered"), share(of.delivered, of.accepted)),
        (frame.say("실패", "Failed"), share(of.failed, of.attempts)),
        (frame.say("전환율", "Conversion"), format::share(of.outcomes.verified, of.outcomes.decided())),
        (frame.say("오늘 비용", "Cost today"), money(frame, &of.cost)),
    ]
}

fn said_by(frame: &Frame, checked: &Checked) -> Vec<Said> {
    let well =
        |text: &str| Said { badge: Badge::new("good", frame.say("확인", "OK")), text: text.to_owned() };
    let note = |text: String| Said { badge: Badge::new("info", frame.say("정보", "Info")), text };
    let wrong = |text: String| Said { badge: Badge::new("bad", frame.say("문제", "Wrong")), text };
    match &checked.answer {
        Ok(Answer::Sens) => vec![
            well(frame.say("인증키, 서비스, 시계가 맞아요.", "Keys, service and clock are accepted.")),
            note(
                frame
                    .say(
                        "발신번호 등록 여부는 네이버 클라우드 콘솔에서만 볼 수 있어요.",
                        "Only its own console shows which senders are registered.",
                    )
                    .to_owned(),
            ),
        ],
        Ok(Answer::Cafe24 { unregistered, remaining }) => {
            let mut said = vec![well(frame.say("인증키가 맞아요.", "The keys are accepted."))];
            if unregistered.is_empty() {
                said.push(well(frame.say("발신번호가 모두 등록돼 있어요.", "Every sender is registered.")));
            }
            said.extend(unregistered.iter().map(|sender| {
                let missing = frame.say("등록되지 않은 발신번호예요.", "is not registered.");
                wrong(format!("{} {missing}", sender.as_str()))
            }));
            said.push(match remaining {
                Some(left) => {
                    note(format!("{} {}", frame.say("남은 건수", "Messages left:"), format::number(*left)))
                }
                None => note(
                    frame.say("남은 건수를 알려 주지 않았어요.", "It did not say what is left.").to_owned(),
                ),
            });
            said
        }
        Ok(Answer::Coolsms { balance, points }) => {
            let money = |amount: &Option<Amount>| {
                amount.map_or_else(|| "–".to_owned(), |amount| format::money(amount, "KRW", frame.locale))
            };
            vec![
                well(frame.say("인증키와 시계가 맞아요.", "Keys and clock are accepted.")),
                note(format!(
                    "{} {} · {} {}",
                    frame.say("잔액", "Balance"),
                    money(balance),
                    frame.say("포인트", "points"),
                    money(points)
                )),
            ]
        }
        Ok(Answer::Nexmo) => vec![note(
            frame
                .say(
                    "설정 형식은 맞아요. 묻는 데도 돈이 들어서 인증키는 첫 발송 때 확인돼요.",
                    "The settings are well-formed. Asking costs money, so keys show when a message is sent.",
                )
                .to_owned(),
        )],
        Ok(Answer::Identity) => vec![well(frame.say("인증키가 맞아요.", "The keys are accepted."))],
        Err(Silence::Unreachable(error)) => {
            vec![wrong(format!("{} ({error})", frame.say("연결하지 못했어요.", "It cannot be reached.")))]
        }
        Err(Silence::Wrong(error)) => vec![wrong(format!(
            "{} ({error})",
            frame.say("답했지만 문제가 있어요.", "It answered, and something is wrong.")
        ))],
    }
}

//! `/console/providers`: how each provider is set up and fares, and what it says of itself when asked.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::admin::AuditAction;
use bonin_domain::messages::{ProviderName, SenderId};
use bonin_http::Http;
use bonin_services::analytics::{ProviderFigures, ReadToday};
use bonin_services::dispatch::Router;

use super::costs;
use super::figures;
use super::names::{self, Badge};
use super::provider_words::{self, Said};
use super::session::{ConsolePages, Signed};
use crate::pages::form::Form;
use crate::pages::{Frame, format};
use crate::problem::Problem;
use crate::provider_checks::{self, Checked};
use crate::providers::Addresses;
use crate::settings::{ProviderSettings, ProviderTarget};
use crate::wiring::System;

/// Where they are shown.
pub const PROVIDERS: &str = "/console/providers";

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
    /// Whether nobody has time to count today's figures.
    busy: bool,
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
    shared.pages.change(&request, payload, PROVIDERS, deed).await
}

impl ProviderPages {
    async fn answer(&self, signed: &Signed, checked: Option<&[Checked]>) -> Result<HttpResponse, Problem> {
        let today = figures::today(&self.today).await?;
        let figures = today.as_ref().map(|today| today.figures.providers());
        let frame = &signed.frame;
        let cards = self.all.iter().map(|name| {
            let figures = figures.as_ref().map(|of| of.get(name).cloned().unwrap_or_default());
            self.card(frame, name, figures.as_ref(), checked)
        });
        let (cards, busy) = (cards.collect(), figures.is_none());
        Ok(signed.answer(&Page { frame, signed, cards, busy, checked: checked.is_some() }))
    }

    fn card(
        &self,
        frame: &Frame,
        name: &ProviderName,
        figures: Option<&ProviderFigures>,
        checked: Option<&[Checked]>,
    ) -> Card {
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
            facts: figures.map(|figures| facts(frame, figures)).unwrap_or_default(),
            said: said.map(|checked| provider_words::said(frame, checked)).unwrap_or_default(),
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
        (frame.say("오늘 비용", "Cost today"), costs::noted(frame, &of.cost)),
    ]
}

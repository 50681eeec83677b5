//! `/console`: today at a glance.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::messages::ProviderName;
use bonin_services::analytics::{Compared, Overview, Point, ReadToday, Today};
use bonin_services::dispatch::Router;
use bonin_services::spending::{ReadSpending, TenantSpending};
use jiff::Timestamp;

use super::ceilings::Ceiling;
use super::charts::{Chart, Column, Shape, Unit, drawn};
use super::costs;
use super::figures::{
    self, Failure, FunnelStep, NOTHING, Stat, failed_share, failures, joined, nearly_all, quiet, steps,
};
use super::names::{self, Badge};
use super::session::{ConsolePages, Signed};
use crate::pages::{Frame, format};
use crate::problem::Problem;

/// Failures that are shown.
const FAILURES: usize = 6;

/// What the page needs.
pub struct Overviews {
    pub pages: Arc<ConsolePages>,
    pub today: ReadToday,
    pub spending: ReadSpending,
    pub router: Arc<Router>,
    /// The providers of the order, in that order, then the others that rules name.
    pub providers: Vec<ProviderName>,
}

type Shared = web::Data<Arc<Overviews>>;

#[derive(Template)]
#[template(path = "console/overview.html")]
struct Page<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    day: String,
    /// `None` where nobody has time to count.
    shown: Option<Shown>,
    ceilings: Vec<Ceiling>,
    providers: Vec<Provider>,
}

struct Shown {
    /// Whether nothing happened today.
    quiet: bool,
    stats: Vec<Stat>,
    steps: Vec<FunnelStep>,
    hours: Chart,
    failures: Vec<Failure>,
}

struct Provider {
    name: String,
    breaker: Badge,
    attempts: String,
    accepted: String,
    failed: String,
    delivered: String,
    conversion: String,
    acceptance: String,
}

/// `GET /console`
pub async fn page(shared: Shared, request: HttpRequest) -> HttpResponse {
    let shown = async |signed: &Signed| {
        let today = figures::today(&shared.today).await?;
        let spending = shared.spending.execute().await.map_err(|error| Problem::from(&error))?;
        Ok(signed.answer(&shared.glance(signed, today.as_ref(), &spending)))
    };
    shared.pages.show(&request, shown).await
}

impl Overviews {
    fn glance<'a>(&self, signed: &'a Signed, today: Option<&Today>, spending: &[TenantSpending]) -> Page<'a> {
        let frame = &signed.frame;
        Page {
            frame,
            signed,
            day: format::day(frame.now, frame.locale),
            shown: today.map(|today| shown(frame, today, spending.is_empty())),
            ceilings: spending.iter().map(|of| Ceiling::of(frame, of)).collect(),
            providers: self.providers(frame, today),
        }
    }

    fn providers(&self, frame: &Frame, today: Option<&Today>) -> Vec<Provider> {
        let figures = today.map(|today| today.figures.providers()).unwrap_or_default();
        let latencies = today.map(|today| today.figures.latencies()).unwrap_or_default();
        let shown = self.providers.iter().map(|name| {
            let of = figures.get(name).cloned().unwrap_or_default();
            let latency = latencies.iter().find(|latency| latency.provider == *name);
            let median = latency.and_then(|latency| latency.acceptance.median());
            let state = self.router.breaker_state(name);
            Provider {
                name: names::provider(name.as_str()).to_owned(),
                breaker: state
                    .map_or_else(|| Badge::new("mute", NOTHING), |state| names::breaker(frame, state)),
                // What nobody counted is not nothing; shares of it are dashes by themselves.
                attempts: today.map_or_else(|| NOTHING.to_owned(), |_| format::number(of.attempts)),
                accepted: format::share(of.accepted, of.attempts),
                failed: format::share(of.failed, of.attempts),
                delivered: format::share(of.delivered, of.accepted),
                conversion: format::share(of.outcomes.verified, of.outcomes.decided()),
                acceptance: format::duration(median, frame.locale),
            }
        });
        shown.collect()
    }
}

/// `unbounded` says that no tenant has a ceiling of spending.
fn shown(frame: &Frame, today: &Today, unbounded: bool) -> Shown {
    Shown {
        quiet: quiet(&today.overview),
        stats: stats(frame, today, unbounded),
        steps: steps(frame, &today.figures),
        hours: hours(frame, &today.figures.series(None).lines[0].points),
        failures: failures(frame, &today.figures.failures(), FAILURES),
    }
}

fn stats(frame: &Frame, today: &Today, unbounded: bool) -> Vec<Stat> {
    let overview = &today.overview;
    let compared = today.compared.as_ref();
    let since = |figure: fn(&Overview) -> u64| Some(change(frame, compared?, figure));
    let yesterday = |figure: &dyn Fn(&Overview) -> Option<String>| {
        let compared = compared?;
        let (hour, figure) = (format::hour(compared.until, frame.locale), figure(&compared.yesterday)?);
        Some(if frame.korean() {
            format!("어제 {hour}까지 {figure}")
        } else {
            format!("{figure} yesterday until {hour}")
        })
    };
    let converted = |of: &Overview| {
        let (verified, decided) = (of.outcomes.verified, of.outcomes.decided());
        (decided > 0).then(|| format::share(verified, decided))
    };
    let median = |of: &Overview| Some(format::duration(Some(of.times.median()?), frame.locale));
    let or_nothing = |figure: Option<String>| figure.unwrap_or_else(|| NOTHING.to_owned());
    vec![
        Stat {
            name: frame.say("인증 시작", "Starts"),
            value: format::number(overview.outcomes.starts()),
            note: joined([since(|of| of.outcomes.starts())]),
        },
        Stat {
            name: frame.say("인증 완료", "Verified"),
            value: format::number(overview.outcomes.verified),
            note: joined([since(|of| of.outcomes.verified)]),
        },
        Stat {
            name: frame.say("전환율", "Conversion"),
            value: or_nothing(converted(overview)),
            note: joined([yesterday(&converted)]),
        },
        Stat {
            name: frame.say("인증까지 걸린 시간", "Time to verify"),
            value: or_nothing(median(overview)),
            note: joined([nearly_all(frame, &overview.times), yesterday(&median)]),
        },
        Stat {
            name: frame.say("실패한 발송", "Failed messages"),
            value: format::number(overview.failed),
            note: joined([failed_share(frame, overview), since(|of| of.failed)]),
        },
        Stat {
            name: frame.say("오늘 쓴 비용", "Spent today"),
            value: costs::sum(frame, &overview.cost),
            note: joined([
                Some(costs::notes(frame, overview)),
                unbounded.then(|| frame.say("상한 없음", "no ceiling").to_owned()),
            ]),
        },
        Stat {
            name: frame.say("거부한 시작", "Refused starts"),
            value: format::number(overview.refused.unwrap_or(0)),
            note: joined([since(|of| of.refused.unwrap_or(0))]),
        },
    ]
}

/// How a count changed since yesterday, over the hours that are over.
fn change(frame: &Frame, compared: &Compared, figure: fn(&Overview) -> u64) -> String {
    let hour = format::hour(compared.until, frame.locale);
    let (now, before) = (figure(&compared.today), figure(&compared.yesterday));
    match (percent(now, before), frame.korean()) {
        (Some(changed), true) => format!("{hour}까지 어제보다 {changed}"),
        (Some(changed), false) => format!("{changed} until {hour}, on yesterday"),
        (None, true) => format!("어제 {hour}까지 0"),
        (None, false) => format!("0 yesterday until {hour}"),
    }
}

/// `+4.2%`, `−4.2%`, `±0%`; `None` on nothing.
fn percent(now: u64, before: u64) -> Option<String> {
    if before == 0 {
        return None;
    }
    let share = format::share(now.abs_diff(before), before);
    Some(match now.cmp(&before) {
        std::cmp::Ordering::Less => format!("−{share}"),
        std::cmp::Ordering::Equal => "±0%".to_owned(),
        std::cmp::Ordering::Greater => format!("+{share}"),
    })
}

/// The hours of today so far.
fn hours(frame: &Frame, points: &[Point]) -> Chart {
    let past: Vec<&Point> = points.iter().filter(|point| point.at <= frame.now).collect();
    let column = |name: &str, figure: fn(&Point) -> u64| Column {
        name: name.to_owned(),
        drawn: Some(past.iter().map(|point| Some(drawn(figure(point)))).collect()),
        written: past.iter().map(|point| format::number(figure(point))).collect(),
    };
    let hour = |at: Timestamp| format::hour(at, frame.locale);
    Chart::new(
        ("hours", frame.say("오늘 시간대별 인증", "Verifications of today by hour")),
        (Shape::Lines, Unit::Count),
        (frame.say("시각", "Hour"), past.iter().map(|point| hour(point.at)).collect()),
        &[
            column(frame.say("시작", "Started"), |point| point.outcomes.starts()),
            column(frame.say("완료", "Verified"), |point| point.outcomes.verified),
            column(frame.say("실패한 발송", "Failed messages"), |point| point.failed),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_have_a_sign() {
        assert_eq!(percent(110, 100).as_deref(), Some("+10.0%"));
        assert_eq!(percent(90, 100).as_deref(), Some("−10.0%"));
        assert_eq!(percent(7, 7).as_deref(), Some("±0%"));
        assert_eq!((percent(0, 0), percent(3, 0)), (None, None), "nothing can be compared with nothing");
    }
}

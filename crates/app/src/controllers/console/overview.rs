//! `/console`: today at a glance.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::messages::ProviderName;
use bonin_services::analytics::{
    Compared, Cost, FailureCount, Overview, Point, ProviderFigures, ReadToday, Today,
};
use bonin_services::dispatch::Router;
use jiff::Timestamp;

use super::charts::{Chart, Column, Shape, Unit, drawn};
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
    /// Whether nobody started anything today.
    quiet: bool,
    stats: Vec<Stat>,
    steps: Vec<FunnelStep>,
    hours: Chart,
    failures: Vec<Failure>,
    providers: Vec<Provider>,
}

/// A figure.
pub struct Stat {
    /// Of what.
    pub name: &'static str,
    /// The figure.
    pub value: String,
    /// What goes with it.
    pub note: String,
}

/// A step of the funnel.
pub struct FunnelStep {
    /// Which.
    pub name: &'static str,
    /// How many came so far.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The same in words.
    pub text: String,
}

/// Attempts of one provider that failed in one way.
pub struct Failure {
    /// Why.
    pub class: &'static str,
    /// What it means.
    pub text: &'static str,
    /// Who was asked.
    pub provider: String,
    /// How many.
    pub count: String,
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
        let today = shared.today.execute().await.map_err(|error| Problem::from(&error))?;
        Ok(signed.answer(&shared.glance(signed, &today)))
    };
    shared.pages.show(&request, shown).await
}

impl Overviews {
    fn glance<'a>(&self, signed: &'a Signed, today: &Today) -> Page<'a> {
        let frame = &signed.frame;
        Page {
            frame,
            signed,
            day: format::day(frame.now, frame.locale),
            quiet: today.overview.outcomes.starts() == 0 && today.overview.refused.unwrap_or(0) == 0,
            stats: stats(frame, today),
            steps: steps(frame, &today.figures),
            hours: hours(frame, &today.figures.series(None).lines[0].points),
            failures: failures(frame, &today.figures.failures(), FAILURES),
            providers: self.providers(frame, today),
        }
    }

    fn providers(&self, frame: &Frame, today: &Today) -> Vec<Provider> {
        let figures = today.figures.providers();
        let latencies = today.figures.latencies();
        let nothing = ProviderFigures::default();
        let shown = self.providers.iter().map(|name| {
            let of = figures.get(name).unwrap_or(&nothing);
            let latency = latencies.iter().find(|latency| latency.provider == *name);
            let median = latency.and_then(|latency| latency.acceptance.median());
            Provider {
                name: names::provider(name.as_str()).to_owned(),
                breaker: self
                    .router
                    .breaker_state(name)
                    .map_or_else(|| Badge::new("mute", "–"), |state| names::breaker(frame, state)),
                attempts: format::number(of.attempts),
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

fn stats(frame: &Frame, today: &Today) -> Vec<Stat> {
    let overview = &today.overview;
    let compared = today.compared.as_ref();
    let since = |figure: fn(&Overview) -> u64| change(frame, compared, figure);
    let yesterday = |figure: &dyn Fn(&Overview) -> String| {
        let Some(compared) = compared else { return String::new() };
        let hour = format::hour(compared.until, frame.locale);
        let figure = figure(&compared.yesterday);
        if frame.korean() {
            format!("어제 {hour}까지 {figure}")
        } else {
            format!("{figure} yesterday until {hour}")
        }
    };
    let converted = |of: &Overview| format::share(of.outcomes.verified, of.outcomes.decided());
    let median = |of: &Overview| format::duration(of.times.median(), frame.locale);
    let most = format::duration(overview.times.percentile(95), frame.locale);
    let most = if frame.korean() { format!("95%는 {most} 안에") } else { format!("95% within {most}") };
    vec![
        Stat {
            name: frame.say("인증 시작", "Starts"),
            value: format::number(overview.outcomes.starts()),
            note: since(|of| of.outcomes.starts()),
        },
        Stat {
            name: frame.say("인증 완료", "Verified"),
            value: format::number(overview.outcomes.verified),
            note: since(|of| of.outcomes.verified),
        },
        Stat {
            name: frame.say("전환율", "Conversion"),
            value: converted(overview),
            note: yesterday(&converted),
        },
        Stat {
            name: frame.say("인증까지 걸린 시간", "Time to verify"),
            value: median(overview),
            note: joined(&[most, yesterday(&median)]),
        },
        Stat {
            name: frame.say("실패한 발송", "Failed messages"),
            value: format::number(overview.failed),
            note: joined(&[failed_share(frame, overview), since(|of| of.failed)]),
        },
        Stat {
            name: frame.say("오늘 쓴 비용", "Spent today"),
            value: money(frame, &overview.cost),
            note: joined(&[per_user(frame, overview), frame.say("상한 없음", "no ceiling").to_owned()]),
        },
        Stat {
            name: frame.say("거부한 시작", "Refused starts"),
            value: format::number(overview.refused.unwrap_or(0)),
            note: since(|of| of.refused.unwrap_or(0)),
        },
    ]
}

/// Which share of the attempts failed.
pub fn failed_share(frame: &Frame, overview: &Overview) -> String {
    let share = format::share(overview.failed, overview.attempts);
    if frame.korean() { format!("시도의 {share}") } else { format!("{share} of attempts") }
}

/// How a count changed since yesterday, over the hours that are over.
fn change(frame: &Frame, compared: Option<&Compared>, figure: fn(&Overview) -> u64) -> String {
    let Some(compared) = compared else { return String::new() };
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

fn joined(notes: &[String]) -> String {
    notes.iter().filter(|note| !note.is_empty()).cloned().collect::<Vec<_>>().join(" · ")
}

/// Sums of all currencies, KRW first.
pub fn money(frame: &Frame, cost: &Cost) -> String {
    let won = format::money(cost.of("KRW"), "KRW", frame.locale);
    let others = cost.amounts().filter(|(currency, _)| *currency != "KRW");
    let others = others.map(|(currency, amount)| format::money(amount, currency, frame.locale));
    std::iter::once(won).chain(others).collect::<Vec<_>>().join(" + ")
}

/// What each verified user cost; empty where nobody was verified, or that cannot be told.
pub fn per_user(frame: &Frame, overview: &Overview) -> String {
    let each = overview.cost_per_verified.as_ref().filter(|_| overview.outcomes.verified > 0);
    let Some(each) = each.map(|each| money(frame, each)) else { return String::new() };
    if frame.korean() { format!("인증 1건에 {each}") } else { format!("{each} a verified user") }
}

/// The steps of the funnel.
pub fn steps(frame: &Frame, figures: &bonin_services::analytics::Figures) -> Vec<FunnelStep> {
    let funnel = figures.funnel();
    let step = |name: &'static str, count: u64| FunnelStep {
        name,
        count,
        of: funnel.started.max(1),
        text: format!("{} ({})", format::number(count), format::share(count, funnel.started)),
    };
    vec![
        step(frame.say("시작", "Started"), funnel.started),
        step(frame.say("발송사 접수", "Taken by a provider"), funnel.accepted),
        step(frame.say("도착 확인", "Known to be delivered"), funnel.delivered),
        step(frame.say("번호 입력", "Code typed"), funnel.typed),
        step(frame.say("인증 완료", "Verified"), funnel.verified),
    ]
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

/// The most frequent failures.
pub fn failures(frame: &Frame, failures: &[FailureCount], most: usize) -> Vec<Failure> {
    let shown = failures.iter().take(most).map(|failure| Failure {
        class: names::failure(frame, failure.class),
        text: failure.class.text(frame.locale),
        provider: names::provider(failure.provider.as_str()).to_owned(),
        count: format::number(failure.count),
    });
    shown.collect()
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

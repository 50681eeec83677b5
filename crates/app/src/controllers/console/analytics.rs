//! `/console/analytics`: the course of figures over days, by provider, country and purpose.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::analytics::{AnalyticsRange, Step};
use bonin_services::analytics::{By, Figures, Overview, ReadFigures};
use jiff::SignedDuration;

use super::analytics_charts as charts;
use super::analytics_form::{Choices, FormView};
use super::charts::Chart;
use super::costs;
use super::figures::{
    Failure, FunnelStep, NOTHING, Stat, failed_share, failures, joined, nearly_all, quiet, steps,
};
use super::session::{ConsolePages, Signed};
use crate::pages::{Faults, Frame, format};
use crate::problem::Problem;

/// Failures that are shown.
const FAILURES: usize = 20;

/// What the page needs.
pub struct AnalyticsPages {
    pub pages: Arc<ConsolePages>,
    pub figures: ReadFigures,
    pub choices: Choices,
}

type Shared = web::Data<Arc<AnalyticsPages>>;

#[derive(Template)]
#[template(path = "console/analytics.html")]
struct Page<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    form: FormView,
    faults: Faults,
    /// `None` where the form has faults.
    shown: Option<Shown>,
}

struct Shown {
    span: String,
    quiet: bool,
    stats: Vec<Stat>,
    steps: Vec<FunnelStep>,
    charts: Vec<Chart>,
    failures: Vec<Failure>,
}

/// `GET /console/analytics`
pub async fn page(shared: Shared, request: HttpRequest) -> HttpResponse {
    let shown = async |signed: &Signed| {
        let frame = &signed.frame;
        let mut faults = Faults::default();
        let form = shared.choices.form(frame);
        let Some((question, by)) = shared.choices.question(frame, &mut faults) else {
            return Ok(signed.answer_faults(&Page { frame, signed, form, faults, shown: None }));
        };
        let figures = shared.figures.execute(&question).await.map_err(|error| Problem::from(&error))?;
        let shown = Some(reckoned(frame, question.range, by, &figures));
        Ok(signed.answer(&Page { frame, signed, form, faults, shown }))
    };
    shared.pages.show(&request, shown).await
}

fn reckoned(frame: &Frame, range: AnalyticsRange, by: By, figures: &Figures) -> Shown {
    let overview = figures.overview();
    let all = figures.series(None);
    let points = &all.lines[0].points;
    let by_provider = figures.series(Some(By::Provider));
    let parted = figures.series(Some(by));
    let charts = vec![
        charts::course(frame, range.step, points),
        charts::conversion(frame, range.step, points),
        charts::starts_of_parts(frame, by, &parted),
        charts::conversion_of_parts(frame, by, &parted),
        charts::parts(frame, By::Provider, &by_provider),
        charts::parts(frame, By::Purpose, &figures.series(Some(By::Purpose))),
        charts::parts(frame, By::Country, &figures.series(Some(By::Country))),
        charts::latency(frame, &figures.latencies()),
        charts::cost(frame, &by_provider),
    ];
    Shown {
        span: span(frame, range),
        quiet: quiet(&overview),
        stats: stats(frame, &overview),
        steps: steps(frame, figures),
        charts,
        failures: failures(frame, &figures.failures(), FAILURES),
    }
}

/// From when to when, in words.
fn span(frame: &Frame, range: AnalyticsRange) -> String {
    let locale = frame.locale;
    match range.step {
        Step::Hour => {
            format!("{} – {}", format::minute(range.from(), locale), format::minute(frame.now, locale))
        }
        Step::Day => {
            let last = range.until().checked_sub(SignedDuration::from_micros(1)).unwrap_or(frame.now);
            format!("{} – {}", format::day(range.from(), locale), format::day(last, locale))
        }
    }
}

fn stats(frame: &Frame, overview: &Overview) -> Vec<Stat> {
    let outcomes = overview.outcomes;
    let stat = |name: &'static str, value: String, note: String| Stat { name, value, note };
    let refused = overview.refused.map_or_else(|| NOTHING.to_owned(), format::number);
    let untold = frame.say("발송사·국가별로는 알 수 없어요", "not told by provider or country");
    vec![
        stat(
            frame.say("인증 시작", "Starts"),
            format::number(outcomes.starts()),
            format!("{} {}", frame.say("진행 중", "pending"), format::number(outcomes.pending)),
        ),
        stat(
            frame.say("인증 완료", "Verified"),
            format::number(outcomes.verified),
            format!("{} {}", frame.say("보낸 인증번호", "codes sent"), format::number(overview.sends)),
        ),
        stat(
            frame.say("전환율", "Conversion"),
            format::share(outcomes.verified, outcomes.decided()),
            frame.say("끝난 인증 가운데", "of those that ended").to_owned(),
        ),
        stat(
            frame.say("인증까지 걸린 시간", "Time to verify"),
            format::duration(overview.times.median(), frame.locale),
            joined([nearly_all(frame, &overview.times)]),
        ),
        stat(
            frame.say("실패한 발송", "Failed messages"),
            format::number(overview.failed),
            joined([failed_share(frame, overview)]),
        ),
        stat(frame.say("비용", "Cost"), costs::sum(frame, &overview.cost), costs::notes(frame, overview)),
        stat(
            frame.say("거부한 시작", "Refused starts"),
            refused,
            if overview.refused.is_none() { untold.to_owned() } else { String::new() },
        ),
    ]
}

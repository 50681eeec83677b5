//! `/console/analytics`: the course of figures over days, by provider, country and purpose.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::TenantId;
use bonin_domain::analytics::{AnalyticsRange, Step};
use bonin_domain::codes::Purpose;
use bonin_domain::messages::ProviderName;
use bonin_services::analytics::{By, Figures, Filter, Overview, Question, ReadFigures};
use jiff::{SignedDuration, Timestamp};

use super::analytics_charts as charts;
use super::charts::Chart;
use super::names;
use super::overview::{Failure, FunnelStep, Stat, failed_share, failures, money, per_user, steps};
use super::session::{ConsolePages, Signed};
use crate::pages::{Faults, Frame, format};
use crate::problem::Problem;

/// Failures that are shown.
const FAILURES: usize = 20;

/// What the page needs.
pub struct AnalyticsPages {
    pub pages: Arc<ConsolePages>,
    pub figures: ReadFigures,
    /// The tenants of the configuration.
    pub tenants: Vec<String>,
    /// The providers of the configuration.
    pub providers: Vec<ProviderName>,
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

/// The filters as they are typed.
struct FormView {
    ranges: Vec<Choice>,
    tenants: Vec<Choice>,
    providers: Vec<Choice>,
    purposes: Vec<Choice>,
    country: String,
}

/// A value that can be chosen.
struct Choice {
    value: String,
    name: String,
    chosen: bool,
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
        let form = shared.form(frame);
        let Some(question) = shared.question(frame, &mut faults) else {
            return Ok(signed.answer_faults(&Page { frame, signed, form, faults, shown: None }));
        };
        let figures = shared.figures.execute(&question).await.map_err(|error| Problem::from(&error))?;
        let shown = Some(reckoned(frame, question.range, &figures));
        Ok(signed.answer(&Page { frame, signed, form, faults, shown }))
    };
    shared.pages.show(&request, shown).await
}

/// The spans that can be chosen: the last 24 hours, and days.
const RANGES: [(&str, &str, &str); 4] = [
    ("24h", "24시간", "24 hours"),
    ("7", "7일", "7 days"),
    ("30", "30일", "30 days"),
    ("90", "90일", "90 days"),
];

fn typed<'a>(frame: &'a Frame, name: &str) -> &'a str {
    frame.parameter(name).unwrap_or_default().trim()
}

impl AnalyticsPages {
    /// The form, with what was typed.
    fn form(&self, frame: &Frame) -> FormView {
        let range = Some(typed(frame, "range")).filter(|range| !range.is_empty()).unwrap_or("7");
        let chosen = |name: &str, value: &str| typed(frame, name) == value;
        let all = |name: &str| Choice {
            value: String::new(),
            name: frame.say("전체", "All").to_owned(),
            chosen: chosen(name, ""),
        };
        let ranges = RANGES.iter().map(|(value, ko, en)| Choice {
            value: (*value).to_owned(),
            name: frame.say(ko, en).to_owned(),
            chosen: range == *value,
        });
        let tenants = self.tenants.iter().map(|tenant| Choice {
            value: tenant.clone(),
            name: tenant.clone(),
            chosen: chosen("tenant", tenant),
        });
        let providers = self.providers.iter().map(|provider| Choice {
            value: provider.to_string(),
            name: names::provider(provider.as_str()).to_owned(),
            chosen: chosen("provider", provider.as_str()),
        });
        let purposes = Purpose::ALL.into_iter().map(|purpose| Choice {
            value: purpose.to_string(),
            name: names::purpose(frame, purpose).to_owned(),
            chosen: chosen("purpose", purpose.as_str()),
        });
        FormView {
            ranges: ranges.collect(),
            tenants: std::iter::once(all("tenant")).chain(tenants).collect(),
            providers: std::iter::once(all("provider")).chain(providers).collect(),
            purposes: std::iter::once(all("purpose")).chain(purposes).collect(),
            country: typed(frame, "country").to_owned(),
        }
    }

    /// What the filters ask; `None` with a fault for each that is wrong.
    fn question(&self, frame: &Frame, faults: &mut Faults) -> Option<Question> {
        let unknown = || frame.say("목록에 있는 것을 골라 주세요.", "Choose one of the list.");
        let tenant = match typed(frame, "tenant") {
            "" => None,
            name => {
                let known = self.tenants.iter().any(|tenant| tenant == name);
                let tenant = TenantId::parse(name).ok().filter(|_| known);
                if tenant.is_none() {
                    faults.add("tenant", unknown());
                }
                tenant
            }
        };
        let provider = match typed(frame, "provider") {
            "" => None,
            name => {
                let provider = self.providers.iter().find(|provider| provider.as_str() == name).cloned();
                if provider.is_none() {
                    faults.add("provider", unknown());
                }
                provider
            }
        };
        let country = match typed(frame, "country") {
            "" => None,
            tag => {
                let country = tag.to_ascii_uppercase().parse().ok();
                if country.is_none() {
                    let two = frame.say("KR처럼 영문 두 글자로 적어 주세요.", "Two letters, such as KR.");
                    faults.add("country", two);
                }
                country
            }
        };
        let purpose = match typed(frame, "purpose") {
            "" => None,
            name => {
                let purpose = name.parse().ok();
                if purpose.is_none() {
                    faults.add("purpose", unknown());
                }
                purpose
            }
        };
        let range = range(frame.now, typed(frame, "range"));
        if range.is_none() {
            faults.add("range", unknown());
        }
        let range = range.filter(|_| faults.is_empty())?;
        Some(Question { tenant, range, filter: Filter { provider, country, purpose } })
    }
}

fn range(now: Timestamp, chosen: &str) -> Option<AnalyticsRange> {
    match chosen {
        "24h" => {
            let day = SignedDuration::from_hours(23);
            let next = now.checked_add(SignedDuration::from_micros(1)).ok()?;
            AnalyticsRange::new(now.checked_sub(day).ok()?, next, Step::Hour).ok()
        }
        "" => Some(AnalyticsRange::last_days(now, 7)),
        days @ ("7" | "30" | "90") => Some(AnalyticsRange::last_days(now, days.parse().ok()?)),
        _ => None,
    }
}

fn reckoned(frame: &Frame, range: AnalyticsRange, figures: &Figures) -> Shown {
    let overview = figures.overview();
    let all = figures.series(None);
    let points = &all.lines[0].points;
    let by_provider = figures.series(Some(By::Provider));
    let charts = vec![
        charts::course(frame, range.step, points),
        charts::conversion(frame, range.step, points),
        charts::parts(frame, By::Provider, &by_provider),
        charts::parts(frame, By::Purpose, &figures.series(Some(By::Purpose))),
        charts::parts(frame, By::Country, &figures.series(Some(By::Country))),
        charts::latency(frame, &figures.latencies()),
        charts::cost(frame, range.step, &by_provider),
    ];
    Shown {
        span: span(frame, range),
        quiet: overview.outcomes.starts() == 0 && overview.refused.unwrap_or(0) == 0,
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
    let most = format::duration(overview.times.percentile(95), frame.locale);
    let stat = |name: &'static str, value: String, note: String| Stat { name, value, note };
    let refused = overview.refused.map_or_else(|| "–".to_owned(), format::number);
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
            if frame.korean() { format!("95%는 {most} 안에") } else { format!("95% within {most}") },
        ),
        stat(
            frame.say("실패한 발송", "Failed messages"),
            format::number(overview.failed),
            failed_share(frame, overview),
        ),
        stat(frame.say("비용", "Cost"), money(frame, &overview.cost), per_user(frame, overview)),
        stat(
            frame.say("거부한 시작", "Refused starts"),
            refused,
            if overview.refused.is_none() { untold.to_owned() } else { String::new() },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_hours_ends_with_the_hour_that_runs() {
        let now: Timestamp = "2026-11-21T05:20:00Z".parse().unwrap();
        let hours = range(now, "24h").unwrap();
        assert_eq!(
            (hours.steps().count(), hours.until().to_string()),
            (24, "2026-11-21T06:00:00Z".to_owned())
        );
        assert_eq!(range(now, "").unwrap().steps().count(), 7);
        assert_eq!(range(now, "90").unwrap().steps().count(), 90);
        assert_eq!((range(now, "0"), range(now, "91"), range(now, "x")), (None, None, None));
    }
}

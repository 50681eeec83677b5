//! `/v1/analytics`: figures of a tenant's verifications.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::TenantId;
use bonin_domain::access::Scope;
use bonin_domain::analytics::{AnalyticsRange, AnalyticsRangeError, Step};
use bonin_domain::messages::ProviderName;
use bonin_services::analytics::{By, Filter, Question, ReadFigures};
use jiff::Timestamp;

use super::analytics_views::{FailuresView, FunnelView, LatencyView, OverviewView, SeriesView, SpanView};
use super::views::ProblemView;
use crate::http::access::Access;
use crate::http::fields::Fields;
use crate::http::{problems, times};
use crate::problem::{FieldCode, FieldError, Problem};

/// What the routes of figures share.
pub struct Analytics {
    pub access: Arc<Access>,
    pub figures: ReadFigures,
}

type Shared = web::Data<Arc<Analytics>>;

/// Days that are looked at unless a beginning is given, the last one included.
const DAYS: u16 = 7;

/// Tells a span at a glance. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/analytics/overview",
    params(
        ("from" = Option<String>, Query, description = "RFC 3339; six days before the Korean day of `until` unless given."),
        ("until" = Option<String>, Query, description = "RFC 3339, exclusive; the end of today in Korea unless given."),
        ("step" = Option<String>, Query, description = "`day` (default) or `hour`: the span is widened to whole ones, at most 92 days or 366 hours."),
        ("provider" = Option<String>, Query, description = "Only this provider."),
        ("country" = Option<String>, Query, description = "Only numbers of this country, such as `KR`."),
        ("purpose" = Option<String>, Query, description = "Only this purpose.")
    ),
    responses(
        (status = 200, body = OverviewView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn overview(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asked = asked(&shared, &request, false).await?;
    let overview = shared.figures.overview(&asked.question).await;
    let overview = overview.map_err(|error| Problem::from(&error))?;
    Ok(HttpResponse::Ok().json(OverviewView::new(asked.span(), &overview)))
}

/// Tells the course of figures over time. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/analytics/series",
    params(
        ("from" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("until" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("step" = Option<String>, Query, description = "`day` (default) or `hour`: one point each."),
        ("provider" = Option<String>, Query, description = "Only this provider."),
        ("country" = Option<String>, Query, description = "Only numbers of this country."),
        ("purpose" = Option<String>, Query, description = "Only this purpose."),
        ("by" = Option<String>, Query, description = "`provider`, `country` or `purpose`: a line for each.")
    ),
    responses(
        (status = 200, body = SeriesView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn series(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asked = asked(&shared, &request, true).await?;
    let series = shared.figures.series(&asked.question, asked.by).await;
    let series = series.map_err(|error| Problem::from(&error))?;
    Ok(HttpResponse::Ok().json(SeriesView::new(asked.span(), asked.by, &series)))
}

/// Tells how far verifications come. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/analytics/funnel",
    params(
        ("from" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("until" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("step" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("provider" = Option<String>, Query, description = "Only this provider."),
        ("country" = Option<String>, Query, description = "Only numbers of this country."),
        ("purpose" = Option<String>, Query, description = "Only this purpose.")
    ),
    responses(
        (status = 200, body = FunnelView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn funnel(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asked = asked(&shared, &request, false).await?;
    let funnel = shared.figures.funnel(&asked.question).await;
    let funnel = funnel.map_err(|error| Problem::from(&error))?;
    Ok(HttpResponse::Ok().json(FunnelView::new(asked.span(), funnel)))
}

/// Tells how long providers take. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/analytics/latency",
    params(
        ("from" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("until" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("step" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("provider" = Option<String>, Query, description = "Only this provider."),
        ("country" = Option<String>, Query, description = "Only numbers of this country."),
        ("purpose" = Option<String>, Query, description = "Only this purpose.")
    ),
    responses(
        (status = 200, body = LatencyView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn latency(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asked = asked(&shared, &request, false).await?;
    let latencies = shared.figures.latency(&asked.question).await;
    let latencies = latencies.map_err(|error| Problem::from(&error))?;
    Ok(HttpResponse::Ok().json(LatencyView::new(asked.span(), &latencies)))
}

/// Tells what went wrong with attempts at messages. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/analytics/failures",
    params(
        ("from" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("until" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("step" = Option<String>, Query, description = "As for `/v1/analytics/overview`."),
        ("provider" = Option<String>, Query, description = "Only this provider."),
        ("country" = Option<String>, Query, description = "Only numbers of this country."),
        ("purpose" = Option<String>, Query, description = "Only this purpose.")
    ),
    responses(
        (status = 200, body = FailuresView),
        (status = 401, body = ProblemView, content_type = "application/problem+json"),
        (status = 403, body = ProblemView, content_type = "application/problem+json"),
        (status = 422, body = ProblemView, content_type = "application/problem+json")
    )
)]
pub async fn failures(shared: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asked = asked(&shared, &request, false).await?;
    let failures = shared.figures.failures(&asked.question).await;
    let failures = failures.map_err(|error| Problem::from(&error))?;
    let locale = problems::locale(&request);
    Ok(HttpResponse::Ok().json(FailuresView::new(asked.span(), &failures, locale)))
}

/// What a call asks.
struct Asked {
    question: Question,
    by: Option<By>,
    at: Timestamp,
}

impl Asked {
    fn span(&self) -> SpanView {
        SpanView::new(self.question.range, self.at)
    }
}

async fn asked(shared: &Shared, request: &HttpRequest, parted: bool) -> Result<Asked, Problem> {
    let key = shared.access.keyed(request, Scope::Read).await?;
    let at = shared.figures.clock.now();
    let mut fields = Fields::of_query(request.query_string())?;
    let by = if parted {
        fields.optional("by", |name| By::from_name(name).ok_or(FieldCode::Unsupported))
    } else {
        None
    };
    let question = question(&mut fields, key.tenant, at);
    fields.finish()?;
    // Without one a fault was noted.
    let question = question.ok_or_else(|| Problem::fields(Vec::new()))?;
    Ok(Asked { question, by, at })
}

/// Reads a moment from 1970-01-01 to 9998-12-31: all days of Korea that it can lie in are times that databases know.
fn moment(text: &str) -> Result<Timestamp, FieldCode> {
    const END: i64 = 253_370_764_800;
    let at = times::moment(text)?;
    if (0..END).contains(&at.as_second()) { Ok(at) } else { Err(FieldCode::Malformed) }
}

/// Reads what all routes take.
fn question(fields: &mut Fields, tenant: TenantId, now: Timestamp) -> Option<Question> {
    let (has_from, has_until) = (fields.holds("from"), fields.holds("until"));
    let given_from = fields.optional("from", moment);
    let given_until = fields.optional("until", moment);
    let step = fields.optional("step", |name| Step::from_name(name).ok_or(FieldCode::Unsupported));
    let filter = Filter {
        provider: fields.optional("provider", |name| ProviderName::parse(name).ok_or(FieldCode::Malformed)),
        country: fields.optional("country", |tag| tag.parse().map_err(|_| FieldCode::Malformed)),
        purpose: fields.optional("purpose", |name| name.parse().map_err(|_| FieldCode::Unsupported)),
    };
    if has_from != given_from.is_some() || has_until != given_until.is_some() {
        return None;
    }
    let until = given_until.unwrap_or_else(|| AnalyticsRange::last_days(now, 1).until());
    let last = Timestamp::from_microsecond(until.as_microsecond() - 1).unwrap_or(until);
    let from = given_from.unwrap_or_else(|| AnalyticsRange::last_days(last, DAYS).from());
    match AnalyticsRange::new(from, until, step.unwrap_or(Step::Day)) {
        Ok(range) => Some(Question { tenant: Some(tenant), range, filter }),
        Err(error) => {
            let code = match error {
                AnalyticsRangeError::Backwards => FieldCode::Backwards,
                AnalyticsRangeError::TooLong => FieldCode::SpanTooLong,
            };
            fields.fault(FieldError::new(if has_from { "from" } else { "until" }, code));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn read(query: &str) -> Result<Question, Vec<(String, &'static str)>> {
        let mut fields = Fields::of_query(query).unwrap();
        let question = question(&mut fields, TenantId::default_tenant(), at("2026-11-21T03:00:00Z"));
        match fields.finish() {
            Ok(()) => Ok(question.unwrap()),
            Err(problem) => {
                assert!(question.is_none() || !query.contains("from"), "{query}");
                Err(problem.errors().iter().map(|of| (of.field.clone(), of.code.as_str())).collect())
            }
        }
    }

    #[test]
    fn the_last_seven_days_in_korea_are_looked_at_unless_asked_otherwise() {
        let range = read("").unwrap().range;
        assert_eq!((range.step, range.steps().count()), (Step::Day, 7));
        assert_eq!((range.from(), range.until()), (at("2026-11-14T15:00:00Z"), at("2026-11-21T15:00:00Z")));
        let range = read("until=2026-11-10T00%3A00%3A00%2B09%3A00&step=hour").unwrap().range;
        assert_eq!((range.from(), range.until()), (at("2026-11-02T15:00:00Z"), at("2026-11-09T15:00:00Z")));
        let range = read("from=2026-11-21T00%3A30%3A00Z&step=hour").unwrap().range;
        assert_eq!((range.from(), range.until()), (at("2026-11-21T00:00:00Z"), at("2026-11-21T15:00:00Z")));
    }

    #[test]
    fn every_fault_names_its_parameter() {
        let named = |field: &str, code| (field.to_owned(), code);
        assert_eq!(
            read("from=yesterday&step=week&purpose=fun&country=Korea&provider=SENS&x=1").unwrap_err(),
            [
                named("from", "malformed"),
                named("step", "unsupported"),
                named("provider", "malformed"),
                named("country", "malformed"),
                named("purpose", "unsupported"),
                named("x", "unknown"),
            ]
        );
        assert_eq!(read("from=2026-11-22T00%3A00%3A00Z").unwrap_err(), [named("from", "backwards")]);
        assert_eq!(
            read("from=2026-01-01T00%3A00%3A00Z&step=hour").unwrap_err(),
            [named("from", "span_too_long")]
        );
        assert_eq!(read("from=2026-08-21T00%3A00%3A00Z").unwrap_err(), [named("from", "span_too_long")]);
        assert_eq!(read("from=2026-08-22T00%3A00%3A00Z").unwrap().range.steps().count(), 92);
        for never in ["1969-12-31T23:59:59Z", "-009999-01-02T00:00:00Z", "9999-01-01T00:00:00Z"] {
            let query = format!("from={never}&until={never}");
            let expected = [named("from", "malformed"), named("until", "malformed")];
            assert_eq!(read(&query.replace(':', "%3A")).unwrap_err(), expected, "{never}");
        }
        let edges = "from=9998-12-31T00%3A00%3A00Z&until=9998-12-31T23%3A59%3A59Z";
        assert_eq!(read(edges).unwrap().range.steps().count(), 2);
        assert_eq!(
            read("from=1970-01-01T00%3A00%3A00Z&until=1970-01-02T00%3A00%3A00Z")
                .unwrap()
                .range
                .steps()
                .count(),
            2
        );
        assert_eq!(read("from=2026-11-01").unwrap_err(), [named("from", "zone_missing")]);
    }
}

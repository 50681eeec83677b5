//! [`AnalyticsRepository`]: figures, counted over the rows themselves (requirement J02).

use async_trait::async_trait;
use bonin_domain::Region;
use bonin_domain::codes::Purpose;
use bonin_domain::messages::{DeliveryState, FailureClass, Price, ProviderName};
use bonin_ports::{
    AnalyticsQuery, AnalyticsRepository, AttemptCell, Latency, LatencyCell, RefusalCell, RepositoryError,
    TimeCell, VerificationCell,
};
use diesel::prelude::*;

use super::super::engine::Store;
use super::figures::{Attempts, Figures, Latencies, Refusals, Times, Verifications};
use crate::failure::Failure;
use crate::rows::{filed_status, provider};
use crate::sql::Instant;

#[async_trait]
impl AnalyticsRepository for Store {
    async fn verifications(&self, query: AnalyticsQuery) -> Result<Vec<VerificationCell>, RepositoryError> {
        type Row = (Instant, String, Option<String>, Option<String>, String, i64, i64, i64, i64, i64);
        self.read(move |c| {
            let rows: Vec<Row> = Figures::<Verifications>::new(&query).load(c)?;
            let cell = |(
                begin,
                purpose,
                country,
                provider,
                status,
                counted,
                accepted,
                delivered,
                typed,
                sends,
            ): Row| {
                Ok(VerificationCell {
                    step: query.range.step.number(begin.0),
                    purpose: read_purpose(&purpose)?,
                    country: read_country(country)?,
                    provider: read_provider(provider.as_deref())?,
                    status: filed_status(&status)?,
                    count: count(counted)?,
                    accepted: count(accepted)?,
                    delivered: count(delivered)?,
                    typed: count(typed)?,
                    sends: count(sends)?,
                })
            };
            rows.into_iter().map(cell).collect()
        })
        .await
    }

    async fn times(&self, query: AnalyticsQuery) -> Result<Vec<TimeCell>, RepositoryError> {
        type Row = (String, Option<String>, Option<String>, i64, i64);
        self.read(move |c| {
            let rows: Vec<Row> = Figures::<Times>::new(&query).load(c)?;
            let cell = |(purpose, country, provider, tenths, counted): Row| {
                Ok(TimeCell {
                    purpose: read_purpose(&purpose)?,
                    country: read_country(country)?,
                    provider: read_provider(provider.as_deref())?,
                    tenths: read_tenths(tenths),
                    count: count(counted)?,
                })
            };
            rows.into_iter().map(cell).collect()
        })
        .await
    }

    async fn attempts(&self, query: AnalyticsQuery) -> Result<Vec<AttemptCell>, RepositoryError> {
        type Row = (
            Instant,
            String,
            Option<String>,
            String,
            String,
            bool,
            Option<String>,
            Option<String>,
            Option<String>,
            i64,
        );
        self.read(move |c| {
            let rows: Vec<Row> = Figures::<Attempts>::new(&query).load(c)?;
            let cell =
                |(begin, purpose, country, name, state, taken, failure, amount, currency, counted): Row| {
                    let class = |name: String| {
                        FailureClass::from_name(&name).ok_or(Failure::BadRow("attempts.failure"))
                    };
                    let price = |(amount, currency): (String, String)| {
                        Price::parse(&amount, &currency).ok_or(Failure::BadRow("attempts.price_amount"))
                    };
                    Ok(AttemptCell {
                        step: query.range.step.number(begin.0),
                        purpose: read_purpose(&purpose)?,
                        country: read_country(country)?,
                        provider: provider(&name)?,
                        state: DeliveryState::from_name(&state).ok_or(Failure::BadRow("attempts.state"))?,
                        taken,
                        failure: failure.map(class).transpose()?,
                        price: amount.zip(currency).map(price).transpose()?,
                        count: count(counted)?,
                    })
                };
            rows.into_iter().map(cell).collect()
        })
        .await
    }

    async fn latencies(&self, query: AnalyticsQuery) -> Result<Vec<LatencyCell>, RepositoryError> {
        type Row = (i32, String, Option<String>, String, i64, i64);
        self.read(move |c| {
            let rows: Vec<Row> = Figures::<Latencies>::new(&query).load(c)?;
            let cell = |(latency, purpose, country, name, tenths, counted): Row| {
                Ok(LatencyCell {
                    latency: if latency == 0 { Latency::Acceptance } else { Latency::Delivery },
                    purpose: read_purpose(&purpose)?,
                    country: read_country(country)?,
                    provider: provider(&name)?,
                    tenths: read_tenths(tenths),
                    count: count(counted)?,
                })
            };
            rows.into_iter().map(cell).collect()
        })
        .await
    }

    async fn refusals(&self, query: AnalyticsQuery) -> Result<Vec<RefusalCell>, RepositoryError> {
        type Row = (Instant, String, String, i64);
        self.read(move |c| {
            let rows: Vec<Row> = Figures::<Refusals>::new(&query).load(c)?;
            let cell = |(begin, purpose, outcome, counted): Row| {
                Ok(RefusalCell {
                    step: query.range.step.number(begin.0),
                    purpose: read_purpose(&purpose)?,
                    outcome,
                    count: count(counted)?,
                })
            };
            rows.into_iter().map(cell).collect()
        })
        .await
    }
}

fn read_purpose(stored: &str) -> Result<Purpose, Failure> {
    stored.parse().map_err(|_| Failure::BadRow("purpose"))
}

fn read_country(stored: Option<String>) -> Result<Option<Region>, Failure> {
    stored.map(|code| code.parse().map_err(|_| Failure::BadRow("country"))).transpose()
}

fn read_provider(stored: Option<&str>) -> Result<Option<ProviderName>, Failure> {
    stored.map(provider).transpose()
}

/// Processes' clocks may differ by a little: what ended before it began took no time.
fn read_tenths(counted: i64) -> u32 {
    u32::try_from(counted.max(0)).unwrap_or(u32::MAX)
}

fn count(counted: i64) -> Result<u64, Failure> {
    u64::try_from(counted).map_err(|_| Failure::BadRow("a negative count"))
}

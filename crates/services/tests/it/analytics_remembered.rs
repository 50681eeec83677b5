//! Days of which nothing changes any more are counted once.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::analytics::{AnalyticsRange, Step};
use bonin_domain::codes::{Purpose, Status};
use bonin_domain::messages::DeliveryState;
use bonin_ports::{
    AnalyticsQuery, AnalyticsRepository, AttemptCell, Latency, LatencyCell, RefusalCell, RepositoryError,
    TimeCell, VerificationCell,
};
use bonin_services::analytics::{Filter, Question, ReadFigures, RememberedDays, Turns};
use jiff::Timestamp;

use crate::support::{World, named};

/// Counts as many of everything as it is told, for each question, and notes the days that it is asked for.
struct Counting {
    asked: Mutex<Vec<Asked>>,
    count: Mutex<u64>,
}

#[derive(Clone, Debug, PartialEq)]
struct Asked {
    kind: &'static str,
    tenant: Option<TenantId>,
    /// How many days before today.
    ago: i64,
}

impl Counting {
    fn note(&self, kind: &'static str, query: &AnalyticsQuery) -> Result<(i64, u64), RepositoryError> {
        let ago = Step::Day.number(query.now) - Step::Day.number(query.range.from());
        self.asked.lock().expect("nobody panics").push(Asked { kind, tenant: query.tenant.clone(), ago });
        match *self.count.lock().expect("nobody panics") {
            0 => Err(RepositoryError::Unavailable),
            count => Ok((*query.range.steps().start(), count)),
        }
    }

    /// The days that were asked for since this was looked at, of one kind.
    fn days(&self, kind: &str) -> Vec<i64> {
        let asked = std::mem::take(&mut *self.asked.lock().expect("nobody panics"));
        asked.into_iter().filter(|asked| asked.kind == kind).map(|asked| asked.ago).collect()
    }

    fn will_count(&self, count: u64) {
        *self.count.lock().expect("nobody panics") = count;
    }
}

#[async_trait]
impl AnalyticsRepository for Counting {
    async fn verifications(&self, query: AnalyticsQuery) -> Result<Vec<VerificationCell>, RepositoryError> {
        let (step, count) = self.note("verifications", &query)?;
        Ok(vec![VerificationCell {
            step,
            purpose: Purpose::SignUp,
            country: None,
            provider: None,
            status: Status::Verified,
            count,
            accepted: 0,
            delivered: 0,
            typed: count,
            sends: count,
        }])
    }

    async fn times(&self, query: AnalyticsQuery) -> Result<Vec<TimeCell>, RepositoryError> {
        let (_, count) = self.note("times", &query)?;
        Ok(vec![TimeCell { purpose: Purpose::SignUp, country: None, provider: None, tenths: 80, count }])
    }

    async fn attempts(&self, query: AnalyticsQuery) -> Result<Vec<AttemptCell>, RepositoryError> {
        let (step, count) = self.note("attempts", &query)?;
        Ok(vec![AttemptCell {
            step,
            purpose: Purpose::SignUp,
            country: None,
            provider: named("sens"),
            state: DeliveryState::Delivered,
            taken: true,
            failure: None,
            price: None,
            count,
        }])
    }

    async fn latencies(&self, query: AnalyticsQuery) -> Result<Vec<LatencyCell>, RepositoryError> {
        let (_, count) = self.note("latencies", &query)?;
        Ok(vec![LatencyCell {
            latency: Latency::Acceptance,
            purpose: Purpose::SignUp,
            country: None,
            provider: named("sens"),
            tenths: 3,
            count,
        }])
    }

    async fn refusals(&self, query: AnalyticsQuery) -> Result<Vec<RefusalCell>, RepositoryError> {
        let (step, count) = self.note("refusals", &query)?;
        Ok(vec![RefusalCell { step, purpose: Purpose::SignUp, outcome: "refused".to_owned(), count }])
    }
}

fn counting(world: &World) -> (Arc<Counting>, ReadFigures) {
    let counting = Arc::new(Counting { asked: Mutex::default(), count: Mutex::new(1) });
    let read = ReadFigures {
        analytics: counting.clone(),
        clock: world.clock.clone(),
        turns: Turns::default(),
        remembered: RememberedDays::default(),
    };
    (counting, read)
}

fn days(now: Timestamp, days: u16) -> Question {
    Question { tenant: None, range: AnalyticsRange::last_days(now, days), filter: Filter::default() }
}

const KINDS: [&str; 5] = ["verifications", "times", "attempts", "latencies", "refusals"];

#[tokio::test]
async fn a_settled_day_is_counted_once_and_an_unsettled_one_each_time() {
    let world = World::new();
    for kind in KINDS {
        let (store, read) = counting(&world);
        let question = days(world.now(), 30);
        let first = read.execute(&question).await.unwrap();
        assert_eq!(store.days(kind), (0..30).rev().collect::<Vec<_>>(), "{kind}");
        let second = read.execute(&question).await.unwrap();
        assert_eq!(store.days(kind), [4, 3, 2, 1, 0], "{kind}");
        assert_eq!(second.overview(), first.overview());
        assert_eq!((second.series(None), second.latencies()), (first.series(None), first.latencies()));

        // What changes in the days that are not settled is told, and the others are as they were.
        store.will_count(3);
        let third = read.execute(&question).await.unwrap().overview();
        assert_eq!(
            (third.outcomes.verified, third.times.count(), third.attempts, third.refused),
            (25 + 15, 25 + 15, 25 + 15, Some(25 + 15))
        );
    }
}

#[tokio::test]
async fn a_longer_span_and_a_filter_use_the_same_days() {
    let world = World::new();
    let (store, read) = counting(&world);
    read.execute(&days(world.now(), 10)).await.unwrap();
    assert_eq!(store.days("attempts").len(), 10);
    let by_cafe24 = Filter { provider: Some(named("cafe24")), ..Filter::default() };
    let filtered = Question { filter: by_cafe24, ..days(world.now(), 12) };
    assert_eq!(read.overview(&filtered).await.unwrap().attempts, 0);
    assert_eq!(store.days("attempts"), [11, 10, 4, 3, 2, 1, 0]);
    assert_eq!(read.overview(&days(world.now(), 12)).await.unwrap().attempts, 12, "all is remembered");
    assert_eq!(store.days("attempts"), [4, 3, 2, 1, 0]);
}

#[tokio::test]
async fn tenants_never_share_a_day() {
    let world = World::new();
    let (store, read) = counting(&world);
    for (place, tenant) in [None, Some("shop"), Some("bank")].into_iter().enumerate() {
        let tenant = tenant.map(|name| TenantId::parse(name).unwrap());
        let question = Question { tenant: tenant.clone(), ..days(world.now(), 20) };
        let count = u64::try_from(place).unwrap() + 1;
        store.will_count(count);
        assert_eq!(read.overview(&question).await.unwrap().attempts, 20 * count);
        let asked = std::mem::take(&mut *store.asked.lock().expect("nobody panics"));
        assert!(asked.len() == 4 * 20 && asked.iter().all(|asked| asked.tenant == tenant), "{tenant:?}");
    }
}

#[tokio::test]
async fn hours_and_days_are_counted_each() {
    let world = World::new();
    let (store, read) = counting(&world);
    let day = AnalyticsRange::last_days(world.now(), 11).days().next().unwrap();
    let hours = AnalyticsRange::new(day.from(), day.until(), Step::Hour).unwrap();
    for range in [day, hours] {
        let question = Question { range, ..days(world.now(), 1) };
        let first = read.series(&question, None).await.unwrap();
        assert_eq!(store.days("attempts"), [10], "{:?}", range.step);
        assert_eq!(read.series(&question, None).await.unwrap(), first);
        assert_eq!(store.days("attempts"), [0_i64; 0], "{:?}", range.step);
    }
}

#[tokio::test]
async fn days_whose_attempts_go_are_counted_each_time() {
    let world = World::new();
    let (store, read) = counting(&world);
    for _ in 0..2 {
        read.execute(&days(world.now(), 92)).await.unwrap();
    }
    let asked = store.days("attempts");
    assert_eq!(asked[92..], [91, 90, 4, 3, 2, 1, 0]);
}

#[tokio::test]
async fn a_day_settles_as_time_goes_by() {
    let world = World::new();
    let (store, read) = counting(&world);
    let question = days(world.now(), 1);
    for (hours, asked) in [(0, 1), (24, 1), (72, 1), (24, 1), (24, 0)] {
        world.pass(hours * 3_600);
        read.funnel(&question).await.unwrap();
        assert_eq!(store.days("verifications").len(), asked, "after {hours} hours more");
    }
}

#[tokio::test]
async fn what_fails_is_not_remembered() {
    let world = World::new();
    let (store, read) = counting(&world);
    store.will_count(0);
    assert_eq!(read.funnel(&days(world.now(), 10)).await.unwrap_err(), RepositoryError::Unavailable);
    store.will_count(2);
    assert_eq!(read.funnel(&days(world.now(), 10)).await.unwrap().verified, 20);
}

//! Figures over a few verifications.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use async_trait::async_trait;
use bonin_domain::Region;
use bonin_domain::analytics::{AnalyticsRange, Step};
use bonin_domain::codes::Purpose;
use bonin_domain::messages::FailureClass;
use bonin_ports::{
    AnalyticsQuery, AnalyticsRepository, AttemptCell, LatencyCell, RefusalCell, RepositoryError, TimeCell,
    VerificationCell,
};
use bonin_services::analytics::{By, Filter, Question, ReadFigures, ReadToday, RememberedDays, Turns};
use bonin_testkit::SendStep;
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::support::{Process, World, named};

fn figures(world: &World) -> ReadFigures {
    ReadFigures {
        analytics: world.store.memory.clone(),
        clock: world.clock.clone(),
        turns: Turns::default(),
        remembered: RememberedDays::default(),
    }
}

/// Counts nothing, and takes its time: as long as until it is let go.
struct Slow {
    running: AtomicUsize,
    most: AtomicUsize,
    go: Semaphore,
}

impl Slow {
    async fn count<C>(&self) -> Result<Vec<C>, RepositoryError> {
        let running = self.running.fetch_add(1, SeqCst) + 1;
        self.most.fetch_max(running, SeqCst);
        self.go.acquire().await.expect("it is open").forget();
        self.running.fetch_sub(1, SeqCst);
        Ok(Vec::new())
    }
}

#[async_trait]
impl AnalyticsRepository for Slow {
    async fn verifications(&self, _: AnalyticsQuery) -> Result<Vec<VerificationCell>, RepositoryError> {
        self.count().await
    }

    async fn times(&self, _: AnalyticsQuery) -> Result<Vec<TimeCell>, RepositoryError> {
        self.count().await
    }

    async fn attempts(&self, _: AnalyticsQuery) -> Result<Vec<AttemptCell>, RepositoryError> {
        self.count().await
    }

    async fn latencies(&self, _: AnalyticsQuery) -> Result<Vec<LatencyCell>, RepositoryError> {
        self.count().await
    }

    async fn refusals(&self, _: AnalyticsQuery) -> Result<Vec<RefusalCell>, RepositoryError> {
        self.count().await
    }
}

fn slow(world: &World) -> (Arc<Slow>, ReadFigures) {
    let go = Semaphore::new(0);
    let slow = Arc::new(Slow { running: AtomicUsize::new(0), most: AtomicUsize::new(0), go });
    let read = ReadFigures {
        analytics: slow.clone(),
        clock: world.clock.clone(),
        turns: Turns::default(),
        remembered: RememberedDays::default(),
    };
    (slow, read)
}

#[tokio::test]
async fn one_count_runs_at_a_time_however_many_people_ask() {
    let world = World::new();
    let (slow, read) = slow(&world);
    slow.go.add_permits(100);
    let question = today(&world, Filter::default());
    let everything = join_all((0..8).map(|_| read.execute(&question))).await;
    assert!(everything.iter().all(Result::is_ok));
    assert_eq!(slow.most.load(SeqCst), 1);
    assert_eq!(slow.go.available_permits(), 100 - 8 * 5, "all of them counted everything");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_two_seconds_is_told_that_the_store_is_busy() {
    let world = World::new();
    let (slow, read) = slow(&world);
    let question = today(&world, Filter::default());
    let first = tokio::spawn({
        let (read, question) = (read.clone(), question.clone());
        async move { read.funnel(&question).await }
    });
    tokio::task::yield_now().await;
    let begun = tokio::time::Instant::now();
    assert_eq!(read.funnel(&question).await.unwrap_err(), RepositoryError::Busy);
    assert_eq!(begun.elapsed().as_secs(), 2);
    slow.go.add_permits(1);
    assert!(first.await.expect("it ran").is_ok());
    slow.go.add_permits(1);
    assert!(read.funnel(&question).await.is_ok(), "the turn was given back");
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_keeps_the_turn_while_the_store_counts() {
    let world = World::new();
    let (slow, read) = slow(&world);
    let question = today(&world, Filter::default());
    let impatient = tokio::time::timeout(Duration::from_millis(1), read.overview(&question)).await;
    assert!(impatient.is_err());
    assert_eq!(read.funnel(&question).await.unwrap_err(), RepositoryError::Busy);
    assert_eq!((slow.most.load(SeqCst), slow.running.load(SeqCst)), (1, 1));
    slow.go.add_permits(2);
    assert!(read.funnel(&question).await.is_ok(), "the rest was not asked any more");
}

#[tokio::test]
async fn cost_is_told_for_each_verified_user_where_both_are_of_the_same_verifications() {
    let world = World::with_others(&["cafe24"]);
    verify(&world, &world.process(), 8).await;
    let read = figures(&world);
    let told = async |question: Question| read.overview(&question).await.expect("it works").cost_per_verified;
    assert!(told(today(&world, Filter::default())).await.is_some());
    let by_sens = Filter { provider: Some(named("sens")), ..Filter::default() };
    assert_eq!(told(today(&world, by_sens)).await, None, "its attempts are of others, too");
    let days = |count| AnalyticsRange::last_days(world.now(), count);
    let over = |range| Question { range, ..today(&world, Filter::default()) };
    assert!(told(over(days(90))).await.is_some());
    assert_eq!(told(over(days(92))).await, None, "the first attempts are gone");
}

fn today(world: &World, filter: Filter) -> Question {
    Question { tenant: Some(world.tenant.clone()), range: AnalyticsRange::today(world.now()), filter }
}

/// Starts one and types its code so many seconds later.
async fn verify(world: &World, process: &Process, seconds: i64) {
    let begun = process.begun(world).await;
    world.pass(seconds);
    let checked = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
    assert!(checked.is_ok(), "it is right");
}

#[tokio::test]
async fn an_overview_tells_what_became_of_starts() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    verify(&world, &process, 8).await;
    world.pass(120);
    world.provider.script.will_answer([SendStep::Unavailable(FailureClass::ProviderDown)]);
    verify(&world, &process, 21).await;
    world.pass(120);
    process.begun(&world).await;
    world.pass(200);
    process.begun(&world).await;

    let read = figures(&world);
    let overview = read.overview(&today(&world, Filter::default())).await.expect("it works");
    let outcomes = overview.outcomes;
    assert_eq!((outcomes.starts(), outcomes.verified, outcomes.expired, outcomes.pending), (4, 2, 1, 1));
    assert_eq!(outcomes.conversion().ratio(), Some(0.6667), "one waits, and does not count");
    assert_eq!((overview.times.median(), overview.times.percentile(95)), (Some(80), Some(210)));
    assert_eq!((overview.attempts, overview.failed, overview.refused), (5, 1, Some(0)));

    let by_cafe24 = Filter { provider: Some(named("cafe24")), ..Filter::default() };
    let overview = read.overview(&today(&world, by_cafe24.clone())).await.expect("it works");
    assert_eq!((overview.outcomes.starts(), overview.attempts, overview.failed), (1, 1, 0));
    assert_eq!(overview.refused, None, "a refused start has no provider");
    let abroad = Filter { country: "JP".parse::<Region>().ok(), ..Filter::default() };
    assert_eq!(read.overview(&today(&world, abroad)).await.expect("it works").outcomes.starts(), 0);
    let resets = Filter { purpose: Some(Purpose::ResetPassword), ..Filter::default() };
    assert_eq!(read.overview(&today(&world, resets)).await.expect("it works").outcomes.starts(), 0);

    let failures = read.failures(&today(&world, Filter::default())).await.expect("it works");
    let [failure] = &failures[..] else { panic!("one kind") };
    assert_eq!(
        (failure.class, failure.provider.as_str(), failure.count),
        (FailureClass::ProviderDown, "sens", 1)
    );
    let funnel = read.funnel(&today(&world, Filter::default())).await.expect("it works");
    assert_eq!((funnel.started, funnel.accepted, funnel.typed, funnel.verified), (4, 4, 2, 2));
}

#[tokio::test]
async fn a_series_has_a_point_for_every_step_and_a_line_for_every_part() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    verify(&world, &process, 8).await;
    world.pass(3_600);
    world.provider.script.will_answer([SendStep::Unavailable(FailureClass::ProviderDown)]);
    process.begun(&world).await;

    let read = figures(&world);
    let question = today(&world, Filter::default());
    let whole = read.series(&question, None).await.expect("it works");
    let [line] = &whole.lines[..] else { panic!("one line") };
    let starts: Vec<u64> = line.points.iter().map(|point| point.outcomes.starts()).collect();
    let mut expected = [0; 24];
    // Noon and one o'clock in Korea.
    (expected[12], expected[13]) = (1, 1);
    assert_eq!(starts, expected);
    assert_eq!((line.points[13].failed, line.failed(), line.outcomes().verified), (1, 1, 1));

    let parted = read.series(&question, Some(By::Provider)).await.expect("it works");
    let lines: Vec<_> = parted
        .lines
        .iter()
        .map(|line| (line.name.as_deref(), line.outcomes().starts(), line.failed()))
        .collect();
    assert_eq!(lines, [(Some("cafe24"), 1, 0), (Some("sens"), 1, 1)]);
}

#[tokio::test]
async fn today_is_compared_with_the_same_hours_of_yesterday() {
    let world = World::new();
    let process = world.process();
    verify(&world, &process, 5).await;
    // One o'clock of the next day: the hour that runs is not over.
    world.pass(25 * 3_600);
    verify(&world, &process, 5).await;
    let read = ReadToday { figures: figures(&world) };
    let today = read.execute().await.expect("it works");
    assert_eq!(today.overview.outcomes.starts(), 1);
    let compared = today.compared.expect("hours are over");
    assert_eq!(compared.until, Step::Hour.begin(Step::Hour.number(world.now())));
    assert_eq!((compared.today.outcomes.starts(), compared.yesterday.outcomes.starts()), (0, 1));
    world.pass(3_600);
    let compared = read.execute().await.expect("it works").compared.expect("hours are over");
    assert_eq!((compared.today.outcomes.starts(), compared.yesterday.outcomes.starts()), (1, 1));

    // Half past midnight.
    world.pass(11 * 3_600 - 1_800);
    assert!(read.execute().await.expect("it works").compared.is_none(), "no hour is over");
}

#[tokio::test(start_paused = true)]
async fn both_days_are_read_in_one_turn() {
    let world = World::new();
    let (slow, read) = slow(&world);
    let both = tokio::spawn({
        let read = ReadToday { figures: read.clone() };
        async move { read.execute().await }
    });
    tokio::task::yield_now().await;
    let another = tokio::spawn({
        let (read, question) = (read.clone(), today(&world, Filter::default()));
        async move { read.funnel(&question).await }
    });
    tokio::task::yield_now().await;
    // Five counts of today and four of yesterday: nobody has one in between.
    slow.go.add_permits(9);
    let both = tokio::time::timeout(Duration::from_secs(1), both).await;
    assert!(both.expect("nobody came between").expect("it ran").expect("it works").compared.is_some());
    slow.go.add_permits(1);
    assert!(another.await.expect("it ran").is_ok());
}

//! Figures, counted by hand over a scene.

use std::fmt::Debug;
use std::sync::Arc;

use bonin_domain::analytics::{AnalyticsRange, Step};
use bonin_domain::codes::{Purpose, Status};
use bonin_domain::messages::{Attempt, DeliveryState, MessageId, ProviderName};
use bonin_domain::{PhoneNumber, Region, TenantId};
use bonin_ports::{AnalyticsQuery, DispatchOutcome, TimeCell, VerificationCell};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::groups::{created, group};
use super::support::{MICROSECOND, attempt, cancelled, closing, miss, record, report, resend, tell, verify};
use crate::{Holder, Scene};

/// The Korean day in which a scene opens, by hours, as seen long after.
pub(super) fn today(scene: &Scene) -> AnalyticsQuery {
    let range = AnalyticsRange::today(scene.at(0));
    AnalyticsQuery { tenant: None, range, now: scene.at(80_000) }
}

pub(super) fn provider(name: &str) -> ProviderName {
    ProviderName::parse(name).expect("a provider's name")
}

/// The step of this second of the scene, by hours.
pub(super) fn hour(scene: &Scene, second: i64) -> i64 {
    Step::Hour.number(scene.at(second))
}

/// Cells come in no order.
pub(super) fn sorted<T: Debug>(mut cells: Vec<T>) -> Vec<T> {
    cells.sort_by_key(|cell| format!("{cell:?}"));
    cells
}

pub(super) async fn verifications(store: &Arc<dyn Store>, query: AnalyticsQuery) -> Vec<VerificationCell> {
    sorted(store.verifications(query).await.expect("the store works"))
}

/// How many verifications are counted.
async fn counted(store: &Arc<dyn Store>, query: AnalyticsQuery) -> u64 {
    verifications(store, query).await.iter().map(|cell| cell.count).sum()
}

/// A verification for signing up in Korea that waits, of a message that nobody was asked to send.
fn waiting(scene: &Scene) -> VerificationCell {
    VerificationCell {
        step: hour(scene, 0),
        purpose: Purpose::SignUp,
        country: Some(Region::KR),
        provider: None,
        status: Status::Pending,
        count: 1,
        accepted: 0,
        delivered: 0,
        typed: 0,
        sends: 1,
    }
}

/// Records an attempt by a provider, the one of this number for the message, at this second.
pub(super) async fn tried(
    store: &Arc<dyn Store>,
    scene: &Scene,
    (message, number): (MessageId, i16),
    name: &str,
    state: DeliveryState,
    second: i64,
) {
    let tried = Attempt { number, provider: provider(name), ..attempt(message, state, scene.at(second)) };
    let refused = matches!(state, DeliveryState::Failed | DeliveryState::Unknown);
    let tried = Attempt { reference: tried.reference.clone().filter(|_| !refused), ..tried };
    record(store, closing(scene.lease(), tried)).await;
}

/// A verification counts once, by how it ended or stands and by what its messages came to.
pub async fn a_verification_counts_once_by_how_it_ended(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let start = async |second: i64| scene.start().at(scene.at(second)).open(&*store).await;
    let (one, other) = (start(0).await, start(1).await);
    for (holder, second) in [(&one, 8), (&other, 20)] {
        tried(&store, &scene, (holder.message, 1), "sens", DeliveryState::Accepted, 2).await;
        verify(&store, &scene, holder, scene.at(second)).await;
    }
    tell(&store, report(&one, DeliveryState::Delivered, None), scene.at(4)).await;
    let given_up = start(2).await;
    miss(&store, &scene, &given_up, scene.at(9), 1).await;
    cancelled(&store, &given_up, scene.at(10)).await;
    miss(&store, &scene, &start(3).await, scene.at(9), 5).await;
    start(4).await;
    let purpose = scene.start().purpose(Purpose::FindId).at(scene.at(5)).open(&*store).await;
    resend(&store, scene.resend(&purpose, "222222", scene.at(70))).await;

    let verified = VerificationCell {
        provider: Some(provider("sens")),
        status: Status::Verified,
        count: 2,
        accepted: 2,
        delivered: 1,
        typed: 2,
        sends: 2,
        ..waiting(&scene)
    };
    let expected = |waiting_now: Status, resent_now: Status| {
        sorted(vec![
            verified.clone(),
            VerificationCell { status: Status::Cancelled, typed: 1, ..waiting(&scene) },
            VerificationCell { status: Status::Locked, typed: 1, ..waiting(&scene) },
            VerificationCell { status: waiting_now, ..waiting(&scene) },
            VerificationCell { purpose: Purpose::FindId, status: resent_now, sends: 2, ..waiting(&scene) },
        ])
    };
    let at = |now: Timestamp| AnalyticsQuery { now, ..today(&scene) };
    let (end, resent_end) = (scene.at(4 + 180), scene.at(70 + 180));
    let (pending, expired) = (Status::Pending, Status::Expired);
    assert_eq!(verifications(&store, at(end - MICROSECOND)).await, expected(pending, pending));
    assert_eq!(verifications(&store, at(end)).await, expected(expired, pending));
    assert_eq!(verifications(&store, at(resent_end)).await, expected(expired, expired));
}

/// A verification counts for the provider that took the newest message; where none was taken, for the one that was
/// asked last.
pub async fn a_verification_counts_for_who_took_its_newest_message(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let (failed, accepted) = (DeliveryState::Failed, DeliveryState::Accepted);
    let first = scene.start().open(&*store).await;
    tried(&store, &scene, (first.message, 1), "sens", failed, 1).await;
    tried(&store, &scene, (first.message, 2), "cafe24", accepted, 2).await;
    // Another code, which nobody takes: the newest that was taken decides.
    let again = scene.resend(&first, "222222", scene.at(60));
    let second = again.code.message.id;
    resend(&store, again).await;
    tried(&store, &scene, (second, 1), "coolsms", failed, 61).await;
    let both = scene.start().open(&*store).await;
    let again = scene.resend(&both, "222222", scene.at(60));
    let newest = again.code.message.id;
    resend(&store, again).await;
    tried(&store, &scene, (newest, 1), "sens", accepted, 61).await;
    tried(&store, &scene, (both.message, 1), "coolsms", accepted, 62).await;
    let nobody = scene.start().open(&*store).await;
    tried(&store, &scene, (nobody.message, 1), "cafe24", failed, 1).await;
    tried(&store, &scene, (nobody.message, 2), "nexmo", DeliveryState::Unknown, 2).await;
    let again = scene.resend(&nobody, "222222", scene.at(60));
    resend(&store, again).await;
    // Taken, and failed on the way.
    let lost = scene.start().open(&*store).await;
    tried(&store, &scene, (lost.message, 1), "sens", accepted, 1).await;
    tell(&store, report(&lost, failed, None), scene.at(5)).await;

    let of = |name: &str, accepted, sends| VerificationCell {
        provider: Some(provider(name)),
        status: Status::Expired,
        accepted,
        sends,
        ..waiting(&scene)
    };
    let expected = sorted(vec![
        of("cafe24", 1, 2),
        VerificationCell { count: 2, ..of("sens", 2, 3) },
        of("nexmo", 0, 2),
    ]);
    assert_eq!(verifications(&store, today(&scene)).await, expected);
}

/// A verification that a provider runs counts for that one, which took its message.
pub async fn a_verification_that_a_provider_runs_counts_for_that_one(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let lease = scene.lease();
    let holder = scene.start().leased(lease, scene.at(30)).open(&*store).await;
    let taken = Attempt {
        provider: provider("nexmo_verify"),
        ..attempt(holder.message, DeliveryState::Accepted, scene.at(1))
    };
    record(&store, DispatchOutcome { runs_verification: true, ..closing(lease, taken) }).await;
    let expected = VerificationCell {
        provider: Some(provider("nexmo_verify")),
        status: Status::Expired,
        accepted: 1,
        ..waiting(&scene)
    };
    assert_eq!(verifications(&store, today(&scene)).await, [expected]);
}

/// Test numbers and verifications that are withheld never count, nor do the messages of groups.
pub async fn what_is_for_tests_or_withheld_never_counts(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for start in [scene.start().test_number(), scene.start().withheld()] {
        let holder = start.open(&*store).await;
        tried(&store, &scene, (holder.message, 1), "sens", DeliveryState::Delivered, 1).await;
        verify(&store, &scene, &holder, scene.at(5)).await;
    }
    let own = created(&store, &group(&scene, 1, scene.at(0))).await;
    tried(&store, &scene, (own[0], 1), "sens", DeliveryState::Delivered, 1).await;
    let query = today(&scene);
    assert_eq!(store.verifications(query.clone()).await, Ok(Vec::new()));
    assert_eq!(store.times(query.clone()).await, Ok(Vec::new()));
    assert_eq!(store.attempts(query.clone()).await, Ok(Vec::new()));
    assert_eq!(store.latencies(query).await, Ok(Vec::new()));
}

/// Each tenant has figures of its own; asked for nobody's, they are everybody's.
pub async fn figures_are_one_tenants_or_everybodys(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let own = async |tenant: TenantId, seconds: &[i64]| {
        for second in seconds {
            let holder = scene.start().tenant(tenant.clone()).open(&*store).await;
            tried(&store, &scene, (holder.message, 1), "sens", DeliveryState::Delivered, 1).await;
            verify(&store, &scene, &holder, scene.at(*second)).await;
        }
    };
    own(scene.tenant.clone(), &[5]).await;
    own(scene.another_tenant(), &[6, 7]).await;
    for (tenant, expected) in [
        (Some(scene.tenant.clone()), 1),
        (Some(scene.another_tenant()), 2),
        (Some(scene.own_tenant()), 0),
        (None, 3),
    ] {
        let query = AnalyticsQuery { tenant, ..today(&scene) };
        assert_eq!(counted(&store, query.clone()).await, expected);
        let times = store.times(query.clone()).await.expect("the store works");
        assert_eq!(times.iter().map(|cell| cell.count).sum::<u64>(), expected);
        let attempts = store.attempts(query.clone()).await.expect("the store works");
        assert_eq!(attempts.iter().map(|cell| cell.count).sum::<u64>(), expected);
        let latencies = store.latencies(query).await.expect("the store works");
        assert_eq!(latencies.iter().map(|cell| cell.count).sum::<u64>(), 2 * expected);
    }
}

/// A verification counts in the step of its start, by Korean time, to the microsecond, and only within the span.
pub async fn a_verification_counts_in_the_korean_step_of_its_start(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let midnight: Timestamp = "2029-12-31T15:00:00Z".parse().expect("a moment");
    let before = midnight - MICROSECOND;
    let one_o_clock = midnight + SignedDuration::from_hours(1);
    let next_midnight = midnight + SignedDuration::from_hours(24);
    for at in
        [before, midnight, one_o_clock - MICROSECOND, one_o_clock, next_midnight - MICROSECOND, next_midnight]
    {
        scene.start().at(at).open(&*store).await;
    }
    let steps = async |range: AnalyticsRange| {
        let query = AnalyticsQuery { range, ..today(&scene) };
        let cells = verifications(&store, query).await;
        let mut steps: Vec<_> = cells.iter().map(|cell| (cell.step, cell.count)).collect();
        steps.sort_unstable();
        steps
    };
    let first = Step::Hour.number(midnight);
    assert_eq!(steps(AnalyticsRange::today(midnight)).await, [(first, 2), (first + 1, 1), (first + 23, 1)]);
    let day = Step::Day.number(midnight);
    assert_eq!(steps(AnalyticsRange::last_days(midnight, 1)).await, [(day, 4)]);
    let days = AnalyticsRange::last_days(next_midnight, 3);
    assert_eq!(steps(days).await, [(day - 1, 1), (day, 4), (day + 1, 1)]);
    assert_eq!(steps(AnalyticsRange::last_days(before, 7)).await, [(day - 1, 1)]);
}

/// The country is that of the number.
pub async fn figures_tell_the_country_of_the_number(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let abroad = PhoneNumber::parse("+14155552671", Region::KR).expect("a number");
    let country = abroad.region();
    let holder = scene.start().phone(abroad).open(&*store).await;
    tried(&store, &scene, (holder.message, 1), "nexmo", DeliveryState::Delivered, 1).await;
    verify(&store, &scene, &holder, scene.at(5)).await;
    assert_ne!(country, Some(Region::KR));
    assert_eq!(verifications(&store, today(&scene)).await[0].country, country);
    let query = today(&scene);
    let told = (
        store.times(query.clone()).await.map(|cells| cells[0].country),
        store.attempts(query.clone()).await.map(|cells| cells[0].country),
        store.latencies(query).await.map(|cells| cells[0].country),
    );
    assert_eq!(told, (Ok(country), Ok(country), Ok(country)));
}

/// Times from start to success are told in tenths of seconds, rounded down.
pub async fn times_to_success_are_rounded_down_to_tenths(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let after = async |micros: i64| {
        let holder: Holder = scene.start().open(&*store).await;
        tried(&store, &scene, (holder.message, 1), "sens", DeliveryState::Accepted, 1).await;
        verify(&store, &scene, &holder, scene.at(0) + SignedDuration::from_micros(micros)).await;
    };
    for micros in [8_000_000, 8_099_999, 8_100_000, 99_999] {
        after(micros).await;
    }
    let holder = scene.start().open(&*store).await;
    verify(&store, &scene, &holder, scene.at(8)).await;
    let left = scene.start().open(&*store).await;
    cancelled(&store, &left, scene.at(8)).await;
    let cell = |name: Option<&str>, tenths, count| TimeCell {
        purpose: Purpose::SignUp,
        country: Some(Region::KR),
        provider: name.map(provider),
        tenths,
        count,
    };
    let expected = sorted(vec![
        cell(Some("sens"), 0, 1),
        cell(Some("sens"), 80, 2),
        cell(Some("sens"), 81, 1),
        cell(None, 80, 1),
    ]);
    let times = store.times(today(&scene)).await.expect("the store works");
    assert_eq!(sorted(times), expected);
}

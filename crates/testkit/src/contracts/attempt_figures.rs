//! Figures of attempts and of refused starts, counted by hand over a scene.

use std::sync::Arc;

use bonin_domain::codes::{Policy, Purpose, RuleMode, Window};
use bonin_domain::messages::{Attempt, DeliveryState, FailureClass, Price};
use bonin_domain::{DestinationRefusal, Region};
use bonin_ports::{AnalyticsQuery, AttemptCell, Latency, LatencyCell, RefusalCell, Report};
use jiff::SignedDuration;

use super::Store;
use super::analytics::{hour, provider, sorted, today, tried};
use super::support::{attempt, closing, record, report, resend, tell};
use crate::Scene;

/// An attempt by Sens that was taken, in the hour in which a scene opens.
fn taken(scene: &Scene) -> AttemptCell {
    AttemptCell {
        step: hour(scene, 0),
        purpose: Purpose::SignUp,
        country: Some(Region::KR),
        provider: provider("sens"),
        state: DeliveryState::Accepted,
        taken: true,
        failure: None,
        price: None,
        count: 1,
    }
}

/// Attempts count by provider, state, class of failure and price, in the step of their message.
pub async fn attempts_count_by_what_became_of_them(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let twenty = Price::parse("20", "KRW").expect("a price");
    for second in [0, 1] {
        let holder = scene.start().at(scene.at(second)).open(&*store).await;
        let refused = Attempt {
            failure: Some(FailureClass::Unreachable),
            reference: None,
            ..attempt(holder.message, DeliveryState::Failed, scene.at(second))
        };
        record(&store, closing(scene.lease(), refused)).await;
        tried(&store, &scene, (holder.message, 2), "cafe24", DeliveryState::Accepted, 2).await;
    }
    let other = scene.start().purpose(Purpose::StepUp).open(&*store).await;
    tried(&store, &scene, (other.message, 1), "sens", DeliveryState::Accepted, 3).await;
    let priced = Report { price: Some(twenty.clone()), ..report(&other, DeliveryState::Delivered, None) };
    tell(&store, priced, scene.at(9)).await;
    // Taken, and lost on its way.
    let lost = scene.start().purpose(Purpose::FindId).open(&*store).await;
    tried(&store, &scene, (lost.message, 1), "sens", DeliveryState::Accepted, 3).await;
    tell(
        &store,
        Report { failure: Some(FailureClass::Unreachable), ..report(&lost, DeliveryState::Failed, None) },
        scene.at(9),
    )
    .await;
    // A message of the hour after, of a verification of this one.
    let long = scene.start().at(scene.at(3_590)).open(&*store).await;
    let again = scene.resend(&long, "222222", scene.at(3_660));
    let message = again.code.message.id;
    resend(&store, again).await;
    tried(&store, &scene, (message, 1), "sens", DeliveryState::Accepted, 3_661).await;

    let refused = AttemptCell {
        state: DeliveryState::Failed,
        taken: false,
        failure: Some(FailureClass::Unreachable),
        count: 2,
        ..taken(&scene)
    };
    let expected = sorted(vec![
        refused,
        AttemptCell { provider: provider("cafe24"), count: 2, ..taken(&scene) },
        AttemptCell {
            purpose: Purpose::StepUp,
            state: DeliveryState::Delivered,
            price: Some(twenty),
            ..taken(&scene)
        },
        AttemptCell {
            purpose: Purpose::FindId,
            state: DeliveryState::Failed,
            failure: Some(FailureClass::Unreachable),
            ..taken(&scene)
        },
        AttemptCell { step: hour(&scene, 3_600), ..taken(&scene) },
    ]);
    let attempts = store.attempts(today(&scene)).await.expect("the store works");
    assert_eq!(sorted(attempts), expected);
}

/// A provider's yes is timed from its call, and so is the phone's; a refusal is neither.
pub async fn latencies_are_timed_from_the_call(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let called = async |name: &str, tenths: i64| {
        let holder = scene.start().open(&*store).await;
        let yes = scene.at(1) + SignedDuration::from_millis(100 * tenths + 99);
        let taken = Attempt {
            provider: provider(name),
            accepted_at: yes,
            updated_at: yes,
            ..attempt(holder.message, DeliveryState::Accepted, scene.at(1))
        };
        record(&store, closing(scene.lease(), taken)).await;
        holder
    };
    let reached = called("sens", 2).await;
    tell(&store, report(&reached, DeliveryState::Delivered, None), scene.at(4)).await;
    let sent = called("sens", 2).await;
    tell(&store, report(&sent, DeliveryState::Sent, None), scene.at(4)).await;
    let lost = called("cafe24", 7).await;
    tell(&store, report(&lost, DeliveryState::Failed, None), scene.at(6)).await;
    let refused = scene.start().open(&*store).await;
    tried(&store, &scene, (refused.message, 1), "sens", DeliveryState::Failed, 1).await;
    tried(&store, &scene, (refused.message, 2), "sens", DeliveryState::Unknown, 1).await;

    let cell = |latency, name: &str, tenths, count| LatencyCell {
        latency,
        purpose: Purpose::SignUp,
        country: Some(Region::KR),
        provider: provider(name),
        tenths,
        count,
    };
    let expected = sorted(vec![
        cell(Latency::Acceptance, "sens", 2, 2),
        cell(Latency::Acceptance, "cafe24", 7, 1),
        cell(Latency::Delivery, "sens", 30, 1),
    ]);
    let latencies = store.latencies(today(&scene)).await.expect("the store works");
    assert_eq!(sorted(latencies), expected);
}

/// Refused starts count by what stood in the way, in the step in which they were refused; resends and numbers for
/// tests do not count.
pub async fn refused_starts_count_by_what_stood_in_the_way(store: Arc<dyn Store>) {
    let narrow = |policy: &mut Policy| {
        policy.limits = policy.limits.clone().in_mode(RuleMode::Off);
        policy.limits.number = RuleMode::Block;
        policy.limits.number_windows = vec![Window::secs(9_000, 1)];
    };
    let scene = Scene::new().with_policy(narrow);
    let first = scene.start().open(&*store).await;
    resend(&store, scene.resend(&first, "222222", scene.at(5))).await;
    for second in [10, 20, 3_600] {
        scene.start().at(scene.at(second)).run(&*store).await;
    }
    scene.start().tenant(scene.another_tenant()).purpose(Purpose::FindId).at(scene.at(30)).run(&*store).await;
    scene.start().refused_destination(DestinationRefusal::NotMobile).at(scene.at(40)).run(&*store).await;
    scene.start().test_number().at(scene.at(50)).run(&*store).await;
    let day_before = scene.at(0) - SignedDuration::from_hours(24);
    let elsewhere = scene.start().refused_destination(DestinationRefusal::Country).at(day_before);
    elsewhere.run(&*store).await;

    let cell = |second, purpose, outcome: &str, count| RefusalCell {
        step: hour(&scene, second),
        purpose,
        outcome: outcome.to_owned(),
        count,
    };
    let own = vec![
        cell(0, Purpose::SignUp, "refused", 2),
        cell(3_600, Purpose::SignUp, "refused", 1),
        cell(0, Purpose::SignUp, "destination", 1),
    ];
    let mut all = own.clone();
    all.push(cell(0, Purpose::FindId, "refused", 1));
    for (tenant, expected) in [(Some(scene.tenant.clone()), own), (None, all)] {
        let query = AnalyticsQuery { tenant, ..today(&scene) };
        let refusals = store.refusals(query).await.expect("the store works");
        assert_eq!(sorted(refusals), sorted(expected));
    }
}

//! Ceilings of spending: reckoned when a message is put into the outbox, and once more when it is closed.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::{DecisionOutcome, Rule, RuleMode, budget_day, next_budget_day};
use bonin_domain::messages::{Attempt, DeliveryState, MessageId, Price};
use bonin_domain::spending::{Charge, Reservation, SpendingStep};
use bonin_ports::{
    DispatchOutcome, GroupCancelled, GroupCreated, MessageGroupRepository, NewGroup, Next, Resent, Started,
};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::groups::{create, created, group};
use super::support::{
    assert_created, assert_refused, attempt, closing, count, lease, race, race_starts, record, refused,
    resend, try_start, turn,
};
use crate::Scene;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A charge of twenty won under a ceiling of so many won.
fn twenty(ceiling: u32, now: Timestamp) -> Reservation {
    charging(20, ceiling, RuleMode::Block, now)
}

fn charging(charge: u32, ceiling: u32, mode: RuleMode, now: Timestamp) -> Reservation {
    let reservation = Reservation::new(Charge::won(charge), Charge::won(ceiling), mode, now);
    reservation.expect("the rule is not off")
}

/// What stands on a tenant's day.
async fn spent(store: &Arc<dyn Store>, tenant: &TenantId, now: Timestamp) -> Charge {
    let days = store.of_day(budget_day(now)).await.expect("the store works");
    days.into_iter().find(|day| day.tenant == *tenant).map_or(Charge::ZERO, |day| day.spent)
}

/// Starts fill the day up to its ceiling and not beyond; the next day and another tenant have one of their own.
pub async fn starts_fill_a_day_up_to_its_ceiling(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let start = |tenant: &TenantId, now| {
        scene.start().tenant(tenant.clone()).at(now).reservation(twenty(70, now)).draw().0
    };
    let (own, other) = (scene.own_tenant(), scene.another_tenant());
    let run =
        async |tenant: &TenantId, now| try_start(&store, start(tenant, now)).await.expect("the store works");
    for _ in 0..3 {
        assert_created(&run(&own, scene.at(0)).await);
    }
    let until = next_budget_day(scene.at(1));
    assert_refused(run(&own, scene.at(1)).await, Rule::Spending, until);
    assert_eq!(spent(&store, &own, scene.at(1)).await, Charge::won(60), "a refused start costs nothing");
    assert_created(&run(&other, scene.at(1)).await);
    assert_created(&run(&own, until).await);
    assert_eq!(spent(&store, &own, until).await, Charge::won(20));
}

/// What passes the ceiling by itself is refused on an empty day, too.
pub async fn a_message_dearer_than_the_ceiling_is_refused(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let start = scene.start().tenant(scene.own_tenant()).reservation(twenty(19, scene.at(0)));
    assert_refused(start.run(&*store).await, Rule::Spending, next_budget_day(scene.at(0)));
}

/// Of forty concurrent starts exactly as many pass as the ceiling pays for.
pub async fn forty_concurrent_starts_stop_at_the_ceiling_to_one_message(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let tenant = scene.own_tenant();
    let reservation = twenty(7 * 20 + 19, scene.at(0));
    let starts = (0..40).map(|_| {
        let start = scene.start().phone(scene.another_phone()).tenant(tenant.clone());
        start.reservation(reservation).draw().0
    });
    let started = race_starts(&store, starts.collect()).await;
    assert_eq!(count(&started, |one| matches!(one, Started::Created(_))), 7);
    assert_eq!(count(&started, |one| matches!(one, Started::Refused(_))), 33);
    assert_eq!(spent(&store, &tenant, scene.at(0)).await, Charge::won(140));
}

/// A ceiling that is only recorded refuses nothing, and its finding says what it would have done.
pub async fn a_ceiling_that_is_only_recorded_refuses_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let tenant = scene.own_tenant();
    for _ in 0..2 {
        let reservation = charging(20, 30, RuleMode::Record, scene.at(0));
        assert_created(&scene.start().tenant(tenant.clone()).reservation(reservation).run(&*store).await);
    }
    assert_eq!(spent(&store, &tenant, scene.at(0)).await, Charge::won(40));
}

/// A start that another rule refuses puts nothing on the day.
pub async fn what_another_rule_refuses_costs_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let tenant = scene.own_tenant();
    for _ in 0..7 {
        scene.start().tenant(tenant.clone()).reservation(twenty(1_000, scene.at(0))).run(&*store).await;
    }
    assert_eq!(
        spent(&store, &tenant, scene.at(0)).await,
        Charge::won(100),
        "the number's window lets five through"
    );
}

/// A resend counts like a start, and at the ceiling it waits for the next day.
pub async fn a_resend_counts_and_waits_at_the_ceiling(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let tenant = scene.own_tenant();
    let holder =
        scene.start().tenant(tenant.clone()).reservation(twenty(40, scene.at(0))).open(&*store).await;
    let again = |now| {
        let mut request = scene.resend(&holder, "222222", now);
        request.reservation = Some(twenty(40, now));
        request
    };
    assert!(matches!(resend(&store, again(scene.at(1))).await, Resent::Sent(_)));
    match resend(&store, again(scene.at(2))).await {
        Resent::TooEarly(verification) => assert_eq!(verification.resend_at, next_budget_day(scene.at(2))),
        other => panic!("the resend is refused: {other:?}"),
    }
    assert_eq!(spent(&store, &tenant, scene.at(2)).await, Charge::won(40));
}

/// A group of three, twenty won each, under a ceiling.
fn three(scene: &Scene, tenant: &TenantId, ceiling: u32) -> NewGroup {
    let mut group = group(scene, 3, scene.at(0));
    group.tenant = tenant.clone();
    for message in &mut group.messages {
        message.charge = Charge::won(20);
    }
    group.reservation = Some(charging(60, ceiling, RuleMode::Block, scene.at(0)));
    group
}

/// A group goes out as a whole or not at all.
pub async fn a_group_is_stored_whole_or_not_at_all_under_a_ceiling(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let tenant = scene.own_tenant();
    created(&store, &three(&scene, &tenant, 100)).await;
    let refused = three(&scene, &tenant, 119);
    let until = next_budget_day(scene.at(0));
    assert_eq!(create(&store, &refused).await, GroupCreated::CeilingReached { until });
    assert_eq!(super::groups::find(&store, &tenant, refused.id).await, None);
    assert_eq!(spent(&store, &tenant, scene.at(0)).await, Charge::won(60));
    created(&store, &three(&scene, &tenant, 120)).await;
}

/// Concurrent groups never pass the ceiling together.
pub async fn concurrent_groups_never_pass_the_ceiling(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let tenant = scene.own_tenant();
    let calls = (0..12).map(|_| {
        let (store, group) = (Arc::clone(&store), three(&scene, &tenant, 5 * 60 + 59));
        async move { create(&store, &group).await }
    });
    let outcomes = race(calls).await;
    assert_eq!(count(&outcomes, |one| *one == GroupCreated::Created), 5);
    assert_eq!(spent(&store, &tenant, scene.at(0)).await, Charge::won(300));
}

/// A reservation counts for the day on which it is to go out, and gives its charge back when it is cancelled.
pub async fn a_cancelled_group_gives_its_charge_back(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let tenant = scene.own_tenant();
    let tomorrow = scene.at(0) + DAY;
    let mut group = three(&scene, &tenant, 100);
    group.scheduled_at = Some(tomorrow);
    group.reservation = Some(charging(60, 100, RuleMode::Block, tomorrow));
    created(&store, &group).await;
    assert_eq!(spent(&store, &tenant, scene.at(0)).await, Charge::ZERO);
    assert_eq!(spent(&store, &tenant, tomorrow).await, Charge::won(60));
    let done = MessageGroupRepository::cancel(&*store, &tenant, group.id, scene.at(1)).await;
    assert_eq!(done, Ok(GroupCancelled::Done));
    assert_eq!(spent(&store, &tenant, tomorrow).await, Charge::ZERO);
}

/// Attempts at a message of twenty won, and what it cost in the end.
async fn costs(attempts: impl Fn(MessageId) -> Vec<Attempt>, store: &Arc<dyn Store>) -> Charge {
    let (scene, _turn) = turn().await;
    let (tenant, id) = (scene.own_tenant(), scene.lease());
    let start = scene.start().tenant(tenant.clone()).reservation(twenty(1_000, scene.at(0)));
    let holder = start.leased(id, scene.at(30)).open(&**store).await;
    let outcome = DispatchOutcome {
        attempts: attempts(holder.message),
        ..closing(id, attempt(holder.message, DeliveryState::Accepted, scene.at(1)))
    };
    record(store, outcome.clone()).await;
    // What is told twice counts once.
    record(store, outcome).await;
    spent(store, &tenant, scene.at(0)).await
}

/// What a provider surely did not take is given back; what one took costs its price in won, else what was reserved; what two
/// may have taken costs twice.
pub async fn a_closed_message_costs_what_was_taken(store: Arc<dyn Store>) {
    use DeliveryState::{Accepted, Expired, Failed, Unknown};
    let at = |message, number: i16, state, price: Option<&str>| Attempt {
        number,
        price: price.and_then(|price| Price::parse(price, "KRW")),
        ..attempt(message, state, "2029-01-01T00:00:00Z".parse().expect("a moment"))
    };
    let cost = async |states: &[(DeliveryState, Option<&str>)]| {
        let attempts = |message| {
            (1..).zip(states).map(|(number, (state, price))| at(message, number, *state, *price)).collect()
        };
        costs(attempts, &store).await
    };
    assert_eq!(cost(&[(Failed, None)]).await, Charge::ZERO);
    assert_eq!(cost(&[(Expired, None)]).await, Charge::ZERO);
    assert_eq!(cost(&[(Accepted, None)]).await, Charge::won(20));
    assert_eq!(cost(&[(Accepted, Some("8.4"))]).await, Charge::from_units(84_000));
    assert_eq!(cost(&[(Failed, None), (Accepted, Some("30"))]).await, Charge::won(30));
    assert_eq!(cost(&[(Unknown, None), (Accepted, Some("30"))]).await, Charge::won(50));
}

/// A message that is tried again later keeps its charge meanwhile, and is reckoned over all of its attempts in the end.
pub async fn a_message_that_is_tried_again_is_reckoned_as_a_whole(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let (tenant, first, second) = (scene.own_tenant(), scene.lease(), scene.lease());
    let start = scene.start().tenant(tenant.clone()).reservation(twenty(1_000, scene.at(0)));
    let holder = start.leased(first, scene.at(30)).open(&*store).await;
    let unclear = attempt(holder.message, DeliveryState::Unknown, scene.at(1));
    record(&store, DispatchOutcome { next: Next::Again(scene.at(20)), ..closing(first, unclear) }).await;
    assert_eq!(spent(&store, &tenant, scene.at(0)).await, Charge::won(20));
    assert_eq!(lease(&store, second, scene.at(20), scene.at(50), &[holder.message]).await.len(), 1);
    let taken = Attempt { number: 2, ..attempt(holder.message, DeliveryState::Accepted, scene.at(21)) };
    record(&store, closing(second, taken)).await;
    assert_eq!(spent(&store, &tenant, scene.at(0)).await, Charge::won(40));
}

/// Each step is told once a day and tenant, whoever comes first, and none below one that was told.
pub async fn a_step_is_told_once(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let tenant = scene.own_tenant();
    let day = budget_day(scene.at(0));
    let reach =
        async |tenant: &TenantId, day, step| store.reach(tenant, day, step).await.expect("the store works");
    assert!(!reach(&tenant, day, SpendingStep::Half).await, "nothing stands on the day");
    let reservation = twenty(40, scene.at(0));
    assert_created(&scene.start().tenant(tenant.clone()).reservation(reservation).run(&*store).await);
    let calls = (0..8).map(|_| {
        let (store, tenant) = (Arc::clone(&store), tenant.clone());
        async move { store.reach(&tenant, day, SpendingStep::Most).await.expect("the store works") }
    });
    assert_eq!(count(&race(calls).await, |first| *first), 1);
    assert!(!reach(&tenant, day, SpendingStep::Half).await);
    assert!(reach(&tenant, day, SpendingStep::All).await);
}

/// A day says whether something was refused on it, also where nothing fits from the beginning.
pub async fn a_day_on_which_something_was_refused_says_so(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let (own, other) = (scene.own_tenant(), scene.another_tenant());
    let today = async |tenant: &TenantId| {
        let days = store.of_day(budget_day(scene.at(0))).await.expect("the store works");
        days.into_iter().find(|day| day.tenant == *tenant).map(|day| (day.spent, day.stopped))
    };
    let start = |tenant: &TenantId, ceiling| {
        scene.start().tenant(tenant.clone()).reservation(twenty(ceiling, scene.at(0)))
    };
    assert_created(&start(&own, 39).run(&*store).await);
    assert_eq!(today(&own).await, Some((Charge::won(20), false)));
    for _ in 0..2 {
        refused(start(&own, 39).run(&*store).await);
        assert_eq!(today(&own).await, Some((Charge::won(20), true)));
    }
    refused(start(&other, 19).run(&*store).await);
    assert_eq!(today(&other).await, Some((Charge::ZERO, true)));
}

/// A message that was reckoned for good is not reckoned once more, whatever became of it.
pub async fn a_message_reckoned_for_good_keeps_its_charge(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let (tenant, id) = (scene.own_tenant(), scene.lease());
    let start = scene.start().tenant(tenant.clone()).reservation(twenty(1_000, scene.at(0)).for_good());
    let holder = start.leased(id, scene.at(30)).open(&*store).await;
    record(&store, closing(id, attempt(holder.message, DeliveryState::Failed, scene.at(1)))).await;
    assert_eq!(spent(&store, &tenant, scene.at(0)).await, Charge::won(20));
}

/// The decision on a start says what stood on the day.
pub async fn a_decision_says_what_was_spent(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let tenant = scene.own_tenant();
    let start = || scene.start().tenant(tenant.clone()).reservation(twenty(25, scene.at(0)));
    assert_created(&start().run(&*store).await);
    let Started::Refused(decision) = start().run(&*store).await else { panic!("the second is refused") };
    assert_eq!(decision.outcome, DecisionOutcome::Refused { until: next_budget_day(scene.at(0)) });
    let finding = decision.findings.iter().find(|finding| finding.rule == Rule::Spending);
    assert_eq!(finding.map(|finding| (finding.value, finding.threshold)), Some((20, 25)));
}

//! Ceilings: what stops at one, and who is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use bonin_domain::Amount;
use bonin_domain::codes::{Purpose, RuleMode, next_budget_day};
use bonin_domain::messages::MessageKind;
use bonin_domain::spending::{Ceilings, Charge, SpendingStep};
use bonin_services::codes::{StartError, StartRequest};
use bonin_services::dispatch::{Carrier, Provider as Named};
use bonin_services::spending::{ReadSpending, TenantSpending};

use crate::support::{Process, World, named};

/// A world whose messages may cost so many won a day for its tenant.
fn world(ceiling: u32) -> World {
    let mut world = World::with_policy(|policy| {
        policy.limits = policy.limits.clone().in_mode(RuleMode::Off);
    });
    let general = Some(Charge::won(ceiling));
    world.ceilings = Ceilings { mode: RuleMode::Block, general, own: BTreeMap::new() };
    world
}

/// A process whose providers ask these prices for a short message, in their order.
fn process(world: &World, prices: &[(&str, u32)]) -> Process {
    let provider = |(name, won): &(&str, u32)| Named {
        name: named(name),
        carrier: Carrier::Sender(world.provider.clone()),
        bulk: None,
        reports: None,
        prices: BTreeMap::from([(MessageKind::Sms, Amount::whole(i64::from(*won)))]),
    };
    world.process_of(prices.iter().map(provider).collect())
}

async fn start(world: &World, process: &Process) -> Result<(), StartError> {
    process.start.execute(world.request()).await.map(drop)
}

fn spending(world: &World) -> ReadSpending {
    ReadSpending {
        spending: world.store.memory.clone(),
        ceilings: world.ceilings.clone(),
        tenants: vec![world.tenant.clone()],
        clock: world.clock.clone(),
    }
}

async fn spent(world: &World) -> TenantSpending {
    spending(world).execute().await.expect("the store works").remove(0)
}

#[tokio::test]
async fn messages_are_reckoned_at_the_dearest_provider_and_settled_at_the_one_that_took_them() {
    let world = world(100);
    let process = process(&world, &[("sens", 9), ("cafe24", 20)]);
    start(&world, &process).await.expect("there is room");
    process.dispatcher.drained().await;
    let today = spent(&world).await;
    assert_eq!((today.spent, today.ceiling), (Charge::won(9), Charge::won(100)));
    assert_eq!(today.step(), None);
}

#[tokio::test]
async fn at_the_ceiling_no_start_is_taken_until_the_next_day() {
    let world = world(45);
    let process = process(&world, &[("sens", 20)]);
    for _ in 0..2 {
        start(&world, &process).await.expect("there is room");
    }
    process.dispatcher.drained().await;
    let sent = world.provider.script.messages().len();
    match start(&world, &process).await {
        Err(StartError::TooMany { until }) => assert_eq!(until, next_budget_day(world.now())),
        other => panic!("the third is refused: {other:?}"),
    }
    process.dispatcher.drained().await;
    assert_eq!(world.provider.script.messages().len(), sent, "nothing more is sent");
    let today = spent(&world).await;
    assert_eq!(
        (today.spent, today.step()),
        (Charge::won(40), Some(SpendingStep::All)),
        "what is left is too little"
    );
    world.pass(24 * 3_600);
    start(&world, &process).await.expect("a new day has a ceiling of its own");
}

/// What starts of finding an ID leave on the day once their messages are closed, and which of them are taken.
async fn asked_for_an_id(by_a_member: bool) -> (Charge, Vec<bool>) {
    let world = world(59);
    // The one that takes the message asks less than the dearest.
    let process = process(&world, &[("sens", 9), ("cafe24", 20)]);
    if by_a_member {
        world.join("minsu@example.com").await;
    }
    let mut taken = Vec::new();
    for _ in 0..3 {
        let request = StartRequest { purpose: Purpose::FindId, ..world.request() };
        taken.push(process.start.execute(request).await.is_ok());
        process.dispatcher.drained().await;
    }
    assert_eq!(world.provider.script.messages().len(), if by_a_member { 2 } else { 0 });
    (spent(&world).await.spent, taken)
}

#[tokio::test]
async fn a_ceiling_does_not_tell_whether_somebody_has_an_account() {
    let (member, stranger) = (asked_for_an_id(true).await, asked_for_an_id(false).await);
    assert_eq!(member, (Charge::won(40), vec![true, true, false]));
    assert_eq!(stranger, member);
}

#[tokio::test]
async fn a_tenants_own_ceiling_goes_before_the_general_one() {
    let mut world = world(1);
    world.ceilings.own.insert(world.tenant.to_string(), Charge::won(20));
    let process = process(&world, &[("sens", 20)]);
    start(&world, &process).await.expect("its own ceiling has room");
    world.ceilings.mode = RuleMode::Off;
    assert_eq!(
        spending(&world).execute().await,
        Ok(Vec::new()),
        "where the rule is off there is nothing to tell"
    );
}

#[tokio::test]
async fn without_a_ceiling_nothing_is_noted() {
    let mut world = world(20);
    world.ceilings = Ceilings::none();
    let process = process(&world, &[("sens", 20)]);
    for _ in 0..3 {
        start(&world, &process).await.expect("nothing is bounded");
    }
    process.dispatcher.drained().await;
    let log: Arc<dyn bonin_ports::SpendingLog> = world.store.memory.clone();
    let day = bonin_domain::codes::budget_day(world.now());
    assert_eq!(log.of_day(day).await, Ok(Vec::new()));
}

//! Groups of messages: as few calls as the provider takes, and each message its own attempts.

use std::collections::BTreeMap;
use std::sync::Arc;

use bonin_domain::messages::{DeliveryState, GroupId, MessageId, MessageKind};
use bonin_domain::routing::{NumberPrefix, RoutePlan, RouteRule, RouteTable};
use bonin_domain::{PhoneNumber, Region, TestNumber, TestNumbers, TestOutcome};
use bonin_ports::{Message, MessageGroupRepository as _, MessageQuery, NewGroup, NewGroupMessage};
use bonin_services::dispatch::{Carrier, Errand, Provider as Named, Waiting};
use bonin_testkit::{Scene, SendStep};

use crate::support::{Bulk, BulkStep, Process, World, named};

fn number(place: usize) -> PhoneNumber {
    PhoneNumber::parse(&format!("010-2000-{place:04}"), Region::KR).expect("a number")
}

/// A process whose providers take many messages a call.
fn process(world: &World, bulks: &[(&str, &Arc<Bulk>)]) -> Process {
    let provider = |(name, bulk): &(&str, &Arc<Bulk>)| Named {
        name: named(name),
        carrier: Carrier::Sender(world.provider.clone()),
        bulk: Some((*bulk).clone()),
        reports: None,
        prices: BTreeMap::new(),
    };
    world.process_of(bulks.iter().map(provider).collect())
}

/// Stores a group of messages with these texts.
async fn store(world: &World, texts: &[&str]) -> GroupId {
    let scene = Scene::new();
    let phones: Vec<PhoneNumber> = (0..texts.len()).map(number).collect();
    let mut group: NewGroup = scene.group(&world.tenant, &phones, world.now());
    let fill = &mut |bytes: &mut [u8]| bonin_ports::Entropy::fill(&*world.entropy, bytes);
    let messages = group.messages.into_iter().zip(&phones).zip(texts);
    group.messages = messages
        .map(|((message, to), text)| {
            let waiting = Waiting {
                message: Message { kind: MessageKind::Sms, ..Message::sms(to.clone(), *text) },
                errand: Errand::Group(None),
                avoid: Vec::new(),
            };
            let payload = waiting.seal(&world.keys, &world.tenant, message.id, fill);
            NewGroupMessage { payload, ..message }
        })
        .collect();
    let id = group.id;
    world.store.memory.create(group).await.expect("the memory works");
    id
}

async fn attempts(world: &World, group: GroupId) -> BTreeMap<String, Vec<(String, DeliveryState, bool)>> {
    let query = MessageQuery { group: Some(group), before: None::<MessageId>, limit: 1_000 };
    let messages = world.store.memory.messages(&world.tenant, query).await.expect("the memory works");
    let told = |of: &bonin_domain::messages::Attempt| {
        (of.provider.as_str().to_owned(), of.state, of.possible_duplicate)
    };
    messages.iter().map(|of| (of.id.to_string(), of.attempts.iter().map(told).collect())).collect()
}

#[tokio::test]
async fn a_hundred_and_one_messages_go_in_two_calls_of_a_provider_that_takes_a_hundred() {
    let world = World::new();
    let bulk = Bulk::new(100, false);
    let process = process(&world, &[("sens", &bulk)]);
    let group = store(&world, &["hello"; 101]).await;
    assert_eq!(process.take_over().await, 101);
    assert_eq!(bulk.calls(), [100, 1]);
    let mut reached: Vec<String> =
        bulk.messages().iter().map(|message| message.to.e164().to_owned()).collect();
    reached.sort();
    reached.dedup();
    assert_eq!(reached.len(), 101, "everybody once");
    for (_, attempts) in attempts(&world, group).await {
        assert_eq!(attempts, [("sens".to_owned(), DeliveryState::Accepted, false)]);
    }
    world.pass(60);
    assert_eq!(process.take_over().await, 0);
}

#[tokio::test]
async fn a_provider_of_one_text_a_call_gets_one_call_for_each_text() {
    let world = World::new();
    let bulk = Bulk::new(1_000, true);
    let process = process(&world, &[("cafe24", &bulk)]);
    store(&world, &["one", "two", "one", "three", "two", "one"]).await;
    assert_eq!(process.take_over().await, 6);
    assert_eq!(bulk.calls(), [3, 2, 1]);
}

#[tokio::test]
async fn what_a_provider_refuses_or_cannot_take_goes_to_the_next() {
    for (step, at_second) in [(BulkStep::Unavailable, 5), (BulkStep::Refuses(&[1, 3]), 2)] {
        let world = World::new();
        let (first, second) = (Bulk::new(100, false), Bulk::new(100, false));
        first.will_answer([step]);
        let process = process(&world, &[("sens", &first), ("coolsms", &second)]);
        let group = store(&world, &["hello"; 5]).await;
        assert_eq!(process.take_over().await, 5);
        assert_eq!((first.calls(), second.calls()), (vec![5], vec![at_second]));
        let attempts = attempts(&world, group).await;
        let twice = attempts.values().filter(|attempts| attempts.len() == 2).count();
        assert_eq!(twice, at_second);
        assert!(attempts.values().all(|of| of.last().is_some_and(|last| last.1 == DeliveryState::Accepted)));
    }
}

#[tokio::test]
async fn an_unclear_call_is_left_alone_and_then_each_message_goes_once_more_marked() {
    let world = World::new();
    let (first, second) = (Bulk::new(100, false), Bulk::new(100, false));
    first.will_answer([BulkStep::Unclear]);
    let process = process(&world, &[("sens", &first), ("coolsms", &second)]);
    let group = store(&world, &["hello"; 3]).await;
    assert_eq!(process.take_over().await, 3);
    world.pass(14);
    assert_eq!(process.take_over().await, 0);
    world.pass(1);
    assert_eq!(process.take_over().await, 3);
    assert_eq!((first.calls(), second.calls(), world.provider.sent()), (vec![3], vec![], 3));
    for (_, attempts) in attempts(&world, group).await {
        let expected = [
            ("sens".to_owned(), DeliveryState::Unknown, false),
            ("coolsms".to_owned(), DeliveryState::Accepted, true),
        ];
        assert_eq!(attempts, expected);
    }
}

#[tokio::test]
async fn without_a_call_for_many_each_message_goes_by_itself() {
    let world = World::new();
    let process = world.process();
    world.provider.script.will_answer([SendStep::Accepted]);
    store(&world, &["hello"; 3]).await;
    assert_eq!(process.take_over().await, 3);
    assert_eq!(world.provider.sent(), 3);
}

#[tokio::test]
async fn a_test_number_among_them_never_reaches_the_provider() {
    let test = TestNumber {
        number: number(1),
        code: crate::support::code_in("482913"),
        outcome: TestOutcome::Delivered,
        until: "2031-01-01T00:00:00Z".parse().expect("a moment"),
    };
    let world = World::with_policy(|policy| policy.test_numbers = TestNumbers::new(vec![test]).expect("one"));
    let bulk = Bulk::new(100, false);
    let process = process(&world, &[("sens", &bulk)]);
    let group = store(&world, &["hello"; 3]).await;
    assert_eq!(process.take_over().await, 3);
    assert_eq!((bulk.calls(), world.provider.sent()), (vec![2], 0));
    let aside = attempts(&world, group).await;
    let aside: Vec<_> = aside.values().filter(|of| of[0].0 == "test_numbers").collect();
    assert_eq!(aside, [&vec![("test_numbers".to_owned(), DeliveryState::Delivered, false)]]);
}

#[tokio::test]
async fn a_rule_for_a_prefix_counts_within_a_group_too() {
    let world = World::new();
    let (first, second) = (Bulk::new(100, false), Bulk::new(100, false));
    let provider = |name: &str, bulk: &Arc<Bulk>| Named {
        name: named(name),
        carrier: Carrier::Sender(world.provider.clone()),
        bulk: Some(bulk.clone()),
        reports: None,
        prices: BTreeMap::new(),
    };
    let prefix = NumberPrefix::parse("+821020000001").expect("a prefix");
    let rule = RouteRule { prefix: Some(prefix), ..RouteRule::any(RoutePlan::single(named("cafe24"))) };
    let table = RouteTable::new(vec![rule], RoutePlan::single(named("sens")));
    let process = world.process_with(vec![provider("sens", &first), provider("cafe24", &second)], table);
    store(&world, &["hello"; 3]).await;
    assert_eq!(process.take_over().await, 3);
    assert_eq!((first.calls(), second.calls()), (vec![2], vec![1]));
    assert_eq!(second.messages()[0].to, number(1));
}

//! Notices to owners of accounts: tried until a provider takes one, for as long as they are worth telling.

use std::collections::HashMap;
use std::sync::Arc;

use bonin_domain::TestNumbers;
use bonin_domain::messages::{Attempt, Brand, DeliveryState, FailureClass, Locale, MessageId, MessageKind};
use bonin_domain::routing::BreakerState;
use bonin_ports::{Abilities, AccountImport as _, Encoding, Next, PasswordRepository as _};
use bonin_services::accounts::{Notices, Told};
use bonin_services::codes::{TenantTexts, Texts};
use bonin_testkit::{FindStep, Scene, SendStep};
use jiff::{SignedDuration, Timestamp};

use crate::support::{Call, Process, Provider, World, killed_after, named};

const DOWN: SendStep = SendStep::Unavailable(FailureClass::ProviderDown);

/// The owner of an account gets a new password, and is to be told: the notice, and when it is worth nothing any more.
async fn told(world: &World) -> (MessageId, Timestamp) {
    let (scene, now) = (Scene::new(), world.now());
    let memory = &*world.store.memory;
    let account = scene.account().at(now).draw();
    assert_eq!(memory.import(vec![account.clone()]).await, Ok(Vec::new()));
    let session = scene.log_in(memory, &account, now).await;
    let texts = TenantTexts { brand: Brand::parse("본인").expect("a brand"), web_otp: None };
    let notices = Notices {
        keys: world.keys.clone(),
        entropy: world.entropy.clone(),
        texts: Arc::new(Texts::new(HashMap::new(), texts, 3, world.store.memory.clone())),
        test_numbers: TestNumbers::default(),
        locale: Locale::Ko,
    };
    let (mut change, _) = scene.password_change(&account, session.session.id, now);
    change.notice = notices.write(&account.tenant, &world.request().phone_number, Told::PasswordChanged, now);
    let (id, expires_at) = (change.notice.message.id, change.notice.expires_at);
    assert_eq!(memory.change(change).await, Ok(true));
    (id, expires_at)
}

/// All that was recorded of a message: the attempts as they are by now, and what was to follow each time.
fn recorded(world: &World, id: MessageId) -> (Vec<Attempt>, Vec<Next>) {
    let outcomes = world.store.recorded().into_iter().filter(|of| of.message == id);
    let (attempts, next): (Vec<_>, Vec<_>) = outcomes.map(|of| (of.attempts, of.next)).unzip();
    let mut latest: Vec<Attempt> = Vec::new();
    for attempt in attempts.into_iter().flatten() {
        match latest.iter_mut().find(|of| of.number == attempt.number) {
            Some(known) => *known = attempt,
            None => latest.push(attempt),
        }
    }
    (latest, next)
}

fn states(world: &World, id: MessageId) -> Vec<(i16, String, DeliveryState, bool)> {
    let (attempts, _) = recorded(world, id);
    let told = |of: Attempt| (of.number, of.provider.as_str().to_owned(), of.state, of.possible_duplicate);
    attempts.into_iter().map(told).collect()
}

/// Looks at the outbox every second for so long; the seconds at which there was something to do.
async fn watch(world: &World, process: &Process, seconds: i64) -> Vec<i64> {
    let mut busy = Vec::new();
    for second in 0..seconds {
        if process.take_over().await > 0 {
            busy.push(second);
        }
        world.pass(1);
    }
    busy
}

/// Lets time pass from one round to the next until nothing is to follow; the waits between.
async fn to_the_end(world: &World, process: &Process, id: MessageId) -> Vec<i64> {
    let mut waits = Vec::new();
    loop {
        assert_eq!(process.take_over().await, 1);
        let (_, next) = recorded(world, id);
        let Some(Next::Again(at)) = next.last() else { return waits };
        let wait = at.duration_since(world.now());
        waits.push(wait.as_secs());
        world.clock.advance(wait - SignedDuration::from_micros(1));
        assert_eq!(process.take_over().await, 0, "not before its time");
        world.clock.advance(SignedDuration::from_micros(1));
    }
}

#[tokio::test]
async fn a_notice_is_sent_once_when_the_providers_are_back() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    world.provider.script.will_answer([DOWN, SendStep::Unauthorized, DOWN]);
    world.other("cafe24").script.will_answer([SendStep::Unavailable(FailureClass::Quota), DOWN]);
    let (id, _) = told(&world).await;
    assert_eq!(watch(&world, &process, 300).await, [0, 30, 60]);
    let expected = [
        (1, "sens", DeliveryState::Failed),
        (2, "cafe24", DeliveryState::Failed),
        (3, "sens", DeliveryState::Failed),
        (4, "cafe24", DeliveryState::Failed),
        (5, "sens", DeliveryState::Failed),
        (6, "cafe24", DeliveryState::Accepted),
    ];
    assert_eq!(
        states(&world, id),
        expected.map(|(number, name, state)| (number, name.to_owned(), state, false))
    );
    world.pass(100_000);
    assert_eq!((process.take_over().await, world.other("cafe24").sent()), (0, 3), "never again");
}

#[tokio::test]
async fn waits_double_up_to_an_hour_and_end_with_the_use_of_the_notice() {
    let world = World::new();
    let process = world.process();
    world.provider.script.will_answer([DOWN; 100]);
    let (id, expires_at) = told(&world).await;
    let waits = to_the_end(&world, &process, id).await;
    assert_eq!(waits[..9], [30, 30, 60, 120, 240, 480, 960, 1_920, 3_600]);
    let (last, hours) = waits[9..].split_last().expect("a day has more hours");
    assert!(hours.iter().all(|wait| *wait == 3_600) && *last <= 3_600, "{waits:?}");
    assert_eq!(world.now(), expires_at);
    let (attempts, next) = recorded(&world, id);
    let last = attempts.last().expect("there are attempts");
    assert_eq!((last.state, last.failure), (DeliveryState::Expired, Some(FailureClass::TooLate)));
    assert_eq!(usize::try_from(last.number), Ok(attempts.len()), "each under its number");
    assert_eq!(next.last(), Some(&Next::Close));
    let sent = world.provider.sent();
    assert_eq!(sent, attempts.len() - 1, "nothing is sent at the end");
    world.pass(100_000);
    assert_eq!((process.take_over().await, world.provider.sent()), (0, sent));
}

#[tokio::test]
async fn a_number_that_is_none_ends_it_at_once() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    world.provider.script.will_answer([DOWN, SendStep::Refused(FailureClass::InvalidNumber)]);
    world.other("cafe24").script.will_answer([DOWN]);
    let (id, _) = told(&world).await;
    assert_eq!(watch(&world, &process, 7_200).await, [0, 30]);
    assert_eq!((world.provider.sent(), world.other("cafe24").sent()), (2, 1));
    let (attempts, next) = recorded(&world, id);
    assert_eq!(attempts.last().expect("three").failure, Some(FailureClass::InvalidNumber));
    assert_eq!(next.last(), Some(&Next::Close));
}

#[tokio::test]
async fn a_provider_that_refused_the_notice_itself_is_not_asked_again() {
    for class in [
        FailureClass::Content,
        FailureClass::Blocked,
        FailureClass::SpamFilter,
        FailureClass::Sender,
        FailureClass::Other,
    ] {
        let world = World::with_others(&["cafe24"]);
        let process = world.process();
        world.provider.script.will_answer([SendStep::Refused(class)]);
        world.other("cafe24").script.will_answer([DOWN, SendStep::Refused(class)]);
        let (id, _) = told(&world).await;
        assert_eq!(watch(&world, &process, 7_200).await, [0, 30], "{class:?}");
        assert_eq!((world.provider.sent(), world.other("cafe24").sent()), (1, 2), "{class:?}");
        assert_eq!(recorded(&world, id).1.last(), Some(&Next::Close), "with all of them having refused it");
    }
}

#[tokio::test]
async fn a_round_that_takes_several_leases_asks_each_provider_once() {
    let world = World::with_others(&["cafe24", "coolsms"]);
    let process = world.process();
    for provider in [&*world.provider, world.other("cafe24"), world.other("coolsms")] {
        provider.takes(5);
        provider.script.will_answer([DOWN]);
    }
    let (id, _) = told(&world).await;
    for sent in [(1, 0, 0), (1, 1, 0), (1, 1, 1)] {
        assert_eq!(process.take_over().await, 1);
        assert_eq!(
            (world.provider.sent(), world.other("cafe24").sent(), world.other("coolsms").sent()),
            sent
        );
    }
    assert_eq!(process.take_over().await, 0, "the round is over");
    world.pass(30);
    assert_eq!(process.take_over().await, 1);
    let expected = [
        (1, "sens", DeliveryState::Failed),
        (2, "cafe24", DeliveryState::Failed),
        (3, "coolsms", DeliveryState::Failed),
        (4, "sens", DeliveryState::Accepted),
    ];
    assert_eq!(
        states(&world, id),
        expected.map(|(number, name, state)| (number, name.to_owned(), state, false))
    );
}

#[tokio::test]
async fn an_open_breaker_puts_a_notice_off_without_an_attempt() {
    let world = World::new();
    let process = world.process();
    for _ in 0..5 {
        process.router.answered(&named("sens"), false);
    }
    let (id, _) = told(&world).await;
    assert_eq!(process.take_over().await, 1);
    assert_eq!((states(&world, id).len(), world.provider.sent()), (0, 0), "nobody was asked");
    world.pass(60);
    assert_eq!(process.router.breaker_state(&named("sens")), Some(BreakerState::HalfOpen));
    assert_eq!(process.take_over().await, 1);
    assert_eq!(states(&world, id), [(1, "sens".to_owned(), DeliveryState::Accepted, false)]);
}

#[tokio::test]
async fn a_notice_that_no_provider_can_carry_is_given_up_at_once() {
    let mut world = World::new();
    let long_only = Abilities {
        kinds: &[MessageKind::Lms],
        domestic_only: false,
        encoding: Encoding::EucKr,
        senders: Vec::new(),
    };
    world.provider = Arc::new(Provider::able_to(world.clock.clone(), long_only));
    let process = world.process();
    let (id, _) = told(&world).await;
    assert_eq!(process.take_over().await, 1);
    let (attempts, next) = recorded(&world, id);
    assert_eq!(attempts[0].provider_code.as_deref(), Some("no_provider"));
    assert_eq!(next, [Next::Close]);
}

#[tokio::test]
async fn an_unclear_answer_is_looked_up_after_fifteen_seconds_and_a_notice_that_is_there_is_not_sent_again() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    world.provider.script.will_answer([DOWN, SendStep::UnclearTaken]);
    world.other("cafe24").script.will_answer([DOWN]);
    let (id, _) = told(&world).await;
    assert_eq!(watch(&world, &process, 7_200).await, [0, 30, 45]);
    let (attempts, next) = recorded(&world, id);
    let last = attempts.last().expect("three");
    assert_eq!((last.number, last.state), (3, DeliveryState::Accepted));
    assert_eq!(next.last(), Some(&Next::Close));
    assert_eq!((world.provider.sent(), world.other("cafe24").sent()), (2, 1));
}

#[tokio::test]
async fn after_an_unclear_answer_others_are_tried_again_and_what_they_send_is_marked() {
    let world = World::with_others(&["cafe24"]);
    let process = world.process();
    world.provider.script.will_answer([SendStep::UnclearLost]);
    world.provider.script.will_find([FindStep::Error, FindStep::Error, FindStep::Error]);
    world.other("cafe24").script.will_answer([DOWN, DOWN]);
    let (id, _) = told(&world).await;
    assert_eq!(watch(&world, &process, 7_200).await, [0, 15, 45, 90], "less and less often");
    let expected = [
        (1, "sens", DeliveryState::Unknown, false),
        (2, "cafe24", DeliveryState::Failed, true),
        (3, "cafe24", DeliveryState::Failed, true),
        (4, "cafe24", DeliveryState::Accepted, true),
    ];
    assert_eq!(
        states(&world, id),
        expected.map(|(number, name, state, marked)| (number, name.to_owned(), state, marked))
    );
    assert_eq!(world.provider.sent(), 1, "one that may have it is not asked again");
}

#[tokio::test]
async fn a_process_that_dies_between_rounds_or_within_one_loses_nothing() {
    let world = World::new();
    world.provider.script.will_answer([DOWN]);
    let (id, _) = told(&world).await;
    killed_after(async { assert_eq!(world.process().take_over().await, 1) });
    world.pass(30);
    // The next one dies with the message in hand, before it asks anybody.
    killed_after(async { assert_eq!(world.process().dispatcher.take_over().await, Ok(1)) });
    assert_eq!(world.provider.sent(), 1);
    world.pass(10);
    let process = world.process();
    assert_eq!(process.take_over().await, 1);
    let expected = [
        (1, "sens".to_owned(), DeliveryState::Failed, false),
        (2, "sens".to_owned(), DeliveryState::Accepted, true),
    ];
    assert_eq!(states(&world, id), expected);
    world.pass(7_200);
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 2));
}

#[tokio::test]
async fn a_notice_that_a_dead_process_sent_in_a_later_round_is_found() {
    let world = World::new();
    world.provider.script.will_answer([DOWN]);
    let (id, _) = told(&world).await;
    let process = world.process();
    assert_eq!(process.take_over().await, 1);
    world.pass(30);
    world.store.records_hang(true);
    let calls = world.store.calls(Call::Record);
    killed_after(async {
        assert_eq!(world.process().dispatcher.take_over().await, Ok(1));
        while world.store.calls(Call::Record) == calls {
            tokio::task::yield_now().await;
        }
    });
    world.store.records_hang(false);
    world.pass(10);
    assert_eq!(process.take_over().await, 1);
    let expected = [
        (1, "sens".to_owned(), DeliveryState::Failed, false),
        (2, "sens".to_owned(), DeliveryState::Accepted, false),
    ];
    assert_eq!(states(&world, id), expected);
    world.pass(7_200);
    assert_eq!(
        (process.take_over().await, world.provider.sent()),
        (0, 2),
        "the one that failed, and the one"
    );
}

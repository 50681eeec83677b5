//! Starts where nobody may be told anything: everything but the sending happens (security 22, requirement G04).

use std::sync::Arc;
use std::time::Duration;

use bonin_domain::accounts::{AccountId, LoginId};
use bonin_domain::codes::{Code, Purpose, Status};
use bonin_domain::{PhoneNumber, Region, TestNumber, TestNumbers, TestOutcome};
use bonin_ports::Outbox as _;
use bonin_services::codes::{CheckCodeError, ResendError, StartError, StartRequest};

use super::provider_run;
use crate::support::{Call, World};

fn asking(world: &World, purpose: Purpose, login_id: Option<&str>) -> StartRequest {
    let login_id = login_id.map(|raw| LoginId::parse(raw).expect("a login id"));
    StartRequest { purpose, login_id, ..world.request() }
}

#[tokio::test]
async fn nobody_is_sent_a_code_for_an_account_that_is_not_there() {
    for (purpose, login_id) in [
        (Purpose::FindId, None),
        (Purpose::ResetPassword, None),
        (Purpose::ResetPassword, Some("minsu@example.com")),
    ] {
        let world = World::new();
        let process = world.process();
        let started = process.try_begin(asking(&world, purpose, login_id)).await.expect("it starts");
        process.dispatcher.drained().await;
        assert_eq!(world.texts(), Vec::<String>::new(), "{purpose}");
        let id = started.verification.id;
        let messages = world.store.memory.messages(&world.tenant, id).await.expect("the memory works");
        assert!(
            messages.len() == 1 && messages[0].attempts.is_empty(),
            "its message is closed without an attempt"
        );
        world.pass(3_600);
        assert_eq!(process.take_over().await, 0, "nothing is left to take over");
    }
}

#[tokio::test]
async fn the_owner_of_an_account_is_sent_a_code_for_the_own_login_id_only() {
    for (purpose, login_id, sent) in [
        (Purpose::FindId, None, 1),
        (Purpose::FindId, Some("other@example.com"), 0),
        (Purpose::ResetPassword, None, 1),
        (Purpose::ResetPassword, Some("Minsu@Example.com"), 1),
        (Purpose::ResetPassword, Some("other@example.com"), 0),
    ] {
        let world = World::new();
        world.join("minsu@example.com").await;
        let process = world.process();
        process.try_begin(asking(&world, purpose, login_id)).await.expect("it starts");
        process.dispatcher.drained().await;
        assert_eq!(world.texts().len(), sent, "{purpose} {login_id:?}");
    }
}

#[tokio::test]
async fn known_and_unknown_are_answered_alike_from_start_to_lock() {
    for verifier_first in [false, true] {
        let mut seen = Vec::new();
        for known in [true, false] {
            let world = World::new();
            if known {
                world.join("minsu@example.com").await;
            }
            let process = if verifier_first { provider_run::process(&world).0 } else { world.process() };
            let mut answers = Vec::new();
            let started = process.try_begin(asking(&world, Purpose::FindId, None)).await.expect("it starts");
            process.dispatcher.drained().await;
            let (id, token) = (started.verification.id, started.token);
            let view = |v: &bonin_domain::codes::Verification| {
                (v.status, v.checks_left, v.sends, v.created_at, v.expires_at, v.resend_at)
            };
            answers.push(view(&started.verification));
            let early =
                process.resend.execute(&world.tenant, id, &token, &World::client("203.0.113.7"), None).await;
            let Err(ResendError::TooEarly(early)) = early else { panic!("a resend at once is too early") };
            answers.push(view(&early));
            world.pass(60);
            let again =
                process.resend.execute(&world.tenant, id, &token, &World::client("203.0.113.7"), None).await;
            answers.push(view(&again.expect("a minute has passed").verification));
            process.dispatcher.drained().await;
            let wrong = if known {
                world.wrong_code()
            } else {
                Code::parse("111111", world.policy.code_length).unwrap()
            };
            for _ in 0..5 {
                let checked = process.check.execute(&world.tenant, id, &token, &wrong).await;
                let Err(CheckCodeError::Incorrect(missed)) = checked else { panic!("the code is wrong") };
                answers.push(view(&missed));
            }
            assert_eq!(answers.last().expect("there are answers").0, Status::Locked);
            let calls: Vec<usize> =
                [Call::Start, Call::Resend, Call::SpendCheck, Call::SettleCheck, Call::Find]
                    .map(|call| world.store.calls(call))
                    .into();
            assert_eq!(
                world.texts().len(),
                if known { 2 } else { 0 },
                "codes and only codes of members are sent"
            );
            seen.push((answers, calls));
        }
        assert_eq!(seen[0], seen[1], "a provider of verifications comes first: {verifier_first}");
    }
}

#[tokio::test(start_paused = true)]
async fn known_and_unknown_are_checked_without_a_wait_while_the_first_message_is_under_way() {
    for known in [true, false] {
        let world = World::new();
        if known {
            world.join("minsu@example.com").await;
        }
        let (process, _) = provider_run::process(&world);
        world.store.records_hang(true);
        let started = process.try_begin(asking(&world, Purpose::FindId, None)).await.expect("it starts");
        while world.store.calls(Call::Record) == 0 {
            tokio::task::yield_now().await;
        }
        let (id, token) = (started.verification.id, started.token);
        let typed = Code::parse("111111", world.policy.code_length).expect("a code");
        let begun_at = tokio::time::Instant::now();
        let checked = process.check.execute(&world.tenant, id, &token, &typed).await;
        assert!(matches!(checked, Err(CheckCodeError::Incorrect(_))));
        assert_eq!(begun_at.elapsed(), Duration::ZERO, "{known}");
    }
}

/// A number whose code everybody may know, so that a right code can be typed where nobody was sent one.
fn with_test_number() -> World {
    let mut world = World::new();
    let number = world.request().phone_number;
    let entry = TestNumber {
        number,
        code: Code::parse("123456", world.policy.code_length).expect("a code"),
        outcome: TestOutcome::Delivered,
        until: jiff::Timestamp::MAX,
    };
    let policy = Arc::make_mut(&mut world.policy);
    policy.test_numbers = TestNumbers::new(vec![entry]).expect("one number");
    world
}

#[tokio::test]
async fn no_code_is_right_where_nobody_was_sent_one() {
    for known in [true, false] {
        let world = with_test_number();
        if known {
            world.join("minsu@example.com").await;
        }
        let process = world.process();
        let started =
            process.try_begin(asking(&world, Purpose::ResetPassword, None)).await.expect("it starts");
        let code = Code::parse("123456", world.policy.code_length).expect("a code");
        let (id, token) = (started.verification.id, started.token);
        let checked = process.check.execute(&world.tenant, id, &token, &code).await;
        match checked {
            Ok(_) => assert!(known, "nobody guesses in silence"),
            Err(CheckCodeError::Incorrect(_)) => assert!(!known, "a member's code is right"),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn purposes_of_a_session_are_not_started_without_one() {
    let world = World::new();
    let own = world.join("minsu@example.com").await;
    let process = world.process();
    let stranger = AccountId::draw(world.now(), &mut |bytes| bytes.fill(9));
    for purpose in [Purpose::ChangePhone, Purpose::StepUp] {
        for account in [None, Some(stranger)] {
            let request = StartRequest { account, ..asking(&world, purpose, None) };
            let refused = process.try_begin(request).await;
            assert!(matches!(refused, Err(StartError::SessionRequired)), "{purpose}");
        }
    }
    let other = PhoneNumber::parse("010-8765-4321", Region::KR).expect("a number");
    let to_other = |purpose| StartRequest {
        account: Some(own),
        phone_number: other.clone(),
        ..asking(&world, purpose, None)
    };
    let refused = process.try_begin(to_other(Purpose::StepUp)).await;
    assert!(matches!(refused, Err(StartError::AnotherNumber)), "a step-up proves the account's own number");
    assert_eq!(world.store.calls(Call::Start), 0);
    process.try_begin(to_other(Purpose::ChangePhone)).await.expect("a new number is what it is for");
    let own_number = StartRequest { account: Some(own), ..asking(&world, Purpose::StepUp, None) };
    process.try_begin(own_number).await.expect("the own number");
    process.dispatcher.drained().await;
    assert_eq!(world.texts().len(), 2);
}

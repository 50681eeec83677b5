//! Resends: a fresh code, the same checks.

use bonin_domain::codes::{Ended, Policy, RuleMode};
use bonin_ports::Holder;
use bonin_services::codes::{CheckCodeError, ResendError, ResentCode};
use jiff::SignedDuration;

use crate::support::{Begun, Process, World};

async fn resend(world: &World, process: &Process, begun: &Begun) -> Result<ResentCode, ResendError> {
    let client = World::client("203.0.113.7");
    let resent = process.resend.execute(&world.tenant, begun.id, &begun.token, &client, None).await;
    process.dispatcher.drained().await;
    resent
}

fn no_waits(policy: &mut Policy) {
    policy.limits = policy.limits.clone().in_mode(RuleMode::Off);
}

#[tokio::test]
async fn a_resend_sends_a_fresh_code_and_the_old_one_still_works() {
    for typed in [0, 1] {
        let world = World::new();
        let process = world.process();
        let begun = process.begun(&world).await;
        world.pass(60);
        let resent = resend(&world, &process, &begun).await.expect("it is sent");
        let codes = [begun.code.clone(), world.latest_code()];
        assert_ne!(codes[0], codes[1]);
        assert_eq!(world.provider.sent(), 2);
        assert_eq!(resent.verification.sends, 2);
        assert_eq!(resent.verification.expires_at, world.now() + SignedDuration::from_secs(180));
        assert_eq!(resent.phone_number.e164(), "+821012345678");
        let checked = process.check.execute(&world.tenant, begun.id, &begun.token, &codes[typed]).await;
        assert!(checked.is_ok());
    }
}

#[tokio::test]
async fn an_older_code_dies_at_its_own_time() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    world.pass(120);
    resend(&world, &process, &begun).await.expect("it is sent");
    world.pass(60);
    let old = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
    assert!(matches!(old, Err(CheckCodeError::Incorrect(_))));
    let fresh = world.latest_code();
    assert!(process.check.execute(&world.tenant, begun.id, &begun.token, &fresh).await.is_ok());
}

#[tokio::test]
async fn the_oldest_code_dies_when_more_would_live_than_the_policy_allows() {
    for live in 1..=3 {
        let world = World::with_policy(|policy| {
            no_waits(policy);
            policy.live_codes = live;
        });
        let process = world.process();
        let begun = process.begun(&world).await;
        for _ in 1..live {
            resend(&world, &process, &begun).await.expect("it is sent");
        }
        let oldest_dies = resend(&world, &process, &begun).await;
        oldest_dies.expect("it is sent");
        let old = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
        assert!(matches!(old, Err(CheckCodeError::Incorrect(_))), "{live} live codes");
        let second = crate::support::code_in(&world.texts()[1]);
        assert!(process.check.execute(&world.tenant, begun.id, &begun.token, &second).await.is_ok());
    }
}

#[tokio::test]
async fn a_resend_gives_no_checks_back() {
    let world = World::with_policy(no_waits);
    let process = world.process();
    let begun = process.begun(&world).await;
    for left in [4, 3, 2, 1] {
        let checked = process.check.execute(&world.tenant, begun.id, &begun.token, &world.wrong_code()).await;
        assert!(matches!(checked, Err(CheckCodeError::Incorrect(_))));
        let resent = resend(&world, &process, &begun).await.expect("it is sent");
        assert_eq!(resent.verification.checks_left, left);
    }
    let last = process.check.execute(&world.tenant, begun.id, &begun.token, &world.wrong_code()).await;
    assert!(matches!(last, Err(CheckCodeError::Incorrect(_))));
    let Err(ResendError::Over(seen)) = resend(&world, &process, &begun).await else {
        panic!("it is locked");
    };
    assert_eq!(seen.ended(), Some(Ended::Exhausted));
}

#[tokio::test]
async fn a_resend_too_early_changes_nothing_and_says_when() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    let due = world.now() + SignedDuration::from_secs(60);
    world.clock.set(due - SignedDuration::from_micros(1));
    let Err(ResendError::TooEarly(seen)) = resend(&world, &process, &begun).await else {
        panic!("it is too early");
    };
    assert_eq!((seen.resend_at, seen.sends), (due, 1));
    assert_eq!(world.provider.sent(), 1);
    world.clock.set(due);
    assert!(resend(&world, &process, &begun).await.is_ok());
}

#[tokio::test]
async fn nothing_is_resent_once_a_verification_is_over() {
    let world = World::with_policy(no_waits);
    let process = world.process();
    let (used, cancelled, expired) =
        (process.begun(&world).await, process.begun(&world).await, process.begun(&world).await);
    process.check.execute(&world.tenant, used.id, &used.token, &used.code).await.expect("it is right");
    process
        .cancel
        .execute(&world.tenant, cancelled.id, Holder::Token(cancelled.token.digest()))
        .await
        .expect("it is cancelled");
    world.pass(180);
    for (begun, expected) in [(used, Ended::Used), (cancelled, Ended::Cancelled), (expired, Ended::Expired)] {
        let Err(ResendError::Over(seen)) = resend(&world, &process, &begun).await else {
            panic!("it is over");
        };
        assert_eq!(seen.ended(), Some(expected));
    }
    assert_eq!(world.provider.sent(), 3);
}

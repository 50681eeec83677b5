//! Verifications that a provider runs: the caller cannot tell.

use std::collections::BTreeMap;
use std::sync::Arc;

use bonin_domain::codes::{Code, CodeLength, Purpose, Status};
use bonin_domain::messages::{DeliveryState, FailureClass, Price};
use bonin_ports::{Holder, ProviderVerdict};
use bonin_services::codes::{CheckCodeError, StartRequest};
use bonin_services::dispatch::{Carrier, Provider as Named};
use bonin_testkit::{CheckStep, RequestStep, ScriptedVerifyProvider};

use crate::support::{Begun, Process, World, named};

/// A process that asks `nexmo_verify` first, then `sens`.
pub(super) fn process(world: &World) -> (Process, Arc<ScriptedVerifyProvider>) {
    let verify = Arc::new(ScriptedVerifyProvider::default());
    let named_provider = |name, carrier| Named {
        name: named(name),
        carrier,
        bulk: None,
        reports: None,
        prices: BTreeMap::new(),
    };
    let providers = vec![
        named_provider("nexmo_verify", Carrier::Verify(verify.clone())),
        named_provider("sens", Carrier::Sender(world.provider.clone())),
    ];
    (world.process_of(providers), verify)
}

fn matched() -> CheckStep {
    let price = Price::parse("0.10000000", "EUR");
    CheckStep::Verdict(ProviderVerdict::Matched { event: Some("1C0000001295AD96".to_owned()), price })
}

fn missed() -> CheckStep {
    CheckStep::Verdict(ProviderVerdict::Missed)
}

fn code() -> Code {
    Code::parse("482913", CodeLength::SIX).expect("a code")
}

async fn begun(world: &World, process: &Process) -> Begun {
    let started = process.begin(world).await;
    process.dispatcher.drained().await;
    Begun { id: started.verification.id, token: started.token, code: code() }
}

#[tokio::test]
async fn the_provider_is_asked_and_its_verdict_counts() {
    let world = World::new();
    let (process, verify) = process(&world);
    let begun = begun(&world, &process).await;
    assert_eq!(world.provider.sent(), 0, "our own code never leaves");
    verify.will_check([missed(), matched()]);
    let missed = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
    let Err(CheckCodeError::Incorrect(after)) = missed else { panic!("a miss") };
    assert_eq!((after.checks_left, after.status), (4, Status::Pending));
    let verified = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
    assert_eq!(verified.expect("it is right").verification.status, Status::Verified);
    let [attempt] = &world.attempts(begun.id).await[..] else { panic!("one attempt") };
    assert_eq!((attempt.provider.as_str(), attempt.state), ("nexmo_verify", DeliveryState::Accepted));
    assert_eq!((attempt.price.is_some(), attempt.event.is_some()), (true, true), "both are kept");
    let again = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
    assert!(matches!(again, Err(CheckCodeError::Over(_))));
    assert_eq!(verify.checks().len(), 2, "a verification that is over is no business of the provider's");
}

#[tokio::test]
async fn five_misses_lock_and_the_provider_hears_no_sixth() {
    let world = World::new();
    let (process, verify) = process(&world);
    let begun = begun(&world, &process).await;
    verify.will_check(std::iter::repeat_n(missed(), 5));
    for left in (0..5).rev() {
        let missed = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
        let Err(CheckCodeError::Incorrect(after)) = missed else { panic!("a miss") };
        assert_eq!(after.checks_left, left);
    }
    let sixth = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
    let Err(CheckCodeError::Over(over)) = sixth else { panic!("locked") };
    assert_eq!((over.status, verify.checks().len()), (Status::Locked, 5));
}

#[tokio::test]
async fn a_check_that_surely_was_not_compared_costs_nothing() {
    let world = World::new();
    let (process, verify) = process(&world);
    let begun = begun(&world, &process).await;
    verify.will_check([CheckStep::Unavailable, CheckStep::Unclear]);
    for left in [5, 4] {
        let failed = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
        let Err(CheckCodeError::NoVerdict(after)) = failed else { panic!("no verdict") };
        assert_eq!(after.checks_left, left, "only what may have been compared is charged");
    }
}

#[tokio::test]
async fn a_provider_that_does_not_take_the_verification_leaves_it_to_our_own_code() {
    let world = World::new();
    let (process, verify) = process(&world);
    verify.will_answer([RequestStep::Unavailable(FailureClass::Other)]);
    let begun = process.begun(&world).await;
    assert_eq!(world.provider.sent(), 1);
    let verified = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
    assert!(verified.is_ok());
    assert_eq!(verify.checks().len(), 0);
}

#[tokio::test]
async fn a_resend_goes_by_another_route_and_either_code_is_good() {
    for by_provider in [true, false] {
        let world = World::new();
        let (process, verify) = process(&world);
        let begun = begun(&world, &process).await;
        world.pass(60);
        let client = World::client("203.0.113.7");
        let resent = process.resend.execute(&world.tenant, begun.id, &begun.token, &client, None).await;
        resent.expect("it is sent");
        process.dispatcher.drained().await;
        assert_eq!((verify.requests().len(), world.provider.sent()), (1, 1));
        let typed = if by_provider {
            verify.will_check([matched()]);
            begun.code.clone()
        } else {
            world.latest_code()
        };
        let verified = process.check.execute(&world.tenant, begun.id, &begun.token, &typed).await;
        assert!(verified.is_ok(), "{by_provider}");
        tokio::task::yield_now().await;
        let ended = usize::from(!by_provider);
        assert_eq!(verify.cancels().len(), ended, "nobody waits for the provider's code any more");
    }
}

#[tokio::test]
async fn cancelling_tells_the_provider() {
    let world = World::new();
    let (process, verify) = process(&world);
    let begun = begun(&world, &process).await;
    process
        .cancel
        .execute(&world.tenant, begun.id, Holder::Token(begun.token.digest()))
        .await
        .expect("it is cancelled");
    tokio::task::yield_now().await;
    assert_eq!(verify.cancels().len(), 1);
    let late = process.check.execute(&world.tenant, begun.id, &begun.token, &begun.code).await;
    assert!(matches!(late, Err(CheckCodeError::Over(_))));
}

#[tokio::test(start_paused = true)]
async fn a_code_typed_before_the_providers_answer_is_recorded_waits_for_it() {
    let world = World::new();
    let (process, verify) = process(&world);
    world.store.records_hang(true);
    let started = process.begin(&world).await;
    while verify.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    verify.will_check([matched()]);
    let (id, token) = (started.verification.id, started.token);
    // The record never comes: after a while the check is judged by what is known.
    let judged = process.check.execute(&world.tenant, id, &token, &code()).await;
    assert!(matches!(judged, Err(CheckCodeError::Incorrect(_))));
    assert_eq!(verify.checks().len(), 0);
}

#[tokio::test]
async fn no_provider_runs_a_verification_that_strangers_only_seem_to_have() {
    for purpose in [Purpose::FindId, Purpose::ResetPassword] {
        let world = World::new();
        world.join("minsu@example.com").await;
        let (process, verify) = process(&world);
        let begun = process.begun_by(&world, StartRequest { purpose, ..world.request() }).await;
        assert_eq!(world.provider.sent(), 1, "{purpose}: the next one sends our text");
        verify.will_check([CheckStep::Unavailable, CheckStep::Unclear]);
        let wrong = process.check.execute(&world.tenant, begun.id, &begun.token, &world.wrong_code()).await;
        let Err(CheckCodeError::Incorrect(after)) = wrong else { panic!("{purpose}: a miss") };
        assert_eq!(after.checks_left, 4);
        world.pass(60);
        let client = World::client("203.0.113.7");
        let resent = process.resend.execute(&world.tenant, begun.id, &begun.token, &client, None).await;
        resent.expect("it is sent");
        process.dispatcher.drained().await;
        assert_eq!(world.provider.sent(), 2, "{purpose}: also where every other one was asked before");
        let typed = world.latest_code();
        assert!(process.check.execute(&world.tenant, begun.id, &begun.token, &typed).await.is_ok());
        assert_eq!((verify.requests().len(), verify.checks().len()), (0, 0), "{purpose}");
    }
}

#[tokio::test]
async fn where_nobody_else_is_a_code_that_no_provider_may_run_is_not_sent() {
    let world = World::new();
    world.join("minsu@example.com").await;
    let verify = Arc::new(ScriptedVerifyProvider::default());
    let process = world.process_of(vec![Named {
        name: named("nexmo_verify"),
        carrier: Carrier::Verify(verify.clone()),
        bulk: None,
        reports: None,
        prices: BTreeMap::new(),
    }]);
    let request = StartRequest { purpose: Purpose::FindId, ..world.request() };
    let started = process.try_begin(request).await.expect("it starts");
    process.dispatcher.drained().await;
    let [attempt] = &world.attempts(started.verification.id).await[..] else { panic!("one attempt") };
    assert_eq!(
        (attempt.state, attempt.provider_code.as_deref()),
        (DeliveryState::Failed, Some("no_provider"))
    );
    assert_eq!(verify.requests().len(), 0);
    process.begin(&world).await;
    process.dispatcher.drained().await;
    assert_eq!(verify.requests().len(), 1, "other codes it still runs");
}

//! Starts: what is sent, and what the code in it opens.

use bonin_domain::codes::{DecisionOutcome, Purpose, Status, Token};
use bonin_domain::messages::Locale;
use bonin_domain::{DestinationRefusal, PhoneNumber, Region, TenantId};
use bonin_ports::{Holder, ProofRefusal, VerificationRepository as _};
use bonin_services::codes::{CheckCodeError, StartError, StartRequest};

use crate::support::{World, code_in};

fn request_for(world: &World, purpose: Purpose, locale: Locale) -> StartRequest {
    StartRequest { purpose, locale, ..world.request() }
}

#[tokio::test]
async fn the_code_in_the_text_is_the_one_that_checks() {
    let world = World::new();
    let process = world.process();
    let started = process.begin(&world).await;
    assert_eq!(started.verification.status, Status::Pending);
    assert_eq!(started.verification.checks_left, 5);
    assert_eq!(started.answered_at, world.now());
    assert_eq!(started.phone_number.e164(), "+821012345678");
    assert!(!started.repeated);
    process.dispatcher.drained().await;
    let [message] = &world.provider.script.messages()[..] else { panic!("one message is sent") };
    assert_eq!(message.to.e164(), "+821012345678");
    let code = code_in(&message.text);
    let verified = process.check.execute(&world.tenant, started.verification.id, &started.token, &code).await;
    let verified = verified.expect("the code is right");
    assert_eq!(verified.verification.status, Status::Verified);
    assert_eq!(verified.proof_expires_at, world.now() + world.policy.proof_life);
    assert_eq!(verified.client_token_expires_at, world.now() + world.policy.client_token_life);
}

#[tokio::test]
async fn the_text_names_brand_and_purpose_in_the_language_asked_for() {
    let world = World::with_policy(|policy| {
        policy.limits = policy.limits.clone().in_mode(bonin_domain::codes::RuleMode::Off);
    });
    let process = world.process();
    let own = Some(world.join("minsu@example.com").await);
    for (purpose, ko, en) in [
        (Purpose::SignUp, "회원가입", "Sign-up"),
        (Purpose::FindId, "아이디 찾기", "Find ID"),
        (Purpose::ResetPassword, "비밀번호 재설정", "Password reset"),
        (Purpose::ChangePhone, "번호 변경", "New number"),
        (Purpose::StepUp, "본인 확인", "Confirmation"),
    ] {
        for (locale, aim) in [(Locale::Ko, ko), (Locale::En, en)] {
            let request = StartRequest { account: own, ..request_for(&world, purpose, locale) };
            process.begun_by(&world, request).await;
            let text = world.texts().pop().expect("a text was sent");
            assert!(text.starts_with("[본인] ") && text.contains(aim), "{text}");
        }
    }
}

#[tokio::test]
async fn every_start_draws_its_own_id_token_and_code() {
    let world = World::new();
    let process = world.process();
    let first = process.begun(&world).await;
    let second = process.begun(&world).await;
    assert_ne!(first.id, second.id);
    assert_ne!(first.token.digest(), second.token.digest());
    assert_ne!(first.code, second.code);
}

#[tokio::test]
async fn a_code_opens_neither_another_verification_nor_another_purpose() {
    let world = World::new();
    let process = world.process();
    world.join("minsu@example.com").await;
    let find_id = process.begun_by(&world, request_for(&world, Purpose::FindId, Locale::Ko)).await;
    let reset = process.begun_by(&world, request_for(&world, Purpose::ResetPassword, Locale::Ko)).await;
    let crossed = process.check.execute(&world.tenant, reset.id, &reset.token, &find_id.code).await;
    let Err(CheckCodeError::Incorrect(seen)) = crossed else { panic!("another purpose's code is wrong") };
    assert_eq!(seen.checks_left, 4);
    process
        .check
        .execute(&world.tenant, reset.id, &reset.token, &reset.code)
        .await
        .expect("its own is right");

    let verified = process.check.execute(&world.tenant, find_id.id, &find_id.token, &find_id.code).await;
    let proof = verified.expect("the code is right").proof.digest();
    let find = |purpose| world.store.find_proof(&world.tenant, purpose, proof, world.now());
    assert_eq!(
        find(Purpose::ResetPassword).await,
        Ok(Err(ProofRefusal::Unknown)),
        "it is for its own purpose"
    );
    assert!(find(Purpose::FindId).await.expect("the store works").is_ok());
}

#[tokio::test]
async fn what_is_stored_of_a_code_is_bound_to_tenant_purpose_and_verification() {
    let world = World::new();
    let process = world.process();
    let account = Some(world.join("minsu@example.com").await);
    for purpose in Purpose::ALL {
        let request = StartRequest { account, ..request_for(&world, purpose, Locale::Ko) };
        let begun = process.begun_by(&world, request).await;
        let expected = world.keys.code_digest(&world.tenant, purpose, begun.id, &begun.code);
        assert_eq!(world.store.started_with(), Some(expected));
    }
}

#[tokio::test]
async fn every_later_call_needs_the_token_of_the_start() {
    let world = World::new();
    let process = world.process();
    let begun = process.begun(&world).await;
    let stranger = Token::draw(&mut |bytes| bytes.fill(9));
    let neighbour = TenantId::parse("neighbour").expect("a tenant's name");
    for (tenant, token) in [(&world.tenant, &stranger), (&neighbour, &begun.token)] {
        let client = World::client("203.0.113.7");
        let checked = process.check.execute(tenant, begun.id, token, &begun.code).await;
        assert!(matches!(checked, Err(CheckCodeError::NotFound)));
        assert!(process.read.execute(tenant, begun.id, Holder::Token(token.digest())).await.is_err());
        assert!(process.cancel.execute(tenant, begun.id, Holder::Token(token.digest())).await.is_err());
        assert!(process.resend.execute(tenant, begun.id, token, &client, None).await.is_err());
    }
    let seen = process
        .read
        .execute(&world.tenant, begun.id, Holder::Token(begun.token.digest()))
        .await
        .expect("its owner sees it");
    assert_eq!((seen.verification.status, seen.verification.checks_left), (Status::Pending, 5));
    process.dispatcher.drained().await;
    assert_eq!(world.provider.sent(), 1);
}

#[tokio::test]
async fn a_refused_destination_is_sent_nothing_and_leaves_a_decision() {
    let world = World::new();
    let process = world.process();
    for (number, expected) in
        [("02-312-3456", DestinationRefusal::NotMobile), ("+1 212 555 2368", DestinationRefusal::Country)]
    {
        let phone_number = PhoneNumber::parse(number, Region::KR).expect("a number");
        let refused = process.try_begin(StartRequest { phone_number, ..world.request() }).await;
        let Err(StartError::Destination(refusal)) = refused else { panic!("{number} is refused") };
        assert_eq!(refusal, expected);
        let (_, decision) = world.store.memory.decisions().pop().expect("a decision is recorded");
        assert_eq!(decision.outcome, DecisionOutcome::Destination(expected));
    }
    process.dispatcher.drained().await;
    assert_eq!((process.take_over().await, world.provider.sent()), (0, 0));
    assert_eq!(world.store.memory.decisions().len(), 2);
}

//! Changing the phone number in a session.

use bonin_domain::accounts::{Account, Session};
use bonin_domain::codes::{Proof, ProofDigest, Purpose};
use bonin_ports::{Clock as _, Entropy as _, IdentityRepository as _, ProofRefusal, RepositoryError};
use bonin_services::accounts::{ChangePhoneError, PasswordCheckError};
use bonin_testkit::Scene;
use jiff::SignedDuration;

use super::home::{Home, client, password, stepped_up};

const FOR_IT: Purpose = Purpose::ChangePhone;

async fn change(
    home: &Home,
    session: &Session,
    proof: ProofDigest,
    typed: Option<&str>,
) -> Result<(), ChangePhoneError> {
    let typed = typed.map(password);
    home.change_phone().execute(session, proof, typed.as_ref(), Some(&client("203.0.113.7"))).await
}

/// Whether the account is as it was, nobody was told, and the proof would still count.
async fn nothing_happened(home: &Home, member: &Account, proof: ProofDigest) -> bool {
    let same = home.now_of(member).await.as_ref() == Some(member);
    same && home.notices().await.is_empty() && home.standing(FOR_IT, proof).await == Ok(())
}

#[tokio::test]
async fn a_proved_number_and_the_password_change_the_number_and_the_old_one_is_told() {
    let home = Home::new();
    let member = home.member().await;
    home.pass(SignedDuration::from_hours(1));
    let opened = home.session(&member).await;
    let phone = home.scene.another_phone();
    let proof = home.proof(&phone, FOR_IT).await;
    change(&home, &opened.session, proof, Some(Scene::PASSWORD)).await.unwrap();

    let own = home.read().execute(&opened.session).await.unwrap().unwrap();
    assert_eq!(own.phone_number, phone);
    assert_eq!(own.account.phone_index, home.keys.phone_index(&phone));
    assert_eq!(own.account.phone_proved_at, home.clock.now());
    let told = home.notices().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, home.scene.phone, "the old number");
    assert!(told[0].1.starts_with("[Boardgame] 휴대폰 번호가 변경되었습니다."), "{}", told[0].1);
    assert_eq!(home.standing(FOR_IT, proof).await, Err(ProofRefusal::Used));
}

#[tokio::test]
async fn a_step_up_stands_for_the_password_for_ten_minutes() {
    let home = Home::new();
    let member = home.member().await;
    let session = home.session(&member).await.session;
    let proof = home.proof(&home.scene.another_phone(), FOR_IT).await;
    let error = change(&home, &session, proof, None).await.unwrap_err();
    assert!(matches!(error, ChangePhoneError::PasswordMissing), "{error}");
    assert!(nothing_happened(&home, &member, proof).await);

    let session = stepped_up(&session, &home.clock);
    home.pass(SignedDuration::from_mins(10) + SignedDuration::from_micros(1));
    let proof = home.proof(&home.scene.another_phone(), FOR_IT).await;
    let error = change(&home, &session, proof, None).await.unwrap_err();
    assert!(matches!(error, ChangePhoneError::PasswordMissing), "{error}");
    home.pass(-SignedDuration::from_micros(1));
    change(&home, &session, proof, None).await.unwrap();
}

#[tokio::test]
async fn a_step_up_does_not_stand_for_the_password_while_another_person_was_seen_with_the_number() {
    let home = Home::new();
    let member = home.joined(home.scene.account().person(&home.scene.person())).await;
    let opened = home.session(&member).await;
    let holder = home.scene.identity().open(&*home.store.memory).await;
    let mut result = home.scene.result(&holder, &home.scene.person(), home.clock.now());
    result.phone_index = Some(member.phone_index);
    home.store.memory.complete(result).await.unwrap();

    let given = home.proof(&home.scene.phone, Purpose::StepUp).await;
    let session = home.step_up().execute(&opened.session, given).await.unwrap().session;
    let proof = home.proof(&home.scene.another_phone(), FOR_IT).await;
    let marked = home.now_of(&member).await.unwrap();
    assert!(marked.phone_contested_at.is_some(), "the step-up left the mark");
    let error = change(&home, &session, proof, None).await.unwrap_err();
    assert!(matches!(error, ChangePhoneError::PasswordMissing), "{error}");
    assert!(nothing_happened(&home, &marked, proof).await);
    change(&home, &session, proof, Some(Scene::PASSWORD)).await.unwrap();
    assert_eq!(home.now_of(&member).await.unwrap().phone_contested_at, None);
}

#[tokio::test]
async fn a_wrong_password_changes_nothing_even_after_a_step_up() {
    let home = Home::new();
    let member = home.member().await;
    let session = stepped_up(&home.session(&member).await.session, &home.clock);
    let proof = home.proof(&home.scene.another_phone(), FOR_IT).await;
    for _ in 0..10 {
        let error = change(&home, &session, proof, Some("wrong")).await.unwrap_err();
        assert!(matches!(error, ChangePhoneError::Password(PasswordCheckError::Incorrect)), "{error}");
    }
    let error = change(&home, &session, proof, Some(Scene::PASSWORD)).await.unwrap_err();
    assert!(matches!(error, ChangePhoneError::Password(PasswordCheckError::TooMany { .. })), "{error}");
    assert!(nothing_happened(&home, &member, proof).await);
}

#[tokio::test]
async fn a_proof_that_does_not_count_is_refused_before_a_password_is_hashed() {
    let home = Home::new();
    let member = home.member().await;
    let session = home.session(&member).await.session;
    let unknown = Proof::draw(&mut |bytes| home.entropy.fill(bytes)).digest();
    let elsewhere = home.proof(&home.scene.another_phone(), Purpose::SignUp).await;
    let foreign = home.scene.start().purpose(FOR_IT).tenant(home.scene.another_tenant());
    let foreign = foreign.phone(home.scene.another_phone()).prove(&*home.store.memory).await;
    for proof in [unknown, elsewhere, foreign] {
        home.store.calls();
        let error = change(&home, &session, proof, Some("wrong")).await.unwrap_err();
        assert!(matches!(error, ChangePhoneError::Proof(ProofRefusal::Unknown)), "{error}");
        assert_eq!(home.store.calls(), ["accounts.find", "verifications.find_proof"]);
    }
    let late = home.proof(&home.scene.another_phone(), FOR_IT).await;
    home.pass(SignedDuration::from_mins(10));
    let error = change(&home, &session, late, Some(Scene::PASSWORD)).await.unwrap_err();
    assert!(matches!(error, ChangePhoneError::Proof(ProofRefusal::Expired)), "{error}");
    assert_eq!(home.now_of(&member).await, Some(member));
}

#[tokio::test]
async fn a_proof_changes_one_number_once() {
    let home = Home::new();
    let member = home.member().await;
    let session = home.session(&member).await.session;
    let proof = home.proof(&home.scene.another_phone(), FOR_IT).await;
    change(&home, &session, proof, Some(Scene::PASSWORD)).await.unwrap();
    let error = change(&home, &session, proof, Some(Scene::PASSWORD)).await.unwrap_err();
    assert!(matches!(error, ChangePhoneError::Proof(ProofRefusal::Used)), "{error}");
}

#[tokio::test]
async fn a_number_that_has_an_account_is_not_taken_from_it() {
    let home = Home::new();
    let member = home.member().await;
    let phone = home.scene.another_phone();
    let other = home.joined(home.scene.another_account().phone(phone.clone())).await;
    let session = home.session(&member).await.session;
    let proof = home.proof(&phone, FOR_IT).await;
    let error = change(&home, &session, proof, Some(Scene::PASSWORD)).await.unwrap_err();
    assert!(matches!(error, ChangePhoneError::PhoneTaken), "{error}");
    assert!(nothing_happened(&home, &member, proof).await);
    assert_eq!(home.now_of(&other).await, Some(other));
}

#[tokio::test]
async fn the_own_number_may_be_proved_anew() {
    let home = Home::new();
    let member = home.member().await;
    home.pass(SignedDuration::from_hours(24 * 181));
    let session = home.session(&member).await.session;
    assert!(!member.phone_opens_reset(home.clock.now()));
    let proof = home.proof(&home.scene.phone, FOR_IT).await;
    change(&home, &session, proof, Some(Scene::PASSWORD)).await.unwrap();
    assert!(home.now_of(&member).await.unwrap().phone_opens_reset(home.clock.now()));
    assert_eq!(home.notices().await, [], "there is nothing to tell");
}

#[tokio::test]
async fn nothing_is_changed_in_a_session_that_is_over() {
    let home = Home::new();
    let member = home.member().await;
    let opened = home.session(&member).await;
    let proof = home.proof(&home.scene.another_phone(), FOR_IT).await;
    let gone = super::watched::ended(&opened.session);
    let error = change(&home, &gone, proof, Some(Scene::PASSWORD)).await.unwrap_err();
    assert!(matches!(error, ChangePhoneError::SessionOver), "{error}");
    assert!(nothing_happened(&home, &member, proof).await);

    let (memory, close) = (&*home.store.memory, bonin_ports::AccountRepository::close);
    assert!(close(memory, &member.tenant, member.id, &member.password, home.clock.now()).await.unwrap());
    let error = change(&home, &opened.session, proof, Some(Scene::PASSWORD)).await.unwrap_err();
    assert!(matches!(error, ChangePhoneError::SessionOver), "{error}");
    assert_eq!(home.standing(FOR_IT, proof).await, Ok(()));
}

#[tokio::test]
async fn a_failing_store_changes_nothing() {
    let home = Home::new();
    let member = home.member().await;
    let session = home.session(&member).await.session;
    let proof = home.proof(&home.scene.another_phone(), FOR_IT).await;
    for call in ["accounts.find", "verifications.find_proof", "attempts.charge", "accounts.change_phone"] {
        home.store.fails(call, RepositoryError::Busy);
        let error = change(&home, &session, proof, Some(Scene::PASSWORD)).await.unwrap_err();
        let told = matches!(
            error,
            ChangePhoneError::Repository(RepositoryError::Busy)
                | ChangePhoneError::Password(PasswordCheckError::Repository(RepositoryError::Busy))
        );
        assert!(told, "{call}: {error}");
    }
    assert!(nothing_happened(&home, &member, proof).await);
}

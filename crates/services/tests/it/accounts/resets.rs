//! Resetting a password that was forgotten.

use bonin_domain::accounts::{Account, LoginId, PasswordFault, ResetToken};
use bonin_domain::codes::{Proof, ProofDigest, Purpose};
use bonin_domain::identity::IdentityProof;
use bonin_ports::{
    AnyProof, Clock as _, Entropy as _, IdentityRepository as _, ProofRefusal, ProofRepository as _,
    RepositoryError,
};
use bonin_services::accounts::{FinishResetError, LogInError, OpenResetError, OpenedReset};
use bonin_testkit::Scene;
use jiff::SignedDuration;

use super::home::{Home, NEW, password};

const FOR_IT: Purpose = Purpose::ResetPassword;

async fn open(home: &Home, login_id: &LoginId, proof: AnyProof) -> Result<OpenedReset, OpenResetError> {
    home.open_reset().execute(&home.scene.tenant, login_id, proof).await
}

async fn phone_proof(home: &Home) -> ProofDigest {
    home.proof(&home.scene.phone, FOR_IT).await
}

async fn opened(home: &Home, member: &Account) -> OpenedReset {
    let proof = AnyProof::Phone(phone_proof(home).await);
    let opened = open(home, &home.login_id_of(member), proof).await.expect("it is the account's number");
    home.store.calls();
    opened
}

async fn finish(home: &Home, token: &ResetToken, new: &str) -> Result<(), FinishResetError> {
    home.finish_reset().execute(&home.scene.tenant, token, &password(new)).await
}

#[tokio::test]
async fn a_proof_of_the_accounts_number_opens_a_reset_for_ten_minutes() {
    let home = Home::new();
    let member = home.member().await;
    let proof = phone_proof(&home).await;
    let opened = open(&home, &home.login_id_of(&member), AnyProof::Phone(proof)).await.unwrap();
    assert_eq!(opened.expires_at, home.clock.now() + SignedDuration::from_mins(10));
    assert_eq!(opened.answered_at, home.clock.now());
    assert_eq!(home.standing(FOR_IT, proof).await, Err(ProofRefusal::Used));
    assert!(!format!("{opened:?}").contains(&opened.token.reveal()));
}

#[tokio::test]
async fn a_login_id_of_nobody_and_of_somebody_else_are_refused_alike_and_the_proof_stays() {
    let home = Home::new();
    let member = home.member().await;
    let other = home.joined(home.scene.another_account()).await;
    let proof = phone_proof(&home).await;
    let mut seen = Vec::new();
    for login_id in [home.login_id_of(&other), LoginId::parse("nobody@example.com").unwrap()] {
        let error = open(&home, &login_id, AnyProof::Phone(proof)).await.unwrap_err();
        seen.push((format!("{error:?} {error}"), home.store.calls()));
        assert_eq!(home.standing(FOR_IT, proof).await, Ok(()));
    }
    assert_eq!(seen[0].1, ["verifications.find_proof", "accounts.find", "proofs.charge_refusal"]);
    assert!(seen[0].0.starts_with("Refused"), "{}", seen[0].0);
    assert_eq!(seen[0], seen[1]);
    assert!(open(&home, &home.login_id_of(&member), AnyProof::Phone(proof)).await.is_ok());
}

#[tokio::test]
async fn a_proof_is_good_for_five_refusals_about_login_ids() {
    let home = Home::new();
    let person = home.scene.person();
    let member = home.joined(home.scene.account().person(&person)).await;
    let other = home.joined(home.scene.another_account()).await;
    let login_id = home.login_id_of(&member);
    for (wrong, works) in [(4, true), (5, false)] {
        let identity = home.scene.identity().purpose(FOR_IT).prove(&*home.store.memory, &person).await;
        for proof in [AnyProof::Phone(phone_proof(&home).await), AnyProof::Identity(identity)] {
            for place in 0..wrong {
                let nobody = LoginId::parse(&format!("nobody{place}@example.com")).unwrap();
                let typed = if place % 2 == 0 { nobody } else { home.login_id_of(&other) };
                let error = open(&home, &typed, proof).await.unwrap_err();
                assert!(matches!(error, OpenResetError::Refused), "{error}");
            }
            match open(&home, &login_id, proof).await {
                Ok(_) => assert!(works, "{proof:?} opened a reset after {wrong}"),
                Err(OpenResetError::Proof(ProofRefusal::Used)) => assert!(!works, "{proof:?} after {wrong}"),
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[tokio::test]
async fn being_told_that_the_person_is_needed_is_charged_alike() {
    let home = Home::new();
    let member = home.member().await;
    home.pass(SignedDuration::from_hours(24 * 181));
    let proof = AnyProof::Phone(phone_proof(&home).await);
    for _ in 0..5 {
        home.store.calls();
        let error = open(&home, &home.login_id_of(&member), proof).await.unwrap_err();
        assert!(matches!(error, OpenResetError::IdentityRequired), "{error}");
        let calls = home.store.calls();
        assert_eq!(calls, ["verifications.find_proof", "accounts.find", "proofs.charge_refusal"]);
    }
    let error = open(&home, &home.login_id_of(&member), proof).await.unwrap_err();
    assert!(matches!(error, OpenResetError::Proof(ProofRefusal::Used)), "{error}");
}

#[tokio::test]
async fn a_refusal_that_cannot_be_charged_is_not_told() {
    let home = Home::new();
    home.member().await;
    let other = home.login_id_of(&home.joined(home.scene.another_account()).await);
    let proof = AnyProof::Phone(phone_proof(&home).await);
    home.store.fails("proofs.charge_refusal", RepositoryError::Busy);
    let error = open(&home, &other, proof).await.unwrap_err();
    assert!(matches!(error, OpenResetError::Repository(RepositoryError::Busy)), "{error}");

    // Others who try at the same time use it up.
    let (memory, tenant, now) = (home.store.memory.clone(), home.scene.tenant.clone(), home.clock.now());
    home.store.before("proofs.charge_refusal", async move {
        for _ in 0..5 {
            assert_eq!(memory.charge_refusal(&tenant, FOR_IT, proof, now).await, Ok(Ok(())));
        }
    });
    let error = open(&home, &other, proof).await.unwrap_err();
    assert!(matches!(error, OpenResetError::Proof(ProofRefusal::Used)), "{error}");
}

#[tokio::test]
async fn a_member_of_another_tenant_is_nobody() {
    let home = Home::new();
    let neighbour = home.joined(home.scene.account().tenant(home.scene.another_tenant())).await;
    let proof = phone_proof(&home).await;
    let error = open(&home, &home.login_id_of(&neighbour), AnyProof::Phone(proof)).await.unwrap_err();
    assert!(matches!(error, OpenResetError::Refused), "{error}");
}

#[tokio::test]
async fn a_number_not_proved_for_180_days_does_not_open_a_reset_by_itself() {
    let home = Home::new();
    let person = home.scene.person();
    let member = home.joined(home.scene.account().person(&person)).await;
    let login_id = home.login_id_of(&member);
    home.pass(SignedDuration::from_hours(24 * 180));
    assert!(open(&home, &login_id, AnyProof::Phone(phone_proof(&home).await)).await.is_ok(), "to the day");

    home.pass(SignedDuration::from_micros(1));
    let proof = phone_proof(&home).await;
    let error = open(&home, &login_id, AnyProof::Phone(proof)).await.unwrap_err();
    assert!(matches!(error, OpenResetError::IdentityRequired), "{error}");
    assert_eq!(home.standing(FOR_IT, proof).await, Ok(()));

    let identity = home.scene.identity().purpose(FOR_IT).at(home.clock.now());
    let identity = identity.prove(&*home.store.memory, &person).await;
    assert!(open(&home, &login_id, AnyProof::Identity(identity)).await.is_ok(), "the person does");
}

#[tokio::test]
async fn a_number_that_another_person_was_seen_with_does_not_open_a_reset_by_itself() {
    let home = Home::new();
    let member = home.joined(home.scene.account().person(&home.scene.person())).await;
    let holder = home.scene.identity().open(&*home.store.memory).await;
    let mut result = home.scene.result(&holder, &home.scene.person(), home.clock.now());
    result.phone_index = Some(member.phone_index);
    home.store.memory.complete(result).await.unwrap();
    assert!(home.now_of(&member).await.unwrap().phone_contested_at.is_some());

    let proof = AnyProof::Phone(phone_proof(&home).await);
    let error = open(&home, &home.login_id_of(&member), proof).await.unwrap_err();
    assert!(matches!(error, OpenResetError::IdentityRequired), "{error}");
}

#[tokio::test]
async fn a_proof_of_the_accounts_person_opens_a_reset_and_of_another_none() {
    let home = Home::new();
    let person = home.scene.person();
    let member = home.joined(home.scene.account().person(&person)).await;
    let unidentified = home.joined(home.scene.another_account()).await;
    let login_id = home.login_id_of(&member);
    let identity = home.scene.identity().purpose(FOR_IT);
    let theirs = AnyProof::Identity(identity.prove(&*home.store.memory, &home.scene.person()).await);
    let own = AnyProof::Identity(identity.prove(&*home.store.memory, &person).await);

    let nobody = LoginId::parse("nobody@example.com").unwrap();
    for (login_id, proof) in [(&login_id, theirs), (&home.login_id_of(&unidentified), own), (&nobody, own)] {
        home.store.calls();
        let error = open(&home, login_id, proof).await.unwrap_err();
        assert!(matches!(error, OpenResetError::Refused), "{error}");
        assert_eq!(home.store.calls(), ["identities.find_proof", "accounts.find", "proofs.charge_refusal"]);
    }
    let opened = open(&home, &login_id, own).await.unwrap();
    finish(&home, &opened.token, NEW).await.unwrap();
    let error = open(&home, &login_id, own).await.unwrap_err();
    assert!(matches!(error, OpenResetError::Proof(ProofRefusal::Used)), "{error}");
}

#[tokio::test]
async fn a_proof_that_does_not_count_opens_nothing() {
    let home = Home::new();
    let member = home.member().await;
    let login_id = home.login_id_of(&member);
    let fill = &mut |bytes: &mut [u8]| home.entropy.fill(bytes);
    // For finding an id (security 6): it never opens a reset.
    let find_id = home.proof(&home.scene.phone, Purpose::FindId).await;
    for proof in [
        AnyProof::Phone(Proof::draw(fill).digest()),
        AnyProof::Identity(IdentityProof::draw(fill).digest()),
        AnyProof::Phone(find_id),
    ] {
        home.store.calls();
        let error = open(&home, &login_id, proof).await.unwrap_err();
        assert!(matches!(error, OpenResetError::Proof(ProofRefusal::Unknown)), "{error}");
        assert_eq!(home.store.calls().len(), 1, "no account was looked for");
    }
    let proof = AnyProof::Phone(phone_proof(&home).await);
    home.pass(SignedDuration::from_mins(10));
    let error = open(&home, &login_id, proof).await.unwrap_err();
    assert!(matches!(error, OpenResetError::Proof(ProofRefusal::Expired)), "{error}");
}

#[tokio::test]
async fn of_two_that_spend_one_proof_at_once_one_opens_a_reset() {
    let home = Home::new();
    let member = home.member().await;
    let proof = AnyProof::Phone(phone_proof(&home).await);
    let (quicker, _) = home.scene.reset(&member, proof, home.clock.now());
    let memory = home.store.memory.clone();
    home.store.before("passwords.open_reset", async move {
        let opened = bonin_ports::PasswordRepository::open_reset(&*memory, quicker).await;
        assert_eq!(opened, Ok(Ok(())));
    });
    let error = open(&home, &home.login_id_of(&member), proof).await.unwrap_err();
    assert!(matches!(error, OpenResetError::Proof(ProofRefusal::Used)), "{error}");
}

#[tokio::test]
async fn a_reset_sets_the_password_once_ends_all_sessions_and_the_owner_is_told() {
    let home = Home::new();
    let member = home.member().await;
    let session = home.session(&member).await;
    let opened = opened(&home, &member).await;
    finish(&home, &opened.token, NEW).await.unwrap();
    assert_eq!(home.store.calls(), ["passwords.find_reset", "passwords.finish_reset"], "nobody is logged in");

    assert!(!home.is_live(&session).await);
    let known = home.login_id_of(&member);
    let error = home.try_log_in(&known, Scene::PASSWORD).await.err().unwrap();
    assert!(matches!(error, LogInError::Refused), "{error}");
    assert!(home.try_log_in(&known, NEW).await.is_ok());
    let told = home.notices().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, home.scene.phone);
    assert!(told[0].1.starts_with("[Boardgame] 비밀번호가 변경되었습니다."), "{}", told[0].1);

    let error = finish(&home, &opened.token, "yet another phrase").await.unwrap_err();
    assert!(matches!(error, FinishResetError::Over), "{error}");
    assert!(home.notices().await.is_empty());
}

#[tokio::test]
async fn a_password_against_the_rule_leaves_the_reset_alive() {
    let home = Home::new();
    let member = home.member().await;
    let opened = opened(&home, &member).await;
    let local = home.login_id_of(&member).local_part().to_owned();
    for (new, fault) in [
        ("short", PasswordFault::TooShort),
        ("password1", PasswordFault::Common),
        (&format!("{local}1234"), PasswordFault::Context),
    ] {
        let error = finish(&home, &opened.token, new).await.unwrap_err();
        assert!(matches!(error, FinishResetError::Password(found) if found == fault), "{new}: {error}");
    }
    assert_eq!(home.now_of(&member).await.unwrap().password, member.password);
    finish(&home, &opened.token, NEW).await.unwrap();
}

#[tokio::test]
async fn a_reset_that_is_over_or_never_was_sets_nothing() {
    let home = Home::new();
    let member = home.member().await;
    let over =
        async |token: &ResetToken| matches!(finish(&home, token, NEW).await, Err(FinishResetError::Over));
    let never = ResetToken::draw(&mut |bytes| home.entropy.fill(bytes));
    assert!(over(&never).await);

    let first = opened(&home, &member).await;
    let second = opened(&home, &member).await;
    assert!(over(&first.token).await, "a later one of the account ended it");
    let tenant = home.scene.another_tenant();
    let foreign = home.finish_reset().execute(&tenant, &second.token, &password(NEW)).await;
    assert!(matches!(foreign, Err(FinishResetError::Over)), "{foreign:?}");
    home.pass(SignedDuration::from_mins(10));
    assert!(over(&second.token).await, "its time is over");
    assert_eq!(home.now_of(&member).await.unwrap().password, member.password);
}

#[tokio::test]
async fn a_reset_that_was_used_while_the_password_was_hashed_sets_nothing() {
    let home = Home::new();
    let member = home.member().await;
    let opened = opened(&home, &member).await;
    let quicker = home.scene.finish_reset(&member, &opened.token, home.clock.now());
    let (memory, to) = (home.store.memory.clone(), quicker.password.clone());
    home.store.before("passwords.finish_reset", async move {
        assert!(bonin_ports::PasswordRepository::finish_reset(&*memory, quicker).await.unwrap());
    });
    let error = finish(&home, &opened.token, NEW).await.unwrap_err();
    assert!(matches!(error, FinishResetError::Over), "{error}");
    assert_eq!(home.now_of(&member).await.unwrap().password, to);
}

#[tokio::test]
async fn a_failing_store_or_a_full_queue_changes_nothing() {
    let home = Home::new();
    let member = home.member().await;
    let proof = phone_proof(&home).await;
    for call in ["verifications.find_proof", "accounts.find", "passwords.open_reset"] {
        home.store.fails(call, RepositoryError::Busy);
        let error = open(&home, &home.login_id_of(&member), AnyProof::Phone(proof)).await.unwrap_err();
        assert!(matches!(error, OpenResetError::Repository(RepositoryError::Busy)), "{call}: {error}");
    }
    let opened = open(&home, &home.login_id_of(&member), AnyProof::Phone(proof)).await.unwrap();
    for call in ["passwords.find_reset", "passwords.finish_reset"] {
        home.store.fails(call, RepositoryError::Busy);
        let error = finish(&home, &opened.token, NEW).await.unwrap_err();
        assert!(matches!(error, FinishResetError::Repository(RepositoryError::Busy)), "{call}: {error}");
    }
    let jam = home.jam();
    let error = finish(&home, &opened.token, NEW).await.unwrap_err();
    assert!(matches!(error, FinishResetError::Busy(_)), "{error}");
    jam.clear().await;
    assert_eq!(home.now_of(&member).await.unwrap().password, member.password);
    finish(&home, &opened.token, NEW).await.unwrap();
}

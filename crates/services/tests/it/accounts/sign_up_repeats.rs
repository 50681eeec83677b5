//! Sign-ups under an idempotency key.

use bonin_domain::accounts::{LoginId, Password, PasswordHash};
use bonin_domain::codes::{Proof, Purpose};
use bonin_ports::{NewSession, ProofRefusal, RepositoryError, SessionRepository as _};
use bonin_services::accounts::{NewAccount, SignUpError, SignUpRequest};
use jiff::SignedDuration;

use super::office::{CHEAP, GOOD, Office, under};

fn keyed(office: &Office, proof: &Proof) -> SignUpRequest {
    SignUpRequest { idempotency: Some(under("key", "request")), ..office.request(proof) }
}

#[tokio::test]
async fn the_same_request_is_answered_the_same_and_opens_nothing() {
    let office = Office::new();
    let proof = office.proof().await;
    let first = office.sign_up.execute(keyed(&office, &proof)).await.unwrap();
    office.pass(SignedDuration::from_mins(30));
    let again = office.sign_up.execute(keyed(&office, &proof)).await.unwrap();
    assert_eq!(again, NewAccount { repeated: true, ..first });
}

#[tokio::test]
async fn a_repetition_is_answered_though_its_terms_have_changed() {
    let office = Office::new();
    let proof = office.proof().await;
    let first = office.sign_up.execute(keyed(&office, &proof)).await.unwrap();
    office.pass(SignedDuration::from_hours(13));
    let again = office.sign_up.execute(keyed(&office, &proof)).await.unwrap();
    assert_eq!(again.id, first.id);
}

#[tokio::test]
async fn another_request_under_the_key_is_refused() {
    let office = Office::new();
    let proof = office.proof().await;
    office.sign_up.execute(keyed(&office, &proof)).await.unwrap();
    let other = office.proof_of(&office.scene.another_phone(), Purpose::SignUp).await;
    let login_id = LoginId::parse("other@example.com").unwrap();
    // With a live proof, and with one that would be refused anyway.
    for proof in [&other, &proof] {
        let idempotency = Some(under("key", "another request"));
        let request = SignUpRequest { login_id: login_id.clone(), idempotency, ..office.request(proof) };
        let error = office.sign_up.execute(request).await.unwrap_err();
        assert!(matches!(error, SignUpError::KeyReused), "{error}");
    }
    assert_eq!(office.standing(&other).await, Ok(()));
}

#[tokio::test]
async fn a_taken_login_id_is_charged_whatever_the_key_answers() {
    let office = Office::new();
    let first = office.proof().await;
    office.sign_up.execute(keyed(&office, &first)).await.unwrap();
    let proof = office.proof_of(&office.scene.another_phone(), Purpose::SignUp).await;
    for _ in 0..5 {
        let idempotency = Some(under("key", "another request"));
        let request = SignUpRequest { idempotency, ..office.request(&proof) };
        let error = office.sign_up.execute(request).await.unwrap_err();
        assert!(matches!(error, SignUpError::KeyReused), "{error}");
    }
    assert_eq!(office.standing(&proof).await, Err(ProofRefusal::Used));
}

#[tokio::test]
async fn the_same_request_with_another_password_is_another_request() {
    let office = Office::new();
    let proof = office.proof().await;
    office.sign_up.execute(keyed(&office, &proof)).await.unwrap();
    let guess = Password::parse("some other long password").unwrap();
    let error = office.sign_up.execute(SignUpRequest { password: guess, ..keyed(&office, &proof) }).await;
    assert!(matches!(error, Err(SignUpError::KeyReused)), "{error:?}");
}

#[tokio::test]
async fn after_a_change_of_password_only_the_new_one_is_answered() {
    let office = Office::new();
    let proof = office.proof().await;
    office.sign_up.execute(keyed(&office, &proof)).await.unwrap();
    let member = office.member().await.unwrap();
    let fresh = Password::parse("a fresh long password").unwrap();
    let hash = PasswordHash::compute(&fresh, CHEAP, &mut |bytes| bytes.fill(1));
    let (session, _) = office.scene.session(&member, office.scene.at(0));
    let session = NewSession { replacement: Some(hash), ..session };
    assert!(office.memory.store.open(session).await.unwrap());
    let old = office.sign_up.execute(keyed(&office, &proof)).await;
    assert!(matches!(old, Err(SignUpError::KeyReused)), "{old:?}");
    let new = SignUpRequest { password: fresh, ..keyed(&office, &proof) };
    assert!(office.sign_up.execute(new).await.is_ok());
}

#[tokio::test]
async fn two_at_once_under_one_key_get_one_answer() {
    let office = Office::new();
    let proof = office.proof().await;
    let (one, other) = tokio::join!(
        office.sign_up.execute(keyed(&office, &proof)),
        office.sign_up.execute(keyed(&office, &proof)),
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.id, other.id);
    assert_ne!(one.repeated, other.repeated);
}

#[tokio::test]
async fn a_refusal_under_a_key_is_no_answer_to_repeat() {
    let office = Office::new();
    let proof = office.proof().await;
    let bad = SignUpRequest { agreed: Vec::new(), ..keyed(&office, &proof) };
    let error = office.sign_up.execute(bad).await.unwrap_err();
    assert!(matches!(error, SignUpError::Faults(_)), "{error}");
    assert_eq!(office.member().await, None);
    let mended = SignUpRequest { idempotency: Some(under("key", "mended")), ..office.request(&proof) };
    assert!(office.sign_up.execute(mended).await.is_ok());
}

#[tokio::test]
async fn where_the_key_cannot_be_looked_up_nothing_is_said() {
    let office = Office::new();
    let proof = office.proof().await;
    office.sign_up.execute(keyed(&office, &proof)).await.unwrap();
    office.memory.fails(&[RepositoryError::Busy]);
    let error = office.sign_up.execute(keyed(&office, &proof)).await.unwrap_err();
    assert!(matches!(error, SignUpError::Repository(RepositoryError::Busy)), "{error}");
}

#[tokio::test]
async fn without_a_key_nothing_is_repeated() {
    let office = Office::new();
    let proof = office.proof().await;
    office.sign_up.execute(office.request(&proof)).await.unwrap();
    let error = office.sign_up.execute(office.request(&proof)).await.unwrap_err();
    assert!(matches!(error, SignUpError::Proof(_)), "{error}");
    assert!(office.member().await.unwrap().password.matches(&Password::parse(GOOD).unwrap()));
}

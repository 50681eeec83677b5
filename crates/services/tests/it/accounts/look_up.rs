//! Finding one's login id.

use bonin_domain::codes::{Proof, Purpose};
use bonin_domain::identity::IdentityProof;
use bonin_ports::{AnyProof, Clock as _, Entropy as _, ProofRefusal, RepositoryError};
use bonin_services::accounts::LookUpError;
use jiff::SignedDuration;

use super::home::Home;

/// The login ids that a proof leads to, masked.
async fn found(home: &Home, proof: AnyProof) -> Result<Vec<String>, LookUpError> {
    let found = home.look_up().execute(&home.scene.tenant, proof).await?;
    Ok(found.iter().map(|account| account.login_id.masked()).collect())
}

async fn by_phone(home: &Home) -> AnyProof {
    AnyProof::Phone(home.proof(&home.scene.phone, Purpose::FindId).await)
}

#[tokio::test]
async fn a_number_leads_to_its_account() {
    let home = Home::new();
    let member = home.member().await;
    home.joined(home.scene.another_account()).await;
    home.pass(SignedDuration::from_hours(1));
    let proof = by_phone(&home).await;
    let accounts = home.look_up().execute(&member.tenant, proof).await.unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0].login_id, home.login_id_of(&member));
    assert_eq!(accounts[0].created_at, member.created_at);
}

#[tokio::test]
async fn a_number_without_account_leads_to_nothing_after_the_same_calls_and_spends_the_proof_too() {
    let (with, without) = (Home::new(), Home::new());
    with.member().await;
    let mut seen = Vec::new();
    for (home, count) in [(&with, 1), (&without, 0)] {
        let proof = by_phone(home).await;
        assert_eq!(found(home, proof).await.unwrap().len(), count);
        seen.push(home.store.calls());
        let error = found(home, proof).await.unwrap_err();
        assert!(matches!(error, LookUpError::Proof(ProofRefusal::Used)), "{error}");
    }
    assert_eq!(seen[0], ["accounts.look_up"]);
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_person_leads_to_all_own_accounts_oldest_first_and_five_at_most() {
    let home = Home::new();
    let person = home.scene.person();
    for number in 1..=6 {
        let login = format!("person{number}@example.com");
        let account = home.scene.another_account().login(&login).person(&person);
        home.joined(account).await;
        home.pass(SignedDuration::from_secs(1));
    }
    home.joined(home.scene.another_account().person(&home.scene.person())).await;
    let identity = home.scene.identity().purpose(Purpose::FindId).at(home.clock.now());
    let proof = AnyProof::Identity(identity.prove(&*home.store.memory, &person).await);
    let masked: Vec<String> = (1..=5).map(|number| format!("pe***{number}@example.com")).collect();
    assert_eq!(found(&home, proof).await.unwrap(), masked);
    let error = found(&home, proof).await.unwrap_err();
    assert!(matches!(error, LookUpError::Proof(ProofRefusal::Used)), "{error}");
}

#[tokio::test]
async fn a_proof_that_does_not_count_tells_nothing() {
    let home = Home::new();
    home.member().await;
    let fill = &mut |bytes: &mut [u8]| home.entropy.fill(bytes);
    let reset = home.proof(&home.scene.phone, Purpose::ResetPassword).await;
    let unknown = [
        AnyProof::Phone(Proof::draw(fill).digest()),
        AnyProof::Identity(IdentityProof::draw(fill).digest()),
        AnyProof::Phone(reset),
    ];
    for proof in unknown {
        let error = found(&home, proof).await.unwrap_err();
        assert!(matches!(error, LookUpError::Proof(ProofRefusal::Unknown)), "{error}");
    }
    assert_eq!(home.standing(Purpose::ResetPassword, reset).await, Ok(()));
    let late = by_phone(&home).await;
    let foreign = by_phone(&home).await;
    let error = home.look_up().execute(&home.scene.another_tenant(), foreign).await.unwrap_err();
    assert!(matches!(error, LookUpError::Proof(ProofRefusal::Unknown)), "{error}");
    home.pass(SignedDuration::from_mins(10));
    let error = found(&home, late).await.unwrap_err();
    assert!(matches!(error, LookUpError::Proof(ProofRefusal::Expired)), "{error}");
}

#[tokio::test]
async fn a_failing_store_leaves_the_proof() {
    let home = Home::new();
    home.member().await;
    let proof = by_phone(&home).await;
    home.store.fails("accounts.look_up", RepositoryError::Busy);
    let error = found(&home, proof).await.unwrap_err();
    assert!(matches!(error, LookUpError::Repository(RepositoryError::Busy)), "{error}");
    assert_eq!(found(&home, proof).await.unwrap().len(), 1);
}

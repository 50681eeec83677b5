//! Numbers that may have another owner by now: they open no reset by themselves.

use std::sync::Arc;

use bonin_domain::accounts::{Account, ResetToken};
use bonin_domain::codes::Purpose;
use bonin_ports::{AnyProof, LoginAttemptRepository, LoginVerdict, OpenReset, ProofRefusal};
use jiff::Timestamp;

use super::Store;
use super::members::{contest, find_identity_proof, identity_proof, proof};
use super::support::{MICROSECOND, find_proof};
use crate::Scene;

const FOR_RESET: Purpose = Purpose::ResetPassword;

async fn open(store: &Arc<dyn Store>, open: OpenReset) -> Result<(), ProofRefusal> {
    store.open_reset(open).await.expect("the store works")
}

async fn is_open(store: &Arc<dyn Store>, account: &Account, token: &ResetToken, now: Timestamp) -> bool {
    let found = store.find_reset(&account.tenant, token.digest(), now).await;
    found.expect("the store works").is_some()
}

/// Opens a reset of an account by a fresh proof of its number, which is the scene's.
async fn opened(store: &Arc<dyn Store>, scene: &Scene, account: &Account, now: Timestamp) -> ResetToken {
    let start = scene.start().tenant(account.tenant.clone()).purpose(FOR_RESET).at(now);
    let given = start.prove(&**store).await;
    let (request, token) = scene.reset(account, AnyProof::Phone(given), now);
    assert_eq!(open(store, request).await, Ok(()));
    token
}

/// A number that another person was seen with opens no reset by itself, and its proof stays unspent; the account's
/// person opens one.
pub async fn a_number_that_another_person_was_seen_with_opens_no_reset(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    let known = scene.account().person(&person).open(&*store).await;
    contest(&store, &scene, &known, scene.at(1)).await;
    let given = proof(&store, &scene, FOR_RESET, scene.at(2)).await;
    let (request, token) = scene.reset(&known, AnyProof::Phone(given), scene.at(3));
    assert_eq!(open(&store, request).await, Err(ProofRefusal::Unknown));
    assert!(!is_open(&store, &known, &token, scene.at(3)).await);
    assert!(find_proof(&store, &scene.tenant, FOR_RESET, given, scene.at(3)).await.is_ok());
    let shown = identity_proof(&store, &scene, FOR_RESET, &person, scene.at(3)).await;
    let (request, token) = scene.reset(&known, AnyProof::Identity(shown), scene.at(4));
    assert_eq!(open(&store, request).await, Ok(()));
    assert!(is_open(&store, &known, &token, scene.at(4)).await);
}

/// A number opens a reset up to 180 days after it was proved, and no longer.
pub async fn a_number_not_proved_for_180_days_opens_no_reset(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let last = scene.at(10);
    let proved_at = last - Account::PHONE_PROOF_LIFE;
    let known = Account { phone_proved_at: proved_at, ..scene.account().draw() };
    assert_eq!(store.import(vec![known.clone()]).await, Ok(Vec::new()));
    let given = AnyProof::Phone(proof(&store, &scene, FOR_RESET, scene.at(9)).await);
    let (late, _) = scene.reset(&known, given, last + MICROSECOND);
    assert_eq!(open(&store, late).await, Err(ProofRefusal::Unknown));
    let (request, _) = scene.reset(&known, given, last);
    assert_eq!(open(&store, request).await, Ok(()));
}

/// Another person seen with the number of an account ends the account's resets, and proofs of the number for one; all
/// that is another tenant's, account's, purpose's or person's goes on.
pub async fn another_person_seen_with_a_number_ends_what_it_opened(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    let known = scene.account().person(&person).open(&*store).await;
    let elsewhere = scene.account().tenant(scene.another_tenant()).person(&person).open(&*store).await;
    let token = opened(&store, &scene, &known, scene.at(1)).await;
    let others = opened(&store, &scene, &elsewhere, scene.at(1)).await;
    let unspent = proof(&store, &scene, FOR_RESET, scene.at(1)).await;
    let start = scene.start().tenant(elsewhere.tenant.clone()).purpose(FOR_RESET).at(scene.at(1));
    let unspent_there = start.prove(&*store).await;
    let for_another = proof(&store, &scene, Purpose::FindId, scene.at(1)).await;
    let own_person = identity_proof(&store, &scene, FOR_RESET, &person, scene.at(1)).await;
    assert!(is_open(&store, &known, &token, scene.at(2)).await);
    contest(&store, &scene, &known, scene.at(2)).await;
    assert!(!is_open(&store, &known, &token, scene.at(3)).await);
    assert_eq!(store.finish_reset(scene.finish_reset(&known, &token, scene.at(3))).await, Ok(false));
    let found = find_proof(&store, &scene.tenant, FOR_RESET, unspent, scene.at(3)).await;
    assert_eq!(found, Err(ProofRefusal::Used));
    let found = find_proof(&store, &elsewhere.tenant, FOR_RESET, unspent_there, scene.at(3)).await;
    assert!(found.is_ok(), "another tenant's stays");
    assert!(is_open(&store, &elsewhere, &others, scene.at(3)).await);
    assert!(find_proof(&store, &scene.tenant, Purpose::FindId, for_another, scene.at(3)).await.is_ok());
    let found = find_identity_proof(&store, &scene.tenant, FOR_RESET, own_person, scene.at(3)).await;
    assert!(found.is_ok(), "the account's person still opens it");
}

/// A finished reset forgets the failed log ins of its account's login id, at every address and in all, and nobody
/// else's.
pub async fn a_finished_reset_forgets_the_failed_log_ins_of_its_account(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let known = scene.account().open(&*store).await;
    let neighbour = scene.another_account().open(&*store).await;
    let elsewhere = scene.another_tenant();
    let charge = async |tenant, login, place: usize| {
        let address = scene.keys.address_index(&format!("{} ({place})", scene.address));
        let verdict = LoginAttemptRepository::charge(&*store, tenant, login, Some(address), scene.at(1));
        verdict.await.expect("the store works") == LoginVerdict::Allowed
    };
    let places = [(&scene.tenant, known.login_index), (&scene.tenant, neighbour.login_index)];
    for (tenant, login) in places.into_iter().chain([(&elsewhere, known.login_index)]) {
        for attempt in 0..101 {
            assert!(charge(tenant, login, attempt / 10).await);
        }
        assert!(!charge(tenant, login, 0).await && !charge(tenant, login, 100).await);
    }
    let token = opened(&store, &scene, &known, scene.at(1)).await;
    assert!(!charge(&scene.tenant, known.login_index, 100).await, "an open reset forgets nothing");
    assert_eq!(store.finish_reset(scene.finish_reset(&known, &token, scene.at(1))).await, Ok(true));
    for _ in 0..10 {
        assert!(charge(&scene.tenant, known.login_index, 0).await, "as if nobody had tried");
    }
    assert!(!charge(&scene.tenant, known.login_index, 0).await);
    assert!(charge(&scene.tenant, known.login_index, 100).await);
    assert!(!charge(&scene.tenant, neighbour.login_index, 100).await, "another account waits on");
    assert!(!charge(&elsewhere, known.login_index, 100).await, "and so does another tenant's");
}

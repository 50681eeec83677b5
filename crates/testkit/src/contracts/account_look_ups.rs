//! Look-ups of accounts by proof.

use std::sync::Arc;

use bonin_domain::accounts::PersonLink;
use bonin_domain::codes::Purpose;
use bonin_domain::identity::IdentityVerification;
use bonin_ports::{AnyProof, ProofRefusal};
use jiff::SignedDuration;

use super::Store;
use super::members::{find_identity_proof, identity_proof, look_up, proof};
use super::support::{MICROSECOND, count, find_proof, race, verify};
use crate::Scene;

/// A look-up tells the account of the number and spends the proof.
pub async fn a_look_up_tells_the_account_and_spends_its_proof(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let account = scene.account().open(&*store).await;
    scene.another_account().open(&*store).await;
    scene.account().tenant(scene.another_tenant()).open(&*store).await;
    let given = proof(&store, &scene, Purpose::FindId, scene.at(1)).await;
    let shown = AnyProof::Phone(given);
    assert_eq!(look_up(&store, &scene.tenant, shown, scene.at(2)).await, Ok(vec![account]));
    assert_eq!(look_up(&store, &scene.tenant, shown, scene.at(2)).await, Err(ProofRefusal::Used));
    let found = find_proof(&store, &scene.tenant, Purpose::FindId, given, scene.at(2)).await;
    assert_eq!(found, Err(ProofRefusal::Used));
}

/// A number or person without an account gets an empty answer, which spends the proof like any other.
pub async fn a_look_up_that_finds_nothing_spends_its_proof_too(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let phone = AnyProof::Phone(proof(&store, &scene, Purpose::FindId, scene.at(0)).await);
    let person = identity_proof(&store, &scene, Purpose::FindId, &scene.person(), scene.at(0)).await;
    for shown in [phone, AnyProof::Identity(person)] {
        assert_eq!(look_up(&store, &scene.tenant, shown, scene.at(1)).await, Ok(Vec::new()));
        assert_eq!(look_up(&store, &scene.tenant, shown, scene.at(1)).await, Err(ProofRefusal::Used));
    }
    let found = find_identity_proof(&store, &scene.tenant, Purpose::FindId, person, scene.at(1)).await;
    assert_eq!(found, Err(ProofRefusal::Used));
}

/// A proof of an identity finds the accounts of the person by CI or by DI, and no others.
pub async fn a_look_up_by_identity_finds_by_ci_or_di(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let (person, stranger) = (scene.person(), scene.person());
    let by_ci = PersonLink { di: stranger.di, ..person.clone() };
    let alike_by_di = PersonLink { ci: stranger.ci, ..person.clone() };
    let mut own = Vec::new();
    for (second, known) in (0..).zip([&person, &by_ci, &alike_by_di]) {
        own.push(scene.another_account().person(known).at(scene.at(second)).open(&*store).await);
    }
    scene.another_account().open(&*store).await;
    scene.another_account().person(&scene.person()).open(&*store).await;
    scene.another_account().person(&person).tenant(scene.another_tenant()).open(&*store).await;
    let ci_alone = PersonLink { di: None, ..person.clone() };
    let di_alone = PersonLink { ci: None, ..person.clone() };
    for (shown, expected) in [(&person, vec![0, 1, 2]), (&ci_alone, vec![0, 1]), (&di_alone, vec![0, 2])] {
        let shown = identity_proof(&store, &scene, Purpose::FindId, shown, scene.at(5)).await;
        let found = look_up(&store, &scene.tenant, AnyProof::Identity(shown), scene.at(6)).await;
        let expected = expected.into_iter().map(|place: usize| own[place].clone()).collect();
        assert_eq!(found, Ok(expected));
    }
}

/// A look-up tells the five oldest accounts.
pub async fn a_look_up_tells_at_most_five_oldest_first(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let person = scene.person();
    let seconds = [5, 1, 6, 3, 0, 4, 2];
    let accounts = seconds.map(|second| scene.another_account().person(&person).at(scene.at(second)).draw());
    assert_eq!(store.import(accounts.to_vec()).await, Ok(Vec::new()));
    let shown = identity_proof(&store, &scene, Purpose::FindId, &person, scene.at(7)).await;
    let found = look_up(&store, &scene.tenant, AnyProof::Identity(shown), scene.at(7)).await;
    let opened: Vec<_> = found.expect("the proof is good").iter().map(|account| account.created_at).collect();
    assert_eq!(opened, [0, 1, 2, 3, 4].map(|second| scene.at(second)));
}

/// A closed account is not found.
pub async fn a_look_up_never_tells_a_closed_account(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let person = scene.person();
    let account = scene.account().person(&person).open(&*store).await;
    let closed = store.close(&scene.tenant, account.id, &account.password, scene.at(1)).await;
    assert_eq!(closed, Ok(true));
    let phone = proof(&store, &scene, Purpose::FindId, scene.at(2)).await;
    let identity = identity_proof(&store, &scene, Purpose::FindId, &person, scene.at(2)).await;
    for shown in [AnyProof::Phone(phone), AnyProof::Identity(identity)] {
        assert_eq!(look_up(&store, &scene.tenant, shown, scene.at(3)).await, Ok(Vec::new()));
    }
}

/// A proof for another purpose or tenant finds nothing and stays good for its own.
pub async fn a_look_up_wants_a_proof_of_its_own(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    scene.account().person(&person).open(&*store).await;
    for purpose in Purpose::ALL {
        let given = proof(&store, &scene, purpose, scene.at(1)).await;
        let tenant = if purpose == Purpose::FindId { scene.another_tenant() } else { scene.tenant.clone() };
        let found = look_up(&store, &tenant, AnyProof::Phone(given), scene.at(1)).await;
        assert_eq!(found, Err(ProofRefusal::Unknown), "{purpose}");
        assert!(find_proof(&store, &scene.tenant, purpose, given, scene.at(1)).await.is_ok());
    }
    for purpose in [Purpose::SignUp, Purpose::ResetPassword, Purpose::FindId] {
        let given = identity_proof(&store, &scene, purpose, &person, scene.at(1)).await;
        let tenant = if purpose == Purpose::FindId { scene.another_tenant() } else { scene.tenant.clone() };
        let found = look_up(&store, &tenant, AnyProof::Identity(given), scene.at(1)).await;
        assert_eq!(found, Err(ProofRefusal::Unknown), "{purpose}");
        assert!(find_identity_proof(&store, &scene.tenant, purpose, given, scene.at(1)).await.is_ok());
    }
}

/// A proof counts up to its end and no longer.
pub async fn a_look_up_wants_a_proof_that_lives(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().purpose(Purpose::FindId).open(&*store).await;
    let (phone, phone_end) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
    let identity = identity_proof(&store, &scene, Purpose::FindId, &scene.person(), scene.at(0)).await;
    let identity_end = scene.at(0) + IdentityVerification::PROOF_LIFE;
    for (shown, end) in [(AnyProof::Phone(phone), phone_end), (AnyProof::Identity(identity), identity_end)] {
        for (left, good) in [(MICROSECOND, false), (SignedDuration::ZERO, false), (-MICROSECOND, true)] {
            let found = look_up(&store, &scene.tenant, shown, end + left).await;
            assert_eq!(found.err(), (!good).then_some(ProofRefusal::Expired), "{left} from its end");
        }
    }
}

/// Of 16 concurrent look-ups with one proof one is answered.
pub async fn of_16_concurrent_look_ups_with_one_proof_one_is_answered(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let account = scene.account().open(&*store).await;
    let phone = proof(&store, &scene, Purpose::FindId, scene.at(1)).await;
    let identity = identity_proof(&store, &scene, Purpose::FindId, &scene.person(), scene.at(1)).await;
    for (shown, found) in [(AnyProof::Phone(phone), vec![account]), (AnyProof::Identity(identity), vec![])] {
        let calls = (0..16).map(|_| {
            let (store, tenant, now) = (Arc::clone(&store), scene.tenant.clone(), scene.at(2));
            async move { look_up(&store, &tenant, shown, now).await }
        });
        let ended = race(calls).await;
        assert_eq!(count(&ended, |one| *one == Ok(found.clone())), 1);
        assert_eq!(count(&ended, |one| *one == Err(ProofRefusal::Used)), 15);
    }
}

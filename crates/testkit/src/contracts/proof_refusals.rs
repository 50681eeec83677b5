//! Refusals that tell something of a login id: charged to the proof that they came with.

use std::sync::Arc;

use bonin_domain::codes::Purpose;
use bonin_ports::{AnyProof, ProofRefusal};
use jiff::Timestamp;

use super::Store;
use super::members::{find_identity_proof, identity_proof, proof, sign_up};
use super::support::{MICROSECOND, count, find_proof, race};
use crate::Scene;

const FOR_RESET: Purpose = Purpose::ResetPassword;

async fn charge(
    store: &Arc<dyn Store>,
    scene: &Scene,
    purpose: Purpose,
    proof: AnyProof,
    now: Timestamp,
) -> Result<(), ProofRefusal> {
    store.charge_refusal(&scene.tenant, purpose, proof, now).await.expect("the store works")
}

/// A proof of the scene's number and one of a person, for a reset.
async fn proofs(store: &Arc<dyn Store>, scene: &Scene) -> [AnyProof; 2] {
    [
        AnyProof::Phone(proof(store, scene, FOR_RESET, scene.at(0)).await),
        AnyProof::Identity(identity_proof(store, scene, FOR_RESET, &scene.person(), scene.at(0)).await),
    ]
}

/// What is said of a proof for a reset.
async fn standing(
    store: &Arc<dyn Store>,
    scene: &Scene,
    proof: AnyProof,
    now: Timestamp,
) -> Result<(), ProofRefusal> {
    match proof {
        AnyProof::Phone(proof) => find_proof(store, &scene.tenant, FOR_RESET, proof, now).await.map(drop),
        AnyProof::Identity(proof) => {
            find_identity_proof(store, &scene.tenant, FOR_RESET, proof, now).await.map(drop)
        }
    }
}

/// The fifth refusal spends a proof, and no other one; after four it still has its effect.
pub async fn five_refusals_spend_a_proof(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let [of_number, of_person] = proofs(&store, &scene).await;
    let [beside, beside_it] = proofs(&store, &scene).await;
    for given in [of_number, of_person] {
        for left in (0..5).rev() {
            assert_eq!(charge(&store, &scene, FOR_RESET, given, scene.at(1)).await, Ok(()));
            let expected = if left > 0 { Ok(()) } else { Err(ProofRefusal::Used) };
            assert_eq!(standing(&store, &scene, given, scene.at(1)).await, expected, "{left} are left");
        }
        let sixth = charge(&store, &scene, FOR_RESET, given, scene.at(1)).await;
        assert_eq!(sixth, Err(ProofRefusal::Used));
    }
    for other in [beside, beside_it] {
        assert_eq!(standing(&store, &scene, other, scene.at(1)).await, Ok(()));
    }
    let new = scene.account().sign_up(&*store).await;
    for _ in 0..4 {
        let given = AnyProof::Phone(new.proof);
        assert_eq!(charge(&store, &scene, Purpose::SignUp, given, scene.at(1)).await, Ok(()));
    }
    assert_eq!(sign_up(&store, new.clone()).await, bonin_ports::SignedUp::Created);
    let spent = charge(&store, &scene, Purpose::SignUp, AnyProof::Phone(new.proof), scene.at(1)).await;
    assert_eq!(spent, Err(ProofRefusal::Used));
}

/// A proof of another purpose or tenant, or past its end, is charged nothing.
pub async fn refusals_are_charged_to_a_live_proof_of_its_own(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let end = scene.at(0) + bonin_domain::identity::IdentityVerification::PROOF_LIFE;
    for given in proofs(&store, &scene).await {
        for other in Purpose::ALL.into_iter().filter(|&other| other != FOR_RESET) {
            let refused = charge(&store, &scene, other, given, scene.at(1)).await;
            assert_eq!(refused, Err(ProofRefusal::Unknown), "{other}");
        }
        let elsewhere = scene.another_tenant();
        for _ in 0..5 {
            let refused = store.charge_refusal(&elsewhere, FOR_RESET, given, scene.at(1)).await;
            assert_eq!(refused, Ok(Err(ProofRefusal::Unknown)));
            let late = charge(&store, &scene, FOR_RESET, given, end).await;
            assert_eq!(late, Err(ProofRefusal::Expired));
        }
        for _ in 0..5 {
            assert_eq!(standing(&store, &scene, given, end - MICROSECOND).await, Ok(()), "it lost nothing");
            assert_eq!(charge(&store, &scene, FOR_RESET, given, end - MICROSECOND).await, Ok(()));
        }
        assert_eq!(standing(&store, &scene, given, end - MICROSECOND).await, Err(ProofRefusal::Used));
    }
}

/// Of 16 refusals at once five are charged, and may be told.
pub async fn of_16_concurrent_refusals_five_are_charged(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for given in proofs(&store, &scene).await {
        let calls: Vec<_> =
            (0..16)
                .map(|_| {
                    let (store, tenant, now) = (Arc::clone(&store), scene.tenant.clone(), scene.at(1));
                    async move {
                        store.charge_refusal(&tenant, FOR_RESET, given, now).await.expect("the store works")
                    }
                })
                .collect();
        let ended = race(calls).await;
        assert_eq!(count(&ended, Result::is_ok), 5);
        assert_eq!(count(&ended, |one| *one == Err(ProofRefusal::Used)), 11);
        assert_eq!(standing(&store, &scene, given, scene.at(1)).await, Err(ProofRefusal::Used));
    }
}

//! Proofs: spent once, in time, for their own tenant and purpose.

use std::sync::Arc;

use bonin_domain::codes::Purpose;
use bonin_domain::keys::SealedField;
use jiff::SignedDuration;

use super::Store;
use super::support::{MICROSECOND, count, race, verify};
use crate::Scene;

/// A proof is spent once, and says which number it proves.
pub async fn a_proof_is_spent_once(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    let (proof, _) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
    let spent = store.spend_proof(&scene.tenant, Purpose::SignUp, proof, scene.at(2)).await;
    let spent = spent.expect("the store works").expect("the proof is good");
    assert_eq!((spent.verification, spent.phone_index), (holder.id, scene.phone_index()));
    let phone = scene.keys.unseal(&scene.tenant, SealedField::Phone, holder.id.as_row(), &spent.phone);
    assert_eq!(&**phone.expect("the number opens"), scene.phone.e164().as_bytes());
    let again = store.spend_proof(&scene.tenant, Purpose::SignUp, proof, scene.at(2)).await;
    assert_eq!(again, Ok(None));
}

/// Of 16 concurrent spenders exactly one gets the proof.
pub async fn of_16_concurrent_spenders_one_gets_the_proof(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    let (proof, _) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
    let calls = (0..16).map(|_| {
        let (store, tenant, now) = (Arc::clone(&store), scene.tenant.clone(), scene.at(2));
        async move { store.spend_proof(&tenant, Purpose::SignUp, proof, now).await.expect("the store works") }
    });
    assert_eq!(count(&race(calls).await, Option::is_some), 1);
}

/// A proof counts up to its end and no longer, and later than the code it came from.
pub async fn a_proof_dies_at_its_end_and_not_before(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for (left, good) in [(-MICROSECOND, true), (SignedDuration::ZERO, false), (MICROSECOND, false)] {
        let holder = scene.start().open(&*store).await;
        let (proof, end) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
        let spent = store.spend_proof(&scene.tenant, Purpose::SignUp, proof, end + left).await;
        assert_eq!(spent.expect("the store works").is_some(), good, "{left} from its end");
    }
}

/// Another purpose or tenant cannot spend a proof, nor use it up; nor can a proof that was never stored.
pub async fn a_proof_counts_for_its_own_tenant_and_purpose(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for purpose in Purpose::ALL {
        let holder = scene.start().purpose(purpose).open(&*store).await;
        let (never_stored, _) = scene.check(&holder, Scene::RIGHT, scene.at(1)).proof;
        let (proof, _) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
        let others = Purpose::ALL.into_iter().filter(|&other| other != purpose);
        let mut refused: Vec<_> = others.map(|other| (scene.tenant.clone(), other, proof)).collect();
        refused.push((scene.another_tenant(), purpose, proof));
        refused.push((scene.tenant.clone(), purpose, never_stored));
        for (tenant, other, proof) in refused {
            assert_eq!(store.spend_proof(&tenant, other, proof, scene.at(2)).await, Ok(None));
        }
        let spent = store.spend_proof(&scene.tenant, purpose, proof, scene.at(2)).await;
        assert!(spent.expect("the store works").is_some(), "the proof is still good for {purpose}");
    }
}

//! Proofs of numbers: live until their end, for their own tenant and purpose. Accounts spend them.

use std::sync::Arc;

use bonin_domain::codes::Purpose;
use bonin_domain::keys::SealedField;
use bonin_ports::ProofRefusal;
use jiff::SignedDuration;

use super::Store;
use super::support::{MICROSECOND, find_proof, verify};
use crate::Scene;

/// A proof says which number it proves, as often as it is asked: asking does not spend it.
pub async fn a_proof_tells_its_number_and_stays_good(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    let (proof, _) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
    for second in [1, 2, 2] {
        let found = find_proof(&store, &scene.tenant, Purpose::SignUp, proof, scene.at(second)).await;
        let found = found.expect("the proof is good");
        assert_eq!((found.verification, found.phone_index), (holder.id, scene.phone_index()));
        let phone = scene.keys.unseal(&scene.tenant, SealedField::Phone, holder.id.as_row(), &found.phone);
        assert_eq!(&**phone.expect("the number opens"), scene.phone.e164().as_bytes());
    }
}

/// A proof counts up to its end and no longer, and later than the code it came from.
pub async fn a_proof_dies_at_its_end_and_not_before(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    let (proof, end) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
    for (left, good) in [(-MICROSECOND, true), (SignedDuration::ZERO, false), (MICROSECOND, false)] {
        let found = find_proof(&store, &scene.tenant, Purpose::SignUp, proof, end + left).await;
        assert_eq!(found.err(), (!good).then_some(ProofRefusal::Expired), "{left} from its end");
    }
}

/// For another purpose or tenant a proof is unknown, and so is one that was never stored.
pub async fn a_proof_counts_for_its_own_tenant_and_purpose(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for purpose in Purpose::ALL {
        let start = scene.start().purpose(purpose).phone(scene.another_phone());
        let holder = start.open(&*store).await;
        let (never_stored, _) = scene.check(&holder, Scene::RIGHT, scene.at(1)).proof;
        let (proof, _) = verify(&store, &scene, &holder, scene.at(1)).await.proof;
        let others = Purpose::ALL.into_iter().filter(|&other| other != purpose);
        let mut refused: Vec<_> = others.map(|other| (scene.tenant.clone(), other, proof)).collect();
        refused.push((scene.another_tenant(), purpose, proof));
        refused.push((scene.tenant.clone(), purpose, never_stored));
        for (tenant, other, proof) in refused {
            let found = find_proof(&store, &tenant, other, proof, scene.at(2)).await;
            assert_eq!(found, Err(ProofRefusal::Unknown));
        }
        let found = find_proof(&store, &scene.tenant, purpose, proof, scene.at(2)).await;
        assert!(found.is_ok(), "the proof is good for {purpose}");
    }
}

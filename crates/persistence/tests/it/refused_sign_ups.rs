//! A sign-up that is refused leaves no trace in any table.

use std::sync::Arc;

use bonin_domain::codes::Purpose;
use bonin_domain::identity::IdentityVerification;
use bonin_ports::{ProofRefusal, SignUp, SignedUp};
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;
use jiff::SignedDuration;

use crate::raw::{Raw, beside_both_engines};

beside_both_engines!(a_refused_sign_up_leaves_every_table_as_it_was);

async fn a_refused_sign_up_leaves_every_table_as_it_was(store: Arc<impl Store>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    let keyed = SignUp {
        idempotency: Some(scene.idempotency("key", "request")),
        ..scene.account().person(&person).sign_up(&*store).await
    };
    assert_eq!(store.sign_up(keyed.clone()).await, Ok(SignedUp::Created));

    // What would be taken, with both proofs live.
    let fresh = scene.another_account().person(&person);
    let identity = scene.identity().prove(&*store, &person).await;
    let good = SignUp {
        identity_proof: Some(identity),
        consents: vec![scene.consent("terms", scene.at(0))],
        idempotency: Some(scene.idempotency("another key", "request")),
        one_per_person: false,
        ..fresh.sign_up(&*store).await
    };
    let of_taken_number = scene.start().prove(&*store).await;
    let taken_number = keyed.account.phone_index;
    let for_another_purpose = scene.identity().purpose(Purpose::FindId).prove(&*store, &person).await;
    let nobodys = scene.check(&scene.start().open(&*store).await, Scene::RIGHT, scene.at(0)).proof.0;
    let dead = scene.at(0) + IdentityVerification::PROOF_LIFE;
    let with = |change: &dyn Fn(&mut SignUp)| {
        let mut refused = good.clone();
        change(&mut refused);
        refused
    };
    let cases = [
        (
            with(&|refused| refused.idempotency = Some(scene.idempotency("key", "another request"))),
            SignedUp::KeyReused,
        ),
        (with(&|refused| refused.proof = nobodys), SignedUp::Proof(ProofRefusal::Unknown)),
        (with(&|refused| refused.proof = keyed.proof), SignedUp::Proof(ProofRefusal::Used)),
        (with(&|refused| refused.proof = of_taken_number), SignedUp::Proof(ProofRefusal::Unknown)),
        (with(&|refused| refused.now = dead), SignedUp::Proof(ProofRefusal::Expired)),
        (
            with(&|refused| refused.identity_proof = Some(for_another_purpose)),
            SignedUp::IdentityProof(ProofRefusal::Unknown),
        ),
        (
            with(&|refused| {
                refused.proof = of_taken_number;
                refused.account.phone_index = taken_number;
            }),
            SignedUp::PhoneTaken,
        ),
        (with(&|refused| refused.account.login_index = keyed.account.login_index), SignedUp::LoginIdTaken),
        (with(&|refused| refused.one_per_person = true), SignedUp::PersonTaken),
    ];
    let before = raw.dump();
    assert!(before["accounts"].len() == 1 && before["verifications"].len() > 2, "the dump sees the rows");
    for (refused, expected) in cases {
        assert_eq!(store.sign_up(refused).await, Ok(expected.clone()));
        assert!(raw.dump() == before, "{expected:?} left a trace");
    }
    let repeated = SignUp { now: scene.at(0) + SignedDuration::from_hours(1), ..keyed.clone() };
    let account = Box::new(keyed.account);
    assert_eq!(store.sign_up(repeated).await, Ok(SignedUp::Repeated(account)));
    assert!(raw.dump() == before, "a repeated sign-up left a trace");

    assert_eq!(store.sign_up(good).await, Ok(SignedUp::Created), "nothing of it was used up");
    let after = raw.dump();
    assert_eq!((after["accounts"].len(), after["consents"].len()), (2, 1));
}

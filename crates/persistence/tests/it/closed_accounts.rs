//! What is left in the tables of accounts that were closed and of persons who were identified.

use std::sync::Arc;

use bonin_domain::codes::Purpose;
use bonin_ports::{AnyProof, PasswordRepository, SessionRepository};
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;

use crate::raw::{Raw, beside_both_engines};

beside_both_engines!(
    a_closed_account_keeps_nothing_of_its_person,
    what_is_told_of_a_person_goes_with_the_proof,
);

async fn a_closed_account_keeps_nothing_of_its_person(store: Arc<impl Store>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    let account = scene.account().person(&person).open(&*store).await;
    let neighbour = scene.another_account().person(&person).open(&*store).await;
    scene.log_in(&*store, &account, scene.at(1)).await;
    let proof = scene.start().purpose(Purpose::ResetPassword).prove(&*store).await;
    let (reset, _) = scene.reset(&account, AnyProof::Phone(proof), scene.at(1));
    assert_eq!(PasswordRepository::open_reset(&*store, reset).await, Ok(Ok(())));
    let kept = "length(login_index) + length(login_id) + length(phone_index) + length(phone) + length(nickname) \
         + length(password) > 0 OR ci IS NOT NULL OR di IS NOT NULL OR person_keys IS NOT NULL \
         OR identified_at IS NOT NULL OR idempotency_key IS NOT NULL";
    assert_eq!(raw.count("accounts", kept), 2);

    assert_eq!(store.close(&scene.tenant, account.id, &account.password, scene.at(2)).await, Ok(true));
    assert_eq!(raw.count("accounts", kept), 1, "the neighbour's row is as it was");
    assert_eq!(raw.count("accounts", "closed_at IS NOT NULL"), 1, "the row says that it was there");
    assert_eq!(raw.count("sessions", "1 = 1") + raw.count("password_resets", "1 = 1"), 0);
    assert!(SessionRepository::open(&*store, scene.session(&neighbour, scene.at(3)).0).await.unwrap());
}

async fn what_is_told_of_a_person_goes_with_the_proof(store: Arc<impl Store>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    let account = scene.account().person(&person).open(&*store).await;
    let proof = scene.identity().purpose(Purpose::FindId).prove(&*store, &person).await;
    assert_eq!(raw.count("identity_verifications", "identified IS NOT NULL"), 1);
    let query = bonin_ports::AccountQuery { proof: AnyProof::Identity(proof), now: scene.at(1) };
    assert_eq!(store.look_up(&scene.tenant, query).await, Ok(Ok(vec![account])));
    assert_eq!(raw.count("identity_verifications", "identified IS NOT NULL"), 0);
}

//! What fails halfway did not happen: the last statement of a transaction fails, and every table is as it was.

use std::sync::Arc;

use bonin_domain::codes::Purpose;
use bonin_domain::messages::MessageId;
use bonin_ports::{AnyProof, Notice, OutboxEntry, PasswordRepository, RepositoryError, SignUp};
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;

use crate::raw::{Raw, beside_both_engines};

beside_both_engines!(
    a_sign_up_under_a_taken_name_did_not_happen,
    nothing_is_done_that_its_owner_cannot_be_told,
);

/// The name of the account is looked at by nothing but the primary key.
async fn a_sign_up_under_a_taken_name_did_not_happen(store: Arc<impl Store>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let person = scene.person();
    let taken = scene.account().open(&*store).await;
    let mut new = SignUp {
        identity_proof: Some(scene.identity().prove(&*store, &person).await),
        idempotency: Some(scene.idempotency("key", "request")),
        ..scene.another_account().person(&person).sign_up(&*store).await
    };
    let before = raw.dump();
    new.account.id = taken.id;
    assert_eq!(store.sign_up(new).await, Err(RepositoryError::Conflict));
    assert!(raw.dump() == before, "both proofs live, no account, no consents");
}

/// The notice comes last, under a name that another message has.
async fn nothing_is_done_that_its_owner_cannot_be_told(store: Arc<impl Store>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let another = scene.start().open(&*store).await.message;
    let untold =
        |notice: Notice, id: MessageId| Notice { message: OutboxEntry { id, ..notice.message }, ..notice };
    let account = scene.account().open(&*store).await;
    let session = scene.log_in(&*store, &account, scene.at(1)).await.session.id;
    scene.log_in(&*store, &account, scene.at(1)).await;
    let prove = async |purpose| scene.start().purpose(purpose).prove(&*store).await;
    let (open, token) =
        scene.reset(&account, AnyProof::Phone(prove(Purpose::ResetPassword).await), scene.at(1));
    assert_eq!(store.open_reset(open).await, Ok(Ok(())));
    prove(Purpose::ResetPassword).await;
    let phone = scene.another_phone();
    let proof = scene.start().purpose(Purpose::ChangePhone).phone(phone.clone()).prove(&*store).await;

    let before = raw.dump();
    let (mut change, _) = scene.password_change(&account, session, scene.at(2));
    change.notice = untold(change.notice, another);
    assert_eq!(PasswordRepository::change(&*store, change).await, Err(RepositoryError::Conflict));
    let mut finish = scene.finish_reset(&account, &token, scene.at(2));
    finish.notice = untold(finish.notice, another);
    assert_eq!(store.finish_reset(finish).await, Err(RepositoryError::Conflict));
    let mut change = scene.phone_change(&account, session, &phone, proof, scene.at(2));
    change.notice = untold(change.notice, another);
    assert_eq!(store.change_phone(change).await, Err(RepositoryError::Conflict));
    assert!(raw.dump() == before, "password, number, sessions, resets and proofs are as they were");
}

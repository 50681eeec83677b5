//! Everything that may happen to one account at once happens, and nobody waits for each other in a circle.

use std::pin::Pin;
use std::sync::Arc;

use bonin_domain::codes::{Purpose, RuleMode};
use bonin_persistence::Database;
use bonin_ports::{
    AnyProof, ConsentRepository, IdentityResult, LoginAttemptRepository, PasswordRepository, RepositoryError,
    SessionEnd, SessionRepository, SignUp,
};
use bonin_testkit::Scene;
use bonin_testkit::contracts::Store;

use crate::databases::on_both_engines;

on_both_engines!(all_that_concerns_one_account_may_come_at_once);

/// Rounds of the storm, each over an account of its own.
const ROUNDS: usize = 16;

type Call = Pin<Box<dyn Future<Output = Result<(), RepositoryError>> + Send>>;

async fn all_that_concerns_one_account_may_come_at_once(store: Arc<impl Store + Database + 'static>) {
    for _ in 0..ROUNDS {
        let calls: Vec<_> = calls(&store).await.into_iter().map(tokio::spawn).collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), Ok(()), "a deadlock would be told as `Busy`");
        }
    }
}

/// One call of each kind, all about one number, login id and person.
async fn calls<S: Store + Database + 'static>(store: &Arc<S>) -> Vec<Call> {
    let scene = Scene::new().unlimited();
    let now = scene.at(2);
    let person = scene.person();
    let account = scene.account().person(&person).open(&**store).await;
    let prove = async |purpose| scene.start().purpose(purpose).prove(&**store).await;
    let identity = |purpose| scene.identity().purpose(purpose);
    let mut calls: Vec<Call> = Vec::new();
    macro_rules! call {
        (|$store:ident, $tenant:ident| $call:expr) => {{
            let ($store, $tenant) = (Arc::clone(store), scene.tenant.clone());
            calls.push(Box::pin(async move { $call.await.map(|_| ()) }));
        }};
    }
    let session = scene.log_in(&**store, &account, scene.at(1)).await.session;
    let reset_proof = AnyProof::Phone(prove(Purpose::ResetPassword).await);
    let by_person = AnyProof::Identity(identity(Purpose::ResetPassword).prove(&**store, &person).await);
    let (open, _) = scene.reset(&account, reset_proof, now);
    let (open_by_person, token) = scene.reset(&account, by_person, now);
    let finish = scene.finish_reset(&account, &token, now);
    let (change, _) = scene.password_change(&account, session.id, now);
    let (step_up, _) = scene.step_up(&session, prove(Purpose::StepUp).await, now);
    let (opened, _) = scene.session(&account, now);
    let phone = scene.another_phone();
    let proof = scene.start().purpose(Purpose::ChangePhone).phone(phone.clone()).prove(&**store).await;
    let change_phone = scene.phone_change(&account, session.id, &phone, proof, now);
    let new = SignUp {
        identity_proof: Some(identity(Purpose::SignUp).prove(&**store, &person).await),
        ..scene.account().person(&person).sign_up(&**store).await
    };
    let query = bonin_ports::AccountQuery {
        proof: AnyProof::Identity(identity(Purpose::FindId).prove(&**store, &person).await),
        now,
    };
    let holder = identity(Purpose::FindId).limit(RuleMode::Off).open(&**store).await;
    let stranger = scene.person();
    let contesting =
        IdentityResult { phone_index: Some(account.phone_index), ..scene.result(&holder, &stranger, now) };
    let (id, login) = (account.id, account.login_index);
    let (address, consent) = (scene.keys.address_index(&scene.address), scene.consent("terms", now));
    let password = account.password.clone();

    call!(|store, _tenant| store.open_reset(open));
    call!(|store, tenant| store.charge_refusal(&tenant, Purpose::ResetPassword, reset_proof, now));
    call!(|store, tenant| store.charge_refusal(&tenant, Purpose::ResetPassword, by_person, now));
    call!(|store, _tenant| store.open_reset(open_by_person));
    call!(|store, _tenant| store.finish_reset(finish));
    call!(|store, _tenant| PasswordRepository::change(&*store, change));
    call!(|store, _tenant| store.step_up(step_up));
    call!(|store, _tenant| SessionRepository::open(&*store, opened));
    call!(|store, _tenant| store.change_phone(change_phone));
    call!(|store, _tenant| store.sign_up(new));
    call!(|store, _tenant| store.complete(contesting));
    call!(|store, _tenant| store.purge(now, 100));
    call!(|store, tenant| store.look_up(&tenant, query));
    call!(|store, tenant| SessionRepository::end(&*store, &tenant, id, SessionEnd::Others(session.id)));
    call!(|store, tenant| LoginAttemptRepository::charge(&*store, &tenant, login, Some(address), now));
    call!(|store, tenant| store.forgive(&tenant, login, Some(address)));
    call!(|store, tenant| ConsentRepository::add(&*store, &tenant, id, consent, address));
    call!(|store, tenant| store.close(&tenant, id, &password, now));
    calls
}

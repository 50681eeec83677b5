//! What the cases of accounts share.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, Consent, PersonLink, Session, SessionPolicy, SessionToken};
use bonin_domain::codes::{ProofDigest, Purpose, RuleMode};
use bonin_domain::identity::IdentityProofDigest;
use bonin_ports::{
    AccountKey, AccountQuery, AccountRepository, AnyProof, ConsentRepository, IdentityCompleted,
    IdentityProved, IdentityRepository, IdentityResult, ProofRefusal, SessionRepository, SignUp, SignedUp,
};
use jiff::Timestamp;

use super::Store;
use super::support::race;
use crate::{LoggedIn, Scene};

/// A proof of the scene's number for `purpose`.
pub(super) async fn proof(
    store: &Arc<dyn Store>,
    scene: &Scene,
    purpose: Purpose,
    now: Timestamp,
) -> ProofDigest {
    scene.start().purpose(purpose).at(now).prove(&**store).await
}

/// A proof of `person` for `purpose`.
pub(super) async fn identity_proof(
    store: &Arc<dyn Store>,
    scene: &Scene,
    purpose: Purpose,
    person: &PersonLink,
    now: Timestamp,
) -> IdentityProofDigest {
    scene.identity().purpose(purpose).at(now).prove(&**store, person).await
}

/// What a proof of an identity stands for.
pub(super) async fn find_identity_proof(
    store: &Arc<dyn Store>,
    tenant: &TenantId,
    purpose: Purpose,
    proof: IdentityProofDigest,
    now: Timestamp,
) -> Result<IdentityProved, ProofRefusal> {
    let found = IdentityRepository::find_proof(&**store, tenant, purpose, proof, now);
    found.await.expect("the store works")
}

/// Another person is identified with the number of an account.
pub(super) async fn contest(store: &Arc<dyn Store>, scene: &Scene, account: &Account, now: Timestamp) {
    let identity = scene.identity().tenant(account.tenant.clone()).limit(RuleMode::Off).at(now);
    let holder = identity.open(&**store).await;
    let result = scene.result(&holder, &scene.person(), now);
    let result = IdentityResult { phone_index: Some(account.phone_index), ..result };
    assert_eq!(store.complete(result).await, Ok(IdentityCompleted::Completed));
}

pub(super) async fn sign_up(store: &Arc<dyn Store>, sign_up: SignUp) -> SignedUp {
    AccountRepository::sign_up(&**store, sign_up).await.expect("the store works")
}

/// Runs all sign-ups at once.
pub(super) async fn race_sign_ups(store: &Arc<dyn Store>, sign_ups: Vec<SignUp>) -> Vec<SignedUp> {
    let calls = sign_ups.into_iter().map(|new| {
        let store = Arc::clone(store);
        async move { sign_up(&store, new).await }
    });
    race(calls).await
}

pub(super) async fn account(store: &Arc<dyn Store>, tenant: &TenantId, key: AccountKey) -> Option<Account> {
    AccountRepository::find(&**store, tenant, key).await.expect("the store works")
}

/// An account as it is now, by its name.
pub(super) async fn now_is(store: &Arc<dyn Store>, known: &Account) -> Option<Account> {
    account(store, &known.tenant, AccountKey::Id(known.id)).await
}

pub(super) async fn consents(store: &Arc<dyn Store>, account: &Account) -> Vec<Consent> {
    ConsentRepository::history(&**store, &account.tenant, account.id).await.expect("the store works")
}

pub(super) async fn look_up(
    store: &Arc<dyn Store>,
    tenant: &TenantId,
    proof: AnyProof,
    now: Timestamp,
) -> Result<Vec<Account>, ProofRefusal> {
    store.look_up(tenant, AccountQuery { proof, now }).await.expect("the store works")
}

/// Looks for a session by its token, which may note its use.
pub(super) async fn find_session(
    store: &Arc<dyn Store>,
    tenant: &TenantId,
    token: &SessionToken,
    now: Timestamp,
) -> Option<Session> {
    let policy = SessionPolicy::default();
    let found = SessionRepository::find(&**store, tenant, token.digest(), policy, now);
    found.await.expect("the store works")
}

/// Whether a session is live under the token that it was opened with.
pub(super) async fn is_live(store: &Arc<dyn Store>, logged_in: &LoggedIn, now: Timestamp) -> bool {
    let found = find_session(store, &logged_in.session.tenant, &logged_in.token, now).await;
    found.is_some_and(|found| found.id == logged_in.session.id)
}

/// The live sessions of an account, the one used last first.
pub(super) async fn sessions(store: &Arc<dyn Store>, account: &Account, now: Timestamp) -> Vec<Session> {
    let policy = SessionPolicy::default();
    let listed = SessionRepository::list(&**store, &account.tenant, account.id, policy, now);
    listed.await.expect("the store works")
}

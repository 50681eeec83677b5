//! Results of identity verifications: what is known of them, and which are to be erased.

use std::sync::Arc;

use bonin_domain::identity::IdentityApi;
use bonin_domain::keys::SealedField;
use bonin_ports::{DueErasure, IdentityCompleted, IdentityResult};
use jiff::Timestamp;

use super::Store;
use super::identities::complete;
use super::support::{MICROSECOND, race};
use crate::{IdentityHolder, Scene};

/// An order id that was issued is known, from the start on, and one of somebody else is not.
pub async fn an_issued_order_id_is_known(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (never, _) = scene.identity().draw();
    assert_eq!(store.is_issued(&never.verification.order).await, Ok(false));
    let holder = scene.identity().tenant(scene.another_tenant()).open(&*store).await;
    assert_eq!(store.is_issued(&holder.verification.order).await, Ok(true));
    assert_eq!(
        complete(&store, scene.result(&holder, &scene.person(), scene.at(1))).await,
        IdentityCompleted::Completed
    );
    assert_eq!(store.is_issued(&holder.verification.order).await, Ok(true));
    assert_eq!(store.is_used(scene.result_index()).await, Ok(false));
}

/// Completes an identity verification whose result is to be erased.
async fn to_erase(
    store: &Arc<dyn Store>,
    scene: &Scene,
    api: IdentityApi,
    second: i64,
) -> (IdentityHolder, DueErasure) {
    let tenant = if api == IdentityApi::V1 { scene.tenant.clone() } else { scene.another_tenant() };
    let holder = scene.identity().tenant(tenant).api(api).open(&**store).await;
    let reference = scene.reference(&holder, "imp_123456789012");
    let result = scene.result(&holder, &scene.person(), scene.at(second));
    let result = IdentityResult { erase: Some(reference.clone()), ..result };
    assert_eq!(complete(store, result).await, IdentityCompleted::Completed);
    let (id, tenant) = (holder.verification.id, holder.verification.tenant.clone());
    (holder, DueErasure { id, tenant, api, reference })
}

async fn due(store: &Arc<dyn Store>, now: Timestamp, retry_at: Timestamp, limit: u16) -> Vec<DueErasure> {
    store.due_erasures(now, retry_at, limit).await.expect("the store works")
}

fn sorted(mut erasures: Vec<DueErasure>) -> Vec<DueErasure> {
    erasures.sort_by_key(|erasure| erasure.id.as_uuid());
    erasures
}

/// A result to erase is handed out as it was sealed, again when it says and not before, and never once it was erased.
pub async fn a_result_is_handed_out_until_it_is_erased(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (_, first) = to_erase(&store, &scene, IdentityApi::V1, 1).await;
    let (_, second) = to_erase(&store, &scene, IdentityApi::V2, 1).await;
    let kept = scene.identity().open(&*store).await;
    let result = scene.result(&kept, &scene.person(), scene.at(1));
    assert_eq!(complete(&store, result).await, IdentityCompleted::Completed);
    let both = sorted(vec![first.clone(), second.clone()]);
    assert_eq!(sorted(due(&store, scene.at(1), scene.at(60), 10).await), both);
    let row = first.id.as_row();
    let name = scene.keys.unseal(&first.tenant, SealedField::Reference, row, &first.reference);
    assert_eq!(&**name.expect("the name opens"), b"imp_123456789012");
    assert_eq!(due(&store, scene.at(60) - MICROSECOND, scene.at(90), 10).await, []);
    assert_eq!(store.erased(&scene.another_tenant(), first.id).await, Ok(()));
    assert_eq!(
        sorted(due(&store, scene.at(60), scene.at(120), 10).await),
        both,
        "another tenant erases nothing"
    );
    assert_eq!(store.erased(&first.tenant, first.id).await, Ok(()));
    assert_eq!(due(&store, scene.at(120), scene.at(180), 10).await, std::slice::from_ref(&second));
    assert_eq!(store.erased(&second.tenant, second.id).await, Ok(()));
    assert_eq!(due(&store, scene.at(3_600), scene.at(3_660), 10).await, []);
}

/// No more are handed out than were asked for, and none to two who ask at once.
pub async fn concurrent_erasers_are_disjoint_and_leave_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let mut all = Vec::new();
    for _ in 0..12 {
        all.push(to_erase(&store, &scene, IdentityApi::V1, 1).await.1);
    }
    assert_eq!(due(&store, scene.at(2), scene.at(3), 5).await.len(), 5);
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let (store, now, retry_at) = (Arc::clone(&store), scene.at(3), scene.at(60));
            async move { due(&store, now, retry_at, 3).await }
        })
        .collect();
    let mut taken: Vec<_> = race(calls).await.into_iter().flatten().collect();
    // One may pass over what another is about to take, and end early.
    taken.extend(due(&store, scene.at(3), scene.at(60), 100).await);
    assert_eq!(sorted(taken), sorted(all), "each is handed out once");
}

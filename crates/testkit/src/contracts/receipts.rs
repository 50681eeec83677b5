//! Receipts: kept until they are read, each read by one process at a time.

use std::collections::HashSet;
use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::keys::SealedField;
use bonin_domain::messages::{ProviderName, ReceiptId};
use bonin_ports::{ReceiptRepository, StoredReceipt};
use jiff::Timestamp;

use super::Store;
use super::support::{MICROSECOND, race, turn};
use crate::Scene;

/// Stores a call of Nexmo that came as the scene opened.
async fn stored(store: &Arc<dyn Store>, scene: &Scene, due_at: Timestamp) -> StoredReceipt {
    let id = ReceiptId::from_uuid(scene.lease().as_uuid());
    let (tenant, row) = (TenantId::default_tenant(), id.as_row());
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let receipt = StoredReceipt {
        id,
        provider: ProviderName::parse("nexmo").expect("a provider's name"),
        call: scene.keys.seal(&tenant, SealedField::Receipt, row, b"status=delivered", &mut fill),
        received_at: scene.at(0),
    };
    store.store(receipt.clone(), due_at).await.expect("the store works");
    receipt
}

async fn due(store: &Arc<dyn Store>, now: Timestamp, until: Timestamp) -> Vec<StoredReceipt> {
    ReceiptRepository::lease(&**store, now, until, 1_000).await.expect("the store works")
}

/// A receipt is due when it says and not before, and comes as it was stored.
pub async fn a_receipt_is_due_when_it_says(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let receipt = stored(&store, &scene, scene.at(30)).await;
    assert_eq!(due(&store, scene.at(30) - MICROSECOND, scene.at(60)).await, []);
    assert_eq!(due(&store, scene.at(30), scene.at(60)).await, [receipt]);
}

/// A receipt that one process reads is left alone until its turn ends; then it is due again.
pub async fn a_leased_receipt_is_left_alone_until_its_end(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let receipt = stored(&store, &scene, scene.at(30)).await;
    assert_eq!(due(&store, scene.at(31), scene.at(60)).await.len(), 1);
    for early in [scene.at(31), scene.at(60) - MICROSECOND] {
        assert_eq!(due(&store, early, scene.at(90)).await, []);
    }
    assert_eq!(due(&store, scene.at(60), scene.at(90)).await, [receipt]);
}

/// A receipt that is put off comes back then, and one that is done never again, due or not.
pub async fn a_settled_receipt_comes_back_when_it_says_or_never(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let receipt = stored(&store, &scene, scene.at(30)).await;
    let read_at_once = stored(&store, &scene, scene.at(30)).await;
    assert_eq!(store.settle(read_at_once.id, None).await, Ok(()));
    assert_eq!(due(&store, scene.at(30), scene.at(60)).await, std::slice::from_ref(&receipt));
    assert_eq!(store.settle(receipt.id, Some(scene.at(90))).await, Ok(()));
    assert_eq!(due(&store, scene.at(90) - MICROSECOND, scene.at(120)).await, []);
    assert_eq!(due(&store, scene.at(90), scene.at(120)).await, std::slice::from_ref(&receipt));
    assert_eq!(store.settle(receipt.id, None).await, Ok(()));
    assert_eq!(due(&store, scene.at(9_000), scene.at(9_030)).await, []);
}

/// Concurrent readers get every due receipt, no more at a time than they ask for, and none twice.
pub async fn concurrent_readers_are_disjoint_and_leave_nothing(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let mut own: HashSet<ReceiptId> = HashSet::new();
    for _ in 0..24 {
        own.insert(stored(&store, &scene, scene.at(5)).await.id);
    }
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let (store, now, until) = (Arc::clone(&store), scene.at(5), scene.at(35));
            async move {
                let mut taken = Vec::new();
                // Bounded, so that a store that gives receipts again and again fails and does not hang.
                for _ in 0..24 {
                    let leased = ReceiptRepository::lease(&*store, now, until, 3).await;
                    let leased = leased.expect("the store works");
                    assert!(leased.len() <= 3, "no more than it asked for");
                    if leased.is_empty() {
                        break;
                    }
                    taken.extend(leased.into_iter().map(|receipt| receipt.id));
                }
                taken
            }
        })
        .collect();
    let mut taken: Vec<ReceiptId> = race(calls).await.into_iter().flatten().collect();
    taken.extend(due(&store, scene.at(5), scene.at(35)).await.iter().map(|receipt| receipt.id));
    assert_eq!(taken.len(), 24, "no receipt is read twice");
    assert_eq!(taken.into_iter().collect::<HashSet<_>>(), own);
}

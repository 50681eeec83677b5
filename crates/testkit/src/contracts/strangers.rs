//! Strangers: who lacks the token, the tenant or the id gets nothing and changes nothing.

use std::sync::Arc;

use bonin_domain::codes::{Purpose, Status, Verification, VerificationId};
use bonin_ports::Holder::Tenant;
use bonin_ports::{Cancelled, Check, Resent, Spent, VerificationRepository};

use super::Store;
use super::support::{cancel, find, history, resend, seen, spend, verify};
use crate::{Holder, Scene};

/// A wrong token, another tenant and an unknown id are answered alike, and nothing is charged or changed.
pub async fn a_stranger_finds_nothing_and_changes_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = scene.start().open(&*store).await;
    let neighbour = scene.start().open(&*store).await;
    let before = seen(&store, &holder, scene.at(1)).await;
    let strangers = [
        Holder { token: scene.token(), ..holder.clone() },
        Holder { token: neighbour.token.clone(), ..holder.clone() },
        Holder { tenant: scene.another_tenant(), ..holder.clone() },
        Holder { id: VerificationId::draw(scene.at(0), &mut |bytes| bytes.fill(0)), ..holder.clone() },
    ];
    for stranger in strangers {
        let (tenant, id, token) = (&stranger.tenant, stranger.id, stranger.token.digest());
        for digits in [Scene::RIGHT, Scene::WRONG] {
            // The digests are the holder's: only token, tenant or id are not.
            let check =
                Check { tenant: tenant.clone(), id, token, ..scene.check(&holder, digits, scene.at(1)) };
            assert_eq!(spend(&store, check).await, Spent::NotFound);
        }
        assert_eq!(resend(&store, scene.resend(&stranger, "222222", scene.at(1))).await, Resent::NotFound);
        assert_eq!(cancel(&store, &stranger, scene.at(1)).await, Cancelled::NotFound);
        assert_eq!(find(&store, &stranger, scene.at(1)).await, None);
    }
    assert_eq!(history(&store, &scene.another_tenant(), holder.id).await, []);
    assert_eq!(seen(&store, &holder, scene.at(1)).await, before);
    verify(&store, &scene, &holder, scene.at(1)).await;
}

/// A code counts for its own verification only, not for one of another purpose or tenant.
pub async fn a_code_counts_for_its_own_verification_only(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = scene.start().digits("111111").open(&*store).await;
    let purpose = scene.start().digits("222222").purpose(Purpose::ResetPassword).open(&*store).await;
    let tenant = scene.start().digits("333333").tenant(scene.another_tenant()).open(&*store).await;
    for digits in ["222222", "333333"] {
        let spent = spend(&store, scene.check(&holder, digits, scene.at(1))).await;
        assert!(matches!(spent, Spent::Missed(_)), "the code of another verification: {spent:?}");
    }
    // The right digits, but digested for another verification, and for another tenant.
    for stranger in [&purpose, &Holder { tenant: tenant.tenant.clone(), ..holder.clone() }] {
        let check = Check {
            code: scene.check(stranger, "111111", scene.at(1)).code,
            ..scene.check(&holder, "111111", scene.at(1))
        };
        let spent = spend(&store, check).await;
        assert!(matches!(spent, Spent::Missed(_)), "digests made for another verification: {spent:?}");
    }
    for (holder, digits) in [(&holder, "111111"), (&purpose, "222222"), (&tenant, "333333")] {
        let spent = spend(&store, scene.check(holder, digits, scene.at(1))).await;
        assert!(matches!(spent, Spent::Matched(_)), "its own code: {spent:?}");
    }
}

/// A key of the tenant finds and cancels a verification without its token; one of another tenant does not.
pub async fn a_tenants_key_finds_and_cancels_without_the_token(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().open(&*store).await;
    let (id, now) = (holder.id, scene.at(1));
    let pending = seen(&store, &holder, now).await;
    let (own, other) = (&scene.tenant, &scene.another_tenant());
    let find = async |tenant| VerificationRepository::find(&*store, tenant, id, Tenant, now).await;
    let cancel = async |tenant| VerificationRepository::cancel(&*store, tenant, id, Tenant, now).await;
    assert_eq!(find(other).await, Ok(None));
    assert_eq!(cancel(other).await, Ok(Cancelled::NotFound));
    assert_eq!(find(own).await, Ok(Some(pending.clone())));
    let cancelled = Verification { status: Status::Cancelled, ..pending };
    assert_eq!(cancel(own).await, Ok(Cancelled::Done(cancelled.clone())));
    assert_eq!(cancel(own).await, Ok(Cancelled::Over(cancelled.clone())));
    assert_eq!(find(own).await, Ok(Some(cancelled)));
}

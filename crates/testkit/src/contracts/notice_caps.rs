//! How many notices a number gets: each one costs money.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::Account;
use bonin_domain::codes::Purpose;
use bonin_domain::messages::MessageId;
use bonin_ports::{PhoneChanged, SignedUp};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::members::{now_is, sign_up};
use super::support::{MICROSECOND, count, ids, lease, race, turn};
use crate::{LoggedIn, Scene};

/// Changes the password of an account and gives the name of the notice.
async fn changed(
    store: &Arc<dyn Store>,
    scene: &Scene,
    known: &mut Account,
    session: &LoggedIn,
    now: Timestamp,
) -> MessageId {
    let (change, _) = scene.password_change(known, session.session.id, now);
    let (notice, to) = (change.notice.message.id, change.to.clone());
    assert_eq!(store.change(change).await, Ok(true), "the deed goes on");
    known.password = to;
    notice
}

/// Five deeds are told to a number within 24 hours, to the microsecond; what comes beyond that is done all the same.
pub async fn a_number_is_told_five_times_in_24_hours(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let mut known = scene.account().open(&*store).await;
    let session = scene.log_in(&*store, &known, scene.at(0)).await;
    let day = SignedDuration::from_hours(24);
    let moments = [
        (scene.at(0), true),
        (scene.at(1), true),
        (scene.at(1), true),
        (scene.at(2), true),
        (scene.at(3), true),
        (scene.at(3), false),
        (scene.at(0) + day - MICROSECOND, false),
        (scene.at(0) + day, true),
        (scene.at(0) + day, false),
    ];
    let mut own = Vec::new();
    let mut told = Vec::new();
    for (at, expected) in moments {
        // It lives for 12 hours: whoever changes the password is logged in again.
        let session =
            if at > scene.at(10) { scene.log_in(&*store, &known, at).await } else { session.clone() };
        let notice = changed(&store, &scene, &mut known, &session, at).await;
        own.push(notice);
        told.extend(expected.then_some(notice));
    }
    let last = scene.at(0) + day;
    let mut leased = ids(&lease(&store, scene.lease(), last, last + day, &own).await);
    leased.sort_by_key(|id| own.iter().position(|one| one == id));
    assert_eq!(leased, told);
    assert_eq!(now_is(&store, &known).await, Some(known));
}

/// However many deeds come at once, in whichever tenants, a number is told of five.
pub async fn a_number_is_told_five_times_over_all_tenants_however_many_deeds_come_at_once(
    store: Arc<dyn Store>,
) {
    let (scene, _turn) = turn().await;
    let mut changes = Vec::new();
    for place in 0..12 {
        let tenant = TenantId::parse(&format!("{}-{place}", scene.own_tenant())).expect("a tenant's name");
        let new = scene.account().tenant(tenant).sign_up(&*store).await;
        let known = new.account.clone();
        assert_eq!(sign_up(&store, new).await, SignedUp::Created);
        let session = scene.log_in(&*store, &known, scene.at(0)).await.session.id;
        changes.push(scene.password_change(&known, session, scene.at(1)).0);
    }
    let own: Vec<_> = changes.iter().map(|change| change.notice.message.id).collect();
    let calls: Vec<_> = changes
        .into_iter()
        .map(|change| {
            let store = Arc::clone(&store);
            async move { store.change(change).await.expect("the store works") }
        })
        .collect();
    assert_eq!(count(&race(calls).await, |done| *done), 12);
    assert_eq!(lease(&store, scene.lease(), scene.at(1), scene.at(60), &own).await.len(), 5);
}

/// A change to the number that the account has tells nobody.
pub async fn the_same_number_again_is_told_to_nobody(store: Arc<dyn Store>) {
    let (scene, _turn) = turn().await;
    let known = scene.account().open(&*store).await;
    let session = scene.log_in(&*store, &known, scene.at(0)).await.session.id;
    let given = scene.start().purpose(Purpose::ChangePhone).at(scene.at(1)).prove(&*store).await;
    let change = scene.phone_change(&known, session, &scene.phone, given, scene.at(1));
    let own = [change.notice.message.id];
    assert_eq!(store.change_phone(change).await, Ok(PhoneChanged::Changed));
    assert_eq!(now_is(&store, &known).await.map(|known| known.phone_proved_at), Some(scene.at(1)));
    assert_eq!(lease(&store, scene.lease(), scene.at(2), scene.at(60), &own).await, []);
}

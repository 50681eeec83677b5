//! One-time passwords: how many are sent and how many are compared.

use std::sync::Arc;

use bonin_domain::PhoneNumber;
use bonin_domain::codes::RuleMode;
use bonin_domain::keys::{Sealed, SealedField};
use bonin_ports::{IdentityCompleted, OtpCharge, OtpCharged, OtpRepository};
use jiff::Timestamp;

use super::Store;
use super::identities::complete;
use super::support::{MICROSECOND, count, race};
use crate::{IdentityHolder, Scene};

async fn charge(
    store: &Arc<dyn Store>,
    holder: &IdentityHolder,
    charge: OtpCharge,
    now: Timestamp,
) -> OtpCharged {
    let (tenant, id, token) = (&holder.verification.tenant, holder.verification.id, holder.token.digest());
    OtpRepository::charge(&**store, tenant, id, token, charge, now).await.expect("the store works")
}

fn request_to(scene: &Scene, phone: &PhoneNumber) -> OtpCharge {
    OtpCharge::Request { phone_index: scene.keys.phone_index(phone), limit: RuleMode::Block }
}

async fn note(store: &Arc<dyn Store>, scene: &Scene, holder: &IdentityHolder, name: &str) -> Sealed {
    let reference = scene.reference(holder, name);
    let (tenant, id) = (&holder.verification.tenant, holder.verification.id);
    let noted = OtpRepository::note(&**store, tenant, id, reference.clone());
    assert_eq!(noted.await, Ok(()));
    reference
}

fn allowed(holder: &IdentityHolder, reference: Option<Sealed>) -> OtpCharged {
    OtpCharged::Allowed { verification: holder.verification.clone(), reference }
}

fn is_allowed(charged: &OtpCharged) -> bool {
    matches!(charged, OtpCharged::Allowed { .. })
}

/// Three one-time passwords are sent for an identity verification, and five compared with the one named last.
pub async fn three_one_time_passwords_are_sent_and_five_compared(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.identity().open(&*store).await;
    let request = request_to(&scene, &scene.phone);
    assert_eq!(charge(&store, &holder, OtpCharge::Try, scene.at(1)).await, OtpCharged::NotRequested);
    assert_eq!(charge(&store, &holder, request, scene.at(1)).await, allowed(&holder, None));
    assert_eq!(charge(&store, &holder, OtpCharge::Try, scene.at(1)).await, OtpCharged::NotRequested);
    let first = note(&store, &scene, &holder, "imp_1").await;
    let row = holder.verification.id.as_row();
    assert!(scene.keys.unseal(&scene.tenant, SealedField::Reference, row, &first).is_ok());
    for _ in 0..2 {
        let compared = charge(&store, &holder, OtpCharge::Try, scene.at(2)).await;
        assert_eq!(compared, allowed(&holder, Some(first.clone())));
    }
    assert!(is_allowed(&charge(&store, &holder, request, scene.at(3)).await));
    let second = note(&store, &scene, &holder, "imp_2").await;
    assert!(is_allowed(&charge(&store, &holder, request, scene.at(3)).await));
    for _ in 0..2 {
        assert_eq!(charge(&store, &holder, request, scene.at(4)).await, OtpCharged::Exhausted);
    }
    for _ in 0..3 {
        let compared = charge(&store, &holder, OtpCharge::Try, scene.at(5)).await;
        assert_eq!(compared, allowed(&holder, Some(second.clone())));
    }
    for _ in 0..2 {
        assert_eq!(charge(&store, &holder, OtpCharge::Try, scene.at(6)).await, OtpCharged::Exhausted);
    }
    let other = scene.identity().open(&*store).await;
    let other_phone = request_to(&scene, &scene.another_phone());
    assert!(is_allowed(&charge(&store, &other, other_phone, scene.at(6)).await), "each has its own budget");
    assert_eq!(charge(&store, &other, OtpCharge::Try, scene.at(6)).await, OtpCharged::NotRequested);
}

/// Asks for one-time passwords to `phone` from identity verifications of their own, which are allowed.
async fn sent(
    store: &Arc<dyn Store>,
    scene: &Scene,
    phone: &PhoneNumber,
    limit: RuleMode,
    now: Timestamp,
    times: usize,
) {
    for _ in 0..times {
        let holder = scene.identity().limit(RuleMode::Off).at(now).open(&**store).await;
        let phone_index = scene.keys.phone_index(phone);
        let charged = charge(store, &holder, OtpCharge::Request { phone_index, limit }, now).await;
        assert!(is_allowed(&charged), "{charged:?}");
    }
}

async fn refused(store: &Arc<dyn Store>, scene: &Scene, now: Timestamp, until: Timestamp) {
    let holder = scene.identity().limit(RuleMode::Off).at(now).open(&**store).await;
    let charged = charge(store, &holder, request_to(scene, &scene.phone), now).await;
    assert_eq!(charged, OtpCharged::TooMany { until });
}

/// A number gets five one-time passwords in ten minutes and ten in a day, to the microsecond; one that was refused is
/// not charged.
pub async fn a_number_gets_so_many_one_time_passwords(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let phone = &scene.phone;
    sent(&store, &scene, phone, RuleMode::Block, scene.at(0), 1).await;
    sent(&store, &scene, phone, RuleMode::Block, scene.at(10), 4).await;
    for early in [scene.at(10), scene.at(600) - MICROSECOND] {
        refused(&store, &scene, early, scene.at(600)).await;
    }
    sent(&store, &scene, &scene.another_phone(), RuleMode::Block, scene.at(10), 1).await;
    sent(&store, &scene, phone, RuleMode::Block, scene.at(600), 1).await;
    refused(&store, &scene, scene.at(600), scene.at(610)).await;
    sent(&store, &scene, phone, RuleMode::Block, scene.at(610), 4).await;
    let day = scene.at(86_400);
    for early in [scene.at(7_200), day - MICROSECOND] {
        refused(&store, &scene, early, day).await;
    }
    sent(&store, &scene, phone, RuleMode::Block, day, 1).await;
    let holder = scene.identity().limit(RuleMode::Off).at(day).open(&*store).await;
    for _ in 0..4 {
        let charged = charge(&store, &holder, request_to(&scene, phone), day).await;
        assert_eq!(charged, OtpCharged::TooMany { until: scene.at(86_410) });
    }
    let now = scene.at(86_410);
    for _ in 0..3 {
        let charged = charge(&store, &holder, request_to(&scene, phone), now).await;
        assert!(is_allowed(&charged), "being refused used up nothing: {charged:?}");
    }
}

/// A rule that is off neither refuses nor counts; one that is only recorded counts and does not refuse. The budget of
/// the identity verification stands in any case.
pub async fn a_rule_for_one_time_passwords_that_is_not_applied_refuses_nothing(store: Arc<dyn Store>) {
    let scene = Scene::new();
    sent(&store, &scene, &scene.phone, RuleMode::Off, scene.at(0), 7).await;
    sent(&store, &scene, &scene.phone, RuleMode::Block, scene.at(1), 1).await;
    sent(&store, &scene, &scene.phone, RuleMode::Record, scene.at(1), 7).await;
    refused(&store, &scene, scene.at(2), scene.at(601)).await;
    sent(&store, &scene, &scene.phone, RuleMode::Off, scene.at(2), 1).await;
    let holder = scene.identity().limit(RuleMode::Off).open(&*store).await;
    let phone_index = scene.phone_index();
    for limit in [RuleMode::Off, RuleMode::Record, RuleMode::Off] {
        let charged = charge(&store, &holder, OtpCharge::Request { phone_index, limit }, scene.at(3)).await;
        assert!(is_allowed(&charged), "{charged:?}");
    }
    let request = OtpCharge::Request { phone_index, limit: RuleMode::Off };
    assert_eq!(charge(&store, &holder, request, scene.at(3)).await, OtpCharged::Exhausted);
}

/// Nothing is sent or compared for an identity verification that is over, nor for whoever does not hold it.
pub async fn one_time_passwords_are_for_the_holder_of_a_pending_verification(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let request = request_to(&scene, &scene.phone);
    let (done, left) = (scene.identity().open(&*store).await, scene.identity().open(&*store).await);
    for holder in [&done, &left] {
        assert!(is_allowed(&charge(&store, holder, request, scene.at(1)).await));
        note(&store, &scene, holder, "imp_1").await;
    }
    let strange = IdentityHolder { token: scene.identity().draw().1.token, ..left.clone() };
    let mut elsewhere = left.clone();
    elsewhere.verification.tenant = scene.another_tenant();
    let never = scene.identity().draw().1;
    for holder in [&strange, &elsewhere, &never] {
        for asked in [request, OtpCharge::Try] {
            assert_eq!(charge(&store, holder, asked, scene.at(2)).await, OtpCharged::NotFound);
        }
    }
    let foreign = scene.reference(&left, "imp_2");
    let (elsewhere, id) = (scene.another_tenant(), left.verification.id);
    let noted = OtpRepository::note(&*store, &elsewhere, id, foreign.clone()).await;
    assert_eq!(noted, Ok(()));
    let tried = charge(&store, &left, OtpCharge::Try, scene.at(2)).await;
    assert!(tried != allowed(&left, Some(foreign)) && is_allowed(&tried), "another tenant notes nothing");
    let result = scene.result(&done, &scene.person(), scene.at(3));
    assert_eq!(complete(&store, result).await, IdentityCompleted::Completed);
    let end = left.verification.expires_at;
    for (holder, now) in [(&done, scene.at(4)), (&left, end), (&left, end + MICROSECOND)] {
        for asked in [request, OtpCharge::Try] {
            assert_eq!(charge(&store, holder, asked, now).await, OtpCharged::Over);
        }
    }
    let last = end - MICROSECOND;
    for asked in [request, OtpCharge::Try] {
        assert!(is_allowed(&charge(&store, &left, asked, last).await));
    }
}

async fn race_charges(
    store: &Arc<dyn Store>,
    holders: &[IdentityHolder],
    asked: OtpCharge,
    now: Timestamp,
) -> Vec<OtpCharged> {
    let calls: Vec<_> = holders
        .iter()
        .map(|holder| {
            let (store, holder) = (Arc::clone(store), holder.clone());
            async move { charge(&store, &holder, asked, now).await }
        })
        .collect();
    race(calls).await
}

/// Of 16 concurrent requests three are sent, of 16 concurrent tries five compared, of 16 to one number five sent.
pub async fn concurrent_one_time_passwords_never_pass_a_budget(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = scene.identity().open(&*store).await;
    let same = vec![holder.clone(); 16];
    let ended = race_charges(&store, &same, request_to(&scene, &scene.another_phone()), scene.at(1)).await;
    assert_eq!(count(&ended, is_allowed), 3);
    assert_eq!(count(&ended, |one| *one == OtpCharged::Exhausted), 13);
    note(&store, &scene, &holder, "imp_1").await;
    let ended = race_charges(&store, &same, OtpCharge::Try, scene.at(2)).await;
    assert_eq!(count(&ended, is_allowed), 5);
    assert_eq!(count(&ended, |one| *one == OtpCharged::Exhausted), 11);
    let mut many = Vec::new();
    for _ in 0..16 {
        many.push(scene.identity().open(&*store).await);
    }
    let ended = race_charges(&store, &many, request_to(&scene, &scene.phone), scene.at(3)).await;
    assert_eq!(count(&ended, is_allowed), 5);
    assert_eq!(count(&ended, |one| *one == OtpCharged::TooMany { until: scene.at(603) }), 11);
}

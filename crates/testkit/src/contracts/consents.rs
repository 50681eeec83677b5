//! Consents: kept as they were given, never changed.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, Consent, TermVersion, TextHash};
use bonin_domain::messages::Locale;
use bonin_ports::{ConsentRepository, SignUp, SignedUp};

use super::Store;
use super::members::{consents, sign_up};
use crate::Scene;

async fn add(
    store: &Arc<dyn Store>,
    scene: &Scene,
    tenant: &TenantId,
    account: &Account,
    consent: &Consent,
) -> bool {
    let address = scene.keys.address_index(&scene.address);
    let added = ConsentRepository::add(&**store, tenant, account.id, consent.clone(), address);
    added.await.expect("the store works")
}

/// Consents are told oldest first, as they were given; a withdrawal is another row, and so is a second yes.
pub async fn a_withdrawal_is_another_row(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let first = scene.consent("marketing", scene.at(0));
    let new = scene.account().sign_up(&*store).await;
    let known = new.account.clone();
    let new = SignUp { consents: vec![first.clone()], ..new };
    assert_eq!(sign_up(&store, new).await, SignedUp::Created);
    let withdrawn = Consent { given: false, at: scene.at(10), ..first.clone() };
    let renewed = Consent {
        version: TermVersion::parse("2026-11-01").expect("a version"),
        locale: Locale::En,
        text: TextHash([9; 32]),
        at: scene.at(20),
        ..first.clone()
    };
    let mut expected = vec![first];
    for next in [withdrawn.clone(), renewed, Consent { at: scene.at(30), ..withdrawn }] {
        assert!(add(&store, &scene, &scene.tenant, &known, &next).await);
        expected.push(next);
        assert_eq!(consents(&store, &known).await, expected);
    }
    let neighbour = scene.another_account().open(&*store).await;
    assert_eq!(consents(&store, &neighbour).await, []);
    let elsewhere = ConsentRepository::history(&*store, &scene.another_tenant(), known.id).await;
    assert_eq!(elsewhere, Ok(Vec::new()));
}

/// An account that never was, was closed, or is another tenant's takes no consents.
pub async fn an_account_that_is_gone_takes_no_consents(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let known = scene.account().open(&*store).await;
    let consent = scene.consent("marketing", scene.at(1));
    let never = scene.another_account().draw();
    assert!(!add(&store, &scene, &scene.tenant, &never, &consent).await);
    assert!(!add(&store, &scene, &scene.another_tenant(), &known, &consent).await);
    assert_eq!(consents(&store, &known).await, []);
    let closed = store.close(&scene.tenant, known.id, &known.password, scene.at(2)).await;
    assert_eq!(closed, Ok(true));
    assert!(!add(&store, &scene, &scene.tenant, &known, &consent).await);
}

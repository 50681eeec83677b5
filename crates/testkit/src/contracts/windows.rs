//! Windows: how many sends a number and how many starts an address and a network may have.

use std::sync::Arc;

use bonin_domain::codes::{Policy, Purpose, Rule, RuleMode, Window};
use bonin_ports::Started;

use super::Store;
use super::support::{
    MICROSECOND, assert_created, assert_refused, cancelled, count, race_starts, refused, resent, seen,
    try_start,
};
use crate::Scene;

/// A full window lets the next start through when its oldest send has aged, not a microsecond before.
pub async fn a_full_window_opens_when_its_oldest_send_ages(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for second in [0, 100, 200, 300, 400] {
        assert_created(&scene.start().at(scene.at(second)).run(&*store).await);
    }
    for early in [scene.at(401), scene.at(600) - MICROSECOND] {
        assert_refused(scene.start().at(early).run(&*store).await, Rule::Number, scene.at(600));
    }
    assert_created(&scene.start().at(scene.at(600)).run(&*store).await);
    assert_refused(scene.start().at(scene.at(600)).run(&*store).await, Rule::Number, scene.at(700));
}

/// The sends of all tenants and purposes to a number share its windows.
pub async fn a_number_has_one_window_over_all_tenants_and_purposes(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let other = scene.another_tenant();
    let elsewhere = format!("{} (elsewhere)", scene.address);
    for (place, purpose) in Purpose::ALL.into_iter().enumerate() {
        let tenant = if place % 2 == 0 { scene.tenant.clone() } else { other.clone() };
        assert_created(&scene.start().tenant(tenant).purpose(purpose).run(&*store).await);
    }
    for tenant in [scene.tenant.clone(), other] {
        let sixth = scene.start().tenant(tenant).from_address(&elsewhere, &elsewhere).at(scene.at(2));
        assert_refused(sixth.run(&*store).await, Rule::Number, scene.at(600));
    }
    assert_created(&scene.start().phone(scene.another_phone()).run(&*store).await);
}

/// Resends count as sends to the number, and so do the sends of verifications that were cancelled.
pub async fn every_send_to_a_number_counts(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.limits.resend = RuleMode::Off;
        policy.limits.number_windows = vec![Window::secs(600, 3)];
    });
    let holder = scene.start().open(&*store).await;
    resent(&store, &scene, &holder, "222222", scene.at(1)).await;
    let given_up = scene.start().at(scene.at(2)).open(&*store).await;
    cancelled(&store, &given_up, scene.at(3)).await;
    assert_refused(scene.start().at(scene.at(4)).run(&*store).await, Rule::Number, scene.at(600));
}

/// Starts from one address share its windows over all numbers, and starts from one network share theirs.
pub async fn an_address_and_a_network_have_windows_over_all_numbers(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.limits.address_windows = vec![Window::secs(600, 2)];
        policy.limits.network_windows = vec![Window::secs(3_600, 3)];
    });
    let neighbour = format!("{} (neighbour)", scene.address);
    let elsewhere = format!("{} (elsewhere)", scene.network);
    let from =
        |address: &str| scene.start().phone(scene.another_phone()).from_address(address, &scene.network);
    assert_created(&from(&scene.address).run(&*store).await);
    assert_created(&from(&scene.address).tenant(scene.another_tenant()).run(&*store).await);
    assert_refused(from(&scene.address).run(&*store).await, Rule::Address, scene.at(600));
    assert_created(&from(&neighbour).at(scene.at(1)).run(&*store).await);
    assert_refused(from(&neighbour).at(scene.at(2)).run(&*store).await, Rule::Network, scene.at(3_600));
    assert_created(&scene.start().from_address(&neighbour, &elsewhere).run(&*store).await);
}

/// What a rule only records, it does not apply.
pub async fn rules_that_are_only_recorded_refuse_nothing(store: Arc<dyn Store>) {
    let scene =
        Scene::new().with_policy(|policy| policy.limits = policy.limits.clone().in_mode(RuleMode::Record));
    let holder = scene.start().open(&*store).await;
    assert_eq!(seen(&store, &holder, scene.at(0)).await.resend_at, scene.at(0));
    for second in 1..15 {
        assert_created(&scene.start().at(scene.at(second)).run(&*store).await);
    }
    resent(&store, &scene, &holder, "222222", scene.at(15)).await;
    let mut blocking = scene.start().at(scene.at(16)).draw().0;
    blocking.policy = Arc::new(Policy::default());
    refused(try_start(&store, blocking).await.expect("the store works"));
}

/// Of forty concurrent starts for one number exactly as many pass as its window allows.
pub async fn forty_concurrent_starts_never_pass_a_numbers_window(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let other = scene.another_tenant();
    let starts = (0..40).map(|place| {
        let address = format!("{} {place}", scene.address);
        let tenant = if place % 2 == 0 { &scene.tenant } else { &other };
        scene.start().tenant(tenant.clone()).from_address(&address, &address).draw().0
    });
    let started = race_starts(&store, starts.collect()).await;
    assert_eq!(count(&started, |one| matches!(one, Started::Created(_))), 5);
    assert_eq!(count(&started, |one| matches!(one, Started::Refused(_))), 35);
}

/// Of forty concurrent starts from one address exactly as many pass as its window allows.
pub async fn forty_concurrent_starts_never_pass_an_addresss_window(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let starts = (0..40).map(|_| scene.start().phone(scene.another_phone()).draw().0);
    let started = race_starts(&store, starts.collect()).await;
    assert_eq!(count(&started, |one| matches!(one, Started::Created(_))), 10);
    assert_eq!(count(&started, |one| matches!(one, Started::Refused(_))), 30);
}

/// Of forty concurrent starts from the addresses of one network exactly as many pass as its window allows.
pub async fn forty_concurrent_starts_never_pass_a_networks_window(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.limits.network_windows = vec![Window::secs(3_600, 7)];
    });
    let starts = (0..40).map(|place| {
        let address = format!("{} {place}", scene.address);
        scene.start().phone(scene.another_phone()).from_address(&address, &scene.network).draw().0
    });
    let started = race_starts(&store, starts.collect()).await;
    assert_eq!(count(&started, |one| matches!(one, Started::Created(_))), 7);
    assert_eq!(count(&started, |one| matches!(one, Started::Refused(_))), 33);
}

/// Concurrent starts that share numbers, addresses and networks crosswise all come to an end.
pub async fn concurrent_starts_that_share_subjects_crosswise_all_end(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let phones = [scene.another_phone(), scene.another_phone()];
    let starts = (0..32_usize).map(|place| {
        let address = format!("{} {}", scene.address, place / 2 % 2);
        let network = format!("{} {}", scene.network, place / 4 % 2);
        scene.start().phone(phones[place % 2].clone()).from_address(&address, &network).draw().0
    });
    let started = race_starts(&store, starts.collect()).await;
    assert_eq!(count(&started, |one| matches!(one, Started::Created(_))), 32);
}

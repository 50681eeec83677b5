//! Budgets of wrong checks: by number, day and kind of client.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::{ClientTokenDigest, Limits, Rule, next_budget_day};
use bonin_ports::Spent;
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::support::{
    MICROSECOND, assert_created, assert_refused, count, miss, race_checks, seen, spend, verify,
};
use crate::{Holder, Scene};

/// Uses up the budget of clients that show `token`, or none: twenty misses in four verifications.
async fn use_up(store: &Arc<dyn Store>, scene: &Scene, token: Option<ClientTokenDigest>, now: Timestamp) {
    for _ in 0..4 {
        let start = scene.start().at(now);
        let start = match token {
            Some(token) => start.client_token(token),
            None => start,
        };
        let holder = start.open(&**store).await;
        miss(store, scene, &holder, now, 5).await;
    }
}

/// A client token that lives until `until`.
async fn client_token(
    store: &Arc<dyn Store>,
    scene: &Scene,
    holder: &Holder,
    until: Timestamp,
) -> ClientTokenDigest {
    let mut check = scene.check(holder, Scene::RIGHT, scene.at(0));
    check.client_token.1 = until;
    let (token, _) = check.client_token;
    assert!(matches!(spend(store, check).await, Spent::Matched(_)));
    token
}

/// Twenty misses refuse the next start until the next budget day; the nineteenth does not yet.
pub async fn twenty_misses_refuse_the_next_start_until_the_next_day(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    for _ in 0..4 {
        let holder = scene.start().open(&*store).await;
        miss(&store, &scene, &holder, scene.at(1), 4).await;
    }
    let last = scene.start().open(&*store).await;
    miss(&store, &scene, &last, scene.at(1), 3).await;
    let nineteen = scene.start().at(scene.at(2));
    assert_created(&nineteen.run(&*store).await);
    miss(&store, &scene, &last, scene.at(2), 1).await;
    let midnight = next_budget_day(scene.at(0));
    for now in [scene.at(3), midnight - MICROSECOND] {
        assert_refused(scene.start().at(now).run(&*store).await, Rule::WrongChecks, midnight);
    }
    assert_created(&scene.start().at(midnight).run(&*store).await);
    assert_created(&scene.start().phone(scene.another_phone()).at(scene.at(3)).run(&*store).await);
}

/// What is under way goes on when the budget is gone: only starts are refused.
pub async fn a_budget_that_is_gone_leaves_verifications_under_way_alone(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holder = scene.start().open(&*store).await;
    use_up(&store, &scene, None, scene.at(1)).await;
    miss(&store, &scene, &holder, scene.at(2), 1).await;
    verify(&store, &scene, &holder, scene.at(2)).await;
}

/// Clients with a live client token and all others have a budget each, and neither uses up the other's.
pub async fn known_and_unknown_clients_have_a_budget_each(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let midnight = next_budget_day(scene.at(0));
    let until = scene.at(86_400);
    for known_first in [true, false] {
        let scene = Scene::new().unlimited();
        let holder = scene.start().open(&*store).await;
        let token = client_token(&store, &scene, &holder, until).await;
        let known = || scene.start().client_token(token).at(scene.at(2));
        let unknown = || scene.start().at(scene.at(2));
        use_up(&store, &scene, known_first.then_some(token), scene.at(1)).await;
        let (spent, other) = if known_first { (known(), unknown()) } else { (unknown(), known()) };
        assert_refused(spent.run(&*store).await, Rule::WrongChecks, midnight);
        assert_created(&other.run(&*store).await);
        use_up(&store, &scene, (!known_first).then_some(token), scene.at(1)).await;
        for start in [known(), unknown()] {
            assert_refused(start.run(&*store).await, Rule::WrongChecks, midnight);
        }
    }
}

/// A client token that is expired, of another number, of another tenant or never given does not help.
pub async fn an_expired_or_foreign_client_token_does_not_help(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let midnight = next_budget_day(scene.at(0));
    let day = scene.at(86_400);
    let own = scene.start().open(&*store).await;
    let own = client_token(&store, &scene, &own, scene.at(60)).await;
    let number = scene.start().phone(scene.another_phone()).open(&*store).await;
    let number = client_token(&store, &scene, &number, day).await;
    let tenant = scene.start().tenant(scene.another_tenant()).open(&*store).await;
    let (never_given, _) = scene.check(&tenant, Scene::RIGHT, scene.at(0)).client_token;
    let tenant = client_token(&store, &scene, &tenant, day).await;
    use_up(&store, &scene, None, scene.at(1)).await;
    assert_created(&scene.start().client_token(own).at(scene.at(60) - MICROSECOND).run(&*store).await);
    for (token, now) in
        [(own, scene.at(60)), (number, scene.at(2)), (tenant, scene.at(2)), (never_given, scene.at(2))]
    {
        let start = scene.start().client_token(token).at(now);
        assert_refused(start.run(&*store).await, Rule::WrongChecks, midnight);
    }
}

/// A success gives nothing of the budget back.
pub async fn a_success_does_not_reset_the_budget(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let spare = scene.start().open(&*store).await;
    for _ in 0..5 {
        let holder = scene.start().open(&*store).await;
        miss(&store, &scene, &holder, scene.at(1), 4).await;
        verify(&store, &scene, &holder, scene.at(1)).await;
    }
    let midnight = next_budget_day(scene.at(0));
    assert_refused(scene.start().at(scene.at(2)).run(&*store).await, Rule::WrongChecks, midnight);
    verify(&store, &scene, &spare, scene.at(2)).await;
    assert_refused(scene.start().at(scene.at(3)).run(&*store).await, Rule::WrongChecks, midnight);
}

/// The misses at one tenant do not keep a number from another.
pub async fn each_tenant_has_a_budget_of_its_own(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let at = |tenant: &TenantId| scene.start().tenant(tenant.clone());
    let other = scene.another_tenant();
    for tenant in [&other, &scene.tenant] {
        for _ in 0..3 {
            let holder = at(tenant).open(&*store).await;
            miss(&store, &scene, &holder, scene.at(1), 5).await;
        }
    }
    // Thirty misses in all, but fifteen at each.
    assert_created(&at(&other).run(&*store).await);
    let last = at(&scene.tenant).open(&*store).await;
    miss(&store, &scene, &last, scene.at(1), 5).await;
    assert_refused(at(&scene.tenant).run(&*store).await, Rule::WrongChecks, next_budget_day(scene.at(0)));
    assert_created(&at(&other).run(&*store).await);
}

/// Opens `verifications` of one number at `at`, half of them by a known client, for whom starts are not
/// refused however often codes are missed.
async fn many(store: &Arc<dyn Store>, scene: &Scene, verifications: usize, at: Timestamp) -> Vec<Holder> {
    let first = scene.start().open(&**store).await;
    let token = client_token(store, scene, &first, at + SignedDuration::from_hours(24)).await;
    let mut holders = Vec::new();
    for place in 0..verifications {
        let start = scene.start().at(at);
        let start = if place % 2 == 0 { start.client_token(token) } else { start };
        holders.push(start.open(&**store).await);
    }
    holders
}

/// At a hundred misses of one number in a day, over both kinds of client, nothing is compared or charged any
/// more until the next day.
pub async fn at_the_ceiling_nothing_is_compared_or_charged(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let midnight = next_budget_day(scene.at(0));
    let evening = midnight - SignedDuration::from_secs(60);
    let mut holders = many(&store, &scene, 22, evening).await;
    let (last, fresh) = (holders.pop().expect("a verification"), holders.pop().expect("a verification"));
    for holder in &holders[..19] {
        miss(&store, &scene, holder, evening, 5).await;
    }
    miss(&store, &scene, &holders[19], evening, 4).await;
    miss(&store, &scene, &last, evening, 1).await;
    assert_eq!(usize::from(Limits::WRONG_CHECKS_CEILING), 19 * 5 + 4 + 1);
    for holder in [&holders[19], &last, &fresh] {
        let before = seen(&store, holder, evening).await;
        for (digits, now) in [(Scene::RIGHT, evening), (Scene::WRONG, midnight - MICROSECOND)] {
            let spent = spend(&store, scene.check(holder, digits, now)).await;
            assert_eq!(spent, Spent::NumberExhausted(before.clone()));
        }
        assert_eq!(seen(&store, holder, evening).await, before);
    }
    let over = spend(&store, scene.check(&holders[0], Scene::RIGHT, evening)).await;
    assert!(matches!(over, Spent::Over(_)), "what is over is told as over: {over:?}");
    verify(&store, &scene, &fresh, midnight).await;
    verify(&store, &scene, &last, midnight).await;
}

/// Concurrent misses in many verifications of one number never pass the ceiling.
pub async fn concurrent_misses_never_pass_the_ceiling(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let holders = many(&store, &scene, 44, scene.at(1)).await;
    let (spent, racers) = holders.split_at(20);
    for holder in &spent[..19] {
        miss(&store, &scene, holder, scene.at(1), 5).await;
    }
    miss(&store, &scene, &spent[19], scene.at(1), 1).await;
    let checks = racers.iter().map(|holder| scene.check(holder, Scene::WRONG, scene.at(2)));
    let outcomes = race_checks(&store, checks.collect()).await;
    assert_eq!(count(&outcomes, |one| matches!(one, Spent::Missed(_))), 4);
    assert_eq!(count(&outcomes, |one| matches!(one, Spent::NumberExhausted(_))), 20);
}

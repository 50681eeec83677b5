//! Starts: what is stored of those that are allowed and of those that are not.

use std::sync::Arc;

use bonin_domain::DestinationRefusal;
use bonin_domain::codes::{DecisionOutcome, Lifetime, Purpose, Rule, RuleMode, Status, Verification, Window};
use bonin_domain::keys::SealedField;
use bonin_domain::messages::Locale;
use bonin_ports::{RepositoryError, Started};

use super::Store;
use super::support::{
    assert_created, assert_refused, cancelled, find, history, miss, refused, resent, seen, try_start, verify,
};
use crate::{Holder, Scene};

/// A verification reads back as it was created, for every purpose and language, with its message waiting.
pub async fn a_verification_reads_back_as_it_was_created(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for purpose in Purpose::ALL {
        for locale in [Locale::Ko, Locale::En] {
            let builder = scene.start().phone(scene.another_phone()).purpose(purpose).locale(locale);
            let (start, holder) = builder.draw();
            let expected = Verification {
                id: start.id,
                tenant: scene.tenant.clone(),
                purpose,
                locale,
                phone: start.phone.clone(),
                status: Status::Pending,
                checks_left: 5,
                sends: 1,
                created_at: scene.at(0),
                expires_at: scene.at(180),
                resend_at: scene.at(60),
                run_by: None,
                withheld: false,
            };
            assert_eq!(try_start(&store, start).await, Ok(Started::Created(expected.clone())));
            let found = seen(&store, &holder, scene.at(1)).await;
            assert_eq!(found, expected);
            let row = found.id.as_row();
            let phone = scene.keys.unseal(&scene.tenant, SealedField::Phone, row, &found.phone);
            assert_eq!(&**phone.expect("the number opens"), holder.phone.e164().as_bytes());
            let messages = history(&store, &scene.tenant, holder.id).await;
            assert_eq!(messages.len(), 1);
            assert_eq!(messages[0].id, holder.message);
            assert_eq!(messages[0].created_at, scene.at(0));
            assert_eq!(messages[0].attempts, []);
        }
    }
}

/// A verification whose messages are withheld is told as such, and is like any other in everything else: it counts for
/// its number, is resent and repeated, and takes its code.
pub async fn a_withheld_verification_differs_in_nothing_else(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.limits.resend = RuleMode::Off;
        policy.limits.number_windows = vec![Window::secs(600, 3)];
    });
    let start = scene.start().purpose(Purpose::FindId).withheld();
    let start = start.idempotency(scene.idempotency("start", "same"));
    let holder = start.open(&*store).await;
    assert!(seen(&store, &holder, scene.at(1)).await.withheld);
    let Started::Repeated { verification, .. } = start.run(&*store).await else { panic!("it is repeated") };
    assert!(verification.withheld);
    assert!(resent(&store, &scene, &holder, "222222", scene.at(1)).await.withheld);
    let plain = scene.start().purpose(Purpose::FindId).at(scene.at(1)).open(&*store).await;
    assert!(!seen(&store, &plain, scene.at(1)).await.withheld);
    assert_refused(scene.start().at(scene.at(2)).run(&*store).await, Rule::Number, scene.at(600));
    verify(&store, &scene, &holder, scene.at(2)).await;
    let found = seen(&store, &holder, scene.at(3)).await;
    assert_eq!((found.status, found.withheld), (Status::Verified, true));
}

/// The policy of the start decides the budget of checks and the life of the code.
pub async fn a_start_follows_its_policy(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.max_checks = 2;
        policy.code_life = Lifetime::from_secs(600).expect("a life within bounds");
    });
    let holder = scene.start().open(&*store).await;
    let found = seen(&store, &holder, scene.at(599)).await;
    assert_eq!((found.checks_left, found.expires_at), (2, scene.at(600)));
}

/// An id that exists already is a conflict, and the verification of that name stays as it is.
pub async fn a_start_under_an_id_that_exists_is_a_conflict(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (start, holder) = scene.start().draw();
    assert_created(&try_start(&store, start.clone()).await.expect("the store works"));
    let before = seen(&store, &holder, scene.at(1)).await;
    let (mut again, other) = scene.start().purpose(Purpose::FindId).at(scene.at(1)).draw();
    again.id = start.id;
    assert_eq!(try_start(&store, again).await, Err(RepositoryError::Conflict));
    assert_eq!(seen(&store, &holder, scene.at(1)).await, before);
    let found = find(&store, &Holder { token: other.token, ..holder }, scene.at(1)).await;
    assert_eq!(found, None);
}

/// A refused start leaves no verification and no message, and counts against nothing.
pub async fn a_refused_start_leaves_nothing_but_its_decision(store: Arc<dyn Store>) {
    let scene = Scene::new().with_policy(|policy| {
        policy.limits.number_windows = vec![Window::secs(600, 1)];
    });
    scene.start().open(&*store).await;
    for second in 1..20 {
        let (start, holder) = scene.start().at(scene.at(second)).draw();
        let decision = refused(try_start(&store, start).await.expect("the store works"));
        assert_eq!(decision.outcome, DecisionOutcome::Refused { until: scene.at(600) });
        let found = find(&store, &holder, scene.at(second)).await;
        assert_eq!(found, None);
        assert_eq!(history(&store, &scene.tenant, holder.id).await, []);
    }
    // Neither the number's window nor the ten starts of the address count those that were refused.
    assert_created(&scene.start().at(scene.at(600)).run(&*store).await);
    assert_created(&scene.start().phone(scene.another_phone()).at(scene.at(600)).run(&*store).await);
}

/// A number that is never sent to is refused whatever the windows say, and uses none of them up.
pub async fn a_destination_that_is_never_sent_to_is_refused(store: Arc<dyn Store>) {
    let scene = Scene::new();
    for refusal in [DestinationRefusal::Country, DestinationRefusal::NotMobile].repeat(6) {
        let (start, holder) = scene.start().refused_destination(refusal).draw();
        let decision = refused(try_start(&store, start).await.expect("the store works"));
        assert_eq!(decision.outcome, DecisionOutcome::Destination(refusal));
        assert_eq!(history(&store, &scene.tenant, holder.id).await, []);
    }
    assert_created(&scene.start().run(&*store).await);
}

/// What happens to one verification leaves every other of the same number as it was.
pub async fn a_neighbour_of_the_same_number_is_left_alone(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let neighbour = scene.start().purpose(Purpose::FindId).open(&*store).await;
    let before = seen(&store, &neighbour, scene.at(1)).await;
    let same = async |what: &str| {
        assert_eq!(seen(&store, &neighbour, scene.at(1)).await, before, "after {what}");
        let messages = history(&store, &scene.tenant, neighbour.id).await;
        assert_eq!(messages.len(), 1, "after {what}");
    };
    let locked = scene.start().open(&*store).await;
    same("a start").await;
    miss(&store, &scene, &locked, scene.at(1), 5).await;
    same("a lock").await;
    let verified = scene.start().open(&*store).await;
    resent(&store, &scene, &verified, "222222", scene.at(1)).await;
    same("a resend").await;
    verify(&store, &scene, &verified, scene.at(1)).await;
    same("a success").await;
    let given_up = scene.start().open(&*store).await;
    cancelled(&store, &given_up, scene.at(1)).await;
    same("a cancelling").await;
    verify(&store, &scene, &neighbour, scene.at(1)).await;
}

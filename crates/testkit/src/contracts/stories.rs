//! What administrators find of verifications.

use std::sync::Arc;

use bonin_domain::Region;
use bonin_domain::codes::{Policy, Purpose, RuleMode, Status, VerificationId, Window};
use bonin_domain::keys::PhoneIndex;
use bonin_domain::{DestinationRefusal, PhoneNumber};
use bonin_ports::{FiledDecision, FiledFinding, FiledVerification, Resent, Started, StoryRepository};
use jiff::{SignedDuration, Timestamp};

use super::Store;
use super::support::{assert_created, cancelled, miss, resend, resent, try_start, verify};
use crate::{Holder, Scene};

async fn find(store: &Arc<dyn Store>, id: VerificationId, now: Timestamp) -> Option<FiledVerification> {
    StoryRepository::find(&**store, id, now).await.expect("the store works")
}

async fn of_number(
    store: &Arc<dyn Store>,
    phone: PhoneIndex,
    limit: u16,
    now: Timestamp,
) -> Vec<VerificationId> {
    let found = store.of_number(phone, limit, now).await.expect("the store works");
    assert!(found.iter().all(|filed| filed.phone_index == phone));
    found.into_iter().map(|filed| filed.id).collect()
}

async fn refused(store: &Arc<dyn Store>, phone: PhoneIndex, limit: u16) -> Vec<FiledDecision> {
    store.refused(phone, limit).await.expect("the store works")
}

async fn status(store: &Arc<dyn Store>, holder: &Holder, now: Timestamp) -> (Status, Timestamp) {
    let filed = find(store, holder.id, now).await.expect("the verification is known");
    (filed.status, filed.ended_at)
}

/// A verification of any tenant is found by its name, as it stands.
pub async fn a_story_tells_a_verification_as_it_stands(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let (start, holder) =
        scene.start().tenant(scene.another_tenant()).purpose(Purpose::FindId).withheld().draw();
    let phone = start.phone.clone();
    assert_created(&try_start(&store, start).await.expect("the store works"));
    let expected = FiledVerification {
        id: holder.id,
        tenant: scene.another_tenant(),
        purpose: Purpose::FindId,
        phone_index: scene.phone_index(),
        phone: Some(phone),
        country: Some(Region::KR),
        status: Status::Pending,
        checks: 0,
        max_checks: 5,
        sends: 1,
        test_number: false,
        withheld: true,
        run_by: None,
        created_at: scene.at(0),
        ended_at: scene.at(180),
    };
    assert_eq!(find(&store, holder.id, scene.at(1)).await, Some(expected.clone()));
    miss(&store, &scene, &holder, scene.at(2), 2).await;
    resent(&store, &scene, &holder, "222222", scene.at(70)).await;
    let expected = FiledVerification { checks: 2, sends: 2, ended_at: scene.at(250), ..expected };
    assert_eq!(find(&store, holder.id, scene.at(71)).await, Some(expected));

    let foreign = PhoneNumber::parse("+14155552671", Region::KR).expect("a number");
    let abroad = scene.start().phone(foreign).test_number().open(&*store).await;
    let filed = find(&store, abroad.id, scene.at(1)).await.expect("the verification is known");
    assert_eq!(
        (filed.country.map(|country| country.to_string()).as_deref(), filed.test_number),
        (Some("US"), true)
    );
    let (_, never) = scene.start().draw();
    assert_eq!(find(&store, never.id, scene.at(1)).await, None);
}

/// A story tells how a verification ended, and when; one whose checks were used up is locked also after its end.
pub async fn a_story_tells_how_it_ended(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    let start = async || scene.start().open(&*store).await;
    let (verified, given_up, locked, left) = (start().await, start().await, start().await, start().await);
    verify(&store, &scene, &verified, scene.at(11)).await;
    cancelled(&store, &given_up, scene.at(12)).await;
    miss(&store, &scene, &locked, scene.at(13), 5).await;
    let end = scene.at(180);
    for now in [scene.at(20), end, scene.at(9_000)] {
        assert_eq!(status(&store, &verified, now).await, (Status::Verified, scene.at(11)));
        assert_eq!(status(&store, &given_up, now).await, (Status::Cancelled, scene.at(12)));
        assert_eq!(status(&store, &locked, now).await, (Status::Locked, end));
    }
    let before = end - super::support::MICROSECOND;
    assert_eq!(status(&store, &left, before).await, (Status::Pending, end));
    assert_eq!(status(&store, &left, end).await, (Status::Expired, end));
}

/// A number's verifications of all tenants come newest first, as many as asked for, those of 90 days.
pub async fn a_numbers_verifications_come_newest_first(store: Arc<dyn Store>) {
    let scene = Scene::new().unlimited();
    scene.start().phone(scene.another_phone()).open(&*store).await;
    let mut own = Vec::new();
    for second in [0, 10, 20] {
        let tenant = if second == 10 { scene.another_tenant() } else { scene.tenant.clone() };
        own.insert(0, scene.start().tenant(tenant).at(scene.at(second)).open(&*store).await);
    }
    // Another message of a verification does not make it another one.
    resent(&store, &scene, &own[1], "222222", scene.at(90)).await;
    let ids: Vec<_> = own.iter().map(|holder| holder.id).collect();
    assert_eq!(of_number(&store, scene.phone_index(), 10, scene.at(100)).await, ids);
    assert_eq!(of_number(&store, scene.phone_index(), 2, scene.at(100)).await, ids[..2]);
    let later = scene.at(15) + SignedDuration::from_hours(90 * 24);
    assert_eq!(of_number(&store, scene.phone_index(), 10, later).await, ids[..1]);
    let nobody = scene.keys.phone_index(&scene.another_phone());
    assert_eq!(of_number(&store, nobody, 10, scene.at(100)).await, []);
}

/// The decision on a start tells what each rule found.
pub async fn a_story_tells_the_decision_on_its_start(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let holder = scene.start().purpose(Purpose::StepUp).open(&*store).await;
    let decision = store.decision(holder.id).await.expect("the store works").expect("each start has one");
    let finding = |rule: &str| {
        decision.findings.iter().find(|finding| finding.rule == rule).expect("the rule was looked at").clone()
    };
    assert_eq!(
        (decision.id, &decision.tenant, decision.purpose),
        (holder.id, &scene.tenant, Purpose::StepUp)
    );
    assert_eq!((decision.phone_index, decision.test_number), (scene.phone_index(), false));
    assert_eq!((decision.outcome.as_str(), decision.created_at), ("allowed", scene.at(0)));
    let destination = FiledFinding {
        rule: "destination".to_owned(),
        value: 0,
        threshold: 0,
        window_secs: None,
        until: None,
        mode: "block".to_owned(),
    };
    assert_eq!(finding("destination"), destination);
    let window = scene.policy.limits.number_windows[0];
    assert_eq!(finding("number").threshold, u32::from(window.most));
    assert_eq!(finding("number").window_secs, Some(window.length.as_secs()));
    let (_, never) = scene.start().draw();
    assert_eq!(store.decision(never.id).await, Ok(None));
}

/// Resends that were not allowed are told with their verification, and are no starts.
pub async fn refused_resends_belong_to_their_verification(store: Arc<dyn Store>) {
    let scene = Scene::new();
    let (one, other) = (scene.start().open(&*store).await, scene.start().at(scene.at(1)).open(&*store).await);
    let mut never_sent = Vec::new();
    for second in [5, 9] {
        let again = scene.resend(&one, "222222", scene.at(second));
        never_sent.push(VerificationId::from_uuid(again.code.message.id.as_uuid()));
        assert!(matches!(resend(&store, again).await, Resent::TooEarly(_)));
    }
    let of = async |id| store.refused_resends(id, scene.phone_index()).await.expect("the store works");
    let told = of(one.id).await;
    let moments: Vec<_> = told.iter().map(|decision| decision.created_at).collect();
    assert_eq!(moments, [scene.at(5), scene.at(9)]);
    for decision in &told {
        let (id, purpose, outcome) = (decision.id, decision.purpose, decision.outcome.as_str());
        assert_eq!((id, purpose, outcome), (one.id, Purpose::SignUp, "refused"));
        assert!(decision.findings.iter().any(|finding| finding.until.is_some()), "{decision:?}");
    }
    assert_eq!(of(other.id).await, []);
    for message in never_sent {
        assert_eq!(store.decision(message).await, Ok(None), "a message is no start");
    }
    let start = store.decision(one.id).await.expect("the store works").expect("each start has one");
    assert_eq!(start.outcome, "allowed");
    assert_eq!(refused(&store, scene.phone_index(), 10).await, []);
}

/// Starts with a number that were not allowed come newest first with what stood in the way; resends are none.
pub async fn refused_starts_of_a_number_come_newest_first(store: Arc<dyn Store>) {
    let narrow = |policy: &mut Policy| {
        policy.limits = policy.limits.clone().in_mode(RuleMode::Off);
        policy.limits.number = RuleMode::Block;
        policy.limits.number_windows = vec![Window::secs(600, 1)];
    };
    let scene = Scene::new().with_policy(narrow);
    let first = scene.start().open(&*store).await;
    resend(&store, scene.resend(&first, "222222", scene.at(5))).await;
    let (again, refused_start) = scene.start().tenant(scene.another_tenant()).at(scene.at(10)).draw();
    assert!(matches!(try_start(&store, again).await, Ok(Started::Refused(_))));
    let (never_sent, destination) =
        scene.start().refused_destination(DestinationRefusal::NotMobile).at(scene.at(20)).draw();
    assert!(matches!(try_start(&store, never_sent).await, Ok(Started::Refused(_))));

    let found = refused(&store, scene.phone_index(), 10).await;
    let told: Vec<_> = found.iter().map(|decision| (decision.id, decision.outcome.as_str())).collect();
    assert_eq!(told, [(destination.id, "destination"), (refused_start.id, "refused")]);
    assert_eq!(found[1].tenant, scene.another_tenant());
    let full = found[1].findings.iter().find(|finding| finding.until.is_some()).expect("a full window");
    let expected = FiledFinding {
        rule: "number".to_owned(),
        value: 1,
        threshold: 1,
        window_secs: Some(600),
        until: Some(scene.at(600)),
        mode: "block".to_owned(),
    };
    assert_eq!(*full, expected);
    assert_eq!(refused(&store, scene.phone_index(), 1).await, found[..1]);
    assert_eq!(refused(&store, scene.keys.phone_index(&scene.another_phone()), 10).await, []);
}

//! What is left of verifications when their rows go, on both engines.

use std::sync::Arc;

use bonin_domain::analytics::AnalyticsRange;
use bonin_domain::codes::{Purpose, Status};
use bonin_domain::messages::{DeliveryState, MessageId, Price, ProviderName};
use bonin_domain::{PhoneNumber, Region};
use bonin_persistence::Database;
use bonin_ports::{
    AnalyticsQuery, AnalyticsRepository, DispatchOutcome, FiledVerification, Report, Spent, StoryRepository,
    VerificationRepository,
};
use bonin_testkit::contracts::Store;
use bonin_testkit::{Holder, Scene};
use jiff::{SignedDuration, Timestamp};

use crate::outcomes::closing;
use crate::raw::{Raw, beside_both_engines};

beside_both_engines!(
    every_figure_is_the_same_after_the_rows_are_gone,
    what_is_left_tells_the_same_story,
    what_is_left_holds_no_number_and_no_token,
);

/// Records an attempt by a provider at this second.
async fn tried(
    store: &impl Store,
    scene: &Scene,
    message: MessageId,
    tried: (i16, &str),
    state: DeliveryState,
    second: i64,
) {
    let (number, name) = tried;
    let mut outcome = closing(scene.lease(), message, scene.at(second));
    let attempt = &mut outcome.attempts[0];
    attempt.number = number;
    attempt.provider = ProviderName::parse(name).unwrap();
    attempt.state = state;
    if state == DeliveryState::Failed {
        attempt.reference = None;
    }
    store.record(vec![outcome]).await.unwrap();
}

async fn typed(store: &impl Store, scene: &Scene, holder: &Holder, digits: &str, second: i64) -> Spent {
    store.spend_check(scene.check(holder, digits, scene.at(second))).await.unwrap()
}

/// One verification of each fate; the one that a provider runs comes last.
async fn verifications(store: &impl Store, scene: &Scene) -> Vec<Holder> {
    let start = async |second: i64| scene.start().at(scene.at(second)).open(store).await;
    let mut all = Vec::new();

    let verified = start(0).await;
    tried(store, scene, verified.message, (1, "sens"), DeliveryState::Failed, 1).await;
    tried(store, scene, verified.message, (2, "cafe24"), DeliveryState::Accepted, 2).await;
    let delivered = Report {
        message: verified.message,
        number: 2,
        state: DeliveryState::Delivered,
        failure: None,
        provider_code: None,
        price: Price::parse("8.4", "KRW"),
        poll_at: None,
    };
    store.record_reports(vec![delivered], scene.at(5)).await.unwrap();
    typed(store, scene, &verified, Scene::WRONG, 7).await;
    assert!(matches!(typed(store, scene, &verified, Scene::RIGHT, 8).await, Spent::Matched(_)));
    all.push(verified);

    // Sent once more, in the hour after.
    let resent = start(3_590).await;
    tried(store, scene, resent.message, (1, "sens"), DeliveryState::Accepted, 3_591).await;
    let again = scene.resend(&resent, "222222", scene.at(3_660));
    let newest = again.code.message.id;
    store.resend(again).await.unwrap();
    tried(store, scene, newest, (1, "coolsms"), DeliveryState::Accepted, 3_661).await;
    assert!(matches!(typed(store, scene, &resent, "222222", 3_670).await, Spent::Matched(_)));
    all.push(resent);

    let given_up = scene.start().purpose(Purpose::FindId).open(store).await;
    let by_token = given_up.by_token();
    VerificationRepository::cancel(store, &given_up.tenant, given_up.id, by_token, scene.at(9))
        .await
        .unwrap();
    all.push(given_up);

    let locked = start(20).await;
    tried(store, scene, locked.message, (1, "sens"), DeliveryState::Failed, 21).await;
    for _ in 0..5 {
        typed(store, scene, &locked, Scene::WRONG, 30).await;
    }
    all.push(locked);

    let abroad = PhoneNumber::parse("+14155552671", Region::KR).unwrap();
    all.push(scene.start().phone(abroad).at(scene.at(40)).open(store).await);
    all.push(scene.start().test_number().open(store).await);
    all.push(scene.start().withheld().open(store).await);

    let run = start(50).await;
    let mut outcome = closing(scene.lease(), run.message, scene.at(51));
    outcome.attempts[0].provider = ProviderName::parse("nexmo_verify").unwrap();
    store.record(vec![DispatchOutcome { runs_verification: true, ..outcome }]).await.unwrap();
    for _ in 0..5 {
        // The message was stored without a lease, so that our own code is still there to be compared.
        let spent = typed(store, scene, &run, Scene::WRONG, 60).await;
        assert!(matches!(spent, Spent::Undecided(_)), "nobody decides: {spent:?}");
    }
    all.push(run);
    all
}

/// Everything that is counted, in an order of its own.
async fn figures(store: &impl Store, range: AnalyticsRange, now: Timestamp) -> [Vec<String>; 5] {
    fn sorted<T: std::fmt::Debug>(cells: Vec<T>) -> Vec<String> {
        let mut lines: Vec<String> = cells.into_iter().map(|cell| format!("{cell:?}")).collect();
        lines.sort();
        lines
    }
    let query = || AnalyticsQuery { tenant: None, range, now };
    let verifications = AnalyticsRepository::verifications(store, query()).await.unwrap();
    let attempts = AnalyticsRepository::attempts(store, query()).await.unwrap();
    [
        sorted(verifications),
        sorted(store.times(query()).await.unwrap()),
        sorted(attempts),
        sorted(store.latencies(query()).await.unwrap()),
        sorted(store.refusals(query()).await.unwrap()),
    ]
}

fn later(scene: &Scene, hours: i64) -> Timestamp {
    scene.at(0).checked_add(SignedDuration::from_hours(hours)).unwrap()
}

/// While rows go a few at a time, all figures stay as they were; those of attempts also where nothing but the decision is
/// left.
async fn every_figure_is_the_same_after_the_rows_are_gone(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let all = verifications(&*store, &scene).await;
    let refused = bonin_domain::DestinationRefusal::NotMobile;
    scene.start().refused_destination(refused).run(&*store).await;
    let now = later(&scene, 27);
    let hours = AnalyticsRange::today(scene.at(0));
    let before = figures(&*store, hours, now).await;
    let lines: Vec<usize> = before.iter().map(Vec::len).collect();
    assert_eq!(lines, [6, 2, 5, 5, 1], "there is something of each: {before:#?}");
    let by_day = AnalyticsRange::last_days(scene.at(0), 1);
    let before_by_day = figures(&*store, by_day, now).await;
    let mut left = i64::try_from(all.len()).unwrap();
    while left > 0 {
        store.purge(now, 3).await.unwrap();
        let there = raw.count("verifications", "1 = 1");
        assert!(there < left, "some rows went");
        left = there;
        assert_eq!(figures(&*store, hours, now).await, before, "{left} rows are left");
        assert_eq!(figures(&*store, by_day, now).await, before_by_day, "{left} rows are left");
    }
    assert_eq!(raw.count("past_verifications", "1 = 1"), 8);
    raw.execute("DELETE FROM past_verifications WHERE NOT withheld AND country = 'KR'");
    // The attempts told the country themselves, but for those of this test.
    let after = figures(&*store, hours, now).await;
    let unknown = |lines: &[String]| -> Vec<String> {
        lines.iter().map(|line| line.replace("Some(Region(KR))", "None")).collect()
    };
    assert_eq!(after[2].len(), before[2].len());
    assert_eq!(unknown(&after[2]), unknown(&before[2]));
    assert_eq!(unknown(&after[3]), unknown(&before[3]));
}

/// A story is the same from what is left, but for the number.
async fn what_is_left_tells_the_same_story(store: Arc<impl Store + Database>, _: Raw) {
    let scene = Scene::new().unlimited();
    let all = verifications(&*store, &scene).await;
    let now = later(&scene, 27);
    let mut before = Vec::new();
    for holder in &all {
        before.push(StoryRepository::find(&*store, holder.id, now).await.unwrap().unwrap());
    }
    let statuses: Vec<Status> = before.iter().map(|filed| filed.status).collect();
    let (expired, verified, locked) = (Status::Expired, Status::Verified, Status::Locked);
    assert_eq!(statuses, [verified, verified, Status::Cancelled, locked, expired, expired, expired, locked]);
    let of_number = store.of_number(scene.phone_index(), 3, now).await.unwrap();
    store.purge(now, 100).await.unwrap();
    let without_number = |filed: &FiledVerification| FiledVerification { phone: None, ..filed.clone() };
    for (holder, known) in all.iter().zip(&before) {
        let left = StoryRepository::find(&*store, holder.id, now).await.unwrap();
        assert_eq!(left, Some(without_number(known)));
    }
    let left = store.of_number(scene.phone_index(), 3, now).await.unwrap();
    assert_eq!(left, of_number.iter().map(without_number).collect::<Vec<_>>());
    assert_eq!(left.len(), 3);
}

/// What is left holds neither the number, sealed or not, nor a digest of token, code or proof.
async fn what_is_left_holds_no_number_and_no_token(store: Arc<impl Store + Database>, mut raw: Raw) {
    let scene = Scene::new().unlimited();
    let (start, holder) = scene.start().draw();
    let kept = [start.phone.as_bytes(), start.token.as_bytes(), start.code.digest.as_bytes()].map(hex);
    VerificationRepository::start(&*store, start).await.unwrap();
    let check = scene.check(&holder, Scene::RIGHT, scene.at(5));
    let proof = hex(check.proof.0.as_bytes());
    store.spend_check(check).await.unwrap();
    store.purge(later(&scene, 27), 100).await.unwrap();
    let lines = raw.dump().remove("past_verifications").unwrap();
    assert_eq!(lines.len(), 1);
    let line = lines[0].to_lowercase();
    assert!(line.contains(&hex(scene.phone_index().as_bytes())), "the dump shows bytes as hex");
    for secret in kept.iter().chain([&proof]) {
        assert!(!line.contains(secret.as_str()));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

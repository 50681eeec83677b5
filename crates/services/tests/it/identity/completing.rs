//! Successes: what a completed identity verification yields, and what works once.

use bonin_domain::TenantId;
use bonin_domain::codes::Purpose;
use bonin_domain::identity::{AgeFacts, IdentityApi, IdentityStatus, IdentityToken};
use bonin_ports::ProofRefusal;
use bonin_services::identity::{CompleteIdentityError, IdentifiedNote};
use jiff::SignedDuration;
use jiff::civil::date;

use super::support::{Desk, reference};

#[tokio::test]
async fn a_certified_result_for_our_order_yields_name_age_and_a_proof() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.pass(60);
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let completed = desk.completes(&started, "imp_1").await.expect("it is believed");
    assert_eq!(completed.name.reveal(), "홍길동");
    assert_eq!(completed.age, AgeFacts { over_14: true, over_19: true });
    assert_eq!(completed.at, desk.now());
    assert_eq!(completed.proof_expires_at, desk.now() + SignedDuration::from_mins(10));
    assert!(completed.erasing.is_none());
    assert_eq!(desk.status(&started).await, IdentityStatus::Completed);
    assert_eq!(desk.provider.calls(), ["fetch imp_1"]);
    let proved = desk.proved(Purpose::SignUp, &completed.proof).await.expect("it is live");
    let note = IdentifiedNote::unseal(&desk.keys, &desk.tenant, proved.id, &proved.identified).unwrap();
    assert_eq!((note.name, note.provider.as_str()), (completed.name, "danal"));
}

#[tokio::test]
async fn a_proof_counts_for_its_purpose_and_ten_minutes() {
    let desk = Desk::new();
    let started = desk.started_for(Purpose::FindId).await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let proof = desk.completes(&started, "imp_1").await.expect("it is believed").proof;
    let wrong = desk.proved(Purpose::ResetPassword, &proof).await;
    assert_eq!(wrong, Err(ProofRefusal::Unknown));
    desk.pass(599);
    assert!(desk.proved(Purpose::FindId, &proof).await.is_ok());
    desk.pass(1);
    assert_eq!(desk.proved(Purpose::FindId, &proof).await, Err(ProofRefusal::Expired));
}

#[tokio::test]
async fn what_is_completed_is_not_completed_again() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    desk.completes(&started, "imp_1").await.expect("it is believed");
    for imp_uid in ["imp_1", "imp_2"] {
        let again = desk.completes(&started, imp_uid).await;
        assert!(matches!(again, Err(CompleteIdentityError::Completed)));
    }
    assert_eq!(desk.provider.calls().len(), 1, "nobody is asked in vain");
}

#[tokio::test]
async fn a_result_works_once_and_the_provider_is_not_asked_again() {
    let desk = Desk::new();
    let (first, second) = (desk.started().await, desk.started().await);
    desk.provider.knows(desk.certified(&first, "imp_1"));
    desk.completes(&first, "imp_1").await.expect("it is believed");
    let replayed = desk.completes(&second, "imp_1").await;
    assert!(matches!(replayed, Err(CompleteIdentityError::ResultUsed)));
    assert_eq!(desk.provider.calls().len(), 1);
    assert_eq!(desk.status(&second).await, IdentityStatus::Pending);
}

#[tokio::test]
async fn of_two_calls_at_once_one_completes() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let (one, other) = tokio::join!(desk.completes(&started, "imp_1"), desk.completes(&started, "imp_1"));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    assert_eq!(desk.status(&started).await, IdentityStatus::Completed);
}

#[tokio::test]
async fn without_the_token_nothing_is_fetched_nor_told() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let (id, other) = (started.verification.id, IdentityToken::draw(&mut |bytes| bytes.fill(0)));
    let refused = desk.complete.execute(&desk.tenant, id, &other, Some(reference("imp_1"))).await;
    assert!(matches!(refused, Err(CompleteIdentityError::NotFound)));
    let elsewhere = TenantId::parse("other").unwrap();
    let refused = desk.complete.execute(&elsewhere, id, &started.token, Some(reference("imp_1"))).await;
    assert!(matches!(refused, Err(CompleteIdentityError::NotFound)));
    assert!(desk.provider.calls().is_empty());
    desk.nothing_was_stored(&started, "imp_1").await;
}

#[tokio::test]
async fn after_thirty_minutes_nothing_is_fetched() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.pass(30 * 60);
    desk.provider.knows(desk.certified(&started, "imp_1"));
    let late = desk.completes(&started, "imp_1").await;
    assert!(matches!(late, Err(CompleteIdentityError::Expired)));
    assert!(desk.provider.calls().is_empty());
    assert!(!desk.is_used("imp_1").await);
}

#[tokio::test]
async fn v1_needs_the_name_that_the_browser_brings() {
    let desk = Desk::new();
    let started = desk.started().await;
    let (id, token) = (started.verification.id, &started.token);
    let missing = desk.complete.execute(&desk.tenant, id, token, None).await;
    assert!(matches!(missing, Err(CompleteIdentityError::ReferenceMissing)));
    assert!(desk.provider.calls().is_empty());
}

#[tokio::test]
async fn v2_looks_under_our_own_order_whatever_the_browser_brings() {
    let desk = Desk::with(|rules| rules.api = IdentityApi::V2);
    let started = desk.started().await;
    let order = started.verification.order.as_str();
    desk.provider.knows(desk.certified(&started, order));
    let completed = desk.completes(&started, "imp_of_somebody_else").await;
    completed.expect("the order names the result");
    assert_eq!(desk.provider.calls(), [format!("fetch {order}")]);
    assert!(desk.is_used(order).await);
}

#[tokio::test]
async fn what_was_started_for_the_other_api_is_over() {
    let desk = Desk::new();
    let started = desk.started().await;
    let moved = desk.restarted(|rules| rules.api = IdentityApi::V2);
    let refused = moved.completes(&started, "imp_1").await;
    assert!(matches!(refused, Err(CompleteIdentityError::Expired)));
    assert!(desk.provider.calls().is_empty());
}

#[tokio::test]
async fn the_least_age_counts_for_signing_up_only() {
    let desk = Desk::with(|rules| rules.judged_by.least_age = Some(14));
    for (purpose, imp_uid) in [(Purpose::FindId, "imp_1"), (Purpose::ResetPassword, "imp_2")] {
        let started = desk.started_for(purpose).await;
        let mut record = desk.certified(&started, imp_uid);
        record.birthday = Some(date(2020, 1, 1));
        desk.provider.knows(record);
        let completed = desk.completes(&started, imp_uid).await.expect("the account is there already");
        assert_eq!(completed.age, AgeFacts { over_14: false, over_19: false });
    }
}

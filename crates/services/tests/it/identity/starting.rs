//! Starts: what is issued, and how many from one address.

use bonin_domain::codes::{Purpose, RuleMode};
use bonin_domain::identity::{IdentityApi, IdentityStatus, IdentityToken};
use bonin_services::identity::{StartIdentityError, StartIdentityRequest};
use jiff::SignedDuration;

use super::support::Desk;

#[tokio::test]
async fn a_start_issues_an_order_and_a_token_of_its_own_and_calls_nobody() {
    let desk = Desk::new();
    let (first, second) = (desk.started().await, desk.started().await);
    assert_eq!(first.verification.status, IdentityStatus::Pending);
    assert_eq!(first.verification.api, IdentityApi::V1);
    assert_eq!(first.verification.expires_at, desk.now() + SignedDuration::from_mins(30));
    assert_ne!(first.verification.order, second.verification.order);
    assert_ne!(first.verification.id, second.verification.id);
    assert_ne!(first.token.digest(), second.token.digest());
    assert!(desk.provider.calls().is_empty());
}

#[tokio::test]
async fn purposes_that_want_a_session_are_not_opened_by_an_identity() {
    let desk = Desk::new();
    for purpose in [Purpose::ChangePhone, Purpose::StepUp] {
        let refused = desk.start.execute(StartIdentityRequest { purpose, ..desk.request() }).await;
        assert!(matches!(refused, Err(StartIdentityError::Purpose)));
    }
    for purpose in [Purpose::SignUp, Purpose::FindId, Purpose::ResetPassword] {
        assert_eq!(desk.started_for(purpose).await.verification.purpose, purpose);
    }
}

#[tokio::test]
async fn the_eleventh_start_from_an_address_waits() {
    let desk = Desk::new();
    let first = desk.now();
    for _ in 0..10 {
        desk.started().await;
    }
    let refused = desk.start.execute(desk.request()).await;
    let Err(StartIdentityError::TooMany { until }) = refused else { panic!("it is refused") };
    assert_eq!(until, first + SignedDuration::from_mins(10));
    let backend = StartIdentityRequest { counts_address: false, ..desk.request() };
    desk.start.execute(backend).await.expect("a backend that names nobody is not counted");
    desk.pass(600);
    desk.started().await;
}

#[tokio::test]
async fn nobody_waits_where_the_rule_is_off() {
    let desk = Desk::with(|rules| rules.address_limit = RuleMode::Off);
    for _ in 0..40 {
        desk.started().await;
    }
}

#[tokio::test]
async fn only_the_holder_of_the_token_sees_how_it_stands() {
    let desk = Desk::new();
    let started = desk.started().await;
    let other = IdentityToken::draw(&mut |bytes| bytes.fill(0));
    let seen = desk.read.execute(&desk.tenant, started.verification.id, &other).await;
    assert_eq!(seen.unwrap(), None);
    assert_eq!(desk.status(&started).await, IdentityStatus::Pending);
    desk.pass(30 * 60);
    assert_eq!(desk.status(&started).await, IdentityStatus::Expired);
}

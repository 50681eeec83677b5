//! Calls with a person's token, and its renewal.

use std::sync::atomic::Ordering;

use bonin_domain::messaging::{AppScope, AppScopes, Connection, ConnectionState};
use bonin_ports::MessagingError;
use bonin_services::messaging::{AppPage, CallError, LoginAim};
use jiff::SignedDuration;

use super::office::Office;

/// An office with somebody who allows the balance to be seen.
async fn with_balance() -> (Office, bonin_domain::messaging::AppSessionToken) {
    let office = Office::new(true);
    let scopes = AppScopes::FIRST.with(AppScope::ReadCash);
    let away = office.leave(LoginAim::Enter(Some(scopes)), AppPage::Send).await;
    let token = office.come_back(&away, "first", None).await.expect("a log in").token;
    (office, token)
}

async fn connection(office: &Office, token: &bonin_domain::messaging::AppSessionToken) -> Connection {
    office.session(token).await.expect("a session").1
}

#[tokio::test]
async fn what_was_not_allowed_is_not_asked_of_the_provider() {
    let office = Office::new(true);
    let token = office.log_in("first").await;
    let connection = connection(&office, &token).await;
    let refused = office.balance.execute(&connection).await;
    assert!(matches!(refused, Err(CallError::ScopeMissing(AppScope::ReadCash))));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_kept() {
    let (office, token) = with_balance().await;
    let before = connection(&office, &token).await;
    office.balance.execute(&before).await.unwrap();
    assert_eq!(office.people.refreshes(), 0);
    office.clock.advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(60));
    office.people.end_access();
    office.balance.execute(&before).await.unwrap();
    assert_eq!(office.people.refreshes(), 1);
    let again = office.leave(LoginAim::Enter(Some(before.scopes)), AppPage::Send).await;
    let token = office.come_back(&again, "first", None).await.unwrap().token;
    assert_eq!(connection(&office, &token).await.version, before.version + 2, "renewed, then logged in");
}

#[tokio::test]
async fn a_token_that_the_provider_does_not_take_is_renewed_once() {
    let (office, token) = with_balance().await;
    office.people.end_access();
    let before = connection(&office, &token).await;
    office.balance.execute(&before).await.unwrap();
    let after = connection(&office, &token).await;
    assert_eq!((office.people.refreshes(), after.version), (1, before.version + 1));
    office.balance.execute(&after).await.unwrap();
    assert_eq!(office.people.refreshes(), 1, "the new one is stored");
}

#[tokio::test]
async fn a_token_that_somebody_else_renewed_meanwhile_is_used() {
    let (office, token) = with_balance().await;
    let stale = connection(&office, &token).await;
    office.people.end_access();
    office.balance.execute(&stale).await.unwrap();
    // The same connection as another request read it before.
    office.balance.execute(&stale).await.unwrap();
    let now = connection(&office, &token).await;
    assert_eq!((now.state, now.version), (ConnectionState::Live, stale.version + 1));
}

#[tokio::test]
async fn a_permission_that_was_taken_back_ends_the_connection_and_keeps_the_session() {
    let (office, token) = with_balance().await;
    office.people.revoke("first");
    let live = connection(&office, &token).await;
    assert!(matches!(office.balance.execute(&live).await, Err(CallError::Ended)));
    let ended = connection(&office, &token).await;
    assert_eq!((ended.state, ended.tokens.is_none()), (ConnectionState::Revoked, true));
    let refreshes = office.people.refreshes();
    assert!(matches!(office.balance.execute(&ended).await, Err(CallError::Ended)));
    assert_eq!(office.people.refreshes(), refreshes, "nothing is asked for an ended one");
}

#[tokio::test]
async fn a_fresh_token_that_is_not_taken_ends_the_connection() {
    let (office, token) = with_balance().await;
    let live = connection(&office, &token).await;
    let tokens = &office.balance.tokens;
    let never = |_| async { Err::<(), _>(MessagingError::Unauthorized { code: "401/Unauthorized".into() }) };
    assert!(matches!(tokens.call(&live, AppScope::SendMessages, never).await, Err(CallError::Ended)));
    assert_eq!(connection(&office, &token).await.state, ConnectionState::Revoked);
    assert_eq!(office.people.refreshes(), 1);
}

#[tokio::test]
async fn a_fresh_token_that_is_not_taken_for_more_than_sending_loses_that_scope_alone() {
    let (office, token) = with_balance().await;
    let live = connection(&office, &token).await;
    let tokens = &office.balance.tokens;
    let never = |_| async { Err::<(), _>(MessagingError::Unauthorized { code: "403/Forbidden".into() }) };
    let refused = tokens.call(&live, AppScope::ReadCash, never).await;
    assert!(matches!(refused, Err(CallError::ScopeMissing(AppScope::ReadCash))));
    let after = connection(&office, &token).await;
    assert_eq!((after.state, after.scopes), (ConnectionState::Live, AppScopes::FIRST));
    assert_eq!(office.people.refreshes(), 1);
}

#[tokio::test]
async fn calls_at_once_renew_a_token_once() {
    let (office, token) = with_balance().await;
    office.people.end_access();
    let stale = connection(&office, &token).await;
    let calls = (0..8).map(|_| office.balance.execute(&stale));
    for called in futures_util::future::join_all(calls).await {
        called.unwrap();
    }
    assert_eq!(office.people.refreshes(), 1);
}

#[tokio::test]
async fn a_provider_that_is_down_ends_no_connection() {
    let (office, token) = with_balance().await;
    office.people.end_access();
    office.people.is_down.store(true, Ordering::SeqCst);
    let live = connection(&office, &token).await;
    assert!(matches!(office.balance.execute(&live).await, Err(CallError::Unrenewed(_))));
    assert_eq!(connection(&office, &token).await, live);
}

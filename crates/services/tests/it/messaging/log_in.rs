//! Logging in at the provider, allowing more, and disconnecting.

use std::sync::atomic::Ordering;

use bonin_domain::messaging::{AppScope, AppScopes, ConnectionState, LoginState};
use bonin_ports::{Entropy as _, MessagingAccount as _};
use bonin_services::messaging::{
    AppPage, BeginLogin, CameBack, Draft, FinishLoginError, LoginAim, TypedMessage,
};
use jiff::SignedDuration;

use super::office::{BACK, Office};

#[tokio::test]
async fn whoever_comes_back_with_a_code_is_logged_in() {
    let office = Office::new(true);
    let away = office.leave(LoginAim::Enter(None), AppPage::Account).await;
    assert_eq!(away.scopes, "message:write", "no more than is needed at first");
    assert!(away.verifier.len() >= 43, "RFC 7636, section 4.1");
    let finished = office.come_back(&away, "first", None).await.unwrap();
    assert_eq!((finished.back_to, finished.scopes), (AppPage::Account, AppScopes::FIRST));
    let trades = office.people.trades();
    assert_eq!(trades, [("code-1".to_owned(), BACK.to_owned(), Some(away.verifier))]);
    let (session, connection) = office.session(&finished.token).await.unwrap();
    assert_eq!((session.connection, connection.state), (connection.id, ConnectionState::Live));
}

#[tokio::test]
async fn without_pkce_no_verifier_is_shown() {
    let office = Office::new(false);
    let away = office.leave(LoginAim::Enter(None), AppPage::Send).await;
    assert_eq!(away.verifier, "none");
    office.come_back(&away, "first", None).await.unwrap();
    assert_eq!(office.people.trades()[0].2, None);
}

#[tokio::test]
async fn no_code_is_traded_unless_this_browser_began_the_log_in_and_lately() {
    let office = Office::new(true);
    let mut away = office.leave(LoginAim::Enter(None), AppPage::Send).await;
    let own = away.browser.clone();
    away.browser = office.other_browser();
    let foreign = office.come_back(&away, "first", None).await;
    assert!(matches!(foreign, Err(FinishLoginError::Lost)));
    away.browser = own;
    let state = away.state.clone();
    away.state = LoginState::draw(&mut |bytes| office.entropy.fill(bytes));
    assert!(matches!(office.come_back(&away, "first", None).await, Err(FinishLoginError::Lost)));
    away.state = state;
    // Neither took the log in from the browser that began it.
    office.come_back(&away, "first", None).await.unwrap();
    assert!(matches!(office.come_back(&away, "first", None).await, Err(FinishLoginError::Lost)), "used");

    let late = office.leave(LoginAim::Enter(None), AppPage::Send).await;
    office.clock.advance(BeginLogin::LIFE);
    assert!(matches!(office.come_back(&late, "first", None).await, Err(FinishLoginError::Lost)));
    assert_eq!(office.people.trades().len(), 1);
}

#[tokio::test]
async fn a_no_is_told_from_other_errors_and_uses_the_log_in_up() {
    let office = Office::new(true);
    for (word, declined) in [("access_denied", true), ("server_error", false), ("", false)] {
        let away = office.leave(LoginAim::Enter(None), AppPage::Send).await;
        let came = CameBack {
            state: away.state.clone(),
            browser: away.browser.clone(),
            code: Err(word.to_owned()),
            session: None,
        };
        let refused = office.finish.execute(&office.tenant, &came).await.err().unwrap();
        assert_eq!(matches!(refused, FinishLoginError::Declined), declined, "{word}: {refused}");
        assert_eq!(matches!(refused, FinishLoginError::Provider), !declined, "{word}: {refused}");
        assert!(matches!(office.come_back(&away, "first", None).await, Err(FinishLoginError::Lost)));
    }
    assert!(office.people.trades().is_empty());
}

#[tokio::test]
async fn a_provider_that_is_down_leaves_nothing_behind() {
    let office = Office::new(true);
    let token = office.log_in("first").await;
    let away = office.leave(LoginAim::Enter(None), AppPage::Send).await;
    office.people.is_down.store(true, Ordering::SeqCst);
    let failed = office.come_back(&away, "first", Some(&token)).await;
    assert!(matches!(failed, Err(FinishLoginError::Provider)));
    let (_, connection) = office.session(&token).await.expect("still logged in");
    assert_eq!(connection.version, 1);
}

#[tokio::test]
async fn a_code_that_the_provider_does_not_take_logs_nobody_in() {
    let office = Office::new(true);
    let away = office.leave(LoginAim::Enter(None), AppPage::Send).await;
    let came =
        CameBack { state: away.state, browser: away.browser, code: Ok("made-up".into()), session: None };
    let refused = office.finish.execute(&office.tenant, &came).await;
    assert!(matches!(refused, Err(FinishLoginError::Lost)));
}

#[tokio::test]
async fn the_same_account_keeps_one_connection_and_each_browser_its_session() {
    let office = Office::new(true);
    let first = office.log_in("first").await;
    let again = office.log_in("first").await;
    let other = office.log_in("second").await;
    let (one, connection) = office.session(&first).await.unwrap();
    let (two, renewed) = office.session(&again).await.unwrap();
    let (_, stranger) = office.session(&other).await.unwrap();
    assert_eq!(connection.id, renewed.id);
    assert_ne!(one.id, two.id);
    assert_ne!(stranger.id, renewed.id);
    assert_eq!(renewed.version, 2);
}

#[tokio::test]
async fn a_second_log_in_keeps_the_refresh_token_of_the_first() {
    let office = Office::new(true);
    office.log_in("first").await;
    let token = office.log_in("first").await;
    let (_, connection) = office.session(&token).await.unwrap();
    assert!(connection.tokens.unwrap().refresh.is_some(), "the provider hands it out once");
    let wider =
        office.leave(LoginAim::Enter(Some(AppScopes::FIRST.with(AppScope::ReadCash))), AppPage::Send).await;
    let token = office.come_back(&wider, "first", None).await.unwrap().token;
    office.people.end_access();
    let (_, connection) = office.session(&token).await.unwrap();
    let balance = office.balance.execute(&connection).await.unwrap();
    assert_eq!((balance.balance.as_str(), office.people.refreshes()), ("1000 of first", 1));
}

#[tokio::test]
async fn allowing_more_widens_the_connection_under_a_new_session_and_carries_the_draft() {
    let office = Office::new(true);
    let token = office.log_in("first").await;
    let (session, connection) = office.session(&token).await.unwrap();
    let typed = TypedMessage { text: "쓰던 글".to_owned(), ..TypedMessage::default() };
    let draft = Draft { typed, had_image: true };
    office.drafts.keep(&office.tenant, session.id, &draft).await.unwrap();

    let aim = LoginAim::Widen(&connection, AppScope::ReadCash);
    let away = office.leave(aim, AppPage::Send).await;
    assert_eq!(away.scopes, "message:write cash:read");
    let finished = office.come_back(&away, "first", Some(&token)).await.unwrap();
    assert!(office.session(&token).await.is_none(), "the old session is over");
    let (new, widened) = office.session(&finished.token).await.unwrap();
    assert_eq!((widened.id, widened.scopes), (connection.id, AppScopes::FIRST.with(AppScope::ReadCash)));
    assert_eq!(office.drafts.find(&office.tenant, new.id).await.unwrap(), Some(draft));
}

#[tokio::test]
async fn allowing_more_with_another_account_changes_nothing() {
    let office = Office::new(true);
    let token = office.log_in("first").await;
    let (_, before) = office.session(&token).await.unwrap();
    for other in ["nobody yet", "second"] {
        let aim = LoginAim::Widen(&before, AppScope::ReadCash);
        let away = office.leave(aim, AppPage::Account).await;
        let refused = office.come_back(&away, other, Some(&token)).await;
        assert!(matches!(refused, Err(FinishLoginError::OtherAccount)));
        let (_, after) = office.session(&token).await.expect("still logged in");
        assert_eq!(after, before);
        let second = office.log_in("second").await;
        assert_eq!(office.session(&second).await.unwrap().1.scopes, AppScopes::FIRST);
    }
}

#[tokio::test]
async fn sessions_end_when_idle_and_after_their_longest_life() {
    let office = Office::new(true);
    let token = office.log_in("first").await;
    let begun = office.now();
    while office.now().duration_since(begun) < SignedDuration::from_hours(12) - SignedDuration::from_mins(20)
    {
        assert!(office.session(&token).await.is_some());
        office.clock.advance(SignedDuration::from_mins(20));
    }
    office.clock.advance(SignedDuration::from_mins(20));
    assert!(office.session(&token).await.is_none(), "twelve hours");
    let token = office.log_in("first").await;
    office.clock.advance(SignedDuration::from_mins(30));
    assert!(office.session(&token).await.is_none(), "half an hour without use");
}

#[tokio::test]
async fn logging_out_ends_one_session_and_disconnecting_all_with_the_tokens() {
    let office = Office::new(true);
    let [one, two, three] =
        [office.log_in("first").await, office.log_in("first").await, office.log_in("first").await];
    let (session, _) = office.session(&one).await.unwrap();
    office.sessions.end(&office.tenant, &session).await.unwrap();
    assert!(office.session(&one).await.is_none());
    let (session, connection) = office.session(&two).await.unwrap();
    office.disconnect.execute(&session, &connection).await.unwrap();
    assert!(office.session(&two).await.is_none() && office.session(&three).await.is_none());

    let again = office.log_in("first").await;
    let (_, renewed) = office.session(&again).await.unwrap();
    assert_eq!(renewed.id, connection.id, "what was sent is found again");
    assert!(renewed.tokens.unwrap().refresh.is_none(), "the erased one is not back");
}

#[tokio::test]
async fn disconnecting_what_is_over_already_logs_this_browser_out() {
    let office = Office::new(true);
    let token = office.log_in("first").await;
    let (session, connection) = office.session(&token).await.unwrap();
    office.people.revoke("first");
    let wide = bonin_domain::messaging::Connection {
        scopes: AppScopes::FIRST.with(AppScope::ReadCash),
        ..connection.clone()
    };
    assert!(office.balance.execute(&wide).await.is_err());
    assert_eq!(office.session(&token).await.unwrap().1.state, ConnectionState::Revoked);
    office.disconnect.execute(&session, &connection).await.unwrap();
    assert!(office.session(&token).await.is_none());
}

#[tokio::test]
async fn a_second_browser_that_asks_for_less_takes_nothing_from_the_first() {
    let office = Office::new(true);
    let wide = AppScopes::FIRST.with(AppScope::ReadCash);
    let away = office.leave(LoginAim::Enter(Some(wide)), AppPage::Send).await;
    let first = office.come_back(&away, "first", None).await.unwrap().token;
    let before = office.session(&first).await.unwrap().1;
    let second = office.log_in("first").await;
    let after = office.session(&second).await.unwrap().1;
    assert_eq!((after.scopes, &after.tokens, after.version), (wide, &before.tokens, before.version));
    assert!(office.session(&first).await.is_some());
    // Tokens that are over are nothing to keep.
    office.people.revoke("first");
    assert!(office.balance.execute(&after).await.is_err());
    let third = office.log_in("first").await;
    assert_eq!(office.session(&third).await.unwrap().1.scopes, AppScopes::FIRST);
}

#[tokio::test]
async fn a_log_in_that_asks_for_less_renews_what_was_taken_back_unseen() {
    let office = Office::new(true);
    let wide = AppScopes::FIRST.with(AppScope::ReadCash);
    let away = office.leave(LoginAim::Enter(Some(wide)), AppPage::Send).await;
    let first = office.come_back(&away, "first", None).await.unwrap().token;
    let before = office.session(&first).await.unwrap().1;
    office.people.revoke("first");
    let second = office.log_in("first").await;
    let after = office.session(&second).await.unwrap().1;
    assert_eq!((after.id, after.state, after.scopes), (before.id, ConnectionState::Live, AppScopes::FIRST));
    let people = &office.people;
    let call = |access| async move { people.account(&access).await };
    let account = office.balance.tokens.call(&after, AppScope::SendMessages, call).await;
    assert_eq!(account.unwrap(), "first", "the new tokens are taken");
}

#[tokio::test]
async fn a_token_that_only_ended_is_renewed_and_stays_at_a_log_in_that_asks_for_less() {
    let office = Office::new(true);
    let wide = AppScopes::FIRST.with(AppScope::ReadCash);
    let away = office.leave(LoginAim::Enter(Some(wide)), AppPage::Send).await;
    office.come_back(&away, "first", None).await.unwrap();
    office.people.end_access();
    let second = office.log_in("first").await;
    let after = office.session(&second).await.unwrap().1;
    assert_eq!((after.state, after.scopes), (ConnectionState::Live, wide));
    assert!(office.balance.execute(&after).await.is_ok());
}

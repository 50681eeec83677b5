//! What members agree to after signing up.

use bonin_domain::accounts::{Account, AccountId, Consent, ConsentFault, TermId};
use bonin_domain::messages::Locale;
use bonin_ports::{AccountRepository as _, ConsentRepository as _};
use bonin_services::accounts::{ConsentsSeen, GiveConsentError, WithdrawConsentError};
use jiff::SignedDuration;

use super::office::{Office, agreed, client};

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn id(name: &str) -> TermId {
    TermId::parse(name).expect("well written")
}

async fn seen(office: &Office, account: AccountId) -> ConsentsSeen {
    office.read_consents().execute(&office.scene.tenant, account, Locale::Ko).await.expect("the memory works")
}

async fn history(office: &Office, member: &Account) -> Vec<Consent> {
    office.memory.store.history(&member.tenant, member.id).await.expect("the memory works")
}

async fn give(
    office: &Office,
    member: &Account,
    term: &str,
    version: &str,
) -> Result<bool, GiveConsentError> {
    let give = office.give_consent();
    let given = give.execute(&member.tenant, member.id, &agreed(term, version), &client()).await?;
    assert_eq!((given.consent.term.as_str(), given.consent.version.as_str()), (term, version));
    Ok(given.stood)
}

async fn withdraw(office: &Office, member: &Account, term: &str) -> Result<(), WithdrawConsentError> {
    office.withdraw_consent().execute(&member.tenant, member.id, &id(term), &client()).await
}

#[tokio::test]
async fn a_member_sees_each_term_and_everything_said() {
    let office = Office::new();
    let member = office.join().await;
    let before = seen(&office, member.id).await;
    let shown: Vec<_> = before
        .states
        .iter()
        .map(|state| (state.term.as_str(), state.title.as_deref(), state.required, state.is_given()))
        .collect();
    assert_eq!(
        shown,
        [("service", Some("service 1"), true, true), ("marketing", Some("marketing 1"), false, false)]
    );
    assert!(before.states[0].is_current() && !before.states[1].is_current());
    assert_eq!((before.history.len(), before.at), (1, office.scene.at(0)));

    office.pass(DAY);
    let after = seen(&office, member.id).await;
    assert!(after.states[0].is_given() && !after.states[0].is_current(), "version 2 is in force");
    assert_eq!(after.states[0].current.as_ref().unwrap().as_str(), "2");
}

#[tokio::test]
async fn a_term_that_is_gone_is_still_shown_to_those_who_agreed() {
    let mut office = Office::new();
    let member = office.join().await;
    office.terms = std::sync::Arc::default();
    let seen = seen(&office, member.id).await;
    assert_eq!(seen.states.len(), 1);
    let state = &seen.states[0];
    assert_eq!((state.term.as_str(), &state.title, &state.current), ("service", &None, &None));
    assert!(state.is_given() && !state.is_current() && !state.required);
}

#[tokio::test]
async fn an_optional_term_is_agreed_to_and_withdrawn_in_rows_of_their_own() {
    let office = Office::new();
    let member = office.join().await;
    assert!(!give(&office, &member, "marketing", "1").await.unwrap());
    office.pass(SignedDuration::from_secs(5));
    withdraw(&office, &member, "marketing").await.unwrap();

    let history = history(&office, &member).await;
    let said: Vec<_> = history.iter().map(|one| (one.term.as_str(), one.given, one.at)).collect();
    let (joined, later) = (office.scene.at(0), office.scene.at(5));
    assert_eq!(said, [("service", true, joined), ("marketing", true, joined), ("marketing", false, later)]);
    assert_eq!(history[1].text, history[2].text, "the withdrawal is of the text that was agreed to");
    let state = &seen(&office, member.id).await.states[1];
    assert!(!state.is_given() && !state.is_current());

    office.pass(SignedDuration::from_secs(5));
    assert!(!give(&office, &member, "marketing", "1").await.unwrap());
    assert!(seen(&office, member.id).await.states[1].is_given(), "and agreed to once more");
}

#[tokio::test]
async fn what_is_so_already_is_not_stored_again() {
    let office = Office::new();
    let member = office.join().await;
    withdraw(&office, &member, "marketing").await.unwrap();
    assert_eq!(history(&office, &member).await.len(), 1, "nothing was given");
    assert!(!give(&office, &member, "marketing", "1").await.unwrap());
    assert!(give(&office, &member, "marketing", "1").await.unwrap());
    withdraw(&office, &member, "marketing").await.unwrap();
    withdraw(&office, &member, "marketing").await.unwrap();
    assert_eq!(history(&office, &member).await.len(), 3);
}

#[tokio::test]
async fn a_new_version_is_agreed_to_once_it_is_in_force() {
    let office = Office::new();
    let member = office.join().await;
    let early = give(&office, &member, "service", "2").await.unwrap_err();
    assert!(matches!(early, GiveConsentError::Fault(ConsentFault::Unknown(0))), "{early}");
    office.pass(DAY);
    let late = give(&office, &member, "service", "1").await.unwrap_err();
    assert!(matches!(late, GiveConsentError::Fault(ConsentFault::Outdated(0))), "{late}");
    assert_eq!(history(&office, &member).await.len(), 1);
    assert!(!give(&office, &member, "service", "2").await.unwrap());
    assert!(seen(&office, member.id).await.states[0].is_current());
}

#[tokio::test]
async fn a_required_term_is_not_withdrawn() {
    let office = Office::new();
    let member = office.join().await;
    let error = withdraw(&office, &member, "service").await.unwrap_err();
    assert!(matches!(error, WithdrawConsentError::Required), "{error}");
    assert_eq!(history(&office, &member).await.len(), 1);
}

#[tokio::test]
async fn a_term_that_never_was_is_not_withdrawn_but_one_that_is_gone_can_be() {
    let mut office = Office::new();
    let member = office.join().await;
    let error = withdraw(&office, &member, "ghost").await.unwrap_err();
    assert!(matches!(error, WithdrawConsentError::NotFound), "{error}");
    office.terms = std::sync::Arc::default();
    withdraw(&office, &member, "service").await.unwrap();
    assert!(!history(&office, &member).await[1].given);
}

#[tokio::test]
async fn nothing_is_stored_for_an_account_that_is_gone() {
    let office = Office::new();
    let member = office.join().await;
    let now = office.scene.at(0);
    assert!(office.memory.store.close(&member.tenant, member.id, &member.password, now).await.unwrap());
    let error = give(&office, &member, "marketing", "1").await.unwrap_err();
    assert!(matches!(error, GiveConsentError::Gone), "{error}");
    assert!(seen(&office, member.id).await.history.is_empty());
}

#[tokio::test]
async fn another_tenants_account_is_none() {
    let office = Office::new();
    let member = office.join().await;
    let stranger = Account { tenant: office.scene.another_tenant(), ..member };
    let error = give(&office, &stranger, "marketing", "1").await.unwrap_err();
    assert!(matches!(error, GiveConsentError::Gone), "{error}");
}

//! The record of what administrators did.

use bonin_domain::admin::{AdminName, AuditAction, AuditNumber, Subject};
use bonin_services::admin::{Actor, Chain, Typed};

use super::office::{Office, address};

fn actor() -> Actor {
    Actor::Admin { name: AdminName::parse("min").expect("a name"), address: address() }
}

#[tokio::test]
async fn the_record_is_read_newest_first_with_its_reasons_and_reading_is_recorded() {
    let office = Office::new();
    let named = |text: &str| Some(Subject::Named(text.to_owned()));
    let looked = AuditAction::NumberLookedUp;
    office.record.execute(&actor(), looked, named("one"), Some("고객 문의 1234")).await.unwrap();
    office.record.execute(&Actor::Terminal, AuditAction::AdminInvited, None, None).await.unwrap();

    let page = office.read_record().execute(&actor(), None).await.unwrap();
    let told: Vec<_> = page.entries.iter().map(|(entry, typed)| (entry.number.0, typed.clone())).collect();
    let reason = Typed::Reason("고객 문의 1234".to_owned());
    assert_eq!(told, [(3, Typed::Nothing), (2, Typed::Nothing), (1, reason)]);
    assert_eq!((page.chain, page.next), (Chain::Holds, None));
    assert_eq!(page.entries[0].0.action, AuditAction::AuditViewed);
    assert_eq!(page.entries[2].0.address.as_deref(), Some("203.0.113.7"));
    assert_eq!(page.entries[1].0.address, None, "a terminal has none");
}

#[tokio::test]
async fn a_long_record_is_read_page_by_page() {
    let office = Office::new();
    for _ in 0..150 {
        office.record.execute(&actor(), AuditAction::LoggedIn, None, None).await.unwrap();
    }
    let first = office.read_record().execute(&actor(), None).await.unwrap();
    assert_eq!((first.entries.len(), first.entries[0].0.number), (100, AuditNumber(151)));
    assert_eq!((first.next, first.chain), (Some(AuditNumber(52)), Chain::Holds));
    let second = office.read_record().execute(&actor(), first.next).await.unwrap();
    assert_eq!((second.entries.len(), second.entries[0].0.number), (51, AuditNumber(51)));
    assert_eq!((second.next, second.chain), (None, Chain::Holds));
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_shown() {
    let office = Office::new();
    office.close_record(true);
    assert!(office.read_record().execute(&actor(), None).await.is_err());
}

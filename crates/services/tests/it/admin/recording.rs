//! The record of what administrators did.

use bonin_domain::admin::{AdminName, AuditAction, AuditNumber, RECORD_KEPT, Subject};
use bonin_ports::AuditFilter;
use bonin_services::admin::{Actor, Chain, Typed};

use super::office::{Office, address};

fn before(number: Option<AuditNumber>) -> AuditFilter {
    AuditFilter { before: number, ..AuditFilter::default() }
}

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

    let page = office.read_record().execute(&actor(), before(None)).await.unwrap();
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
    let first = office.read_record().execute(&actor(), before(None)).await.unwrap();
    assert_eq!((first.entries.len(), first.entries[0].0.number), (100, AuditNumber(151)));
    assert_eq!((first.next, first.chain), (Some(AuditNumber(52)), Chain::Holds));
    let second = office.read_record().execute(&actor(), before(first.next)).await.unwrap();
    assert_eq!((second.entries.len(), second.entries[0].0.number), (51, AuditNumber(51)));
    assert_eq!((second.next, second.chain), (None, Chain::Holds));
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_shown() {
    let office = Office::new();
    office.close_record(true);
    assert!(office.read_record().execute(&actor(), before(None)).await.is_err());
}

#[tokio::test]
async fn a_filter_looks_through_the_whole_record_and_the_chain_is_judged_apart_from_it() {
    let office = Office::new();
    office.record.execute(&Actor::Terminal, AuditAction::KeyCreated, None, None).await.unwrap();
    for _ in 0..150 {
        office.record.execute(&actor(), AuditAction::LoggedIn, None, None).await.unwrap();
    }
    let filter = AuditFilter { actor: Some("terminal".to_owned()), ..AuditFilter::default() };
    let page = office.read_record().execute(&actor(), filter).await.unwrap();
    assert_eq!(page.entries.iter().map(|(entry, _)| entry.number.0).collect::<Vec<_>>(), [1]);
    assert_eq!((page.next, page.chain), (None, Chain::Holds), "those between are not missing");
    assert_eq!(page.judged, Some((AuditNumber(53), AuditNumber(152))));

    let filter = AuditFilter { action: Some(AuditAction::LoggedIn), ..AuditFilter::default() };
    let page = office.read_record().execute(&actor(), filter.clone()).await.unwrap();
    assert_eq!((page.entries.len(), page.next), (100, Some(AuditNumber(52))));
    let filter = AuditFilter { before: page.next, ..filter };
    let page = office.read_record().execute(&actor(), filter).await.unwrap();
    assert_eq!((page.entries.len(), page.next, page.chain), (50, None, Chain::Holds));
    assert_eq!(page.judged, Some((AuditNumber(1), AuditNumber(51))));
}

#[tokio::test]
async fn a_record_that_lost_its_beginning_does_not_hold() {
    let office = Office::new();
    assert_eq!(office.check_record().execute().await.unwrap().newest, None);
    for _ in 0..1_200 {
        office.record.execute(&actor(), AuditAction::LoggedIn, None, None).await.unwrap();
    }
    let whole = office.check_record().execute().await.unwrap();
    assert_eq!((whole.entries, whole.chain), (1_200, Chain::Holds));
    let page = office.read_record().execute(&actor(), before(Some(AuditNumber(3)))).await.unwrap();
    assert_eq!(page.chain, Chain::Holds);

    office.store.lose_entries(2);
    let page = office.read_record().execute(&actor(), before(Some(AuditNumber(9)))).await.unwrap();
    assert_eq!(page.chain, Chain::Broken(AuditNumber(3)));
    let checked = office.check_record().execute().await.unwrap();
    assert_eq!((checked.entries, checked.chain), (1_200, Chain::Broken(AuditNumber(3))));
    assert_eq!(checked.newest.map(|(number, _)| number), Some(AuditNumber(1_202)), "both looks are recorded");

    office.pass(RECORD_KEPT.as_secs() + 1);
    let checked = office.check_record().execute().await.unwrap();
    assert_eq!(checked.chain, Chain::Holds, "what is missing was old enough to go");
}

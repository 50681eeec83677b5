//! Messages for later.

use bonin_domain::TenantId;
use bonin_domain::messages::{DeliveryState, FailureClass};
use bonin_services::messages::{CancelGroupError, GroupStatus, MessageStatus, SendRequest};
use bonin_testkit::SendStep;
use jiff::SignedDuration;

use super::desk::{Desk, image};

const ONE: &str = "010-1234-5678";
const TWO: &str = "010-8765-4321";

/// A reservation in an hour.
fn reservation(desk: &Desk) -> SendRequest {
    let at = desk.world.now() + SignedDuration::from_hours(1);
    SendRequest { scheduled_at: Some(at), ..desk.request(&[ONE, TWO]) }
}

#[tokio::test]
async fn a_reservation_is_sent_at_its_time_and_not_before() {
    let desk = Desk::new();
    let sent = desk.sent(reservation(&desk)).await;
    assert_eq!(sent.status.as_str(), "scheduled");
    let seen = desk.read_group.execute(&desk.world.tenant, sent.group.id).await.unwrap();
    assert_eq!((seen.status, seen.counts["scheduled"]), (GroupStatus::Scheduled, 2));
    desk.world.pass(3_599);
    assert_eq!(desk.process.take_over().await, 0);
    desk.world.pass(1);
    let seen = desk.read_group.execute(&desk.world.tenant, sent.group.id).await.unwrap();
    assert_eq!(seen.status, GroupStatus::Queued, "its time has come");
    assert_eq!(desk.process.take_over().await, 2);
    assert_eq!(desk.sens.sent(), 2);
    let seen = desk.read_group.execute(&desk.world.tenant, sent.group.id).await.unwrap();
    assert_eq!((seen.status, seen.counts["accepted"]), (GroupStatus::Sent, 2));
}

#[tokio::test]
async fn a_reservation_fails_over_like_any_other_message() {
    let desk = Desk::new();
    desk.sent(reservation(&desk)).await;
    desk.sens.script.will_answer([SendStep::Unavailable(FailureClass::ProviderDown); 2]);
    desk.world.pass(3_600);
    desk.process.take_over().await;
    assert_eq!((desk.sens.sent(), desk.nexmo.sent()), (2, 2));
}

#[tokio::test]
async fn a_cancelled_reservation_is_never_sent() {
    let desk = Desk::new();
    let sent = desk.sent(reservation(&desk)).await;
    desk.world.pass(3_600);
    // Its time has come, but nobody has taken it yet.
    desk.cancel.execute(&desk.world.tenant, sent.group.id).await.unwrap();
    assert_eq!(desk.process.take_over().await, 0);
    assert_eq!(desk.sens.sent(), 0);
    let seen = desk.read_group.execute(&desk.world.tenant, sent.group.id).await.unwrap();
    assert_eq!((seen.status, seen.counts["cancelled"]), (GroupStatus::Cancelled, 2));
    assert_eq!(seen.group.cancelled_at, Some(desk.world.now()));
    desk.cancel.execute(&desk.world.tenant, sent.group.id).await.unwrap();
}

#[tokio::test]
async fn what_is_on_its_way_cannot_be_cancelled() {
    let desk = Desk::new();
    let at_once = desk.send.execute(desk.request(&[ONE])).await.unwrap_or_else(|error| panic!("{error:?}"));
    let cancelled = desk.cancel.execute(&desk.world.tenant, at_once.group.id).await;
    assert!(matches!(cancelled, Err(CancelGroupError::TooLate)), "it was never a reservation");
    let sent = desk.sent(reservation(&desk)).await;
    desk.world.pass(3_600);
    desk.process.take_over().await;
    let cancelled = desk.cancel.execute(&desk.world.tenant, sent.group.id).await;
    assert!(matches!(cancelled, Err(CancelGroupError::TooLate)));
}

#[tokio::test]
async fn another_tenants_reservation_does_not_exist() {
    let desk = Desk::new();
    let sent = desk.sent(reservation(&desk)).await;
    let other = TenantId::parse("other").unwrap();
    let cancelled = desk.cancel.execute(&other, sent.group.id).await;
    assert!(matches!(cancelled, Err(CancelGroupError::NotFound)));
    assert!(desk.read_group.execute(&other, sent.group.id).await.is_err());
    desk.world.pass(3_600);
    assert_eq!(desk.process.take_over().await, 2, "it is sent all the same");
}

#[tokio::test]
async fn a_message_is_given_up_a_day_after_its_time() {
    let desk = Desk::new();
    let request = SendRequest {
        images: vec![image()],
        kind: bonin_services::messages::AskedKind::Auto,
        ..reservation(&desk)
    };
    let sent = desk.sent(request).await;
    desk.world.pass(3_600 + 24 * 3_600);
    desk.process.take_over().await;
    assert_eq!(desk.sens.sent(), 0);
    let (message, _) = desk.read.execute(&desk.world.tenant, sent.messages[0].id).await.unwrap();
    assert_eq!(message.status, MessageStatus::Delivery(DeliveryState::Expired));
}

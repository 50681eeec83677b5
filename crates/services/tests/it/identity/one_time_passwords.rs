//! One-time passwords: charged first, judged like every result.

use std::net::{IpAddr, Ipv4Addr};

use bonin_domain::codes::Purpose;
use bonin_domain::identity::{IdentityApi, IdentityRefusal, IdentityStatus, IdentityToken, OtpCode};
use bonin_services::identity::{CompleteIdentityError, CompletedIdentity, OtpIdentityError, StartedIdentity};

use super::support::{Desk, Trouble, person};

const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));

impl Desk {
    async fn requests(&self, started: &StartedIdentity) -> Result<(), OtpIdentityError> {
        let (id, token) = (started.verification.id, &started.token);
        self.otp.request(&self.tenant, id, token, &person(), CLIENT).await
    }

    async fn confirms(
        &self,
        started: &StartedIdentity,
        otp: &str,
    ) -> Result<CompletedIdentity, OtpIdentityError> {
        let otp = OtpCode::parse(otp).expect("six digits");
        self.otp.confirm(&self.tenant, started.verification.id, &started.token, &otp).await
    }

    /// Has a one-time password 123456 sent; the provider's name of the result.
    async fn sent(&self, started: &StartedIdentity) -> String {
        self.requests(started).await.expect("it is sent");
        let imp_uid = format!("imp_{}", &started.verification.order.as_str()[..12]);
        self.provider.knows(self.certified(started, &imp_uid));
        self.provider.sends("123456");
        imp_uid
    }
}

#[tokio::test]
async fn the_right_password_yields_a_proof() {
    let desk = Desk::new();
    let started = desk.started().await;
    let imp_uid = desk.sent(&started).await;
    let completed = desk.confirms(&started, "123456").await.expect("it is right");
    assert_eq!(completed.name.reveal(), "홍길동");
    assert!(desk.proved(Purpose::SignUp, &completed.proof).await.is_ok());
    assert!(desk.is_used(&imp_uid).await);
    let order = &started.verification.order;
    let calls = [format!("request {order} 203.0.113.7"), format!("confirm {imp_uid}")];
    assert_eq!(desk.provider.calls(), calls);
    let again = desk.confirms(&started, "123456").await;
    let completed = OtpIdentityError::Identity(CompleteIdentityError::Completed);
    assert_eq!(again.unwrap_err().to_string(), completed.to_string());
}

#[tokio::test]
async fn five_wrong_passwords_end_it() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.sent(&started).await;
    for _ in 0..5 {
        assert!(matches!(desk.confirms(&started, "000000").await, Err(OtpIdentityError::Refused)));
    }
    let calls = desk.provider.calls().len();
    let exhausted = desk.confirms(&started, "123456").await;
    assert!(matches!(exhausted, Err(OtpIdentityError::Exhausted)));
    assert_eq!(desk.provider.calls().len(), calls, "nothing is compared any more");
    assert_eq!(desk.status(&started).await, IdentityStatus::Pending);
}

#[tokio::test]
async fn tries_are_charged_even_when_the_provider_is_silent() {
    let desk = Desk::new();
    let started = desk.started().await;
    let imp_uid = desk.sent(&started).await;
    for trouble in Trouble::SILENT {
        desk.provider.is_in(Some(trouble));
        let failed = desk.confirms(&started, "123456").await;
        let Err(OtpIdentityError::Identity(CompleteIdentityError::Unavailable(_))) = failed else {
            panic!("{trouble:?}: {failed:?}")
        };
        desk.nothing_was_stored(&started, &imp_uid).await;
    }
    desk.provider.is_in(None);
    assert!(matches!(desk.confirms(&started, "000000").await, Err(OtpIdentityError::Refused)));
    desk.confirms(&started, "123456").await.expect("the fifth try is judged on its merits");
}

#[tokio::test]
async fn nothing_is_compared_before_something_was_requested() {
    let desk = Desk::new();
    let started = desk.started().await;
    assert!(matches!(desk.confirms(&started, "123456").await, Err(OtpIdentityError::NotRequested)));
    desk.provider.is_in(Some(Trouble::Unclear));
    let failed = desk.requests(&started).await;
    assert!(matches!(failed, Err(OtpIdentityError::Identity(CompleteIdentityError::Unavailable(_)))));
    assert!(matches!(desk.confirms(&started, "123456").await, Err(OtpIdentityError::NotRequested)));
    assert_eq!(desk.provider.calls().len(), 1);
}

#[tokio::test]
async fn in_v2_a_password_that_may_have_been_sent_can_be_typed() {
    let desk = Desk::with(|rules| rules.api = IdentityApi::V2);
    let started = desk.started().await;
    desk.provider.is_in(Some(Trouble::Unclear));
    assert!(desk.requests(&started).await.is_err());
    desk.provider.is_in(None);
    desk.provider.knows(desk.certified(&started, started.verification.order.as_str()));
    desk.provider.sends("123456");
    desk.confirms(&started, "123456").await.expect("it is right");
}

#[tokio::test]
async fn three_passwords_for_one_and_five_for_a_number_in_ten_minutes() {
    let desk = Desk::new();
    let (first, second) = (desk.started().await, desk.started().await);
    for _ in 0..3 {
        desk.requests(&first).await.expect("it is sent");
    }
    assert!(matches!(desk.requests(&first).await, Err(OtpIdentityError::Exhausted)));
    for _ in 0..2 {
        desk.requests(&second).await.expect("it is sent");
    }
    let refused = desk.requests(&second).await;
    assert!(matches!(refused, Err(OtpIdentityError::TooMany { until }) if until > desk.now()));
    assert_eq!(desk.provider.calls().len(), 5);
}

#[tokio::test]
async fn a_person_whom_the_carrier_does_not_know_is_refused_and_charged() {
    let desk = Desk::new();
    let started = desk.started().await;
    desk.provider.is_in(Some(Trouble::Refused));
    for _ in 0..3 {
        assert!(matches!(desk.requests(&started).await, Err(OtpIdentityError::PersonRefused)));
    }
    assert!(matches!(desk.requests(&started).await, Err(OtpIdentityError::Exhausted)));
}

#[tokio::test]
async fn what_comes_of_a_right_password_is_judged_like_any_result() {
    let desk = Desk::new();
    let started = desk.started().await;
    let imp_uid = desk.sent(&started).await;
    let mut record = desk.certified(&started, &imp_uid);
    record.certified = false;
    desk.provider.knows(record);
    let refused = desk.confirms(&started, "123456").await;
    let Err(OtpIdentityError::Identity(CompleteIdentityError::Refused(IdentityRefusal::NotCertified))) =
        refused
    else {
        panic!("{refused:?}")
    };
    desk.nothing_was_stored(&started, &imp_uid).await;
}

#[tokio::test]
async fn strangers_and_latecomers_make_no_call() {
    let desk = Desk::new();
    let started = desk.started().await;
    let token = IdentityToken::draw(&mut |bytes| bytes.fill(0));
    let stranger = StartedIdentity { token, ..started.clone() };
    let refused = desk.requests(&stranger).await;
    assert!(matches!(refused, Err(OtpIdentityError::Identity(CompleteIdentityError::NotFound))));
    let refused = desk.confirms(&stranger, "123456").await;
    assert!(matches!(refused, Err(OtpIdentityError::Identity(CompleteIdentityError::NotFound))));
    desk.pass(30 * 60);
    let late = desk.requests(&started).await;
    assert!(matches!(late, Err(OtpIdentityError::Identity(CompleteIdentityError::Expired))));
    assert!(desk.provider.calls().is_empty());
    let other_api = desk.restarted(|rules| rules.api = IdentityApi::V2);
    let fresh = desk.started().await;
    let moved = other_api.requests(&fresh).await;
    assert!(matches!(moved, Err(OtpIdentityError::Identity(CompleteIdentityError::Expired))));
    assert!(desk.provider.calls().is_empty());
}

//! How an attempt ends, in the window and in the call for tests alike.

use jiff::Timestamp;

use super::attempt::{Attempt, Failure, Status};
use super::otp::Refused;
use super::people::{self, Person};
use super::store::{Ask, Order, Store};

/// What the person did.
#[derive(Clone, Copy)]
pub(super) enum Outcome {
    Certified(&'static Person),
    /// Began and left.
    Uncertified,
    /// The company refused what the shop had sent.
    Failed,
    Cancelled,
}

/// An attempt that is over, and what the browser hears when nobody was identified.
pub(super) struct Finished {
    pub(super) attempt: Attempt,
    pub(super) failure: Option<Failure>,
}

impl Order {
    /// The order id that the company sees, if there is one.
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::V1(merchant_uid) => merchant_uid.as_deref(),
            Self::V2(id) => Some(id),
        }
    }
}

/// Ends an attempt.
///
/// # Errors
/// [`Refused::AlreadyVerified`], in V2 only.
pub(super) fn finish(
    store: &Store,
    ask: Ask,
    outcome: Outcome,
    min_age: Option<i16>,
    at: Timestamp,
) -> Result<Finished, Refused> {
    let today = people::today(at);
    let refused = ask.order.id().is_some_and(|order| !ask.pg.takes(order));
    let (status, failure) = match outcome {
        Outcome::Certified(_) if refused => failed("9010", "주문번호는 영문과 숫자 40자 이내여야 합니다."),
        Outcome::Certified(person) if min_age.is_some_and(|least| person.age(today) < least) => {
            failed("UNDER_AGE", "인증할 수 있는 나이가 아닙니다.")
        }
        Outcome::Certified(person) => {
            (Status::Certified { facts: Box::new(person.facts(ask.pg, today)), at }, None)
        }
        Outcome::Uncertified => {
            let (_, failure) = failed("NOT_FINISHED", "본인인증을 끝내지 않았습니다.");
            (Status::Ready, failure)
        }
        Outcome::Failed => failed("9010", "요청 정보가 올바르지 않습니다."),
        Outcome::Cancelled => failed("USER_CANCEL", "사용자가 본인인증을 취소했습니다."),
    };
    let attempt = store.finish(ask, status, at)?;
    Ok(Finished { attempt, failure })
}

fn failed(code: &'static str, message: &str) -> (Status, Option<Failure>) {
    let failure = Failure { code, message: message.to_owned() };
    (Status::Failed(failure.clone()), Some(failure))
}

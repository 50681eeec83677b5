//! One attempt to identify somebody.

use jiff::Timestamp;
use jiff::civil::Date;

use super::otp::Sent;
use super::people::{Facts, Pg};

/// Through which API an attempt began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

/// Why an attempt failed, as the company behind it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// How an attempt stands.
#[derive(Clone)]
pub(crate) enum Status {
    /// Begun, and perhaps never finished.
    Ready,
    Failed(Failure),
    Certified {
        facts: Box<Facts>,
        at: Timestamp,
    },
}

/// What an API-only attempt was begun with; a window knows nothing of the person beforehand.
#[derive(Clone)]
pub(crate) struct Requested {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    /// Digits.
    pub(crate) phone: String,
    /// If it was asked for.
    pub(crate) birthday: Option<Date>,
}

/// An attempt.
#[derive(Clone)]
pub(crate) struct Attempt {
    /// `imp_uid` in V1, the shop's own id in V2.
    pub(crate) id: String,
    pub(crate) version: Version,
    /// V1 only, and there optional.
    pub(crate) merchant_uid: Option<String>,
    pub(crate) pg: Pg,
    /// The page where the window was opened.
    pub(crate) origin: Option<String>,
    pub(crate) custom_data: Option<String>,
    /// The company's number of the attempt.
    pub(crate) transaction: String,
    pub(crate) requested: Option<Requested>,
    pub(crate) status: Status,
    pub(crate) requested_at: Timestamp,
    pub(crate) changed_at: Timestamp,
    pub(super) sent: Option<Sent>,
}

impl Attempt {
    /// The number whose owner is or was to be identified, as E.164; faults go by it.
    pub(crate) fn number(&self) -> Option<String> {
        let phone = match &self.status {
            Status::Certified { facts, .. } => facts.phone,
            Status::Ready | Status::Failed(_) => None,
        };
        let phone = phone.or(self.requested.as_ref().map(|requested| requested.phone.as_str()))?;
        crate::numbers::from_national("82", phone)
    }

    /// Whether somebody was identified.
    pub(crate) fn is_certified(&self) -> bool {
        matches!(self.status, Status::Certified { .. })
    }
}

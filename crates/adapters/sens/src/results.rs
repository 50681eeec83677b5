use std::fmt;

use bonin_domain::messages::FailureClass;
use jiff::Timestamp;

use crate::codes::failure_class;

/// What SENS says of a request it took (section 4): accepted, not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendReceipt {
    /// Its name for the request; never empty.
    pub request_id: String,
    /// When it took it, as written: `2025-11-25T09:39:40.535`, presumably Korean time.
    pub request_time: Option<String>,
    /// Its code: `202`.
    pub status_code: String,
}

/// How far a message is in the pipeline; whether it was delivered is another question, see
/// [`MessageRow::outcome`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// `READY`: taken.
    Ready,
    /// `PROCESSING`: on its way.
    Processing,
    /// `COMPLETED`: delivered or failed.
    Completed,
    /// Missing, or a word that nobody documents.
    Unknown,
}

/// One message in a list (section 5). Parts that SENS leaves out are `None`; many come only with the end.
///
/// `Debug` leaves out the numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// The request it belongs to.
    pub request_id: Option<String>,
    /// Its own name.
    pub message_id: Option<String>,
    /// When it was requested, as written: `2026-01-02 09:00:00`, presumably Korean time.
    pub request_time: Option<String>,
    /// When it ended, in the same form.
    pub complete_time: Option<String>,
    /// The sender number.
    pub from: Option<String>,
    /// The recipient's number.
    pub to: Option<String>,
    /// The recipient's country code, such as `82`.
    pub country_code: Option<String>,
    /// The recipient's carrier, such as `SKT`.
    pub telco_code: Option<String>,
    /// How far it is.
    pub progress: Progress,
    /// The delivery result code, `0` for delivered (section 10).
    pub status_code: Option<String>,
    /// `success` or `fail`.
    pub status_name: Option<String>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Not decided yet.
    Pending,
    /// It reached the phone; abroad, it reached the foreign carrier.
    Delivered,
    /// It never will.
    Failed {
        /// The common class.
        class: FailureClass,
        /// The delivery result code as given; empty where there was none.
        code: String,
    },
}

/// One page of a list (section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages; empty just after sending.
    pub messages: Vec<MessageRow>,
    /// Whether SENS says that it has the request but no rows of it yet: no messages, or `reserved`.
    pub pending: bool,
    /// Whether more pages follow, where SENS says so.
    pub has_more: Option<bool>,
    /// What [`crate::ListQuery::next_token`] takes to get the next page.
    pub next_token: Option<String>,
    /// The provider's clock when it answered.
    pub server_time: Option<Timestamp>,
}

/// One message with its text (section 6).
///
/// `Debug` leaves out numbers, subject and text.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageResult {
    /// What the list says of it too.
    pub row: MessageRow,
    /// The subject of an LMS.
    pub subject: Option<String>,
    /// The text as requested, even where it was cut.
    pub content: Option<String>,
}

impl MessageRow {
    /// Delivered only where all three say so: `COMPLETED`, `success` and code `0`.
    pub fn outcome(&self) -> Outcome {
        if self.progress != Progress::Completed {
            return Outcome::Pending;
        }
        match (self.status_name.as_deref(), self.status_code.as_deref()) {
            (Some("success"), Some("0")) => Outcome::Delivered,
            // Half a result is none: the other half comes with a later list.
            (None | Some("success"), None) | (None, Some("0")) => Outcome::Pending,
            (_, code) => Outcome::Failed {
                class: failure_class(code.unwrap_or_default()),
                code: code.unwrap_or_default().to_owned(),
            },
        }
    }
}

impl fmt::Debug for MessageRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MessageRow")
            .field("request_id", &self.request_id)
            .field("message_id", &self.message_id)
            .field("progress", &self.progress)
            .field("status_code", &self.status_code)
            .field("status_name", &self.status_name)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for MessageResult {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MessageResult").field("row", &self.row).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(progress: Progress, name: Option<&str>, code: Option<&str>) -> MessageRow {
        MessageRow {
            request_id: None,
            message_id: None,
            request_time: None,
            complete_time: None,
            from: Some("0215881234".into()),
            to: Some("01012345678".into()),
            country_code: None,
            telco_code: None,
            progress,
            status_code: code.map(str::to_owned),
            status_name: name.map(str::to_owned),
        }
    }

    #[test]
    fn only_completed_success_and_zero_together_are_delivered() {
        use Progress::{Completed, Processing, Ready, Unknown};
        let outcome = |progress, name, code| row(progress, name, code).outcome();
        assert_eq!(outcome(Completed, Some("success"), Some("0")), Outcome::Delivered);
        for progress in [Ready, Processing, Unknown] {
            assert_eq!(outcome(progress, Some("success"), Some("0")), Outcome::Pending);
        }
        for (name, code) in [(None, None), (Some("success"), None), (None, Some("0"))] {
            assert_eq!(outcome(Completed, name, code), Outcome::Pending);
        }
    }

    #[test]
    fn everything_else_that_is_completed_failed() {
        for (name, code, class) in [
            (Some("fail"), Some("3001"), FailureClass::InvalidNumber),
            (Some("success"), Some("3012"), FailureClass::SpamFilter),
            (None, Some("2003"), FailureClass::Unreachable),
            (Some("fail"), Some("0"), FailureClass::Other),
            (Some("fail"), Some("4711"), FailureClass::Other),
            (Some("fail"), None, FailureClass::Other),
        ] {
            let code_given = code.unwrap_or_default().to_owned();
            let failed = Outcome::Failed { class, code: code_given };
            assert_eq!(row(Progress::Completed, name, code).outcome(), failed);
        }
    }

    #[test]
    fn numbers_and_texts_are_not_shown() {
        let result = MessageResult {
            row: row(Progress::Ready, None, None),
            subject: Some("hush".into()),
            content: Some("hush".into()),
        };
        let shown = format!("{result:?}");
        for hidden in ["hush", "0101", "0215"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}

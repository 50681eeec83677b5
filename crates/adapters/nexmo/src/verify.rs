use std::fmt;

use bonin_domain::messages::Price;

use crate::invalid::{InvalidRequest, check_recipient};

/// What a verification begins with (section 2.1). `Debug` does not show the number.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyStart {
    pub(crate) number: String,
    pub(crate) brand: String,
    pub(crate) code_length: u8,
    pub(crate) workflow: u8,
    pub(crate) pin_expiry: u16,
    pub(crate) language: Option<String>,
}

/// A code that was right (section 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedCode {
    /// The provider's name for the event in which the code was sent.
    pub event_id: Option<String>,
    /// What the verification cost, its messages included.
    pub price: Option<Price>,
}

/// How far a verification is (section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyState {
    /// `IN PROGRESS`.
    InProgress,
    /// `SUCCESS`: the right code was typed.
    Success,
    /// `FAILED`: wrong codes too many times.
    Failed,
    /// `EXPIRED`: no right code in time.
    Expired,
    /// `CANCELLED`.
    Cancelled,
}

impl VerifyState {
    /// As Nexmo spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "IN PROGRESS",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
            Self::Expired => "EXPIRED",
            Self::Cancelled => "CANCELLED",
        }
    }

    pub(crate) fn from_wire(word: &str) -> Option<Self> {
        [Self::InProgress, Self::Success, Self::Failed, Self::Expired, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// A verification as a search shows it; the number and the typed codes are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyRecord {
    /// Its name.
    pub request_id: String,
    /// How far it is.
    pub state: VerifyState,
    /// What it costs so far, its messages included.
    pub price: Option<Price>,
    /// When it began, as written: `2026-01-02 03:04:05` (UTC).
    pub date_submitted: Option<String>,
    /// When it ended, in the same form.
    pub date_finalized: Option<String>,
    /// The codes that were typed, oldest first.
    pub checks: Vec<VerifyTry>,
    /// What was sent, oldest first.
    pub events: Vec<VerifyEvent>,
}

/// One typed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyTry {
    /// When, as written.
    pub received: Option<String>,
    /// Whether it was right.
    pub valid: bool,
}

/// One message or call with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyEvent {
    /// `sms` or `tts` (a call).
    pub kind: String,
    /// The provider's name for it.
    pub id: Option<String>,
}

impl VerifyStart {
    /// One SMS with a code of 4 digits that lives 5 minutes, in the language of the number's country.
    ///
    /// - `number`: country code and number, digits only: `821012345678`.
    /// - `brand`: who asks, at most 18 letters, digits and blanks.
    pub fn new(number: impl Into<String>, brand: impl Into<String>) -> Self {
        Self {
            number: number.into(),
            brand: brand.into(),
            code_length: 4,
            workflow: 6,
            pin_expiry: 300,
            language: None,
        }
    }

    /// Sets the digits of the code: 4 or 6.
    #[must_use]
    pub fn code_length(mut self, digits: u8) -> Self {
        self.code_length = digits;
        self
    }

    /// Sets which messages and calls are made, 1 to 7 (section 2.8); 6 is one SMS.
    #[must_use]
    pub fn workflow(mut self, workflow: u8) -> Self {
        self.workflow = workflow;
        self
    }

    /// Sets how long the code lives, 60 to 3600 seconds.
    #[must_use]
    pub fn pin_expiry(mut self, seconds: u16) -> Self {
        self.pin_expiry = seconds;
        self
    }

    /// Sets the language, such as `ko-kr`.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Checks what Nexmo would refuse.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        check_recipient(&self.number)?;
        let in_brand = |letter: char| letter.is_alphanumeric() || letter == ' ';
        if !(1..=18).contains(&self.brand.chars().count()) || !self.brand.chars().all(in_brand) {
            return Err(InvalidRequest::Brand);
        }
        if !matches!(self.code_length, 4 | 6) {
            return Err(InvalidRequest::CodeLength);
        }
        if !(1..=7).contains(&self.workflow) {
            return Err(InvalidRequest::Workflow);
        }
        if !(60..=3600).contains(&self.pin_expiry) {
            return Err(InvalidRequest::PinExpiry);
        }
        let plain = |tag: &String| {
            (5..=6).contains(&tag.len()) && tag.bytes().all(|b| b == b'-' || b.is_ascii_lowercase())
        };
        if !self.language.as_ref().is_none_or(plain) {
            return Err(InvalidRequest::Language);
        }
        Ok(())
    }
}

impl fmt::Debug for VerifyStart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VerifyStart")
            .field("workflow", &self.workflow)
            .field("code_length", &self.code_length)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nexmo_would_refuse_is_refused_before() {
        let start = || VerifyStart::new("821012345678", "Bonin 2");
        assert_eq!(start().language("ko-kr").code_length(6).pin_expiry(3600).check(), Ok(()));
        for (wrong, expected) in [
            (VerifyStart::new("+821012345678", "Bonin"), InvalidRequest::Recipient),
            (VerifyStart::new("821012345678", ""), InvalidRequest::Brand),
            (VerifyStart::new("821012345678", "a".repeat(19)), InvalidRequest::Brand),
            (VerifyStart::new("821012345678", "Bonin!"), InvalidRequest::Brand),
            (start().code_length(5), InvalidRequest::CodeLength),
            (start().workflow(0), InvalidRequest::Workflow),
            (start().workflow(8), InvalidRequest::Workflow),
            (start().pin_expiry(59), InvalidRequest::PinExpiry),
            (start().pin_expiry(3601), InvalidRequest::PinExpiry),
            (start().language("Korean"), InvalidRequest::Language),
        ] {
            assert_eq!(wrong.check(), Err(expected), "{wrong:?}");
        }
        assert!(!format!("{:?}", start()).contains("8210"));
    }
}

use std::fmt;
use std::time::Duration;

use crate::invalid::{InvalidRequest, check_recipient, is_callback};
use crate::text::SmsEncoding;

/// The most characters of a text.
const TEXT_LIMIT: usize = 3_200;
const SHORTEST_LIFE: Duration = Duration::from_secs(20);
const LONGEST_LIFE: Duration = Duration::from_hours(7 * 24);

/// One text to one recipient (section 3). `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct SmsRequest {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) text: String,
    pub(crate) client_ref: Option<String>,
    pub(crate) ttl: Option<Duration>,
    pub(crate) callback: Option<String>,
}

/// What Nexmo says of one part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsPart {
    /// Taken.
    Accepted {
        /// Its name for the part.
        message_id: String,
        /// What the part costs, in euros, as written: `0.03330000`.
        price: Option<String>,
        /// The recipient's network (MCCMNC), such as `45005`.
        network: Option<String>,
        /// What is left on the account, in euros, as written.
        remaining_balance: Option<String>,
    },
    /// Not taken.
    Refused {
        /// The status (section 3.1), such as `9`.
        status: String,
    },
}

impl SmsRequest {
    /// A text in as many parts as it needs.
    ///
    /// - `to`: country code and number, digits only: `821012345678`.
    /// - `from`: a number in the same form, or up to 11 letters and digits.
    pub fn new(to: impl Into<String>, from: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            from: from.into(),
            text: text.into(),
            client_ref: None,
            ttl: None,
            callback: None,
        }
    }

    /// Sets a reference that receipts repeat; at most 40 characters.
    #[must_use]
    pub fn client_ref(mut self, client_ref: impl Into<String>) -> Self {
        self.client_ref = Some(client_ref.into());
        self
    }

    /// Sets how long the network tries, 20 seconds to 7 days; 72 hours where nothing is said.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// Sets where the receipts of this message go, in place of the configuration's.
    #[must_use]
    pub fn callback(mut self, url: impl Into<String>) -> Self {
        self.callback = Some(url.into());
        self
    }

    /// The alphabet the text travels in.
    pub fn encoding(&self) -> SmsEncoding {
        SmsEncoding::of(&self.text)
    }

    /// How many parts the text goes in; each is billed.
    pub fn parts(&self) -> usize {
        self.encoding().parts(&self.text)
    }

    /// Checks what Nexmo would refuse.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        check_recipient(&self.to)?;
        check_sender(&self.from)?;
        let letters = self.text.chars().count();
        if letters == 0 {
            return Err(InvalidRequest::Empty);
        }
        if letters > TEXT_LIMIT {
            return Err(InvalidRequest::TooLong(letters));
        }
        let plain = |text: &String| {
            (1..=40).contains(&text.len()) && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
        };
        if !self.client_ref.as_ref().is_none_or(plain) {
            return Err(InvalidRequest::ClientRef);
        }
        if !self.ttl.is_none_or(|ttl| (SHORTEST_LIFE..=LONGEST_LIFE).contains(&ttl)) {
            return Err(InvalidRequest::TimeToLive);
        }
        if !self.callback.as_deref().is_none_or(is_callback) {
            return Err(InvalidRequest::Callback);
        }
        Ok(())
    }
}

impl fmt::Debug for SmsRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SmsRequest").field("parts", &self.parts()).finish_non_exhaustive()
    }
}

fn check_sender(from: &str) -> Result<(), InvalidRequest> {
    let digits = from.bytes().all(|b| b.is_ascii_digit());
    let named = from.bytes().all(|b| b.is_ascii_alphanumeric());
    let good = if digits { (1..=15).contains(&from.len()) } else { named && from.len() <= 11 };
    good.then_some(()).ok_or(InvalidRequest::Sender)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello() -> SmsRequest {
        SmsRequest::new("821012345678", "Bonin", "hello")
    }

    #[test]
    fn what_nexmo_would_refuse_is_refused_before() {
        assert_eq!(hello().check(), Ok(()));
        for to in ["", "123456", "+821012345678", "1234567890123456", "０１０12345678"] {
            assert_eq!(SmsRequest::new(to, "Bonin", "a").check(), Err(InvalidRequest::Recipient), "{to}");
        }
        assert_eq!(SmsRequest::new("821012345678", "0212345678", "a").check(), Ok(()));
        for from in ["", "abcdefghijkl", "1234567890123456", "본인", "a b"] {
            let request = SmsRequest::new("821012345678", from, "a");
            assert_eq!(request.check(), Err(InvalidRequest::Sender), "{from}");
        }
        let text = |text: String| SmsRequest::new("821012345678", "Bonin", text).check();
        assert_eq!(text(String::new()), Err(InvalidRequest::Empty));
        assert_eq!(text("가".repeat(3200)), Ok(()));
        assert_eq!(text("가".repeat(3201)), Err(InvalidRequest::TooLong(3201)));
        assert_eq!(hello().client_ref("a".repeat(41)).check(), Err(InvalidRequest::ClientRef));
        assert_eq!(hello().client_ref("order 7").check(), Ok(()));
        for seconds in [19, 7 * 24 * 3600 + 1] {
            let request = hello().ttl(Duration::from_secs(seconds));
            assert_eq!(request.check(), Err(InvalidRequest::TimeToLive), "{seconds}");
        }
        assert_eq!(hello().ttl(Duration::from_secs(20)).check(), Ok(()));
        assert_eq!(hello().callback("bonin.kr").check(), Err(InvalidRequest::Callback));
    }

    #[test]
    fn numbers_and_texts_are_not_shown() {
        let shown = format!("{:?}", hello());
        assert!(!shown.contains("hello") && !shown.contains("8210"), "{shown}");
    }
}

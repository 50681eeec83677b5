//! What SENS would refuse, cut or fail is not sent at all (sections 4 and 11).

use bonin_domain::messages::euc_kr_len;

use crate::invalid::{InvalidRequest, is_number};
use crate::request::{KOREA, MOST_RECIPIENTS, MessageType, SUBJECT_LIMIT, SendRequest};

impl SendRequest {
    /// Checks what SENS would refuse, cut or fail.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        let count = self.recipients.len();
        if !(1..=MOST_RECIPIENTS).contains(&count) {
            return Err(InvalidRequest::RecipientCount(count));
        }
        if !(1..=999).contains(&self.country_code) {
            return Err(InvalidRequest::CountryCode);
        }
        if self.kind != MessageType::Sms && self.country_code != KOREA {
            return Err(InvalidRequest::LongAbroad);
        }
        self.check_files()?;
        if self.reserve.as_ref().is_some_and(|reserve| !is_zone(&reserve.zone)) {
            return Err(InvalidRequest::TimeZone);
        }
        self.check_subject(self.subject.as_deref())?;
        self.check_content(&self.content)?;
        for (index, recipient) in self.recipients.iter().enumerate() {
            if !is_number(&recipient.to) {
                return Err(InvalidRequest::Recipient(index));
            }
            let content = recipient.content.as_deref().unwrap_or(&self.content);
            if content.is_empty() {
                return Err(InvalidRequest::Empty);
            }
            self.check_content(content)?;
            self.check_subject(recipient.subject.as_deref())?;
        }
        Ok(())
    }

    fn check_files(&self) -> Result<(), InvalidRequest> {
        match (self.kind, self.files.is_empty()) {
            (MessageType::Mms, true) => Err(InvalidRequest::MmsWithoutFile),
            (MessageType::Sms | MessageType::Lms, false) => Err(InvalidRequest::FileOnText),
            _ if self.files.iter().all(|id| is_file_id(id)) => Ok(()),
            _ => Err(InvalidRequest::Id),
        }
    }

    fn check_content(&self, content: &str) -> Result<(), InvalidRequest> {
        let limit = self.kind.text_limit();
        let bytes = euc_kr_len(content)?;
        if bytes > limit {
            return Err(InvalidRequest::TooLong { bytes, limit });
        }
        Ok(())
    }

    fn check_subject(&self, subject: Option<&str>) -> Result<(), InvalidRequest> {
        let Some(subject) = subject else {
            return Ok(());
        };
        if self.kind == MessageType::Sms {
            return Err(InvalidRequest::SubjectOnSms);
        }
        let bytes = euc_kr_len(subject)?;
        if bytes > SUBJECT_LIMIT {
            return Err(InvalidRequest::SubjectTooLong { bytes });
        }
        Ok(())
    }
}

/// Opaque, and no part of a path.
fn is_file_id(id: &str) -> bool {
    (1..=200).contains(&id.len()) && !id.contains(char::is_control)
}

fn is_zone(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"/_+-".contains(&b);
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use bonin_domain::messages::Unencodable;

    use jiff::civil::DateTime;

    use super::*;
    use crate::request::Recipient;

    fn someone() -> Recipient {
        Recipient::new("01012345678")
    }

    #[test]
    fn texts_are_measured_in_euc_kr() {
        let sms = |text: String| SendRequest::sms(text).to(someone()).check();
        assert_eq!(sms("가".repeat(45)), Ok(()));
        assert_eq!(sms("가".repeat(46)), Err(InvalidRequest::TooLong { bytes: 92, limit: 90 }));
        assert_eq!(sms("a".repeat(91)), Err(InvalidRequest::TooLong { bytes: 91, limit: 90 }));
        assert_eq!(sms(String::new()), Err(InvalidRequest::Empty));
        assert_eq!(sms("a😀".into()), Err(InvalidRequest::Unencodable(Unencodable('😀'))));

        let lms = |text: String| SendRequest::lms(text).to(someone()).check();
        assert_eq!(lms("가".repeat(1000)), Ok(()));
        let too_long = InvalidRequest::TooLong { bytes: 2001, limit: 2000 };
        assert_eq!(lms("가".repeat(1000) + "a"), Err(too_long));
    }

    #[test]
    fn subjects_belong_to_long_messages() {
        let lms = |subject: String| SendRequest::lms("a").subject(subject).to(someone()).check();
        assert_eq!(lms("가".repeat(20)), Ok(()));
        assert_eq!(lms("a".repeat(41)), Err(InvalidRequest::SubjectTooLong { bytes: 41 }));
        let own = someone().subject("a".repeat(41));
        let request = SendRequest::lms("a").to(own.clone());
        assert_eq!(request.check(), Err(InvalidRequest::SubjectTooLong { bytes: 41 }));
        assert_eq!(SendRequest::sms("a").to(own).check(), Err(InvalidRequest::SubjectOnSms));
    }

    #[test]
    fn a_text_of_their_own_is_checked_too() {
        let request = SendRequest::sms(" ").to(someone().content("a".repeat(91)));
        assert!(matches!(request.check(), Err(InvalidRequest::TooLong { bytes: 91, .. })));
        let request = SendRequest::sms("").to(someone().content("a"));
        assert_eq!(request.check(), Ok(()));
        assert_eq!(request.to(someone()).check(), Err(InvalidRequest::Empty));
    }

    #[test]
    fn recipients_are_1_to_100_and_digits() {
        let request =
            |count: usize| SendRequest { recipients: vec![someone(); count], ..SendRequest::sms("a") };
        assert_eq!(request(100).check(), Ok(()));
        for count in [0, 101] {
            assert_eq!(request(count).check(), Err(InvalidRequest::RecipientCount(count)));
        }
        for to in ["", "010-1234-5678", "+821012345678", "０１０", &"1".repeat(21)] {
            let request = request(1).to(Recipient::new(to));
            assert_eq!(request.check(), Err(InvalidRequest::Recipient(1)), "{to}");
        }
    }

    #[test]
    fn long_messages_stay_in_korea() {
        let request = SendRequest::lms("a").to(someone()).country_code(1);
        assert_eq!(request.check(), Err(InvalidRequest::LongAbroad));
        assert_eq!(SendRequest::sms("a").to(someone()).country_code(1).check(), Ok(()));
        let request = SendRequest::sms("a").to(someone()).country_code(0);
        assert_eq!(request.check(), Err(InvalidRequest::CountryCode));
    }

    #[test]
    fn files_belong_to_mms() {
        let mms = SendRequest::mms("a").to(someone());
        assert_eq!(mms.check(), Err(InvalidRequest::MmsWithoutFile));
        assert_eq!(mms.clone().file("a1b2-c3").check(), Ok(()));
        assert_eq!(mms.clone().file("").check(), Err(InvalidRequest::Id));
        let abroad = mms.file("a1").country_code(1);
        assert_eq!(abroad.check(), Err(InvalidRequest::LongAbroad));
        for text in [SendRequest::sms("a"), SendRequest::lms("a")] {
            assert_eq!(text.to(someone()).file("a1").check(), Err(InvalidRequest::FileOnText));
        }
    }

    #[test]
    fn a_time_zone_has_a_name() {
        let request = |zone| SendRequest::sms("a").to(someone()).reserve_local(DateTime::MIN, zone).check();
        for zone in ["Asia/Seoul", "America/Port-au-Prince", "Etc/GMT+9", "UTC"] {
            assert_eq!(request(zone), Ok(()));
        }
        for zone in ["", "Asia Seoul", "서울"] {
            assert_eq!(request(zone), Err(InvalidRequest::TimeZone));
        }
    }
}

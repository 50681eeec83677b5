//! Failure classes in words (requirement E05).

use crate::messages::{FailureClass, Locale};

impl FailureClass {
    /// What happened and what can be done, for whoever had the message sent.
    pub fn text(self, locale: Locale) -> &'static str {
        match locale {
            Locale::Ko => self.korean(),
            Locale::En => self.english(),
        }
    }

    fn korean(self) -> &'static str {
        match self {
            Self::InvalidNumber => "없는 번호이거나 문자를 받을 수 없는 번호입니다. 번호를 확인해 주세요.",
            Self::Unreachable => "휴대폰이 꺼져 있거나 신호가 닿지 않았습니다. 잠시 후 다시 보내 주세요.",
            Self::Blocked => {
                "수신자나 통신사가 이 문자를 차단했습니다. 수신자에게 차단 설정을 확인해 달라고 안내해 주세요."
            }
            Self::SpamFilter => {
                "스팸으로 분류되어 전달되지 않았습니다. 문구와 휴대폰의 스팸 차단 설정을 확인해 주세요."
            }
            Self::Quota => {
                "문자 업체의 발송 한도를 넘었거나 잔액이 부족합니다. 한도를 높이거나 충전해 주세요."
            }
            Self::Sender => {
                "등록되지 않았거나 쓸 수 없는 발신번호입니다. 발신번호 등록 상태를 확인해 주세요."
            }
            Self::Content => "보낼 수 없는 문구나 첨부 파일이 있습니다. 내용을 고쳐 다시 보내 주세요.",
            Self::Credentials => "문자 업체의 인증에 실패했습니다. API 키와 권한을 확인해 주세요.",
            Self::ProviderDown => "문자 업체에 장애가 있습니다. 잠시 후 다시 보내 주세요.",
            Self::Unclear => "전송 결과를 확인하지 못했습니다. 문자가 오지 않으면 다시 보내 주세요.",
            Self::TooLate => "보내기 전에 인증번호의 유효 시간이 지났습니다. 인증번호를 다시 요청해 주세요.",
            Self::Other => {
                "알 수 없는 이유로 보내지 못했습니다. 다시 보내 보고, 계속되면 문자 업체의 오류 코드를 확인해 주세요."
            }
        }
    }

    fn english(self) -> &'static str {
        match self {
            Self::InvalidNumber => {
                "This number does not exist or cannot receive text messages. Check the number."
            }
            Self::Unreachable => "The phone is switched off or out of coverage. Try again later.",
            Self::Blocked => {
                "The recipient or the carrier blocks this message. Ask the recipient to check what they block."
            }
            Self::SpamFilter => {
                "A spam filter stopped this message. Check its wording and the spam settings of the phone."
            }
            Self::Quota => {
                "Our account at the messaging provider is out of quota or credit. Raise the limit or top it up."
            }
            Self::Sender => "The sender number is not registered or not allowed. Check its registration.",
            Self::Content => "The text or an attachment cannot be sent. Change it and send it again.",
            Self::Credentials => {
                "The messaging provider did not accept our credentials. Check the API key and its permissions."
            }
            Self::ProviderDown => "The messaging provider is out of order. Try again later.",
            Self::Unclear => {
                "We could not find out whether the message was sent. Send it again if it does not arrive."
            }
            Self::TooLate => "The code expired before the message could be sent. Request a new code.",
            Self::Other => {
                "The message failed for an unknown reason. Try again; if it keeps failing, look at the provider's error code."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_class_has_a_text_of_its_own_in_its_language() {
        let mut texts = HashSet::new();
        for class in FailureClass::ALL {
            let (korean, english) = (class.text(Locale::Ko), class.text(Locale::En));
            assert!(korean.ends_with("주세요.") && korean.chars().count() <= 60, "{korean}");
            assert!(english.is_ascii() && english.ends_with('.') && english.len() <= 110, "{english}");
            assert!(texts.insert(korean) && texts.insert(english), "{class:?}");
        }
    }
}

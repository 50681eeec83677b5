use std::sync::Arc;

use bonin_domain::keys::KeyRing;
use bonin_domain::messages::{Brand, Locale, MessageId};
use bonin_domain::{PhoneNumber, TenantId, TestNumbers};
use bonin_ports::{Entropy, Message, Notice, OutboxEntry};
use jiff::{SignedDuration, Timestamp};

use crate::codes::Texts;
use crate::dispatch::{Errand, Waiting};

/// For so long it is worth telling.
const OF_USE: SignedDuration = SignedDuration::from_hours(24);

/// What the owner of an account is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The password was changed, or set by a reset.
    PasswordChanged,
    /// The number was changed; the old one is told.
    PhoneChanged,
}

/// Writes the messages that tell owners what was done with their account (security 28, 29). They are sent by the
/// dispatcher of whichever process looks first.
pub struct Notices {
    /// Seals them.
    pub keys: Arc<KeyRing>,
    /// Names them.
    pub entropy: Arc<dyn Entropy>,
    /// Whose name they begin with.
    pub texts: Arc<Texts>,
    /// Numbers that are never sent to.
    pub test_numbers: TestNumbers,
    /// Their language.
    pub locale: Locale,
}

impl Notices {
    /// Writes one.
    pub fn write(&self, tenant: &TenantId, to: &PhoneNumber, told: Told, now: Timestamp) -> Notice {
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let text = text(self.texts.brand(tenant), told, self.locale);
        let waiting =
            Waiting { message: Message::sms(to.clone(), text), errand: Errand::Notice, avoid: Vec::new() };
        let id = MessageId::draw(now, fill);
        Notice {
            message: OutboxEntry { id, payload: waiting.seal(&self.keys, tenant, id, fill), lease: None },
            phone_index: self.keys.phone_index(to),
            test_number: self.test_numbers.live(to, now).is_some(),
            expires_at: now.checked_add(OF_USE).unwrap_or(Timestamp::MAX),
        }
    }
}

fn text(brand: &Brand, told: Told, locale: Locale) -> String {
    let what = match (told, locale) {
        (Told::PasswordChanged, Locale::Ko) => {
            "비밀번호가 변경되었습니다. 본인이 아니면 고객센터에 알려 주세요."
        }
        (Told::PhoneChanged, Locale::Ko) => {
            "휴대폰 번호가 변경되었습니다. 본인이 아니면 고객센터에 알려 주세요."
        }
        (Told::PasswordChanged, Locale::En) => "Your password was changed. If it was not you, contact us.",
        (Told::PhoneChanged, Locale::En) => "Your phone number was changed. If not by you, contact us.",
    };
    format!("[{}] {what}", brand.as_str())
}

#[cfg(test)]
mod tests {
    use bonin_domain::messages::{MessageKind, euc_kr_len};

    use super::*;

    #[test]
    fn a_notice_names_the_brand_and_fits_a_short_message() {
        for brand in ["본인", "Board With Everybody"] {
            let brand = Brand::parse(brand).unwrap();
            for told in [Told::PasswordChanged, Told::PhoneChanged] {
                for locale in [Locale::Ko, Locale::En] {
                    let text = text(&brand, told, locale);
                    assert!(text.starts_with(&format!("[{}]", brand.as_str())), "{text}");
                    assert!(euc_kr_len(&text).unwrap() <= MessageKind::Sms.text_limit(), "{text}");
                }
            }
        }
    }
}

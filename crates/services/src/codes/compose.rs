use std::sync::Arc;

use bonin_domain::codes::{Code, Policy, Purpose, VerificationId};
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::{Brand, Locale, MessageId, verification_text};
use bonin_domain::{PhoneNumber, TenantId};
use bonin_ports::{Entropy, Message, NewCode, OutboxEntry};
use jiff::Timestamp;

use crate::dispatch::{Slot, payload};

/// Makes a fresh code and the message that carries it.
pub struct Composer {
    /// Seals the message and digests the code.
    pub keys: Arc<KeyRing>,
    /// Draws the code.
    pub entropy: Arc<dyn Entropy>,
    /// How long codes are.
    pub policy: Arc<Policy>,
    /// The name with which texts begin.
    pub brand: Brand,
}

/// A code as stored, and its message as sent. The code itself is nowhere else.
pub(super) struct Composed {
    pub code: NewCode,
    pub message: Message,
    pub test_number: bool,
}

/// Whom a code is for.
pub(super) struct Occasion<'a> {
    pub tenant: &'a TenantId,
    pub id: VerificationId,
    pub purpose: Purpose,
    pub locale: Locale,
    pub to: &'a PhoneNumber,
}

impl Composer {
    pub(super) fn compose(&self, occasion: &Occasion<'_>, slot: Option<&Slot>, now: Timestamp) -> Composed {
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let test = self.policy.test_numbers.live(occasion.to, now);
        let code = match test {
            Some(test) => test.code.clone(),
            None => Code::draw(self.policy.code_length, fill),
        };
        let message = Message {
            to: occasion.to.clone(),
            text: verification_text(&self.brand, occasion.purpose, &code, occasion.locale),
        };
        let id = MessageId::draw(now, fill);
        let code = NewCode {
            digest: self.keys.code_digest(occasion.tenant, occasion.purpose, occasion.id, &code),
            message: OutboxEntry {
                id,
                payload: payload::seal(&self.keys, occasion.tenant, id, &message, fill),
                lease: slot.map(|slot| slot.lease(now)),
            },
        };
        Composed { code, message, test_number: test.is_some() }
    }
}

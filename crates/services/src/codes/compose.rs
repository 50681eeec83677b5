use std::sync::Arc;

use bonin_domain::codes::{Code, Policy, Purpose, VerificationId};
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::{Locale, MessageId, ProviderName, ProviderReference};
use bonin_domain::spending::Reservation;
use bonin_domain::{PhoneNumber, TenantId};
use bonin_ports::{Entropy, Message, NewCode, OutboxEntry};
use jiff::Timestamp;

use crate::codes::texts::Texts;
use crate::dispatch::{CodeErrand, Errand, Slot, Waiting};
use crate::spending::Budget;

/// Makes a fresh code and the message that carries it.
pub struct Composer {
    /// Seals the message and digests the code.
    pub keys: Arc<KeyRing>,
    /// Draws the code.
    pub entropy: Arc<dyn Entropy>,
    /// How long codes are.
    pub policy: Arc<Policy>,
    /// Writes the text.
    pub texts: Arc<Texts>,
    /// Reckons what the message may cost.
    pub budget: Arc<Budget>,
}

/// A code as stored, and its message as sent. The code itself is nowhere else.
pub(super) struct Composed {
    pub code: NewCode,
    pub waiting: Waiting,
    pub reservation: Option<Reservation>,
    pub test_number: bool,
}

/// Whom a code is for.
pub(super) struct Occasion<'a> {
    pub tenant: &'a TenantId,
    pub id: VerificationId,
    pub purpose: Purpose,
    pub locale: Locale,
    pub to: &'a PhoneNumber,
    /// Providers whose codes did not lead to success.
    pub avoid: Vec<ProviderName>,
    /// The provider that runs the verification already, and what it calls it.
    pub running: Option<(ProviderName, ProviderReference)>,
    /// Whether its message is never sent.
    pub withheld: bool,
}

impl Composer {
    pub(super) fn compose(&self, occasion: Occasion<'_>, slot: Option<&Slot>, now: Timestamp) -> Composed {
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let listed = self.policy.test_numbers.live(occasion.to, now);
        let code = match listed {
            Some(test) => test.code.clone(),
            None => Code::draw(self.policy.code_length, fill),
        };
        let (purpose, locale) = (occasion.purpose, occasion.locale);
        let (kind, text) = self.texts.write(occasion.tenant, purpose, locale, &code);
        let waiting = Waiting {
            message: Message { kind, ..Message::sms(occasion.to.clone(), text) },
            errand: Errand::Code(CodeErrand {
                verification: occasion.id,
                purpose,
                locale,
                brand: self.texts.brand(occasion.tenant).clone(),
                running: occasion.running,
                withheld: occasion.withheld,
            }),
            avoid: occasion.avoid,
        };
        let id = MessageId::draw(now, fill);
        let code = NewCode {
            // Nobody gets the code of a withheld message, so nobody may succeed with it either: a guess would be
            // silent, where one at a member's code comes with a text to the member.
            digest: if occasion.withheld {
                self.keys.nobodys_code_digest(fill)
            } else {
                self.keys.code_digest(occasion.tenant, occasion.purpose, occasion.id, &code)
            },
            message: OutboxEntry {
                id,
                payload: waiting.seal(&self.keys, occasion.tenant, id, fill),
                lease: slot.map(|slot| slot.lease(now)),
            },
        };
        // Test numbers are never sent to.
        let costs = listed.is_none().then_some(&waiting);
        let reserved = self.budget.reserve(occasion.tenant, costs, now).map(|(_, all)| all);
        let settles = purpose.always_sends();
        let reservation = reserved.map(|all| if settles { all } else { all.for_good() });
        Composed { code, waiting, reservation, test_number: listed.is_some() }
    }
}

use bonin_domain::keys::{IdempotencyIndex, SealedField};
use bonin_domain::messages::{GroupId, MessageId, MessageKind};
use bonin_domain::spending::Charge;
use bonin_domain::{PhoneNumber, TenantId};
use bonin_ports::{Entropy as _, NewGroup, NewGroupMessage};
use jiff::{SignedDuration, Timestamp};

use super::Scene;

impl Scene {
    /// A group of short texts to `phones`, in their order, asked for and due at `now`, too late an hour later.
    pub fn group(&self, tenant: &TenantId, phones: &[PhoneNumber], now: Timestamp) -> NewGroup {
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let mut ids: Vec<_> = phones.iter().map(|_| MessageId::draw(now, &mut fill)).collect();
        ids.sort_by_key(MessageId::as_uuid);
        let mut seal = |field, id: MessageId, plaintext: &str| {
            self.keys.seal(tenant, field, id.as_row(), plaintext.as_bytes(), &mut fill)
        };
        let message = |(id, phone): (MessageId, &PhoneNumber)| NewGroupMessage {
            id,
            kind: MessageKind::Sms,
            phone_index: self.keys.phone_index(phone),
            phone: seal(SealedField::Phone, id, phone.e164()),
            payload: seal(SealedField::Message, id, "[Bonin] hello"),
            charge: Charge::ZERO,
        };
        let messages = ids.into_iter().zip(phones).map(message).collect();
        NewGroup {
            tenant: tenant.clone(),
            id: GroupId::draw(now, &mut fill),
            scheduled_at: None,
            expires_at: now + SignedDuration::from_hours(1),
            images: None,
            messages,
            idempotency: None,
            reservation: None,
            now,
        }
    }

    /// An idempotency key of this scene, and the request it comes with, as a group has them.
    pub fn group_idempotency(&self, key: &str, request: &str) -> (IdempotencyIndex, IdempotencyIndex) {
        let idempotency = self.idempotency(key, request);
        (idempotency.key, idempotency.request)
    }
}

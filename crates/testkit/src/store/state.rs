//! The rows, and what is read of them.

use std::collections::{BTreeMap, HashMap};

use bonin_domain::TenantId;
use bonin_domain::codes::{
    ClientTokenDigest, Decision, ProofDigest, Status, TokenDigest, Verification, VerificationId,
};
use bonin_domain::keys::{AddressIndex, CodeDigest, IdempotencyIndex, KeyId, PhoneIndex, Sealed};
use bonin_domain::messages::{Attempt, LeaseId, MessageId};
use jiff::Timestamp;

/// The two kinds of clients whose wrong checks are counted apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ClientClass {
    Known,
    Unknown,
}

#[derive(Default)]
pub(super) struct State {
    pub verifications: Vec<VerificationRow>,
    pub messages: Vec<MessageRow>,
    pub allowed_starts: Vec<AllowedStartRow>,
    pub decisions: Vec<(VerificationId, Decision)>,
    /// By tenant, number, kind of client and budget day.
    pub wrong_checks: HashMap<(TenantId, PhoneIndex, ClientClass, i32), u32>,
    pub client_tokens: Vec<ClientTokenRow>,
    pub proofs: Vec<ProofRow>,
    pub idempotency: HashMap<IdempotencyIndex, IdempotencyRow>,
    pub key_checks: BTreeMap<KeyId, [u8; 32]>,
}

pub(super) struct VerificationRow {
    /// Its status is the stored one, without expiry.
    pub verification: Verification,
    pub token: TokenDigest,
    pub phone_index: PhoneIndex,
    pub class: ClientClass,
    pub last_sent: Timestamp,
    /// Digest and end of each live code, oldest first.
    pub codes: Vec<(CodeDigest, Timestamp)>,
}

pub(super) struct MessageRow {
    pub id: MessageId,
    pub tenant: TenantId,
    pub verification: VerificationId,
    pub phone_index: PhoneIndex,
    /// `None` once it is closed.
    pub payload: Option<Sealed>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub due_at: Timestamp,
    pub lease: Option<(LeaseId, Timestamp)>,
    /// In the order of their numbers.
    pub attempts: Vec<AttemptRow>,
}

pub(super) struct AttemptRow {
    pub attempt: Attempt,
    pub accepted_at: Timestamp,
    pub poll_at: Option<Timestamp>,
    pub polls: i16,
}

pub(super) struct AllowedStartRow {
    pub address: AddressIndex,
    pub network: AddressIndex,
    pub at: Timestamp,
}

pub(super) struct ClientTokenRow {
    pub token: ClientTokenDigest,
    pub tenant: TenantId,
    pub phone_index: PhoneIndex,
    pub expires_at: Timestamp,
}

pub(super) struct ProofRow {
    pub proof: ProofDigest,
    pub verification: VerificationId,
    pub expires_at: Timestamp,
    pub spent: bool,
}

pub(super) struct IdempotencyRow {
    pub request: IdempotencyIndex,
    pub token: Option<Sealed>,
    /// As it stood in the answer.
    pub answer: Verification,
    pub seen_at: Timestamp,
}

impl VerificationRow {
    /// The verification as its owner sees it at `now`.
    pub fn seen_at(&self, now: Timestamp) -> Verification {
        let mut seen = self.verification.clone();
        let may_expire = matches!(seen.status, Status::Pending | Status::Locked);
        if may_expire && seen.expires_at <= now {
            seen.status = Status::Expired;
        }
        seen
    }
}

impl State {
    /// The place of the verification, for the holder of its token.
    pub fn place(&self, tenant: &TenantId, id: VerificationId, token: TokenDigest) -> Option<usize> {
        self.verifications.iter().position(|row| {
            row.verification.id == id && row.verification.tenant == *tenant && row.token == token
        })
    }

    /// The verification, for the holder of its token.
    pub fn held(
        &mut self,
        tenant: &TenantId,
        id: VerificationId,
        token: TokenDigest,
    ) -> Option<&mut VerificationRow> {
        self.place(tenant, id, token).map(|place| &mut self.verifications[place])
    }

    /// When messages went to the number, newest first, over all tenants and purposes.
    pub fn number_sends(&self, phone_index: &PhoneIndex) -> Vec<Timestamp> {
        let to_number = self.messages.iter().filter(|row| row.phone_index == *phone_index);
        newest_first(to_number.map(|row| row.created_at).collect())
    }

    /// When starts that `from` picks were allowed, newest first.
    pub fn allowed_starts(&self, from: impl Fn(&AllowedStartRow) -> bool) -> Vec<Timestamp> {
        let picked = self.allowed_starts.iter().filter(|row| from(row));
        newest_first(picked.map(|row| row.at).collect())
    }
}

fn newest_first(mut moments: Vec<Timestamp>) -> Vec<Timestamp> {
    moments.sort_unstable_by(|a, b| b.cmp(a));
    moments
}

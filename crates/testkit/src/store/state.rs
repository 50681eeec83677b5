//! The rows, and what is read of them.

use std::collections::{BTreeMap, HashMap};

use bonin_domain::access::ApiKeyId;
use bonin_domain::admin::{Admin, AuditEntry};
use bonin_domain::codes::{
    ClientTokenDigest, Decision, ProofDigest, Status, TokenDigest, Verification, VerificationId,
};
use bonin_domain::keys::{AddressIndex, CodeDigest, IdempotencyIndex, KeyId, LoginIndex, PhoneIndex, Sealed};
use bonin_domain::messages::{
    Attempt, DeliveryState, FailureClass, GroupId, LeaseId, MessageId, MessageKind, Price, ProviderName,
    ProviderReference, ReceiptId,
};
use bonin_domain::messaging::Connection;
use bonin_domain::spending::Charge;
use bonin_domain::{Region, TenantId};
use bonin_ports::{FiledDecision, Holder, MessageGroup, OAuthLogin, StoredReceipt, TemplateVersion};
use jiff::Timestamp;

use super::accounts::AccountRow;
use super::admins::{AdminSessionRow, InvitationRow};
use super::api_keys::{BadKeysRow, KeyRow};
use super::connections::AppSessionRow;
use super::identities::IdentityRow;
use super::login_attempts::{AddressAttempts, AllAttempts};
use super::passwords::ResetRow;
use super::sessions::SessionRow;
use super::sign_up::ConsentRow;
use super::spending::SpendingRow;
use super::web_sends::WebSendRow;

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
    pub groups: Vec<GroupRow>,
    pub allowed_starts: Vec<AllowedStartRow>,
    pub decisions: Vec<(VerificationId, Decision)>,
    /// The decisions on starts, as administrators read them.
    pub filed_decisions: Vec<FiledDecision>,
    /// By tenant, number, kind of client and budget day.
    pub wrong_checks: HashMap<(TenantId, PhoneIndex, ClientClass, i32), u32>,
    pub client_tokens: Vec<ClientTokenRow>,
    /// By day and tenant.
    pub spending: HashMap<(i32, TenantId), SpendingRow>,
    pub proofs: Vec<ProofRow>,
    pub idempotency: HashMap<IdempotencyIndex, IdempotencyRow>,
    pub key_checks: BTreeMap<KeyId, [u8; 32]>,
    pub api_keys: BTreeMap<ApiKeyId, KeyRow>,
    pub bad_keys: HashMap<AddressIndex, BadKeysRow>,
    pub receipts: HashMap<ReceiptId, ReceiptRow>,
    pub templates: Vec<TemplateVersion>,
    pub accounts: Vec<AccountRow>,
    pub consents: Vec<ConsentRow>,
    pub resets: Vec<ResetRow>,
    pub sessions: Vec<SessionRow>,
    pub logins_by_address: HashMap<(TenantId, LoginIndex, AddressIndex), AddressAttempts>,
    pub logins: HashMap<(TenantId, LoginIndex), AllAttempts>,
    pub identities: Vec<IdentityRow>,
    pub admins: Vec<Admin>,
    pub invitations: Vec<InvitationRow>,
    pub admin_sessions: Vec<AdminSessionRow>,
    /// Oldest first.
    pub audit: Vec<AuditEntry>,
    /// The one-time passwords that are counted.
    pub otp_requests: Vec<(PhoneIndex, Timestamp)>,
    pub oauth_logins: Vec<OAuthLogin>,
    pub connections: Vec<Connection>,
    pub app_sessions: Vec<AppSessionRow>,
    pub web_sends: Vec<WebSendRow>,
}

pub(super) struct VerificationRow {
    /// Its status is the stored one, without expiry.
    pub verification: Verification,
    pub token: TokenDigest,
    pub phone_index: PhoneIndex,
    pub class: ClientClass,
    pub max_checks: u16,
    pub test_number: bool,
    pub country: Option<Region>,
    /// When it was verified or cancelled.
    pub ended_at: Option<Timestamp>,
    pub last_sent: Timestamp,
    /// Digest and end of each live code, oldest first.
    pub codes: Vec<(CodeDigest, Timestamp)>,
}

/// What a message belongs to.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Owner {
    Verification(VerificationId),
    /// The owner of an account is told something.
    Notice,
    Group {
        id: GroupId,
        kind: MessageKind,
        /// The recipient; its row is the message.
        phone: Sealed,
    },
}

pub(super) struct MessageRow {
    pub id: MessageId,
    pub tenant: TenantId,
    pub owner: Owner,
    pub phone_index: PhoneIndex,
    /// `None` once it is closed.
    pub payload: Option<Sealed>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub due_at: Timestamp,
    pub lease: Option<(LeaseId, Timestamp)>,
    /// In the order of their numbers.
    pub attempts: Vec<AttemptRow>,
    /// What it put on its tenant's day.
    pub charge: Option<(i32, Charge)>,
}

pub(super) struct GroupRow {
    pub tenant: TenantId,
    pub group: MessageGroup,
    pub images: Option<Sealed>,
    pub key: Option<(IdempotencyIndex, IdempotencyIndex)>,
}

pub(super) struct ReceiptRow {
    pub receipt: StoredReceipt,
    pub due_at: Timestamp,
}

pub(super) struct AttemptRow {
    pub attempt: Attempt,
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
    pub refusals: u16,
}

pub(super) struct IdempotencyRow {
    pub request: IdempotencyIndex,
    pub token: Option<Sealed>,
    /// As it stood in the answer.
    pub answer: Verification,
    pub seen_at: Timestamp,
}

impl MessageRow {
    pub fn verification(&self) -> Option<VerificationId> {
        match self.owner {
            Owner::Verification(id) => Some(id),
            Owner::Notice | Owner::Group { .. } => None,
        }
    }

    pub fn group(&self) -> Option<GroupId> {
        match self.owner {
            Owner::Verification(_) | Owner::Notice => None,
            Owner::Group { id, .. } => Some(id),
        }
    }

    pub fn attempts(&self) -> Vec<Attempt> {
        self.attempts.iter().map(|row| row.attempt.clone()).collect()
    }
}

impl AttemptRow {
    /// Whether the provider calls it so.
    pub fn is_called(&self, provider: &ProviderName, reference: &ProviderReference) -> bool {
        self.attempt.provider == *provider && self.attempt.reference.as_ref() == Some(reference)
    }

    /// Moves to a state that lies ahead, with what is said of it.
    pub fn move_to(
        &mut self,
        state: DeliveryState,
        failure: Option<FailureClass>,
        code: Option<String>,
        now: Timestamp,
    ) {
        if self.attempt.state.may_become(state) {
            self.attempt.state = state;
            self.attempt.failure = failure;
            self.attempt.provider_code = code;
            self.attempt.updated_at = now;
        }
    }

    /// Takes a price where there is one.
    pub fn take_price(&mut self, price: Option<Price>) {
        if price.is_some() {
            self.attempt.price = price;
        }
    }
}

impl VerificationRow {
    /// The last check has missed.
    pub fn lock_where_none_are_left(&mut self) {
        if self.verification.checks_left == 0 {
            self.verification.status = Status::Locked;
        }
    }

    /// The verification as its owner sees it at `now`.
    pub fn seen_at(&self, now: Timestamp) -> Verification {
        let mut seen = self.verification.clone();
        // Checks that a provider has yet to decide may have used up the budget without a lock.
        if seen.status == Status::Pending && seen.checks_left == 0 {
            seen.status = Status::Locked;
        }
        let may_expire = matches!(seen.status, Status::Pending | Status::Locked);
        if may_expire && seen.expires_at <= now {
            seen.status = Status::Expired;
        }
        seen
    }
}

impl State {
    /// The place of the verification, for whoever may ask for it.
    pub fn place(&self, tenant: &TenantId, id: VerificationId, holder: Holder) -> Option<usize> {
        let may_ask = |row: &VerificationRow| match holder {
            Holder::Token(token) => row.token == token,
            Holder::Tenant => true,
        };
        self.verifications
            .iter()
            .position(|row| row.verification.id == id && row.verification.tenant == *tenant && may_ask(row))
    }

    /// The verification, for whoever may ask for it.
    pub fn held(
        &mut self,
        tenant: &TenantId,
        id: VerificationId,
        holder: Holder,
    ) -> Option<&mut VerificationRow> {
        self.place(tenant, id, holder).map(|place| &mut self.verifications[place])
    }

    /// When codes went to the number, newest first, over all tenants and purposes.
    pub fn number_sends(&self, phone_index: &PhoneIndex) -> Vec<Timestamp> {
        let to_number = self
            .messages
            .iter()
            .filter(|row| row.phone_index == *phone_index && matches!(row.owner, Owner::Verification(_)));
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

//! Identity verifications.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::accounts::{Account, PersonLink};
use bonin_domain::codes::{Purpose, RuleMode, Window};
use bonin_domain::identity::{
    IdentityId, IdentityProofDigest, IdentityStatus, IdentityTokenDigest, IdentityVerification,
};
use bonin_domain::keys::{AddressIndex, Sealed};
use bonin_ports::{
    AccountKey, IdentityCompleted, IdentityProved, IdentityRepository, IdentityResult, IdentityStarted,
    NewIdentity, ProofRefusal, RepositoryError, same_person,
};
use jiff::Timestamp;

use super::InMemoryStore;
use super::state::State;

/// Starts from one address.
const BY_ADDRESS: [Window; 2] = [Window::secs(600, 10), Window::secs(3_600, 30)];

pub(super) struct IdentityRow {
    /// Its status is the stored one, without expiry.
    pub verification: IdentityVerification,
    pub token: IdentityTokenDigest,
    /// `None` where it is not counted.
    pub counted: Option<AddressIndex>,
    pub completed: Option<CompletedRow>,
    pub otp_requests: u16,
    pub otp_tries: u16,
    /// The provider's name of the result that was requested last.
    pub reference: Option<Sealed>,
}

pub(super) struct CompletedRow {
    pub result: IdentityResult,
    pub spent: bool,
    pub refusals: u16,
    /// When the provider is asked to erase the result.
    pub erase_at: Timestamp,
}

impl IdentityRow {
    /// As its holder sees it at `now`.
    pub fn seen_at(&self, now: Timestamp) -> IdentityVerification {
        let mut seen = self.verification.clone();
        if seen.status == IdentityStatus::Pending && seen.expires_at <= now {
            seen.status = IdentityStatus::Expired;
        }
        seen
    }

    pub fn spend_proof(&mut self) {
        if let Some(completed) = &mut self.completed {
            completed.spent = true;
        }
    }
}

/// When all windows let one more event in; `None` where they do now. `events` are newest first.
pub(super) fn full_until(windows: &[Window], events: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let blocking = |window: &Window| Some(*events.get(usize::from(window.most) - 1)? + window.length);
    windows.iter().filter_map(blocking).filter(|until| *until > now).max()
}

impl State {
    pub fn held_identity(
        &mut self,
        tenant: &TenantId,
        id: IdentityId,
        token: IdentityTokenDigest,
    ) -> Option<&mut IdentityRow> {
        self.identities
            .iter_mut()
            .find(|row| row.verification.id == id && row.verification.tenant == *tenant && row.token == token)
    }

    fn start_identity(&mut self, new: NewIdentity) -> Result<IdentityStarted, RepositoryError> {
        let NewIdentity { verification, token, address, limit } = new;
        let from_here = self.identities.iter().filter(|row| row.counted == Some(address));
        let mut starts: Vec<_> = from_here.map(|row| row.verification.created_at).collect();
        starts.sort_unstable_by(|a, b| b.cmp(a));
        let full = full_until(&BY_ADDRESS, &starts, verification.created_at);
        if let (RuleMode::Block, Some(until)) = (limit, full) {
            return Ok(IdentityStarted::TooMany { until });
        }
        let is_taken =
            |known: &IdentityVerification| known.id == verification.id || known.order == verification.order;
        if self.identities.iter().any(|row| is_taken(&row.verification)) {
            return Err(RepositoryError::Conflict);
        }
        self.identities.push(IdentityRow {
            verification,
            token,
            counted: (limit != RuleMode::Off).then_some(address),
            completed: None,
            otp_requests: 0,
            otp_tries: 0,
            reference: None,
        });
        Ok(IdentityStarted::Created)
    }

    fn complete_identity(&mut self, result: &IdentityResult) -> IdentityCompleted {
        let is_used = self.result_is_used(result.result);
        let Some(row) = self.held_identity(&result.tenant, result.id, result.token) else {
            return IdentityCompleted::NotFound;
        };
        if is_used {
            return IdentityCompleted::ResultUsed;
        }
        if row.seen_at(result.now).status != IdentityStatus::Pending {
            return IdentityCompleted::Over;
        }
        row.verification.status = IdentityStatus::Completed;
        let completed =
            CompletedRow { result: result.clone(), spent: false, refusals: 0, erase_at: result.now };
        row.completed = Some(completed);
        self.contest(result);
        IdentityCompleted::Completed
    }

    /// Marks the account of the number where it belongs to another person, and ends what the number has opened or could
    /// open.
    fn contest(&mut self, result: &IdentityResult) {
        let (person, tenant) = (person(result), &result.tenant);
        let Some(phone_index) = result.phone_index else { return };
        let found = self.account(tenant, AccountKey::Phone(phone_index));
        let is_anothers =
            |account: &&Account| account.person.as_ref().is_some_and(|owner| !same_person(owner, &person));
        let Some(id) = found.filter(is_anothers).map(|account| account.id) else { return };
        if let Some(account) = self.account_mut(tenant, id) {
            account.phone_contested_at = Some(result.now);
        }
        self.resets.retain(|row| row.account != id);
        self.void_resets(tenant, phone_index);
    }

    /// A live proof of an identity: its place, and whose it is.
    pub fn find_identity_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: IdentityProofDigest,
        now: Timestamp,
    ) -> Result<(usize, PersonLink), ProofRefusal> {
        let is_meant = |row: &IdentityRow| {
            row.verification.tenant == *tenant
                && row.verification.purpose == purpose
                && row.completed.as_ref().is_some_and(|completed| completed.result.proof.0 == proof)
        };
        let place = self.identities.iter().position(is_meant).ok_or(ProofRefusal::Unknown)?;
        let completed = self.identities[place].completed.as_ref().ok_or(ProofRefusal::Unknown)?;
        if completed.spent {
            return Err(ProofRefusal::Used);
        }
        if completed.result.proof.1 <= now {
            return Err(ProofRefusal::Expired);
        }
        Ok((place, person(&completed.result)))
    }

    fn identity_proved(&self, place: usize) -> Option<IdentityProved> {
        let IdentityResult { id, identified, ci, di, .. } =
            &self.identities[place].completed.as_ref()?.result;
        Some(IdentityProved { id: *id, identified: identified.clone(), ci: *ci, di: *di })
    }
}

fn person(result: &IdentityResult) -> PersonLink {
    PersonLink { ci: result.ci, di: result.di, keys: None, at: result.now }
}

#[async_trait]
impl IdentityRepository for InMemoryStore {
    async fn start(&self, new: NewIdentity) -> Result<IdentityStarted, RepositoryError> {
        self.state().start_identity(new)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        id: IdentityId,
        token: IdentityTokenDigest,
        now: Timestamp,
    ) -> Result<Option<IdentityVerification>, RepositoryError> {
        Ok(self.state().held_identity(tenant, id, token).map(|row| row.seen_at(now)))
    }

    async fn complete(&self, result: IdentityResult) -> Result<IdentityCompleted, RepositoryError> {
        Ok(self.state().complete_identity(&result))
    }

    async fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: IdentityProofDigest,
        now: Timestamp,
    ) -> Result<Result<IdentityProved, ProofRefusal>, RepositoryError> {
        let state = self.state();
        let found = state.find_identity_proof(tenant, purpose, proof, now);
        Ok(found.and_then(|(place, _)| state.identity_proved(place).ok_or(ProofRefusal::Unknown)))
    }
}

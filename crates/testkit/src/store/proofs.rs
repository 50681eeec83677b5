//! Proofs of numbers, and what is charged to any.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{ProofDigest, Purpose};
use bonin_ports::{AnyProof, ProofRefusal, ProofRepository, ProvedPhone, RepositoryError};
use jiff::Timestamp;

use super::InMemoryStore;
use super::accounts::ProofPlace;
use super::state::{State, VerificationRow};

impl State {
    /// A live proof: its place, and what it stands for.
    pub fn find_proof(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: ProofDigest,
        now: Timestamp,
    ) -> Result<(usize, ProvedPhone), ProofRefusal> {
        let place = self.proofs.iter().position(|row| row.proof == proof).ok_or(ProofRefusal::Unknown)?;
        let row = &self.proofs[place];
        let is_origin = |origin: &&VerificationRow| {
            origin.verification.id == row.verification
                && origin.verification.tenant == *tenant
                && origin.verification.purpose == purpose
        };
        let origin = self.verifications.iter().find(is_origin).ok_or(ProofRefusal::Unknown)?;
        if row.spent {
            return Err(ProofRefusal::Used);
        }
        if row.expires_at <= now {
            return Err(ProofRefusal::Expired);
        }
        let proved = ProvedPhone {
            verification: row.verification,
            phone_index: origin.phone_index,
            phone: origin.verification.phone.clone(),
        };
        Ok((place, proved))
    }

    fn charge_refusal(
        &mut self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: AnyProof,
        now: Timestamp,
    ) -> Result<(), ProofRefusal> {
        let (place, _) = self.find_any_proof(tenant, purpose, proof, now)?;
        let refusals = match place {
            ProofPlace::Phone(place) => Some(&mut self.proofs[place].refusals),
            ProofPlace::Identity(place) => {
                self.identities[place].completed.as_mut().map(|row| &mut row.refusals)
            }
        };
        let refusals = refusals.ok_or(ProofRefusal::Unknown)?;
        *refusals += 1;
        if *refusals == AnyProof::MOST_REFUSALS {
            self.spend(place);
        }
        Ok(())
    }
}

#[async_trait]
impl ProofRepository for InMemoryStore {
    async fn charge_refusal(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        proof: AnyProof,
        now: Timestamp,
    ) -> Result<Result<(), ProofRefusal>, RepositoryError> {
        Ok(self.state().charge_refusal(tenant, purpose, proof, now))
    }
}

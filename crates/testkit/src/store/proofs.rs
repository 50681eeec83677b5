//! Proofs of numbers.

use bonin_domain::TenantId;
use bonin_domain::codes::{ProofDigest, Purpose};
use bonin_ports::{ProofRefusal, ProvedPhone};
use jiff::Timestamp;

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
}

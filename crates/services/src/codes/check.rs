use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::{ClientToken, Code, Policy, Proof, Token, Verification, VerificationId};
use bonin_domain::keys::KeyRing;
use bonin_ports::{Check, Clock, Entropy, RepositoryError, Spent, VerificationRepository};
use jiff::Timestamp;

/// Checks a code that a person typed, and marks the verification when it is right.
pub struct CheckCode {
    /// Where verifications are stored.
    pub verifications: Arc<dyn VerificationRepository>,
    /// Digests the typed code.
    pub keys: Arc<KeyRing>,
    /// How long proofs and client tokens live.
    pub policy: Arc<Policy>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws proofs.
    pub entropy: Arc<dyn Entropy>,
}

/// A success.
pub struct Verified {
    /// As it stands.
    pub verification: Verification,
    /// To be spent once, for the purpose of the verification.
    pub proof: Proof,
    /// When the proof dies.
    pub proof_expires_at: Timestamp,
    /// To be shown at this client's next start for the same number.
    pub client_token: ClientToken,
    /// When the client token dies.
    pub client_token_expires_at: Timestamp,
}

/// Why a check did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CheckCodeError {
    /// Wrong, and charged.
    #[error("the code is not right")]
    Incorrect(Box<Verification>),
    /// The verification is over, see [`Verification::ended`]; nothing was compared.
    #[error("the verification is over")]
    Over(Box<Verification>),
    /// Too many wrong checks of this number today, over all verifications; nothing was compared.
    #[error("too many wrong codes for this number today")]
    NumberExhausted(Box<Verification>),
    /// No such verification, or another token; nothing was compared.
    #[error("no such verification")]
    NotFound,
    /// The store failed; nothing was compared.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl CheckCode {
    /// Checks one typed code.
    ///
    /// # Errors
    /// [`CheckCodeError`], which says whether the check was charged.
    #[tracing::instrument(name = "codes.check", skip_all, fields(code.id = %id))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        id: VerificationId,
        token: &Token,
        typed: &Code,
    ) -> Result<Verified, CheckCodeError> {
        let now = self.clock.now();
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let proof = Proof::draw(fill);
        let proof_expires_at = now.checked_add(self.policy.proof_life).unwrap_or(Timestamp::MAX);
        let client_token = ClientToken::draw(fill);
        let client_token_expires_at =
            now.checked_add(self.policy.client_token_life).unwrap_or(Timestamp::MAX);
        let check = Check {
            tenant: tenant.clone(),
            id,
            token: token.digest(),
            code: self.keys.code_digests(tenant, id, typed),
            proof: (proof.digest(), proof_expires_at),
            client_token: (client_token.digest(), client_token_expires_at),
            now,
        };
        // One statement charges the check, compares, marks and stores the proof: parallel guesses cannot
        // share a check, and a crash cannot part a success from its proof.
        match self.verifications.spend_check(check).await? {
            Spent::Matched(verification) => {
                Ok(Verified { verification, proof, proof_expires_at, client_token, client_token_expires_at })
            }
            Spent::Missed(verification) => Err(CheckCodeError::Incorrect(Box::new(verification))),
            Spent::Over(verification) => Err(CheckCodeError::Over(Box::new(verification))),
            Spent::NumberExhausted(verification) => {
                Err(CheckCodeError::NumberExhausted(Box::new(verification)))
            }
            Spent::NotFound => Err(CheckCodeError::NotFound),
        }
    }
}

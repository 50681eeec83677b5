use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::codes::{ClientToken, Code, Policy, Proof, Token, Verification, VerificationId};
use bonin_domain::keys::KeyRing;
use bonin_ports::{
    Check, Clock, Entropy, Holder, ProviderVerdict, RepositoryError, Settlement, Spent,
    VerificationRepository, VerifyCheckError,
};
use jiff::Timestamp;

use crate::dispatch::ProviderRuns;

/// How often a verdict is offered to a database that is busy (security, section 10: inner retry at most 3).
const SETTLE_TRIES: u32 = 3;

/// Checks a code that a person typed, and marks the verification when it is right.
pub struct CheckCode {
    /// Where verifications are stored.
    pub verifications: Arc<dyn VerificationRepository>,
    /// Digests the typed code.
    pub keys: Arc<KeyRing>,
    /// How long proofs and client tokens live.
    pub policy: Arc<Policy>,
    /// Verifications that providers run.
    pub runs: ProviderRuns,
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
    /// The provider that runs the verification gave no answer. The check was charged unless it surely was not
    /// compared.
    #[error("the provider that compares the code gave no answer; try again in a moment")]
    NoVerdict(Box<Verification>),
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
        self.runs.recorded(id).await;
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
        let spent = match self.verifications.spend_check(check.clone()).await? {
            Spent::Undecided(verification) => self.ask_provider(check, verification, typed).await?,
            Spent::Matched(verification) => {
                // Our own code was right: nobody waits for the provider's any more.
                if let Some((provider, reference)) = verification.run_by.clone() {
                    self.runs.end(provider, reference);
                }
                Spent::Matched(verification)
            }
            spent => spent,
        };
        match spent {
            Spent::Matched(verification) => {
                Ok(Verified { verification, proof, proof_expires_at, client_token, client_token_expires_at })
            }
            Spent::Undecided(verification) => Err(CheckCodeError::NoVerdict(Box::new(verification))),
            Spent::Missed(verification) => Err(CheckCodeError::Incorrect(Box::new(verification))),
            Spent::Over(verification) => Err(CheckCodeError::Over(Box::new(verification))),
            Spent::NumberExhausted(verification) => {
                Err(CheckCodeError::NumberExhausted(Box::new(verification)))
            }
            Spent::NotFound => Err(CheckCodeError::NotFound),
        }
    }

    /// Has the provider that runs the verification compare the code, which was charged before, and settles the
    /// check by its verdict.
    async fn ask_provider(
        &self,
        check: Check,
        verification: Verification,
        typed: &Code,
    ) -> Result<Spent, CheckCodeError> {
        let settlement = match self.runs.verdict(&verification, typed).await {
            Ok(ProviderVerdict::Matched { event, price }) => Settlement::Matched { event, price },
            Ok(ProviderVerdict::Missed) => Settlement::Missed,
            Err(error) => {
                tracing::warn!(code.id = %verification.id, error = %error, "the provider gave no verdict");
                // It may have compared: then this was a guess like any other.
                let settlement = match error {
                    VerifyCheckError::Unavailable { .. } => Settlement::NotCompared,
                    VerifyCheckError::Unclear { .. } => Settlement::Missed,
                };
                let (tenant, id, now) = (check.tenant.clone(), check.id, check.now);
                let holder = Holder::Token(check.token);
                self.settle(check, settlement).await?;
                let settled = self.verifications.find(&tenant, id, holder, now).await?;
                return Err(CheckCodeError::NoVerdict(Box::new(settled.unwrap_or(verification))));
            }
        };
        Ok(self.settle(check, settlement).await?)
    }

    /// Settles; a success that the provider told once is not lost to a database that is busy for a moment.
    async fn settle(&self, check: Check, settlement: Settlement) -> Result<Spent, RepositoryError> {
        let mut tries = 1;
        loop {
            match self.verifications.settle_check(check.clone(), settlement.clone()).await {
                Err(RepositoryError::Busy | RepositoryError::Unavailable) if tries < SETTLE_TRIES => {
                    tries += 1;
                }
                settled => return settled,
            }
        }
    }
}

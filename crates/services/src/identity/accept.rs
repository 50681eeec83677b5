use std::sync::Arc;

use bonin_domain::identity::{
    AgeFacts, Identified, IdentityProof, IdentityRecord, IdentityReference, IdentityRefusal, IdentityToken,
    IdentityVerification, PersonName, judge,
};
use bonin_domain::keys::{KeyRing, SealedField};
use bonin_ports::{
    Clock, Entropy, IdentityCompleted, IdentityRepository, IdentityResult, IdentityResultRepository,
    RepositoryError,
};
use jiff::Timestamp;
use tokio::task::JoinHandle;

use crate::identity::complete::CompleteIdentityError;
use crate::identity::{EraseResults, IdentifiedNote, IdentityRules};

/// Judges what a provider told and takes it: the end of every way through which an identity is verified.
pub struct Accept {
    /// Where identity verifications are stored.
    pub identities: Arc<dyn IdentityRepository>,
    /// Where results are known again.
    pub results: Arc<dyn IdentityResultRepository>,
    /// What is asked of results, and what is kept.
    pub rules: Arc<IdentityRules>,
    /// Has results erased.
    pub erase: EraseResults,
    /// Seals and digests.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws proofs.
    pub entropy: Arc<dyn Entropy>,
}

/// A success.
#[derive(Debug)]
pub struct CompletedIdentity {
    /// To be spent once, for the purpose of the identity verification.
    pub proof: IdentityProof,
    /// When the proof dies.
    pub proof_expires_at: Timestamp,
    /// The real name.
    pub name: PersonName,
    /// What is told of the age.
    pub age: AgeFacts,
    /// When the result was taken.
    pub at: Timestamp,
    /// Ends when the provider was asked to erase the result; `None` where it is not asked. Nobody has to wait for
    /// it: what fails is asked again later.
    pub erasing: Option<JoinHandle<()>>,
}

impl Accept {
    /// Judges the record that the provider gave for `asked`, and completes the identity verification with it.
    ///
    /// # Errors
    /// [`CompleteIdentityError`]; nothing was stored then, and the identity verification stays as it was.
    pub(super) async fn execute(
        &self,
        verification: &IdentityVerification,
        token: &IdentityToken,
        asked: &IdentityReference,
        record: &IdentityRecord,
    ) -> Result<CompletedIdentity, CompleteIdentityError> {
        let now = self.clock.now();
        let by = self.rules.judged_by(verification.purpose);
        let identified = match judge(record, asked, verification, &by, now) {
            Ok(identified) => identified,
            Err(IdentityRefusal::OtherOrder) if self.is_issued(record).await? => {
                return Err(CompleteIdentityError::OtherSession);
            }
            Err(refusal) => return Err(CompleteIdentityError::Refused(refusal)),
        };
        let proof = IdentityProof::draw(&mut |bytes| self.entropy.fill(bytes));
        let proof_expires_at = now.checked_add(IdentityVerification::PROOF_LIFE).unwrap_or(Timestamp::MAX);
        let result = self.result(verification, token, &identified, (&proof, proof_expires_at), now);
        let erases = result.erase.is_some();
        match self.identities.complete(result).await? {
            IdentityCompleted::Completed => Ok(CompletedIdentity {
                proof,
                proof_expires_at,
                erasing: erases.then(|| {
                    self.erase.at_once(&verification.tenant, verification.id, &identified.reference)
                }),
                name: identified.name,
                age: identified.age,
                at: now,
            }),
            IdentityCompleted::ResultUsed => Err(CompleteIdentityError::ResultUsed),
            // It was pending a moment ago: another call was quicker, or its time ran out meanwhile.
            IdentityCompleted::Over if verification.expires_at <= now => Err(CompleteIdentityError::Expired),
            IdentityCompleted::Over => Err(CompleteIdentityError::Completed),
            IdentityCompleted::NotFound => Err(CompleteIdentityError::NotFound),
        }
    }

    /// Whether the record was made for an order of ours: then it belongs to another holder.
    async fn is_issued(&self, record: &IdentityRecord) -> Result<bool, RepositoryError> {
        match &record.order {
            Some(order) => self.results.is_issued(order).await,
            None => Ok(false),
        }
    }

    fn result(
        &self,
        verification: &IdentityVerification,
        token: &IdentityToken,
        identified: &Identified,
        proof: (&IdentityProof, Timestamp),
        now: Timestamp,
    ) -> IdentityResult {
        let (keys, rules) = (&self.keys, &self.rules);
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let IdentityVerification { id, tenant, .. } = verification;
        let note = IdentifiedNote::of(identified, rules.keep_person_keys);
        let reference = identified.reference.as_str().as_bytes();
        IdentityResult {
            tenant: tenant.clone(),
            id: *id,
            token: token.digest(),
            result: keys.result_index(&identified.reference),
            identified: note.seal(keys, tenant, *id, fill),
            // The note has none where keys are not kept.
            ci: note.ci.as_ref().map(|ci| keys.ci_index(ci)),
            di: note.di.as_ref().map(|di| keys.di_index(&note.provider, di)),
            // Without keys nobody could tell another person from the same: no account is marked.
            phone_index: identified
                .phone
                .as_ref()
                .filter(|_| rules.keep_person_keys)
                .map(|phone| keys.phone_index(phone)),
            proof: (proof.0.digest(), proof.1),
            erase: rules
                .erase_results
                .then(|| keys.seal(tenant, SealedField::Reference, id.as_row(), reference, fill)),
            now,
        }
    }
}

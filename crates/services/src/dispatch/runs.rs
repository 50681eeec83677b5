//! Verifications that a provider runs: it owns the code, and compares it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bonin_domain::codes::{Code, Verification, VerificationId};
use bonin_domain::messages::{ProviderName, ProviderReference};
use bonin_ports::{ProviderVerdict, VerifyCheckError};
use tokio::sync::Notify;

use crate::dispatch::providers::Providers;

/// How long a check waits for the record of a run that is just being asked for.
const PATIENCE: Duration = Duration::from_secs(3);

/// The running verifications of all providers.
#[derive(Clone, Default)]
pub struct ProviderRuns {
    providers: Arc<Providers>,
    under_way: Arc<UnderWay>,
}

/// Verifications of this process that a provider may be asked to run right now: a code can be on the phone, and
/// be typed, before the provider's answer is recorded.
#[derive(Default)]
struct UnderWay {
    ids: Mutex<HashMap<VerificationId, usize>>,
    changed: Notify,
}

/// Held from before a provider is asked until what it said is durable.
pub struct Asking {
    under_way: Arc<UnderWay>,
    id: VerificationId,
}

impl Drop for Asking {
    fn drop(&mut self) {
        let mut ids = self.under_way.ids();
        if let Some(count) = ids.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                ids.remove(&self.id);
            }
        }
        drop(ids);
        self.under_way.changed.notify_waiters();
    }
}

impl UnderWay {
    fn ids(&self) -> MutexGuard<'_, HashMap<VerificationId, usize>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProviderRuns {
    /// Those of these providers.
    pub fn new(providers: Arc<Providers>) -> Self {
        Self { providers, under_way: Arc::default() }
    }

    /// Notes that a provider may be asked to run a verification.
    pub fn asking(&self, id: VerificationId) -> Asking {
        *self.under_way.ids().entry(id).or_default() += 1;
        Asking { under_way: self.under_way.clone(), id }
    }

    /// Waits until what a provider said of a verification is recorded, if one is being asked.
    pub async fn recorded(&self, id: VerificationId) {
        let recorded = async {
            loop {
                let changed = self.under_way.changed.notified();
                if !self.under_way.ids().contains_key(&id) {
                    return;
                }
                changed.await;
            }
        };
        if !self.under_way.ids().contains_key(&id) {
            return;
        }
        // Where it takes longer, the check is judged by what is known.
        let _ = tokio::time::timeout(PATIENCE, recorded).await;
    }

    /// Tells a provider, beside everything else, that nobody waits for its verification any more. It may say
    /// that it is too early or too late for that; the run then ends by itself.
    pub fn end(&self, provider: ProviderName, reference: ProviderReference) {
        let Some(verifier) = self.providers.verifier(&provider).cloned() else { return };
        tokio::spawn(async move {
            match verifier.cancel(&reference).await {
                Ok(ended) => tracing::info!(provider.name = %provider, ended, "a run was given up"),
                Err(error) => {
                    tracing::warn!(provider.name = %provider, error = %error, "a run was not given up");
                }
            }
        });
    }

    /// What the provider that runs a verification says of a typed code.
    ///
    /// # Errors
    /// The provider's, or that it is not configured any more.
    pub async fn verdict(
        &self,
        verification: &Verification,
        typed: &Code,
    ) -> Result<ProviderVerdict, VerifyCheckError> {
        let gone = || VerifyCheckError::Unavailable {
            code: "no_such_provider".to_owned(),
            cause: "the provider that runs the verification is not configured any more".into(),
        };
        let (name, reference) = verification.run_by.as_ref().ok_or_else(gone)?;
        self.providers.verifier(name).ok_or_else(gone)?.check(reference, typed).await
    }
}

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bonin_domain::codes::Code;
use bonin_domain::messages::{FailureClass, ProviderReference};
use bonin_ports::{
    Accepted, BoxError, ProviderVerdict, SendError, VerifyCheckError, VerifyProvider, VerifyRequest,
};

/// What a [`ScriptedVerifyProvider`] answers to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestStep {
    /// It runs the verification; the references are `run-1`, `run-2` and so on.
    Accepted,
    /// Refused for good.
    Refused(FailureClass),
    /// The credentials are wrong.
    Unauthorized,
    /// Surely not taken; another provider may be tried.
    Unavailable(FailureClass),
    /// No answer came.
    Unclear,
}

/// What a [`ScriptedVerifyProvider`] says of a typed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckStep {
    /// This verdict.
    Verdict(ProviderVerdict),
    /// It surely did not compare.
    Unavailable,
    /// No answer came.
    Unclear,
}

/// What a [`ScriptedVerifyProvider`] answers to a cancelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelStep {
    /// The verification is ended.
    Ended,
    /// It cannot be ended now.
    NotNow,
    /// The provider is out of order.
    Unavailable,
}

/// A provider of verifications that records what it is asked and answers by script; without one it takes every
/// request, finds every code wrong and ends what it is told to.
#[derive(Default)]
pub struct ScriptedVerifyProvider(Mutex<Script>);

#[derive(Default)]
struct Script {
    request_steps: VecDeque<RequestStep>,
    check_steps: VecDeque<CheckStep>,
    cancel_steps: VecDeque<CancelStep>,
    requests: Vec<VerifyRequest>,
    checks: Vec<(ProviderReference, Code)>,
    cancels: Vec<ProviderReference>,
}

impl ScriptedVerifyProvider {
    /// Appends `steps` to the answers to requests; afterwards requests are accepted.
    pub fn will_answer(&self, steps: impl IntoIterator<Item = RequestStep>) {
        self.script().request_steps.extend(steps);
    }

    /// Appends `steps` to the verdicts; afterwards every code is wrong.
    pub fn will_check(&self, steps: impl IntoIterator<Item = CheckStep>) {
        self.script().check_steps.extend(steps);
    }

    /// Appends `steps` to the answers to cancellings; afterwards they are done.
    pub fn will_cancel(&self, steps: impl IntoIterator<Item = CancelStep>) {
        self.script().cancel_steps.extend(steps);
    }

    /// Every request, whatever it answered, oldest first.
    pub fn requests(&self) -> Vec<VerifyRequest> {
        self.script().requests.clone()
    }

    /// Every code that it was asked to compare, oldest first.
    pub fn checks(&self) -> Vec<(ProviderReference, Code)> {
        self.script().checks.clone()
    }

    /// Every verification that it was told to end, oldest first.
    pub fn cancels(&self) -> Vec<ProviderReference> {
        self.script().cancels.clone()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cause() -> BoxError {
    "the script says so".into()
}

fn unavailable(class: FailureClass) -> SendError {
    SendError::Unavailable { class, code: "503".to_owned(), cause: cause() }
}

#[async_trait]
impl VerifyProvider for ScriptedVerifyProvider {
    async fn request(&self, request: &VerifyRequest) -> Result<Accepted, SendError> {
        let mut script = self.script();
        script.requests.push(request.clone());
        match script.request_steps.pop_front().unwrap_or(RequestStep::Accepted) {
            RequestStep::Accepted => {
                let name = format!("run-{}", script.requests.len());
                let reference = ProviderReference::parse(&name).expect("a short printable reference");
                Ok(Accepted { reference, code: "0".to_owned(), price: None })
            }
            RequestStep::Refused(class) => Err(SendError::Refused { class, code: "3".to_owned() }),
            RequestStep::Unauthorized => Err(SendError::Unauthorized { code: "4".to_owned() }),
            RequestStep::Unavailable(class) => Err(unavailable(class)),
            RequestStep::Unclear => Err(SendError::Unclear { code: "time_out".to_owned(), cause: cause() }),
        }
    }

    async fn check(
        &self,
        reference: &ProviderReference,
        code: &Code,
    ) -> Result<ProviderVerdict, VerifyCheckError> {
        let mut script = self.script();
        script.checks.push((reference.clone(), code.clone()));
        match script.check_steps.pop_front().unwrap_or(CheckStep::Verdict(ProviderVerdict::Missed)) {
            CheckStep::Verdict(verdict) => Ok(verdict),
            CheckStep::Unavailable => {
                Err(VerifyCheckError::Unavailable { code: "503".to_owned(), cause: cause() })
            }
            CheckStep::Unclear => {
                Err(VerifyCheckError::Unclear { code: "time_out".to_owned(), cause: cause() })
            }
        }
    }

    async fn cancel(&self, reference: &ProviderReference) -> Result<bool, SendError> {
        let mut script = self.script();
        script.cancels.push(reference.clone());
        match script.cancel_steps.pop_front().unwrap_or(CancelStep::Ended) {
            CancelStep::Ended => Ok(true),
            CancelStep::NotNow => Ok(false),
            CancelStep::Unavailable => Err(unavailable(FailureClass::ProviderDown)),
        }
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::codes::CodeLength;
    use bonin_domain::messages::{Brand, Locale};
    use bonin_domain::{PhoneNumber, Region};
    use jiff::SignedDuration;

    use super::*;

    fn request() -> VerifyRequest {
        VerifyRequest {
            to: PhoneNumber::parse("010-1234-5678", Region::KR).unwrap(),
            brand: Brand::parse("Bonin").unwrap(),
            locale: Locale::Ko,
            code_length: 6,
            life: SignedDuration::from_mins(3),
        }
    }

    #[tokio::test]
    async fn requests_are_recorded_and_answered_by_the_script_then_accepted() {
        let provider = ScriptedVerifyProvider::default();
        let class = FailureClass::Quota;
        provider.will_answer([RequestStep::Refused(class), RequestStep::Unavailable(class)]);
        provider.will_answer([RequestStep::Unauthorized, RequestStep::Unclear]);
        let request = request();
        assert!(matches!(provider.request(&request).await, Err(SendError::Refused { .. })));
        assert!(matches!(provider.request(&request).await, Err(SendError::Unavailable { .. })));
        assert!(matches!(provider.request(&request).await, Err(SendError::Unauthorized { .. })));
        assert!(matches!(provider.request(&request).await, Err(SendError::Unclear { .. })));
        assert_eq!(provider.request(&request).await.unwrap().reference.as_str(), "run-5");
        assert_eq!(provider.requests().len(), 5);
        assert_eq!(provider.requests()[0].to, request.to);
    }

    #[tokio::test]
    async fn checks_and_cancellings_follow_the_script() {
        let provider = ScriptedVerifyProvider::default();
        let reference = ProviderReference::parse("run-1").unwrap();
        let code = Code::parse("123456", CodeLength::new(6).unwrap()).unwrap();
        let matched = ProviderVerdict::Matched { event: Some("e".to_owned()), price: None };
        provider.will_check([CheckStep::Verdict(matched.clone()), CheckStep::Unavailable]);
        provider.will_check([CheckStep::Unclear]);
        assert_eq!(provider.check(&reference, &code).await.unwrap(), matched);
        let unavailable = provider.check(&reference, &code).await;
        assert!(matches!(unavailable, Err(VerifyCheckError::Unavailable { .. })));
        let unclear = provider.check(&reference, &code).await;
        assert!(matches!(unclear, Err(VerifyCheckError::Unclear { .. })));
        assert_eq!(provider.check(&reference, &code).await.unwrap(), ProviderVerdict::Missed);
        let checks = provider.checks();
        assert!(checks.len() == 4 && checks.iter().all(|(name, _)| *name == reference));
        assert_eq!(checks[0].1.reveal(), "123456");
        provider.will_cancel([CancelStep::NotNow, CancelStep::Unavailable]);
        assert!(!provider.cancel(&reference).await.unwrap());
        assert!(provider.cancel(&reference).await.is_err());
        assert!(provider.cancel(&reference).await.unwrap());
        assert_eq!(provider.cancels(), vec![reference; 3]);
    }
}

//! A provider that says what a test wrote, and the use cases over it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::codes::{Purpose, RuleMode};
use bonin_domain::identity::{
    Carrier, Gender, GenderDigit, IdentityApi, IdentityProof, IdentityRecord, IdentityReference,
    IdentityStatus, JudgedBy, OrderId, OtpCode, OtpPerson, PersonKey, PersonName,
};
use bonin_domain::keys::KeyRing;
use bonin_domain::{PhoneNumber, Region};
use bonin_ports::{
    Clock as _, IdentityError, IdentityProved, IdentityRepository as _, IdentityResultRepository as _,
    IdentityVerifier, OtpIdentityVerifier, ProofRefusal,
};
use bonin_services::identity::{
    Accept, CompleteIdentity, CompleteIdentityError, CompletedIdentity, EraseResults, IdentityRules,
    OtpIdentity, ReadIdentity, StartIdentity, StartIdentityRequest, StartedIdentity,
};
use bonin_testkit::{FixedClock, InMemoryStore, SeededEntropy, key_ring};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;

use crate::support::World;

/// A failure that a test wants of the provider.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    Refused,
    Unauthorized,
    Unavailable,
    Unclear,
}

impl Trouble {
    pub const SILENT: [Self; 3] = [Self::Unauthorized, Self::Unavailable, Self::Unclear];

    fn error(self) -> IdentityError {
        let code = "scripted".to_owned();
        match self {
            Self::Refused => IdentityError::Refused { code },
            Self::Unauthorized => IdentityError::Unauthorized { code },
            Self::Unavailable => IdentityError::Unavailable { code, cause: None },
            Self::Unclear => IdentityError::Unclear { code, cause: None },
        }
    }
}

/// Results by name, one trouble for all calls, and every call that was made.
#[derive(Default)]
pub struct Provider {
    results: Mutex<HashMap<String, IdentityRecord>>,
    trouble: Mutex<Option<Trouble>>,
    otp: Mutex<Option<String>>,
    calls: Mutex<Vec<String>>,
}

impl Provider {
    /// Has the provider know this result, under the name that it carries.
    pub fn knows(&self, record: IdentityRecord) {
        self.results
            .lock()
            .expect("no test panicked here")
            .insert(record.reference.as_str().to_owned(), record);
    }

    /// Has the provider answer with `record` when it is asked for `reference`.
    pub fn answers(&self, reference: &str, record: IdentityRecord) {
        self.results.lock().expect("no test panicked here").insert(reference.to_owned(), record);
    }

    pub fn is_in(&self, trouble: Option<Trouble>) {
        *self.trouble.lock().expect("no test panicked here") = trouble;
    }

    /// The one-time password that was "sent".
    pub fn sends(&self, otp: &str) {
        *self.otp.lock().expect("no test panicked here") = Some(otp.to_owned());
    }

    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().expect("no test panicked here").clone()
    }

    fn note(&self, call: &str, of: &str) -> Result<(), IdentityError> {
        self.calls.lock().expect("no test panicked here").push(format!("{call} {of}"));
        let trouble = *self.trouble.lock().expect("no test panicked here");
        trouble.map_or(Ok(()), |trouble| Err(trouble.error()))
    }
}

#[async_trait]
impl IdentityVerifier for Provider {
    async fn fetch(&self, reference: &IdentityReference) -> Result<Option<IdentityRecord>, IdentityError> {
        self.note("fetch", reference.as_str())?;
        Ok(self.results.lock().expect("no test panicked here").get(reference.as_str()).cloned())
    }

    async fn erase(&self, reference: &IdentityReference) -> Result<(), IdentityError> {
        self.note("erase", reference.as_str())?;
        self.results.lock().expect("no test panicked here").remove(reference.as_str());
        Ok(())
    }
}

#[async_trait]
impl OtpIdentityVerifier for Provider {
    async fn request(
        &self,
        order: &OrderId,
        _: &OtpPerson,
        client: IpAddr,
    ) -> Result<IdentityReference, IdentityError> {
        self.note("request", &format!("{order} {client}"))?;
        Ok(reference(&format!("imp_{}", &order.as_str()[..12])))
    }

    async fn confirm(
        &self,
        reference: &IdentityReference,
        otp: &OtpCode,
    ) -> Result<IdentityRecord, IdentityError> {
        self.note("confirm", reference.as_str())?;
        let right = self.otp.lock().expect("no test panicked here").as_deref() == Some(otp.reveal());
        let result = self.results.lock().expect("no test panicked here").get(reference.as_str()).cloned();
        result.filter(|_| right).ok_or(IdentityError::Refused { code: "scripted".to_owned() })
    }
}

pub fn reference(raw: &str) -> IdentityReference {
    IdentityReference::parse(raw).expect("a reference")
}

/// The use cases over one store and one provider.
pub struct Desk {
    pub clock: Arc<FixedClock>,
    pub store: Arc<InMemoryStore>,
    pub provider: Arc<Provider>,
    pub keys: Arc<KeyRing>,
    pub tenant: TenantId,
    pub start: StartIdentity,
    pub complete: CompleteIdentity,
    pub read: ReadIdentity,
    pub otp: OtpIdentity,
    pub erase: EraseResults,
}

impl Desk {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut IdentityRules)) -> Self {
        let mut rules = IdentityRules {
            api: IdentityApi::V1,
            judged_by: JudgedBy::default(),
            keep_person_keys: true,
            erase_results: false,
            address_limit: RuleMode::Block,
            number_limit: RuleMode::Block,
        };
        change(&mut rules);
        let opened = "2030-01-01T03:00:00Z".parse().expect("a moment");
        Self::over(Arc::default(), Arc::default(), Arc::new(FixedClock::new(opened)), rules)
    }

    /// Another process over the same world, with rules of its own.
    pub fn restarted(&self, change: impl FnOnce(&mut IdentityRules)) -> Self {
        let mut rules = (*self.start.rules).clone();
        change(&mut rules);
        Self::over(self.store.clone(), self.provider.clone(), self.clock.clone(), rules)
    }

    fn over(
        store: Arc<InMemoryStore>,
        provider: Arc<Provider>,
        clock: Arc<FixedClock>,
        rules: IdentityRules,
    ) -> Self {
        let (keys, rules) = (Arc::new(key_ring()), Arc::new(rules));
        // Each process draws other bytes.
        let seed = u64::try_from(Arc::strong_count(&store)).expect("a few");
        let entropy = Arc::new(SeededEntropy::new(seed));
        let erase = EraseResults {
            results: store.clone(),
            api: rules.api,
            verifier: provider.clone(),
            keys: keys.clone(),
            clock: clock.clone(),
            runtime: Handle::current(),
        };
        let accept = Arc::new(Accept {
            identities: store.clone(),
            results: store.clone(),
            rules: rules.clone(),
            erase: erase.clone(),
            keys: keys.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        });
        Self {
            start: StartIdentity {
                identities: store.clone(),
                rules,
                keys: keys.clone(),
                clock: clock.clone(),
                entropy,
            },
            complete: CompleteIdentity { verifier: provider.clone(), accept: accept.clone() },
            read: ReadIdentity { identities: store.clone(), clock: clock.clone() },
            otp: OtpIdentity { otps: store.clone(), verifier: provider.clone(), accept },
            erase,
            tenant: TenantId::default_tenant(),
            clock,
            store,
            provider,
            keys,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub fn request(&self) -> StartIdentityRequest {
        StartIdentityRequest {
            tenant: self.tenant.clone(),
            purpose: Purpose::SignUp,
            client: World::client("203.0.113.7"),
            counts_address: true,
        }
    }

    pub async fn started(&self) -> StartedIdentity {
        self.started_for(Purpose::SignUp).await
    }

    pub async fn started_for(&self, purpose: Purpose) -> StartedIdentity {
        let request = StartIdentityRequest { purpose, ..self.request() };
        self.start.execute(request).await.expect("it starts")
    }

    /// The result of a person of 40 who finished just now, under the order of `started`.
    pub fn certified(&self, started: &StartedIdentity, imp_uid: &str) -> IdentityRecord {
        IdentityRecord {
            reference: reference(imp_uid),
            order: Some(started.verification.order.clone()),
            provider: "danal".to_owned(),
            certified: true,
            certified_at: Some(self.now()),
            name: PersonName::parse("홍길동"),
            birthday: Some(date(1990, 1, 1)),
            gender: Some(Gender::Male),
            foreigner: Some(false),
            phone: PhoneNumber::parse("010-1234-5678", Region::KR).ok(),
            ci: PersonKey::parse("CI/of+Hong==").ok(),
            di: PersonKey::parse("DI/of+Hong==").ok(),
            test_channel: false,
        }
    }

    pub async fn completes(
        &self,
        started: &StartedIdentity,
        imp_uid: &str,
    ) -> Result<CompletedIdentity, CompleteIdentityError> {
        let StartedIdentity { verification, token } = started;
        self.complete.execute(&self.tenant, verification.id, token, Some(reference(imp_uid))).await
    }

    pub async fn status(&self, started: &StartedIdentity) -> IdentityStatus {
        let StartedIdentity { verification, token } = started;
        let seen = self.read.execute(&self.tenant, verification.id, token).await;
        seen.expect("the memory works").expect("it is there").status
    }

    pub async fn is_used(&self, imp_uid: &str) -> bool {
        let index = self.keys.result_index(&reference(imp_uid));
        self.store.is_used(index).await.expect("the memory works")
    }

    /// After a refusal: still pending, and the result unused.
    pub async fn nothing_was_stored(&self, started: &StartedIdentity, imp_uid: &str) {
        assert_eq!(self.status(started).await, IdentityStatus::Pending);
        assert!(!self.is_used(imp_uid).await);
    }

    pub async fn proved(
        &self,
        purpose: Purpose,
        proof: &IdentityProof,
    ) -> Result<IdentityProved, ProofRefusal> {
        let found = self.store.find_proof(&self.tenant, purpose, proof.digest(), self.now()).await;
        found.expect("the memory works")
    }
}

/// What a person types for a one-time password.
pub fn person() -> OtpPerson {
    OtpPerson::new(
        PersonName::parse("홍길동").expect("a name"),
        PhoneNumber::parse("010-1234-5678", Region::KR).expect("a number"),
        date(1990, 1, 1),
        GenderDigit::parse("1").expect("a digit"),
        Carrier::Skt,
    )
    .expect("they fit")
}

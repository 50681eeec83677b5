//! Where people join: the use cases of sign-up over one store.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bonin_domain::accounts::{
    Account, AccountId, Agreed, HashCost, LoginId, Nickname, Password, PasswordHash, PersonLink, Term,
    TermId, TermVersion, Terms,
};
use bonin_domain::codes::{Proof, Purpose};
use bonin_domain::identity::{
    AgeFacts, IdentityProof, IdentityReference, IdentityVerification, PersonKey, PersonName,
};
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::{Brand, Locale};
use bonin_domain::{ClientAddress, PhoneNumber, TenantId};
use bonin_ports::{
    AccountKey, AccountQuery, AccountRepository, Clock as _, Entropy as _, IdentityRepository, PhoneChange,
    PhoneChanged, ProofRefusal, RepositoryError, SignedUp, Spent, VerificationRepository,
};
use bonin_services::accounts::{
    GiveConsent, Hashing, ReadConsents, SignUp, SignUpPolicy, SignUpRequest, WithdrawConsent,
};
use bonin_services::codes::{IdempotentRequest, TenantTexts, Texts};
use bonin_services::identity::IdentifiedNote;
use bonin_testkit::{FixedClock, InMemoryStore, Scene, SeededEntropy, key_ring};
use jiff::{SignedDuration, Timestamp};

/// The least that Argon2 can be asked for.
pub const CHEAP: HashCost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };

/// A password that no rule is against.
pub const GOOD: &str = "correct horse battery";

/// The memory, whose sign-ups fail when told to, before they do anything, or lose to others.
#[derive(Default)]
pub struct Memory {
    pub store: Arc<InMemoryStore>,
    to_come: Mutex<VecDeque<RepositoryError>>,
    sign_ups: Mutex<usize>,
    rivals: Mutex<VecDeque<bonin_ports::SignUp>>,
}

impl Memory {
    /// The next sign-ups fail like this.
    pub fn fails(&self, errors: &[RepositoryError]) {
        self.to_come.lock().expect("nobody panicked").extend(errors.iter().cloned());
    }

    /// Just before the next sign-up somebody else signs up.
    pub fn comes_first(&self, rival: bonin_ports::SignUp) {
        self.rivals.lock().expect("nobody panicked").push_back(rival);
    }

    /// How often a sign-up was handed over.
    pub fn sign_ups(&self) -> usize {
        *self.sign_ups.lock().expect("nobody panicked")
    }
}

#[async_trait]
impl AccountRepository for Memory {
    async fn sign_up(&self, sign_up: bonin_ports::SignUp) -> Result<SignedUp, RepositoryError> {
        *self.sign_ups.lock().expect("nobody panicked") += 1;
        if let Some(error) = self.to_come.lock().expect("nobody panicked").pop_front() {
            return Err(error);
        }
        let rival = self.rivals.lock().expect("nobody panicked").pop_front();
        if let Some(rival) = rival {
            assert_eq!(self.store.sign_up(rival).await, Ok(SignedUp::Created));
        }
        self.store.sign_up(sign_up).await
    }

    async fn find(&self, tenant: &TenantId, key: AccountKey) -> Result<Option<Account>, RepositoryError> {
        AccountRepository::find(&*self.store, tenant, key).await
    }

    async fn look_up(
        &self,
        tenant: &TenantId,
        query: AccountQuery,
    ) -> Result<Result<Vec<Account>, ProofRefusal>, RepositoryError> {
        self.store.look_up(tenant, query).await
    }

    async fn change_phone(&self, change: PhoneChange) -> Result<PhoneChanged, RepositoryError> {
        self.store.change_phone(change).await
    }

    async fn close(
        &self,
        tenant: &TenantId,
        account: AccountId,
        password: &PasswordHash,
        now: Timestamp,
    ) -> Result<bool, RepositoryError> {
        self.store.close(tenant, account, password, now).await
    }
}

pub struct Office {
    pub scene: Scene,
    pub memory: Arc<Memory>,
    pub clock: Arc<FixedClock>,
    pub keys: Arc<KeyRing>,
    pub entropy: Arc<SeededEntropy>,
    pub terms: Arc<Terms>,
    pub sign_up: SignUp,
}

impl Office {
    pub fn new() -> Self {
        Self::with_policy(SignUpPolicy { keep_person_keys: true, ..SignUpPolicy::default() })
    }

    pub fn with_policy(policy: SignUpPolicy) -> Self {
        Self::with(policy, Hashing::start(CHEAP, Arc::new(SeededEntropy::new(5))).expect("threads"))
    }

    pub fn with(policy: SignUpPolicy, hashing: Hashing) -> Self {
        let scene = Scene::new();
        let clock = Arc::new(FixedClock::new(scene.at(0)));
        let memory = Arc::new(Memory::default());
        let keys = Arc::new(key_ring());
        let entropy = Arc::new(SeededEntropy::new(u64::MAX / 3));
        let terms = Arc::new(terms(&scene));
        let brand = Brand::parse("Boardgame").expect("well written");
        let texts = Arc::new(Texts::new(
            HashMap::new(),
            TenantTexts { brand, web_otp: None },
            3,
            memory.store.clone(),
        ));
        let sign_up = SignUp {
            verifications: memory.store.clone(),
            identities: memory.store.clone(),
            proofs: memory.store.clone(),
            accounts: memory.clone(),
            hashing,
            terms: terms.clone(),
            texts,
            policy,
            keys: keys.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        };
        Self { scene, memory, clock, keys, entropy, terms, sign_up }
    }

    pub fn read_consents(&self) -> ReadConsents {
        ReadConsents {
            consents: self.memory.store.clone(),
            terms: self.terms.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn give_consent(&self) -> GiveConsent {
        GiveConsent {
            consents: self.memory.store.clone(),
            terms: self.terms.clone(),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn withdraw_consent(&self) -> WithdrawConsent {
        WithdrawConsent {
            consents: self.memory.store.clone(),
            terms: self.terms.clone(),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn pass(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// Proves a number for a purpose, now.
    pub async fn proof_of(&self, phone: &PhoneNumber, purpose: Purpose) -> Proof {
        let start = self.scene.start().phone(phone.clone()).purpose(purpose).at(self.clock.now());
        let holder = start.open(&*self.memory.store).await;
        let mut check = self.scene.check(&holder, Scene::RIGHT, self.clock.now());
        let proof = Proof::draw(&mut |bytes| self.entropy.fill(bytes));
        check.proof.0 = proof.digest();
        let spent = self.memory.store.spend_check(check).await.expect("the memory works");
        assert!(matches!(spent, Spent::Matched(_)), "{spent:?}");
        proof
    }

    /// Proves the scene's number for signing up.
    pub async fn proof(&self) -> Proof {
        self.proof_of(&self.scene.phone, Purpose::SignUp).await
    }

    /// Identifies a person, for signing up; with keys or without.
    pub async fn identity_proof(&self, person: Option<&PersonLink>, age: AgeFacts) -> IdentityProof {
        let store = &*self.memory.store;
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let holder = self.scene.identity().at(self.clock.now()).open(store).await;
        let IdentityVerification { id, tenant, .. } = &holder.verification;
        let nobody = PersonLink { ci: None, di: None, keys: None, at: self.scene.at(0) };
        let note = IdentifiedNote {
            name: PersonName::parse("홍길동").expect("well written"),
            age,
            gender: None,
            foreigner: None,
            provider: "danal".to_owned(),
            certified_at: self.scene.at(-60),
            ci: person.map(|_| PersonKey::parse("ci").expect("well written")),
            di: person.map(|_| PersonKey::parse("di").expect("well written")),
            reference: person.map(|_| IdentityReference::parse("imp_1").expect("well written")),
        };
        let proof = IdentityProof::draw(fill);
        let mut result = self.scene.result(&holder, person.unwrap_or(&nobody), self.clock.now());
        result.identified = note.seal(&self.keys, tenant, *id, fill);
        result.proof.0 = proof.digest();
        store.complete(result).await.expect("the memory works");
        proof
    }

    /// A sign-up that nothing is wrong with.
    pub fn request(&self, proof: &Proof) -> SignUpRequest {
        SignUpRequest {
            tenant: self.scene.tenant.clone(),
            proof: proof.clone(),
            identity_proof: None,
            login_id: LoginId::parse("whale@example.com").expect("well written"),
            password: Password::parse(GOOD).expect("well written"),
            nickname: Nickname::parse("푸른고래").expect("well written"),
            agreed: vec![agreed("service", "1")],
            client: client(),
            idempotency: None,
        }
    }

    /// Signs the owner of the scene's number up.
    pub async fn join(&self) -> Account {
        let joined = self.sign_up.execute(self.request(&self.proof().await)).await.expect("nothing is wrong");
        self.account(AccountKey::Id(joined.id)).await.expect("the account is there")
    }

    pub async fn account(&self, key: AccountKey) -> Option<Account> {
        AccountRepository::find(&*self.memory.store, &self.scene.tenant, key).await.expect("the memory works")
    }

    /// The account of the scene's number.
    pub async fn member(&self) -> Option<Account> {
        self.account(AccountKey::Phone(self.scene.phone_index())).await
    }

    /// What is said of a proof of a number for signing up.
    pub async fn standing(&self, proof: &Proof) -> Result<(), ProofRefusal> {
        let (store, tenant) = (&*self.memory.store, &self.scene.tenant);
        let (purpose, now) = (Purpose::SignUp, self.clock.now());
        let found = VerificationRepository::find_proof(store, tenant, purpose, proof.digest(), now);
        found.await.expect("the memory works").map(drop)
    }

    /// What is said of a proof of an identity.
    pub async fn identity_standing(&self, proof: &IdentityProof) -> Result<(), ProofRefusal> {
        let (store, tenant) = (&*self.memory.store, &self.scene.tenant);
        let (purpose, now) = (Purpose::SignUp, self.clock.now());
        let found = IdentityRepository::find_proof(store, tenant, purpose, proof.digest(), now);
        found.await.expect("the memory works").map(drop)
    }
}

/// A key under which a sign-up is repeated.
pub fn under(key: &str, request: &str) -> IdempotentRequest {
    IdempotentRequest { key: key.to_owned(), request: request.as_bytes().to_vec(), caller: None }
}

pub fn client() -> ClientAddress {
    ClientAddress::from("203.0.113.7".parse::<IpAddr>().expect("well written"))
}

pub fn agreed(term: &str, version: &str) -> Agreed {
    Agreed {
        term: TermId::parse(term).expect("well written"),
        version: TermVersion::parse(version).expect("well written"),
        locale: Locale::Ko,
    }
}

/// `service`, required, of which version 2 comes after half a day; and `marketing`, which nobody needs.
fn terms(scene: &Scene) -> Terms {
    const DAY: i64 = 86_400;
    let term = |id: &str, version: &str, required, effective: i64| Term {
        id: TermId::parse(id).expect("well written"),
        version: TermVersion::parse(version).expect("well written"),
        locale: Locale::Ko,
        title: format!("{id} {version}"),
        text: format!("the text of {id} {version}"),
        required,
        effective: scene.at(effective),
    };
    let terms = vec![
        term("service", "1", true, -DAY),
        term("service", "2", true, DAY / 2),
        term("marketing", "1", false, -DAY),
    ];
    Terms::new(terms).expect("terms that fit together")
}

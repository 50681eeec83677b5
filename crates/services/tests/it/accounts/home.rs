//! Where members are at home: the use cases of log in, own account and reset over one store.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use bonin_domain::accounts::{Account, HashCost, LoginId, Password, PasswordRule, Session, SessionPolicy};
use bonin_domain::codes::{ProofDigest, Purpose};
use bonin_domain::keys::KeyRing;
use bonin_domain::messages::{Brand, Locale};
use bonin_domain::{ClientAddress, PhoneNumber, TestNumbers};
use bonin_ports::{AccountKey, Clock as _, Outbox as _, ProofRefusal};
use bonin_services::accounts::{
    ChangePassword, ChangePhone, CloseAccount, EndSessions, FindSession, FinishPasswordReset, Hashing,
    ListSessions, LogIn, LogInError, LogInRequest, LookUpAccounts, NewPasswords, Notices, OpenPasswordReset,
    OpenSession, PasswordCheck, ReadAccount, StepUpSession,
};
use bonin_services::codes::{TenantTexts, Texts};
use bonin_services::dispatch::Waiting;
use bonin_testkit::{AccountBuilder, FixedClock, Scene, SeededEntropy, key_ring};
use jiff::SignedDuration;

use super::jam::{Gate, Jam};
use super::watched::Watched;

/// What hashes cost here; the accounts of [`Scene`] have the same.
pub const CHEAP: HashCost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };

/// A password that no rule is against.
pub const NEW: &str = "nine lives of a teapot";

pub struct Home {
    pub scene: Scene,
    pub store: Arc<Watched>,
    pub clock: Arc<FixedClock>,
    pub keys: Arc<KeyRing>,
    pub entropy: Arc<SeededEntropy>,
    pub hashing: Hashing,
    pub policy: SessionPolicy,
    gate: Arc<Gate>,
}

impl Home {
    pub fn new() -> Self {
        Self::hashing_at(CHEAP)
    }

    pub fn hashing_at(cost: HashCost) -> Self {
        let scene = Scene::new();
        let gate = Arc::new(Gate::default());
        Self {
            clock: Arc::new(FixedClock::new(scene.at(0))),
            store: Arc::default(),
            keys: Arc::new(key_ring()),
            entropy: Arc::new(SeededEntropy::new(u64::MAX / 5)),
            hashing: Hashing::start(cost, gate.clone()).expect("threads"),
            policy: SessionPolicy::default(),
            gate,
            scene,
        }
    }

    pub fn pass(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// An account of the scene's number, with the password [`Scene::PASSWORD`], opened now.
    pub async fn member(&self) -> Account {
        self.joined(self.scene.account()).await
    }

    pub async fn joined(&self, account: AccountBuilder<'_>) -> Account {
        let account = account.at(self.clock.now()).open(&*self.store).await;
        self.store.calls();
        account
    }

    /// The account as it is now.
    pub async fn now_of(&self, account: &Account) -> Option<Account> {
        let key = AccountKey::Id(account.id);
        bonin_ports::AccountRepository::find(&*self.store.memory, &account.tenant, key)
            .await
            .expect("the memory works")
    }

    pub fn login_id_of(&self, account: &Account) -> LoginId {
        let row = account.id.as_row();
        let field = bonin_domain::keys::SealedField::LoginId;
        let bytes = self.keys.unseal(&account.tenant, field, row, &account.login_id).expect("it opens");
        LoginId::parse(std::str::from_utf8(&bytes).expect("text")).expect("a login id")
    }

    /// Proves a number, now.
    pub async fn proof(&self, phone: &PhoneNumber, purpose: Purpose) -> ProofDigest {
        let start = self.scene.start().phone(phone.clone()).purpose(purpose).at(self.clock.now());
        start.prove(&*self.store.memory).await
    }

    /// What is said of a proof of a number.
    pub async fn standing(&self, purpose: Purpose, proof: ProofDigest) -> Result<(), ProofRefusal> {
        let (memory, tenant) = (&*self.store.memory, &self.scene.tenant);
        let found =
            bonin_ports::VerificationRepository::find_proof(memory, tenant, purpose, proof, self.clock.now());
        found.await.expect("the memory works").map(drop)
    }

    /// The notices that wait to be sent, as (number, text). They are taken out of the outbox.
    pub async fn notices(&self) -> Vec<(PhoneNumber, String)> {
        let now = self.clock.now();
        let until = now + SignedDuration::from_secs(10);
        let waiting =
            self.store.memory.lease(self.scene.lease(), now, until, 100).await.expect("the memory works");
        // What the scene puts there itself is no message.
        let read = waiting.iter().filter_map(|leased| {
            Waiting::unseal(&self.keys, &leased.tenant, leased.id, &leased.payload).ok()
        });
        let notices =
            read.filter(|waiting| matches!(waiting.errand, bonin_services::dispatch::Errand::Notice));
        notices.map(|waiting| (waiting.message.to.clone(), waiting.message.text.to_string())).collect()
    }

    pub fn check(&self) -> PasswordCheck {
        PasswordCheck {
            attempts: self.store.clone(),
            hashing: self.hashing.clone(),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn log_in(&self) -> LogIn {
        LogIn {
            accounts: self.store.clone(),
            sessions: self.store.clone(),
            check: self.check(),
            policy: self.policy,
            entropy: self.entropy.clone(),
        }
    }

    pub async fn try_log_in(&self, login_id: &LoginId, typed: &str) -> Result<OpenSession, LogInError> {
        self.log_in().execute(self.request(login_id, typed)).await
    }

    pub fn request(&self, login_id: &LoginId, typed: &str) -> LogInRequest {
        LogInRequest {
            tenant: self.scene.tenant.clone(),
            login_id: login_id.clone(),
            password: password(typed),
            client: Some(client("203.0.113.7")),
        }
    }

    /// Logs a member in who has the password [`Scene::PASSWORD`].
    pub async fn session(&self, account: &Account) -> OpenSession {
        let login_id = self.login_id_of(account);
        let opened = self.try_log_in(&login_id, Scene::PASSWORD).await.expect("the password is right");
        self.store.calls();
        opened
    }

    pub fn find(&self) -> FindSession {
        FindSession { sessions: self.store.clone(), policy: self.policy, clock: self.clock.clone() }
    }

    pub fn list(&self) -> ListSessions {
        ListSessions { sessions: self.store.clone(), policy: self.policy, clock: self.clock.clone() }
    }

    pub fn end(&self) -> EndSessions {
        EndSessions { sessions: self.store.clone() }
    }

    pub fn step_up(&self) -> StepUpSession {
        StepUpSession {
            sessions: self.store.clone(),
            policy: self.policy,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    /// Whether the token of a session still stands for it.
    pub async fn is_live(&self, opened: &OpenSession) -> bool {
        self.find().execute(&self.scene.tenant, &opened.token).await.expect("the memory works").is_some()
    }

    pub fn read(&self) -> ReadAccount {
        ReadAccount { accounts: self.store.clone(), keys: self.keys.clone() }
    }

    pub fn close(&self) -> CloseAccount {
        CloseAccount { accounts: self.store.clone(), check: self.check() }
    }

    fn notices_of(&self) -> Arc<Notices> {
        let brand = Brand::parse("Boardgame").expect("a brand");
        let texts = TenantTexts { brand, web_otp: None };
        Arc::new(Notices {
            keys: self.keys.clone(),
            entropy: self.entropy.clone(),
            texts: Arc::new(Texts::new(HashMap::new(), texts, 3, self.store.memory.clone())),
            test_numbers: TestNumbers::default(),
            locale: Locale::Ko,
        })
    }

    fn new_passwords(&self) -> NewPasswords {
        NewPasswords {
            rule: PasswordRule::Standard,
            hashing: self.hashing.clone(),
            notices: self.notices_of(),
        }
    }

    pub fn change_password(&self) -> ChangePassword {
        ChangePassword {
            read: self.read(),
            passwords: self.store.clone(),
            check: self.check(),
            new_passwords: self.new_passwords(),
            policy: self.policy,
            entropy: self.entropy.clone(),
        }
    }

    pub fn change_phone(&self) -> ChangePhone {
        ChangePhone {
            read: self.read(),
            accounts: self.store.clone(),
            verifications: self.store.clone(),
            check: self.check(),
            notices: self.notices_of(),
            policy: self.policy,
            entropy: self.entropy.clone(),
        }
    }

    pub fn look_up(&self) -> LookUpAccounts {
        LookUpAccounts { accounts: self.store.clone(), keys: self.keys.clone(), clock: self.clock.clone() }
    }

    pub fn open_reset(&self) -> OpenPasswordReset {
        OpenPasswordReset {
            accounts: self.store.clone(),
            passwords: self.store.clone(),
            verifications: self.store.clone(),
            identities: self.store.clone(),
            proofs: self.store.clone(),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    pub fn finish_reset(&self) -> FinishPasswordReset {
        FinishPasswordReset {
            passwords: self.store.clone(),
            new_passwords: self.new_passwords(),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
        }
    }

    /// Keeps every hashing thread busy, and their queue full, until this is dropped.
    pub fn jam(&self) -> Jam<'_> {
        Jam::of(&self.hashing, &self.gate)
    }
}

pub fn password(raw: &str) -> Password {
    Password::parse(raw).expect("a password")
}

pub fn client(address: &str) -> ClientAddress {
    ClientAddress::from(address.parse::<IpAddr>().expect("an address"))
}

/// A session that is stepped up now.
pub fn stepped_up(session: &Session, clock: &FixedClock) -> Session {
    Session { stepped_up_at: Some(clock.now()), ..session.clone() }
}

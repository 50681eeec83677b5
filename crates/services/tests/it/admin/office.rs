//! Where administrators are at home: the use cases of getting in over one store, and a record that can be closed.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bonin_domain::accounts::{HashCost, Password};
use bonin_domain::admin::{
    AdminName, AdminSession, AdminSessionToken, AuditEntry, InvitationSecret, NewAuditEntry, TotpSecret,
    TotpStep,
};
use bonin_domain::keys::{KeyRing, Sealed};
use bonin_domain::messages::Brand;
use bonin_ports::{AuditFilter, AuditLog, Clock as _, RepositoryError};
use bonin_services::accounts::{Hashing, PasswordCheck};
use bonin_services::admin::{
    AdminLogIn, CheckRecord, EnrolAdmin, EnrolAdminError, Enrolled, FindAdminSession, InviteAdmin,
    JoinAdmins, JoinAdminsError, LogInAdmin, LogInAdminError, LogOutAdmin, ReadRecord, Record, RemoveAdmin,
    Waits,
};
use bonin_testkit::{FixedClock, InMemoryStore, Scene, SeededEntropy, key_ring};
use jiff::SignedDuration;

/// A password that no rule is against.
pub const PASSWORD: &str = "quiet harbour lamp";

pub struct Office {
    pub store: Arc<InMemoryStore>,
    pub clock: Arc<FixedClock>,
    pub keys: Arc<KeyRing>,
    pub record: Record,
    entropy: Arc<SeededEntropy>,
    hashing: Hashing,
    closed: Arc<AtomicBool>,
}

/// An administrator, with what they know and have.
pub struct Person {
    pub name: AdminName,
    pub totp: TotpSecret,
}

impl Office {
    pub fn new() -> Self {
        let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
        let clock = Arc::new(FixedClock::new(Scene::new().at(0)));
        let (store, keys) = (Arc::<InMemoryStore>::default(), Arc::new(key_ring()));
        let (entropy, closed) = (Arc::new(SeededEntropy::new(u64::MAX / 7)), Arc::<AtomicBool>::default());
        let log = Arc::new(Closable { log: store.clone(), closed: closed.clone() });
        let record = Record { log, keys: keys.clone(), clock: clock.clone(), entropy: entropy.clone() };
        let hashing = Hashing::start(cost, entropy.clone()).expect("threads");
        Self { store, clock, keys, record, entropy, hashing, closed }
    }

    /// From now on nothing can be recorded.
    pub fn close_record(&self, closed: bool) {
        self.closed.store(closed, Ordering::SeqCst);
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub fn invite(&self) -> InviteAdmin {
        InviteAdmin {
            admins: self.store.clone(),
            record: self.record.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    pub fn remove(&self) -> RemoveAdmin {
        RemoveAdmin { admins: self.store.clone(), record: self.record.clone() }
    }

    pub fn check_record(&self) -> CheckRecord {
        CheckRecord { log: self.store.clone(), clock: self.clock.clone() }
    }

    pub async fn invited(&self, reset: Option<&AdminName>) -> InvitationSecret {
        self.invite().execute(reset.cloned()).await.expect("an invitation").secret
    }

    pub async fn enrol(
        &self,
        invitation: &InvitationSecret,
        name: &AdminName,
        password: &str,
    ) -> Result<Enrolled, EnrolAdminError> {
        let enrol = EnrolAdmin {
            admins: self.store.clone(),
            hashing: self.hashing.clone(),
            brand: Brand::parse("Boardgame").expect("a brand"),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        };
        enrol.execute(invitation, name.clone(), &Password::parse(password).expect("a password")).await
    }

    pub async fn confirm(
        &self,
        invitation: &InvitationSecret,
        chosen: &Sealed,
        totp: &TotpSecret,
    ) -> Result<AdminName, JoinAdminsError> {
        let join = JoinAdmins {
            admins: self.store.clone(),
            record: self.record.clone(),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        };
        join.execute(invitation, chosen, Some(totp.code(self.step())), address()).await
    }

    /// Somebody who became an administrator; their one-time password of now is used.
    pub async fn person(&self, name: &str) -> Person {
        let (name, invitation) = (AdminName::parse(name).expect("a name"), self.invited(None).await);
        let Ok(enrolled) = self.enrol(&invitation, &name, PASSWORD).await else { panic!("not enrolled") };
        let totp = enrolled.enrolment.totp;
        self.confirm(&invitation, &enrolled.sealed, &totp).await.expect("an administrator");
        Person { name, totp }
    }

    pub fn log_in(&self) -> LogInAdmin {
        LogInAdmin {
            admins: self.store.clone(),
            sessions: self.store.clone(),
            check: PasswordCheck {
                attempts: self.store.clone(),
                hashing: self.hashing.clone(),
                keys: self.keys.clone(),
                clock: self.clock.clone(),
            },
            record: self.record.clone(),
            waits: Waits::default(),
            entropy: self.entropy.clone(),
        }
    }

    /// What `person` types, with the one-time password of `step` from now.
    pub fn typed(&self, person: &Person, step: i64) -> AdminLogIn {
        let code = person.totp.code(TotpStep(self.step().0 + step));
        AdminLogIn {
            name: Some(person.name.clone()),
            password: Password::parse(PASSWORD).expect("a password"),
            code: Some(code),
            address: address(),
        }
    }

    pub async fn logs_in(&self, typed: AdminLogIn) -> Result<AdminSessionToken, LogInAdminError> {
        self.log_in().execute(typed, None).await
    }

    pub fn log_out(&self) -> LogOutAdmin {
        LogOutAdmin { sessions: self.store.clone(), record: self.record.clone() }
    }

    pub async fn session(&self, token: &AdminSessionToken) -> Option<AdminSession> {
        let find = FindAdminSession { sessions: self.store.clone(), clock: self.clock.clone() };
        find.execute(token).await.expect("the store answers")
    }

    pub fn read_record(&self) -> ReadRecord {
        ReadRecord { log: self.store.clone(), record: self.record.clone(), keys: self.keys.clone() }
    }

    /// The record, oldest first, as `actor action subject`.
    pub async fn recorded(&self) -> Vec<String> {
        let entries = AuditLog::list(&*self.store, AuditFilter::default(), 100).await.expect("the record");
        let told = entries.iter().rev().map(|entry| {
            let subject = entry.subject.as_deref().unwrap_or_default();
            format!("{} {} {subject}", entry.actor, entry.action.as_str()).trim_end().to_owned()
        });
        told.collect()
    }

    pub fn at(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    fn step(&self) -> TotpStep {
        TotpStep::at(self.clock.now())
    }
}

pub fn address() -> IpAddr {
    "203.0.113.7".parse().expect("an address")
}

/// A record that can be closed.
struct Closable {
    log: Arc<InMemoryStore>,
    closed: Arc<AtomicBool>,
}

#[async_trait]
impl AuditLog for Closable {
    async fn append(&self, entry: NewAuditEntry) -> Result<AuditEntry, RepositoryError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(RepositoryError::Unavailable);
        }
        self.log.append(entry).await
    }

    async fn list(&self, filter: AuditFilter, limit: u16) -> Result<Vec<AuditEntry>, RepositoryError> {
        AuditLog::list(&*self.log, filter, limit).await
    }
}

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bonin_domain::codes::{
    ClientToken, Code, CodeLength, Policy, Proof, Purpose, RuleMode, Token, VerificationId,
};
use bonin_domain::keys::{KeyId, KeyRing, PhoneIndex, RootKey, SealedField};
use bonin_domain::messages::{LeaseId, Locale, MessageId};
use bonin_domain::{PhoneNumber, Region, TenantId};
use bonin_ports::{Check, Entropy as _, Idempotency, NewCode, OutboxEntry, Resend};
use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::StartBuilder;
use crate::SeededEntropy;

/// A ring of two root keys of fixed bytes.
///
/// # Panics
/// Never: the keys are right.
pub fn key_ring() -> KeyRing {
    let root = |number: u32, byte| {
        let id = KeyId::new(number).expect("a key's number is not 0");
        RootKey::new(id, Zeroizing::new([byte; 32]))
    };
    let [index, active] = [1, 2].map(|number| KeyId::new(number).expect("a key's number is not 0"));
    KeyRing::new(vec![root(1, 0x11), root(2, 0x22)], index, active).expect("two keys with two numbers")
}

/// Numbers handed out so far in this process: scenes and further phones share them.
static HANDED_OUT: AtomicU32 = AtomicU32::new(0);

pub(super) fn next_number() -> u32 {
    HANDED_OUT.fetch_add(1, Ordering::Relaxed)
}

fn korean_mobile(number: u32) -> PhoneNumber {
    let digits = format!("010{}", 20_000_000 + number);
    PhoneNumber::parse(&digits, Region::KR).expect("a Korean mobile number")
}

/// One person at one phone and one client address, and a stretch of time: draws the requests of a test.
///
/// No two scenes of a process share a number, an address, a network or a drawn secret, so that tests can run
/// side by side on one database. Nothing else about the database is assumed.
pub struct Scene {
    /// The keys under which everything is digested and sealed, see [`key_ring`].
    pub keys: KeyRing,
    /// Whose requests they are: the default tenant.
    pub tenant: TenantId,
    /// The phone.
    pub phone: PhoneNumber,
    /// The client's address.
    pub address: String,
    /// The client's network.
    pub network: String,
    /// The rules, by default [`Policy::default`]; change them with [`Scene::with_policy`].
    pub policy: Arc<Policy>,
    opened: Timestamp,
    pub(super) number: u32,
    pub(super) entropy: SeededEntropy,
}

impl Scene {
    /// The code that starts carry unless told otherwise.
    pub const RIGHT: &str = "123456";
    /// A code that nothing of a scene carries.
    pub const WRONG: &str = "000000";

    /// A scene at noon of a Korean day, with a part of a second in whole microseconds.
    ///
    /// # Panics
    /// Never: the moment is right.
    pub fn new() -> Self {
        Self::opened_at("2030-01-01T03:00:00.123457Z".parse().expect("a moment"))
    }

    /// A scene at another moment.
    pub fn opened_at(opened: Timestamp) -> Self {
        let number = next_number();
        Self {
            keys: key_ring(),
            tenant: TenantId::default_tenant(),
            phone: korean_mobile(number),
            address: format!("address {number}"),
            network: format!("network {number}"),
            policy: Arc::new(Policy::default()),
            opened,
            number,
            entropy: SeededEntropy::new(u64::from(number) << 32),
        }
    }

    /// The same scene under other rules.
    #[must_use]
    pub fn with_policy(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        change(Arc::make_mut(&mut self.policy));
        self
    }

    /// The same scene with every counting rule off.
    #[must_use]
    pub fn unlimited(self) -> Self {
        self.with_policy(|policy| policy.limits = policy.limits.clone().in_mode(RuleMode::Off))
    }

    /// So many seconds after the scene opened.
    pub fn at(&self, seconds: i64) -> Timestamp {
        self.opened + SignedDuration::from_secs(seconds)
    }

    /// A phone number that nobody else in the process has.
    pub fn another_phone(&self) -> PhoneNumber {
        korean_mobile(next_number())
    }

    /// A tenant other than the scene's.
    ///
    /// # Panics
    /// Never: the name is right.
    pub fn another_tenant(&self) -> TenantId {
        TenantId::parse("neighbour").expect("a tenant's name")
    }

    /// A tenant that no other scene of the process has.
    ///
    /// # Panics
    /// Never: the name is right.
    pub fn own_tenant(&self) -> TenantId {
        TenantId::parse(&format!("tenant-{}", self.number)).expect("a tenant's name")
    }

    /// A fresh lease.
    pub fn lease(&self) -> LeaseId {
        LeaseId::draw(self.opened, &mut |bytes| self.entropy.fill(bytes))
    }

    /// A fresh token, as nobody was given it.
    pub fn token(&self) -> Token {
        Token::draw(&mut |bytes| self.entropy.fill(bytes))
    }

    /// The digest of the phone's number.
    pub fn phone_index(&self) -> PhoneIndex {
        self.keys.phone_index(&self.phone)
    }

    /// A start for sign-up, in Korean, with the code [`Scene::RIGHT`], as the scene opens.
    pub fn start(&self) -> StartBuilder<'_> {
        StartBuilder {
            scene: self,
            tenant: self.tenant.clone(),
            phone: self.phone.clone(),
            purpose: Purpose::SignUp,
            locale: Locale::Ko,
            digits: Self::RIGHT.to_owned(),
            address: self.address.clone(),
            network: self.network.clone(),
            client_token: None,
            destination: Ok(()),
            policy: Arc::clone(&self.policy),
            reservation: None,
            lease: None,
            idempotency: None,
            test_number: false,
            withheld: false,
            now: self.opened,
        }
    }

    /// A resend with a code of `digits`.
    pub fn resend(&self, holder: &Holder, digits: &str, now: Timestamp) -> Resend {
        Resend {
            tenant: holder.tenant.clone(),
            id: holder.id,
            token: holder.token.digest(),
            phone_index: self.keys.phone_index(&holder.phone),
            code: self.new_code(&holder.tenant, holder.purpose, holder.id, digits, now),
            policy: Arc::clone(&self.policy),
            reservation: None,
            idempotency: None,
            test_number: false,
            now,
        }
    }

    /// A check of `digits`, with a fresh proof and client token that live as the policy says.
    pub fn check(&self, holder: &Holder, digits: &str, now: Timestamp) -> Check {
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let proof = Proof::draw(&mut fill).digest();
        let client_token = ClientToken::draw(&mut fill).digest();
        Check {
            tenant: holder.tenant.clone(),
            id: holder.id,
            token: holder.token.digest(),
            code: self.keys.code_digests(&holder.tenant, holder.id, &code(digits)),
            proof: (proof, now + self.policy.proof_life),
            client_token: (client_token, now + self.policy.client_token_life),
            now,
        }
    }

    /// An idempotency key of this scene, and the request it comes with; without a token to repeat.
    pub fn idempotency(&self, key: &str, request: &str) -> Idempotency {
        let scene = self.number.to_be_bytes();
        Idempotency {
            key: self.keys.idempotency_index(&[b"key", &scene, key.as_bytes()]),
            request: self.keys.idempotency_index(&[b"request", request.as_bytes()]),
            token: None,
        }
    }

    pub(super) fn new_code(
        &self,
        tenant: &TenantId,
        purpose: Purpose,
        id: VerificationId,
        digits: &str,
        now: Timestamp,
    ) -> NewCode {
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let message = MessageId::draw(now, &mut fill);
        let text = format!("[Bonin] {digits}");
        let payload =
            self.keys.seal(tenant, SealedField::Message, message.as_row(), text.as_bytes(), &mut fill);
        NewCode {
            digest: self.keys.code_digest(tenant, purpose, id, &code(digits)),
            message: OutboxEntry { id: message, payload, lease: None },
        }
    }
}

impl Default for Scene {
    fn default() -> Self {
        Self::new()
    }
}

fn code(digits: &str) -> Code {
    let length = u8::try_from(digits.len()).expect("a short code");
    let length = CodeLength::new(length).expect("a code of 4 to 10 digits");
    Code::parse(digits, length).expect("a code of digits")
}

/// What the holder of a verification knows.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Whose verification it is.
    pub tenant: TenantId,
    /// Its name.
    pub id: VerificationId,
    /// Its token.
    pub token: Token,
    /// What it is for.
    pub purpose: Purpose,
    /// The phone.
    pub phone: PhoneNumber,
    /// The message of its first code.
    pub message: MessageId,
}

impl Holder {
    /// As whoever shows the token.
    pub fn by_token(&self) -> bonin_ports::Holder {
        bonin_ports::Holder::Token(self.token.digest())
    }
}

use bonin_domain::accounts::{
    Account, AccountId, Consent, HashCost, LoginId, Password, PasswordHash, PersonLink, TermId, TermVersion,
    TextHash,
};
use bonin_domain::codes::{ProofDigest, Purpose};
use bonin_domain::identity::PersonKey;
use bonin_domain::keys::SealedField;
use bonin_domain::messages::Locale;
use bonin_domain::{PhoneNumber, TenantId};
use bonin_ports::{AccountRepository, Entropy as _, SignUp, SignedUp, VerificationRepository};
use jiff::Timestamp;

use super::Scene;
use super::scene::next_number;

/// The least that Argon2 can be asked for: a test's passwords need no protection.
const CHEAP: HashCost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };

/// An account in the making, see [`Scene::account`].
#[derive(Clone)]
#[must_use]
pub struct AccountBuilder<'a> {
    scene: &'a Scene,
    tenant: TenantId,
    login: String,
    phone: PhoneNumber,
    password: Option<PasswordHash>,
    person: Option<PersonLink>,
    now: Timestamp,
}

impl Scene {
    /// The password of accounts, unless told otherwise.
    pub const PASSWORD: &str = "correct horse battery";

    /// An account of the scene's number with a login id of the scene, without a person, as the scene opens.
    pub fn account(&self) -> AccountBuilder<'_> {
        AccountBuilder {
            scene: self,
            tenant: self.tenant.clone(),
            login: format!("person{}@example.com", self.number),
            phone: self.phone.clone(),
            password: None,
            person: None,
            now: self.at(0),
        }
    }

    /// An account of a number and a login id that nobody else in the process has.
    pub fn another_account(&self) -> AccountBuilder<'_> {
        let login = format!("other{}@example.com", next_number());
        AccountBuilder { login, phone: self.another_phone(), ..self.account() }
    }

    /// A fresh hash of [`Scene::PASSWORD`], the cheapest that there is.
    ///
    /// # Panics
    /// Never: the password is right.
    pub fn password_hash(&self) -> PasswordHash {
        let password = Password::parse(Self::PASSWORD).expect("a password");
        PasswordHash::compute(&password, CHEAP, &mut |bytes| self.entropy.fill(bytes))
    }

    /// A person that nobody else in the process is.
    ///
    /// # Panics
    /// Never: the keys are right.
    pub fn person(&self) -> PersonLink {
        let number = next_number();
        let key = |kind| PersonKey::parse(&format!("{kind}-{number}")).expect("a person's key");
        PersonLink {
            ci: Some(self.keys.ci_index(&key("ci"))),
            di: Some(self.keys.di_index("danal", &key("di"))),
            keys: None,
            at: self.at(0),
        }
    }

    /// A yes to the Korean text of `term`, version 1.
    ///
    /// # Panics
    /// When `term` is not the name of a term.
    pub fn consent(&self, term: &str, at: Timestamp) -> Consent {
        Consent {
            term: TermId::parse(term).expect("the name of a term"),
            version: TermVersion::parse("1").expect("a version"),
            locale: Locale::Ko,
            text: TextHash([7; 32]),
            given: true,
            at,
        }
    }

    /// A sign-up for an account, from the scene's address, without consents, at the account's moment.
    pub fn sign_up(&self, account: Account, proof: ProofDigest) -> SignUp {
        SignUp {
            proof,
            identity_proof: None,
            one_per_person: true,
            consents: Vec::new(),
            address: self.keys.address_index(&self.address),
            idempotency: None,
            now: account.created_at,
            account,
        }
    }
}

impl AccountBuilder<'_> {
    /// For another tenant.
    pub fn tenant(self, tenant: TenantId) -> Self {
        Self { tenant, ..self }
    }

    /// With another login id.
    pub fn login(self, login: &str) -> Self {
        Self { login: login.to_owned(), ..self }
    }

    /// Of another number.
    pub fn phone(self, phone: PhoneNumber) -> Self {
        Self { phone, ..self }
    }

    /// With another hash.
    pub fn password(self, password: PasswordHash) -> Self {
        Self { password: Some(password), ..self }
    }

    /// Of a person; the keys are sealed when the account is drawn.
    pub fn person(self, person: &PersonLink) -> Self {
        Self { person: Some(person.clone()), ..self }
    }

    /// At another moment.
    pub fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }

    /// Draws id, hash, seals and digests. Each call draws another account.
    ///
    /// # Panics
    /// When the login id is none.
    pub fn draw(&self) -> Account {
        let keys = &self.scene.keys;
        let mut fill = |bytes: &mut [u8]| self.scene.entropy.fill(bytes);
        let id = AccountId::draw(self.now, &mut fill);
        let login = LoginId::parse(&self.login).expect("a login id");
        let mut seal = |field, plaintext: &str| {
            keys.seal(&self.tenant, field, id.as_row(), plaintext.as_bytes(), &mut fill)
        };
        Account {
            id,
            tenant: self.tenant.clone(),
            login_index: keys.login_index(&login),
            login_id: seal(SealedField::LoginId, login.as_str()),
            phone_index: keys.phone_index(&self.phone),
            phone: seal(SealedField::Phone, self.phone.e164()),
            nickname: seal(SealedField::Nickname, "민수"),
            password: self.password.clone().unwrap_or_else(|| self.scene.password_hash()),
            phone_proved_at: self.now,
            phone_contested_at: None,
            person: self.person.clone().map(|person| PersonLink {
                keys: Some(seal(SealedField::PersonKeys, "unique keys")),
                ..person
            }),
            created_at: self.now,
        }
    }

    /// Proves the number for signing up.
    pub async fn prove<R: VerificationRepository + ?Sized>(&self, store: &R) -> ProofDigest {
        let start = self.scene.start().tenant(self.tenant.clone()).phone(self.phone.clone());
        start.purpose(Purpose::SignUp).at(self.now).prove(store).await
    }

    /// Draws an account and proves its number.
    pub async fn sign_up<R: VerificationRepository + ?Sized>(&self, store: &R) -> SignUp {
        self.scene.sign_up(self.draw(), self.prove(store).await)
    }

    /// Draws an account and signs up, whoever its person is.
    ///
    /// # Panics
    /// When the account is not created.
    pub async fn open<R>(&self, store: &R) -> Account
    where
        R: VerificationRepository + AccountRepository + ?Sized,
    {
        let sign_up = SignUp { one_per_person: false, ..self.sign_up(store).await };
        let account = sign_up.account.clone();
        match AccountRepository::sign_up(store, sign_up).await {
            Ok(SignedUp::Created) => account,
            other => panic!("the sign-up creates an account, but: {other:?}"),
        }
    }
}

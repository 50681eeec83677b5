use std::sync::Arc;

use bonin_domain::codes::{ClientTokenDigest, Policy, ProofDigest, Purpose, RuleMode, Token, VerificationId};
use bonin_domain::keys::SealedField;
use bonin_domain::messages::{LeaseId, Locale};
use bonin_domain::spending::Reservation;
use bonin_domain::{DestinationRefusal, PhoneNumber, TenantId};
use bonin_ports::{ClientOrigin, Entropy as _, Idempotency, Spent, Start, Started, VerificationRepository};
use jiff::Timestamp;

use super::{Holder, Scene};

/// A start in the making, see [`Scene::start`].
#[derive(Clone)]
#[must_use]
pub struct StartBuilder<'a> {
    pub(super) scene: &'a Scene,
    pub(super) tenant: TenantId,
    pub(super) phone: PhoneNumber,
    pub(super) purpose: Purpose,
    pub(super) locale: Locale,
    pub(super) digits: String,
    pub(super) address: String,
    pub(super) network: String,
    pub(super) client_token: Option<ClientTokenDigest>,
    pub(super) destination: Result<(), DestinationRefusal>,
    pub(super) policy: Arc<Policy>,
    pub(super) reservation: Option<Reservation>,
    pub(super) lease: Option<(LeaseId, Timestamp)>,
    pub(super) idempotency: Option<Idempotency>,
    pub(super) test_number: bool,
    pub(super) withheld: bool,
    pub(super) now: Timestamp,
}

impl StartBuilder<'_> {
    /// For another tenant.
    pub fn tenant(self, tenant: TenantId) -> Self {
        Self { tenant, ..self }
    }

    /// For another number.
    pub fn phone(self, phone: PhoneNumber) -> Self {
        Self { phone, ..self }
    }

    /// For another purpose.
    pub fn purpose(self, purpose: Purpose) -> Self {
        Self { purpose, ..self }
    }

    /// In another language.
    pub fn locale(self, locale: Locale) -> Self {
        Self { locale, ..self }
    }

    /// With another code.
    pub fn digits(self, digits: &str) -> Self {
        Self { digits: digits.to_owned(), ..self }
    }

    /// From another address and network.
    pub fn from_address(self, address: &str, network: &str) -> Self {
        Self { address: address.to_owned(), network: network.to_owned(), ..self }
    }

    /// By a client that shows a token.
    pub fn client_token(self, token: ClientTokenDigest) -> Self {
        Self { client_token: Some(token), ..self }
    }

    /// To a number that is never sent to.
    pub fn refused_destination(self, refusal: DestinationRefusal) -> Self {
        Self { destination: Err(refusal), ..self }
    }

    /// With its message leased from the beginning.
    pub fn leased(self, lease: LeaseId, until: Timestamp) -> Self {
        Self { lease: Some((lease, until)), ..self }
    }

    /// Under an idempotency key; the token is sealed with it when the start is drawn.
    pub fn idempotency(self, idempotency: Idempotency) -> Self {
        Self { idempotency: Some(idempotency), ..self }
    }

    /// With a charge on the tenant's day.
    pub fn reservation(self, reservation: Reservation) -> Self {
        Self { reservation: Some(reservation), ..self }
    }

    /// To a number for tests.
    pub fn test_number(self) -> Self {
        Self { test_number: true, ..self }
    }

    /// Whose messages are never sent.
    pub fn withheld(self) -> Self {
        Self { withheld: true, ..self }
    }

    /// At another moment.
    pub fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }

    /// Draws id, token, seals and digests. Each call draws another verification.
    pub fn draw(&self) -> (Start, Holder) {
        let keys = &self.scene.keys;
        let mut fill = |bytes: &mut [u8]| self.scene.entropy.fill(bytes);
        let id = VerificationId::draw(self.now, &mut fill);
        let token = Token::draw(&mut fill);
        let mut seal = |field, plaintext: &str| {
            keys.seal(&self.tenant, field, id.as_row(), plaintext.as_bytes(), &mut fill)
        };
        let phone = seal(SealedField::Phone, self.phone.e164());
        let idempotency = self.idempotency.clone().map(|idempotency| Idempotency {
            token: Some(seal(SealedField::Token, &token.reveal())),
            ..idempotency
        });
        let mut code = self.scene.new_code(&self.tenant, self.purpose, id, &self.digits, self.now);
        code.message.lease = self.lease;
        let holder = Holder {
            tenant: self.tenant.clone(),
            id,
            token: token.clone(),
            purpose: self.purpose,
            phone: self.phone.clone(),
            message: code.message.id,
        };
        let start = Start {
            tenant: self.tenant.clone(),
            id,
            token: token.digest(),
            purpose: self.purpose,
            locale: self.locale,
            phone_index: keys.phone_index(&self.phone),
            phone,
            country: self.phone.region(),
            destination: self.destination,
            code,
            withheld: self.withheld,
            origin: ClientOrigin {
                address: keys.address_index(&self.address),
                network: keys.address_index(&self.network),
                client_token: self.client_token,
            },
            policy: Arc::clone(&self.policy),
            reservation: self.reservation,
            idempotency,
            test_number: self.test_number,
            now: self.now,
        };
        (start, holder)
    }

    /// Draws and runs the start.
    ///
    /// # Panics
    /// When it does not create a verification.
    pub async fn open<R: VerificationRepository + ?Sized>(&self, store: &R) -> Holder {
        let (start, holder) = self.draw();
        match store.start(start).await {
            Ok(Started::Created(verification)) => assert_eq!(verification.id, holder.id),
            other => panic!("the start creates a verification, but: {other:?}"),
        }
        holder
    }

    /// Draws and runs the start under no counting rule and types its code at once.
    ///
    /// # Panics
    /// When that does not prove the number.
    pub async fn prove<R: VerificationRepository + ?Sized>(&self, store: &R) -> ProofDigest {
        let mut policy = Policy::clone(&self.policy);
        policy.limits = policy.limits.in_mode(RuleMode::Off);
        let holder = Self { policy: Arc::new(policy), ..self.clone() }.open(store).await;
        let check = self.scene.check(&holder, &self.digits, self.now);
        let (proof, _) = check.proof;
        match store.spend_check(check).await {
            Ok(Spent::Matched(_)) => proof,
            other => panic!("the right code proves the number, but: {other:?}"),
        }
    }

    /// Draws and runs the start, for its outcome.
    ///
    /// # Panics
    /// When the repository fails.
    pub async fn run<R: VerificationRepository + ?Sized>(&self, store: &R) -> Started {
        store.start(self.draw().0).await.expect("the store works")
    }
}

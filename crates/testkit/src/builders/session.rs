use bonin_domain::accounts::{Account, Session, SessionId, SessionPolicy, SessionToken};
use bonin_domain::codes::ProofDigest;
use bonin_domain::keys::SealedField;
use bonin_domain::{PhoneNumber, TenantId};
use bonin_ports::{Entropy as _, NewSession, PhoneChange, SessionRepository, StepUp};
use jiff::Timestamp;

use super::Scene;

/// A session, as its holder knows it.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// As it was opened.
    pub session: Session,
    /// Its token.
    pub token: SessionToken,
}

impl Scene {
    /// A fresh session's token, as nobody was given it.
    pub fn session_token(&self) -> SessionToken {
        SessionToken::draw(&mut |bytes| self.entropy.fill(bytes))
    }

    /// A session of an account under the default policy, and its token.
    pub fn session(&self, account: &Account, now: Timestamp) -> (NewSession, LoggedIn) {
        let policy = SessionPolicy::default();
        let token = self.session_token();
        let session = Session {
            id: SessionId::draw(now, &mut |bytes| self.entropy.fill(bytes)),
            tenant: account.tenant.clone(),
            account: account.id,
            created_at: now,
            seen_at: now,
            expires_at: now + policy.absolute,
            stepped_up_at: None,
        };
        let new = NewSession {
            session: session.clone(),
            token: token.digest(),
            password: account.password.clone(),
            replacement: None,
            policy,
        };
        (new, LoggedIn { session, token })
    }

    /// Opens a session of an account.
    ///
    /// # Panics
    /// When it is not opened.
    pub async fn log_in<R>(&self, store: &R, account: &Account, now: Timestamp) -> LoggedIn
    where
        R: SessionRepository + ?Sized,
    {
        let (new, logged_in) = self.session(account, now);
        assert_eq!(store.open(new).await, Ok(true), "the session is opened");
        logged_in
    }

    /// A step-up of a session, and its new token.
    pub fn step_up(&self, session: &Session, proof: ProofDigest, now: Timestamp) -> (StepUp, SessionToken) {
        let token = self.session_token();
        let (tenant, digest) = (session.tenant.clone(), token.digest());
        (StepUp { tenant, session: session.id, proof, token: digest, now }, token)
    }

    /// A change of an account's number, asked for in a session; the old number is told.
    pub fn phone_change(
        &self,
        account: &Account,
        session: SessionId,
        phone: &PhoneNumber,
        proof: ProofDigest,
        now: Timestamp,
    ) -> PhoneChange {
        PhoneChange {
            tenant: account.tenant.clone(),
            account: account.id,
            session,
            proof,
            phone_index: self.keys.phone_index(phone),
            phone: self.seal_phone(&account.tenant, account, phone),
            notice: self.notice(account, now),
            now,
        }
    }

    fn seal_phone(
        &self,
        tenant: &TenantId,
        account: &Account,
        phone: &PhoneNumber,
    ) -> bonin_domain::keys::Sealed {
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let (row, plaintext) = (account.id.as_row(), phone.e164().as_bytes());
        self.keys.seal(tenant, SealedField::Phone, row, plaintext, &mut fill)
    }
}

use bonin_domain::TenantId;
use bonin_domain::admin::{
    Admin, AdminId, AdminName, AdminSession, AdminSessionId, AdminSessionToken, AuditAction, Invitation,
    InvitationSecret, NewAuditEntry, TotpStep,
};
use bonin_domain::keys::SealedField;
use bonin_ports::{AdminRepository, AdminSessionRepository, Entropy as _, Joined, NewAdminSession};
use jiff::Timestamp;

use super::Scene;
use super::scene::next_number;

/// A session of an administrator, as its holder knows it.
#[derive(Clone, Debug)]
pub struct AdminLoggedIn {
    /// As it was opened.
    pub session: AdminSession,
    /// Its token.
    pub token: AdminSessionToken,
}

impl Scene {
    /// A name that no other administrator of the process has.
    ///
    /// # Panics
    /// Never: the name is right.
    pub fn admin_name(&self) -> AdminName {
        AdminName::parse(&format!("admin-{}", next_number())).expect("an administrator's name")
    }

    /// An administrator as somebody becomes one: with a hash and a seal of their own, and no step used.
    pub fn admin(&self, name: &AdminName, now: Timestamp) -> Admin {
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = AdminId::draw(now, &mut fill);
        let (tenant, secret) = (TenantId::default_tenant(), b"twenty secret bytes.");
        let totp = self.keys.seal(&tenant, SealedField::TotpSecret, id.as_row(), secret, &mut fill);
        let password = self.password_hash();
        Admin { id, name: name.clone(), password, totp, last_step: TotpStep(0), created_at: now }
    }

    /// A fresh invitation, for somebody new or for the administrator of this name, and its secret.
    pub fn invitation(&self, admin: Option<&AdminName>, now: Timestamp) -> (InvitationSecret, Invitation) {
        let secret = InvitationSecret::draw(&mut |bytes| self.entropy.fill(bytes));
        (secret, Invitation { admin: admin.cloned(), expires_at: now + Invitation::LIFE })
    }

    /// Makes an administrator of a name of their own.
    ///
    /// # Panics
    /// When the invitation is not taken.
    pub async fn join<R: AdminRepository + ?Sized>(&self, store: &R, now: Timestamp) -> Admin {
        let (secret, invitation) = self.invitation(None, now);
        let admin = self.admin(&self.admin_name(), now);
        assert_eq!(store.invite(secret.digest(), invitation, now).await, Ok(()));
        assert_eq!(store.join(secret.digest(), admin.clone(), now).await, Ok(Joined::Done));
        admin
    }

    /// A session of an administrator under the policy for them, by the one-time password of `now`, and its token.
    pub fn admin_session(&self, admin: &Admin, now: Timestamp) -> (NewAdminSession, AdminLoggedIn) {
        let policy = AdminSession::policy();
        let token = AdminSessionToken::draw(&mut |bytes| self.entropy.fill(bytes));
        let session = AdminSession {
            id: AdminSessionId::draw(now, &mut |bytes| self.entropy.fill(bytes)),
            admin: admin.id,
            name: admin.name.clone(),
            created_at: now,
            seen_at: now,
            expires_at: now + policy.absolute,
        };
        let new = NewAdminSession {
            session: session.clone(),
            token: token.digest(),
            password: admin.password.clone(),
            step: TotpStep::at(now),
            policy,
        };
        (new, AdminLoggedIn { session, token })
    }

    /// Opens a session of an administrator.
    ///
    /// # Panics
    /// When it is not opened.
    pub async fn admin_log_in<R>(&self, store: &R, admin: &Admin, now: Timestamp) -> AdminLoggedIn
    where
        R: AdminSessionRepository + ?Sized,
    {
        let (new, logged_in) = self.admin_session(admin, now);
        assert_eq!(store.open(new).await, Ok(true), "the session is opened");
        logged_in
    }

    /// An entry for the record, with nothing that may be left out.
    pub fn audit_entry(&self, action: AuditAction, at: Timestamp) -> NewAuditEntry {
        let mut row = [0; 16];
        self.entropy.fill(&mut row);
        NewAuditEntry {
            row,
            at,
            actor: "min.seo".to_owned(),
            address: None,
            action,
            subject: None,
            reason: None,
        }
    }

    /// An entry with a subject, an address and a reason, which is sealed to its row.
    pub fn reasoned_entry(
        &self,
        subject: bonin_domain::admin::Subject,
        reason: &str,
        at: Timestamp,
    ) -> NewAuditEntry {
        let entry = self.audit_entry(AuditAction::NumberRevealed, at);
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let tenant = TenantId::default_tenant();
        let reason =
            self.keys.seal(&tenant, SealedField::AuditReason, &entry.row, reason.as_bytes(), &mut fill);
        NewAuditEntry {
            address: Some("203.0.113.9".to_owned()),
            subject: Some(subject),
            reason: Some(reason),
            ..entry
        }
    }
}

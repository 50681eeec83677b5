//! Administrators and their sessions.

use async_trait::async_trait;
use bonin_domain::accounts::SessionPolicy;
use bonin_domain::admin::{
    Admin, AdminId, AdminName, AdminSession, AdminSessionId, AdminSessionTokenDigest, Invitation,
    InvitationDigest,
};
use bonin_ports::{AdminRepository, AdminSessionRepository, Joined, NewAdminSession, RepositoryError};
use jiff::Timestamp;

use super::InMemoryStore;
use super::state::State;

pub(super) struct InvitationRow {
    pub secret: InvitationDigest,
    pub invitation: Invitation,
}

pub(super) struct AdminSessionRow {
    pub session: AdminSession,
    pub token: AdminSessionTokenDigest,
}

impl AdminSessionRow {
    fn is_live(&self, policy: &SessionPolicy, now: Timestamp) -> bool {
        self.session.seen_at + policy.idle > now && self.session.expires_at > now
    }
}

impl State {
    fn invitation(&self, secret: InvitationDigest, now: Timestamp) -> Option<Invitation> {
        let live = |row: &&InvitationRow| row.secret == secret && row.invitation.expires_at > now;
        self.invitations.iter().find(live).map(|row| row.invitation.clone())
    }

    fn join(&mut self, secret: InvitationDigest, admin: Admin, now: Timestamp) -> Joined {
        let Some(invitation) = self.invitation(secret, now) else { return Joined::InvitationGone };
        if let Some(name) = invitation.admin {
            let Some(known) = self.admins.iter_mut().find(|known| known.name == name) else {
                return Joined::InvitationGone;
            };
            *known = Admin {
                password: admin.password,
                totp: admin.totp,
                last_step: admin.last_step,
                ..known.clone()
            };
            let id = known.id;
            self.admin_sessions.retain(|row| row.session.admin != id);
        } else {
            if self.admins.iter().any(|known| known.name == admin.name) {
                return Joined::NameTaken;
            }
            self.admins.push(admin);
        }
        self.invitations.retain(|row| row.secret != secret);
        Joined::Done
    }

    fn open_admin_session(&mut self, new: NewAdminSession) -> bool {
        let NewAdminSession { session, token, password, step, policy } = new;
        let (id, now) = (session.admin, session.created_at);
        let Some(admin) = self.admins.iter_mut().find(|admin| admin.id == id) else { return false };
        if admin.password != password || admin.last_step >= step {
            return false;
        }
        admin.last_step = step;
        let own =
            self.admin_sessions.iter().filter(|row| row.session.admin == id && row.is_live(&policy, now));
        let mut own: Vec<_> = own.map(|row| (row.session.seen_at, row.session.id)).collect();
        own.sort_by_key(|(seen_at, id)| (std::cmp::Reverse(*seen_at), std::cmp::Reverse(id.as_uuid())));
        // Whoever logs in stays.
        let beyond: Vec<_> =
            own.into_iter().skip(usize::from(policy.most.saturating_sub(1))).map(|(_, id)| id).collect();
        self.admin_sessions.retain(|row| !beyond.contains(&row.session.id));
        self.admin_sessions.push(AdminSessionRow { session, token });
        true
    }
}

#[async_trait]
impl AdminRepository for InMemoryStore {
    async fn invite(
        &self,
        secret: InvitationDigest,
        invitation: Invitation,
        _: Timestamp,
    ) -> Result<(), RepositoryError> {
        let mut state = self.state();
        if state.invitations.iter().any(|row| row.secret == secret) {
            return Err(RepositoryError::Conflict);
        }
        state.invitations.push(InvitationRow { secret, invitation });
        Ok(())
    }

    async fn find_invitation(
        &self,
        secret: InvitationDigest,
        now: Timestamp,
    ) -> Result<Option<Invitation>, RepositoryError> {
        Ok(self.state().invitation(secret, now))
    }

    async fn join(
        &self,
        secret: InvitationDigest,
        admin: Admin,
        now: Timestamp,
    ) -> Result<Joined, RepositoryError> {
        Ok(self.state().join(secret, admin, now))
    }

    async fn find(&self, name: &AdminName) -> Result<Option<Admin>, RepositoryError> {
        Ok(self.state().admins.iter().find(|admin| admin.name == *name).cloned())
    }

    async fn list(&self) -> Result<Vec<Admin>, RepositoryError> {
        let mut all = self.state().admins.clone();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    async fn remove(&self, name: &AdminName) -> Result<bool, RepositoryError> {
        let mut state = self.state();
        let Some(place) = state.admins.iter().position(|admin| admin.name == *name) else { return Ok(false) };
        let id = state.admins.remove(place).id;
        state.admin_sessions.retain(|row| row.session.admin != id);
        state.invitations.retain(|row| row.invitation.admin.as_ref() != Some(name));
        Ok(true)
    }
}

#[async_trait]
impl AdminSessionRepository for InMemoryStore {
    async fn open(&self, new: NewAdminSession) -> Result<bool, RepositoryError> {
        Ok(self.state().open_admin_session(new))
    }

    async fn find(
        &self,
        token: AdminSessionTokenDigest,
        policy: SessionPolicy,
        now: Timestamp,
    ) -> Result<Option<AdminSession>, RepositoryError> {
        let mut state = self.state();
        let found =
            state.admin_sessions.iter_mut().find(|row| row.token == token && row.is_live(&policy, now));
        Ok(found.map(|row| {
            if now.duration_since(row.session.seen_at) >= SessionPolicy::NOTED_EVERY {
                row.session.seen_at = now;
            }
            row.session.clone()
        }))
    }

    async fn end(&self, admin: AdminId, session: AdminSessionId) -> Result<(), RepositoryError> {
        self.state().admin_sessions.retain(|row| row.session.id != session || row.session.admin != admin);
        Ok(())
    }
}

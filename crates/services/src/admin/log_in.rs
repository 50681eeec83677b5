use std::net::IpAddr;
use std::sync::Arc;

use bonin_domain::accounts::Password;
use bonin_domain::admin::{
    Admin, AdminName, AdminSession, AdminSessionId, AdminSessionToken, AuditAction, Subject, TotpCode,
    TotpSecret, TotpStep,
};
use bonin_domain::keys::{LoginIndex, SealedField};
use bonin_domain::{ClientAddress, TenantId};
use bonin_ports::{AdminRepository, AdminSessionRepository, Entropy, NewAdminSession, RepositoryError};
use jiff::{SignedDuration, Timestamp};

use super::waits::Repeated;
use crate::accounts::{HashingBusy, PasswordCheck, PasswordCheckError};
use crate::admin::{Actor, Record, Waits};

/// How long strangers at an address are recorded once.
const STRANGERS: SignedDuration = SignedDuration::from_mins(15);

/// Opens a session for an administrator who knows name and password and has the second factor.
pub struct LogInAdmin {
    /// The administrators.
    pub admins: Arc<dyn AdminRepository>,
    /// Who is logged in.
    pub sessions: Arc<dyn AdminSessionRepository>,
    /// Checks the password, within a budget for each name.
    pub check: PasswordCheck,
    /// Records log ins and refusals.
    pub record: Record,
    /// What is recorded once for a while.
    pub waits: Waits,
    /// Draws ids and tokens.
    pub entropy: Arc<dyn Entropy>,
}

/// What was typed, as far as it is written like what it should be. The rest is refused like what is wrong.
pub struct AdminLogIn {
    /// As whom.
    pub name: Option<AdminName>,
    /// The password.
    pub password: Password,
    /// The one-time password.
    pub code: Option<TotpCode>,
    /// Where the person is.
    pub address: IpAddr,
}

/// Why nobody was logged in.
#[derive(Debug, thiserror::Error)]
pub enum LogInAdminError {
    /// Name, password or one-time password is not right, or that was used before: alike.
    #[error("name, password or one-time password is not right")]
    Refused,
    /// Too many failed before; nothing was looked at.
    #[error("too many failed log ins; try again later")]
    TooMany {
        /// The earliest moment to try again.
        until: Timestamp,
    },
    /// The password was not looked at.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// The store failed; nobody is logged in.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl LogInAdmin {
    /// Logs an administrator in; the session that the browser had before, `earlier`, ends. The same is answered whatever is
    /// wrong, and the same is done, but that names nobody has are recorded once an address and 15 minutes: a commit less.
    ///
    /// # Errors
    /// [`LogInAdminError`]; no session was opened then.
    #[tracing::instrument(name = "admin.log_in", skip_all)]
    pub async fn execute(
        &self,
        typed: AdminLogIn,
        earlier: Option<&AdminSessionToken>,
    ) -> Result<AdminSessionToken, LogInAdminError> {
        let tenant = TenantId::default_tenant();
        let (client, address) = (ClientAddress::from(typed.address), typed.address);
        let login = typed.name.as_ref().map(|name| self.check.keys.admin_login_index(name));
        let place = match login {
            Some(login) => match self.check.charge(&tenant, login, Some(&client)).await {
                Err(PasswordCheckError::TooMany { until }) => {
                    self.record_wait(&typed, &client, login, until).await?;
                    return Err(LogInAdminError::TooMany { until });
                }
                charged => charged?,
            },
            // What is no name is nobody's: there is nothing to count, and it takes as long.
            None => self.check.hashing.reserve()?,
        };
        let admin = match &typed.name {
            Some(name) => self.admins.find(name).await?,
            None => None,
        };
        let right = place.matches(&typed.password, admin.as_ref().map(|admin| &admin.password)).await?;
        let opened = match admin.as_ref().filter(|_| right) {
            Some(admin) => self.open(admin, typed.code, address).await?,
            None => None,
        };
        if let Some(opened) = opened {
            if let Some(login) = login {
                self.check.forgive(&tenant, login, Some(&client)).await;
            }
            if let Some(earlier) = earlier {
                self.end(earlier).await?;
            }
            return Ok(opened);
        }
        match &admin {
            Some(admin) => self.record_of(address, AuditAction::LogInRefused, tried(Some(admin))).await?,
            None => self.record_stranger(&typed, &client, AuditAction::LogInRefused).await?,
        }
        Err(LogInAdminError::Refused)
    }

    /// Records that a name has to wait: an administrator's once for each wait.
    async fn record_wait(
        &self,
        typed: &AdminLogIn,
        client: &ClientAddress,
        login: LoginIndex,
        until: Timestamp,
    ) -> Result<(), RepositoryError> {
        let admin = match &typed.name {
            Some(name) => self.admins.find(name).await?,
            None => None,
        };
        let Some(admin) = admin else {
            return self.record_stranger(typed, client, AuditAction::LogInWaits).await;
        };
        let what = Repeated::Name(login, until);
        if !self.waits.begins(&what, until, self.check.clock.now()) {
            return Ok(());
        }
        let recorded = self.record_of(typed.address, AuditAction::LogInWaits, tried(Some(&admin))).await;
        recorded.inspect_err(|_| self.waits.forget(&what))
    }

    /// Records that somebody tries names that nobody has: once for each address in 15 minutes, whatever the names. There
    /// is no end of them.
    async fn record_stranger(
        &self,
        typed: &AdminLogIn,
        client: &ClientAddress,
        action: AuditAction,
    ) -> Result<(), RepositoryError> {
        let what = Repeated::Stranger(client.address().to_owned(), action);
        let now = self.check.clock.now();
        if !self.waits.begins(&what, now.checked_add(STRANGERS).unwrap_or(Timestamp::MAX), now) {
            return Ok(());
        }
        let recorded = self.record_of(typed.address, action, tried(None)).await;
        recorded.inspect_err(|_| self.waits.forget(&what))
    }

    async fn record_of(
        &self,
        address: IpAddr,
        action: AuditAction,
        subject: Subject,
    ) -> Result<(), RepositoryError> {
        self.record.execute(&Actor::Somebody { address }, action, Some(subject), None).await
    }

    /// Opens a session; `None` where the one-time password is wrong or used, or the password changed a moment before.
    async fn open(
        &self,
        admin: &Admin,
        code: Option<TotpCode>,
        address: IpAddr,
    ) -> Result<Option<AdminSessionToken>, RepositoryError> {
        let Some(step) = self.step(admin, code)? else { return Ok(None) };
        let (now, policy) = (self.check.clock.now(), AdminSession::policy());
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let session = AdminSession {
            id: AdminSessionId::draw(now, fill),
            admin: admin.id,
            name: admin.name.clone(),
            created_at: now,
            seen_at: now,
            expires_at: now.checked_add(policy.absolute).unwrap_or(now),
        };
        let token = AdminSessionToken::draw(fill);
        let id = session.id;
        let password = admin.password.clone();
        let new = NewAdminSession { session, token: token.digest(), password, step, policy };
        if !self.sessions.open(new).await? {
            return Ok(None);
        }
        let actor = Actor::Admin { name: admin.name.clone(), address };
        if let Err(error) = self.record.execute(&actor, AuditAction::LoggedIn, None, None).await {
            // Nobody has the token yet; the session goes, too, as far as the store lets it.
            self.sessions.end(admin.id, id).await?;
            return Err(error);
        }
        Ok(Some(token))
    }

    async fn end(&self, token: &AdminSessionToken) -> Result<(), RepositoryError> {
        let now = self.check.clock.now();
        match self.sessions.find(token.digest(), AdminSession::policy(), now).await? {
            Some(session) => self.sessions.end(session.admin, session.id).await,
            None => Ok(()),
        }
    }

    /// The step of the one-time password that was typed, if it is right.
    fn step(&self, admin: &Admin, code: Option<TotpCode>) -> Result<Option<TotpStep>, RepositoryError> {
        let (tenant, row) = (TenantId::default_tenant(), admin.id.as_row());
        let secret = self.check.keys.unseal(&tenant, SealedField::TotpSecret, row, &admin.totp);
        let secret = secret.map_err(|error| RepositoryError::Internal(error.to_string()))?;
        let damaged = || RepositoryError::Internal("a second factor is damaged".to_owned());
        let secret = TotpSecret::from_bytes(&secret).ok_or_else(damaged)?;
        Ok(code.and_then(|code| secret.step_of(&code, self.check.clock.now(), admin.last_step)))
    }
}

/// As whom somebody tried to log in: they need not be the administrator. A name that nobody has may be a password in the
/// wrong field, and does not stand in the record.
fn tried(admin: Option<&Admin>) -> Subject {
    Subject::Named(admin.map_or_else(|| Actor::NOBODY.to_owned(), |admin| admin.name.to_string()))
}

impl From<PasswordCheckError> for LogInAdminError {
    fn from(error: PasswordCheckError) -> Self {
        match error {
            PasswordCheckError::Incorrect => Self::Refused,
            PasswordCheckError::TooMany { until } => Self::TooMany { until },
            PasswordCheckError::Busy(busy) => Self::Busy(busy),
            PasswordCheckError::Repository(cause) => Self::Repository(cause),
        }
    }
}

use std::sync::Arc;

use bonin_domain::accounts::{Account, LoginId, Password, Session, SessionId, SessionPolicy, SessionToken};
use bonin_domain::{ClientAddress, TenantId};
use bonin_ports::{AccountKey, AccountRepository, Entropy, NewSession, RepositoryError, SessionRepository};
use jiff::Timestamp;

use crate::accounts::{HashingBusy, OpenSession, PasswordCheck, PasswordCheckError, idle_end};

/// Opens a session for whoever knows a login id and its password.
pub struct LogIn {
    /// Where accounts are stored.
    pub accounts: Arc<dyn AccountRepository>,
    /// Where sessions are stored.
    pub sessions: Arc<dyn SessionRepository>,
    /// Checks the password.
    pub check: PasswordCheck,
    /// How long sessions live.
    pub policy: SessionPolicy,
    /// Draws ids and tokens.
    pub entropy: Arc<dyn Entropy>,
}

/// What a log in needs.
pub struct LogInRequest {
    /// Whose member logs in.
    pub tenant: TenantId,
    /// As whom.
    pub login_id: LoginId,
    /// As typed.
    pub password: Password,
    /// Where the person is, as far as it is known.
    pub client: Option<ClientAddress>,
}

/// Why nobody was logged in.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Nobody has the login id, or its password is another: alike.
    #[error("login id or password is not right")]
    Refused,
    /// Too many failed before; the password was not looked at.
    #[error("too many failed log ins; try again later")]
    TooMany {
        /// The earliest moment to try again.
        until: Timestamp,
    },
    /// The password was not looked at.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl LogIn {
    /// Logs somebody in. The same is done and answered whether the login id or the password is wrong.
    ///
    /// # Errors
    /// [`LogInError`]; no session was opened then.
    #[tracing::instrument(name = "accounts.log_in", skip_all)]
    pub async fn execute(&self, request: LogInRequest) -> Result<OpenSession, LogInError> {
        let LogInRequest { tenant, login_id, password, client } = request;
        let login = self.check.keys.login_index(&login_id);
        let place = self.check.charge(&tenant, login, client.as_ref()).await?;
        let account = self.accounts.find(&tenant, AccountKey::Login(login)).await?;
        PasswordCheck::compare(place, &password, account.as_ref()).await?;
        let account = account.ok_or(LogInError::Refused)?;
        let opened = self.open(account, &password).await?;
        self.check.forgive(&tenant, login, client.as_ref()).await;
        Ok(opened)
    }

    async fn open(&self, account: Account, password: &Password) -> Result<OpenSession, LogInError> {
        let hashing = &self.check.hashing;
        // The only moment when a hash of another kind, or a cheaper one, can be made anew. Where there is no time for
        // it now, there is at the next log in.
        let outdated = account.password.is_outdated(hashing.cost()) && account.password.covers(password);
        let replacement = if outdated { hashing.hash(password).await.ok() } else { None };
        let now = self.check.clock.now();
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let session = Session {
            id: SessionId::draw(now, fill),
            tenant: account.tenant,
            account: account.id,
            created_at: now,
            seen_at: now,
            expires_at: now.checked_add(self.policy.absolute).unwrap_or(Timestamp::MAX),
            stepped_up_at: None,
        };
        let token = SessionToken::draw(fill);
        let new = NewSession {
            session: session.clone(),
            token: token.digest(),
            password: account.password,
            replacement,
            policy: self.policy,
        };
        if !self.sessions.open(new).await? {
            // Closed, or under another password, since it was found.
            return Err(LogInError::Refused);
        }
        let idle_expires_at = idle_end(&session, &self.policy);
        Ok(OpenSession { session, token, idle_expires_at, answered_at: now })
    }
}

impl From<PasswordCheckError> for LogInError {
    fn from(error: PasswordCheckError) -> Self {
        match error {
            PasswordCheckError::Incorrect => Self::Refused,
            PasswordCheckError::TooMany { until } => Self::TooMany { until },
            PasswordCheckError::Busy(busy) => Self::Busy(busy),
            PasswordCheckError::Repository(cause) => Self::Repository(cause),
        }
    }
}

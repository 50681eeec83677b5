//! What answers about sessions look like.

use bonin_domain::accounts::FormToken;
use bonin_services::accounts::{ListedSession, OpenSession};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A session as its holder sees it. Times are UTC.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    /// The session's name: 32 lower-case hex digits. Not a secret.
    #[schema(example = "019aa3f2c1d07c4e8f3a5b6c7d8e9f00")]
    pub id: String,
    /// Whose it is.
    pub account_id: String,
    /// When the person logged in.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it ends, unless it is used before.
    #[schema(value_type = String, format = DateTime)]
    pub idle_expires_at: Timestamp,
    /// With the cookie: to be sent as `Form-Token` with every change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_token: Option<String>,
    /// Who is no browser shows it later on: 256 bits. An earlier one is dead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

impl SessionView {
    /// A session that goes on under a new token, which is told to those alone who keep it themselves.
    pub fn new(opened: &OpenSession, tells_token: bool) -> Self {
        Self {
            id: opened.session.id.to_string(),
            account_id: opened.session.account.to_string(),
            created_at: opened.session.created_at,
            expires_at: opened.session.expires_at,
            idle_expires_at: opened.idle_expires_at,
            form_token: Some(FormToken::of(&opened.token).reveal()),
            token: tells_token.then(|| opened.token.reveal()),
            server_time: opened.answered_at,
        }
    }
}

/// Where an account is logged in, the session used last first.
#[derive(Serialize, ToSchema)]
pub struct SessionListView {
    /// The live sessions.
    pub sessions: Vec<ListedSessionView>,
    /// The server's clock.
    #[schema(value_type = String, format = DateTime)]
    pub server_time: Timestamp,
}

/// One of an account's sessions.
#[derive(Serialize, ToSchema)]
pub struct ListedSessionView {
    /// Its name.
    pub id: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// When the person logged in.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
    /// When it ends at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it ends, unless it is used before.
    #[schema(value_type = String, format = DateTime)]
    pub idle_expires_at: Timestamp,
}

impl From<ListedSession> for ListedSessionView {
    fn from(listed: ListedSession) -> Self {
        Self {
            id: listed.session.id.to_string(),
            current: listed.is_current,
            created_at: listed.session.created_at,
            seen_at: listed.session.seen_at,
            expires_at: listed.session.expires_at,
            idle_expires_at: listed.idle_expires_at,
        }
    }
}

/// The body of a log in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct LogInBody {
    /// The mail address.
    #[schema(example = "minsu@example.com")]
    login_id: String,
    /// As typed.
    password: String,
    /// With a key: where the person is. Failed log ins are counted by it, else by the backend's own address.
    #[schema(example = "203.0.113.7")]
    client_address: Option<String>,
}

/// The body of a step-up.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what the controller reads member by member")]
pub struct StepUpBody {
    /// Of the account's own number, for the purpose `step_up`.
    proof: String,
}

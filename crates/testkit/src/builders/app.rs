use bonin_domain::accounts::SessionPolicy;
use bonin_domain::keys::{Sealed, SealedField};
use bonin_domain::messages::MessageKind;
use bonin_domain::messaging::{
    AppScopes, AppSession, AppSessionId, AppSessionToken, BrowserSecret, Connection, ConnectionId, FormKey,
    LoginState, OAuthLoginId, ProviderTokens, SendingLimits, WebMessageId, WebSendId,
};
use bonin_ports::{Entropy as _, NewConnection, NewWebMessage, NewWebSend, OAuthLogin};
use jiff::{SignedDuration, Timestamp};

use super::Scene;

impl Scene {
    /// A log in at the provider that a fresh browser begins, for what is asked for at first; it lives 10 minutes.
    pub fn oauth_login(&self, now: Timestamp) -> OAuthLogin {
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = OAuthLoginId::draw(now, &mut fill);
        OAuthLogin {
            id,
            tenant: self.tenant.clone(),
            state: LoginState::draw(&mut fill).digest(),
            browser: BrowserSecret::draw(&mut fill).digest(),
            verifier: Some(self.app_seal(SealedField::PkceVerifier, id.as_row(), "a verifier")),
            scopes: AppScopes::FIRST,
            connection: None,
            back_to: "/app".to_owned(),
            expires_at: now + SignedDuration::from_mins(10),
        }
    }

    /// The account called `account`, which no other scene has, connected anew for what is asked for at first, with a session
    /// under the default policy.
    pub fn new_connection(&self, account: &str, now: Timestamp) -> NewConnection {
        let id = ConnectionId::draw(now, &mut |bytes| self.entropy.fill(bytes));
        let account = format!("{account} of {}", self.number);
        let policy = SessionPolicy::default();
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        NewConnection {
            id,
            tenant: self.tenant.clone(),
            account: self.keys.provider_account_index("coolsms", &account),
            scopes: AppScopes::FIRST,
            tokens: self.provider_tokens(id, now),
            session: AppSession {
                id: AppSessionId::draw(now, &mut fill),
                connection: id,
                created_at: now,
                seen_at: now,
                expires_at: now + policy.absolute,
            },
            token: AppSessionToken::draw(&mut fill).digest(),
            policy,
            now,
        }
    }

    /// The account of a connection that is known, connected once more with new tokens and a session of its own.
    pub fn renewed_connection(&self, known: &Connection, now: Timestamp) -> NewConnection {
        let new = self.new_connection("nobody", now);
        NewConnection {
            id: known.id,
            tenant: known.tenant.clone(),
            account: known.account,
            tokens: self.provider_tokens(known.id, now),
            session: AppSession { connection: known.id, ..new.session },
            ..new
        }
    }

    /// Fresh tokens of a connection, good for 24 hours.
    pub fn provider_tokens(&self, connection: ConnectionId, now: Timestamp) -> ProviderTokens {
        let row = connection.as_row();
        ProviderTokens {
            access: self.app_seal(SealedField::AccessToken, row, "an access token"),
            expires_at: now + SignedDuration::from_hours(24),
            refresh: Some(self.app_seal(SealedField::RefreshToken, row, "a refresh token")),
        }
    }

    /// A form that is not sent yet, sealed to a session.
    pub fn draft(&self, session: AppSessionId, text: &str) -> Sealed {
        self.app_seal(SealedField::Draft, session.as_row(), text)
    }

    /// A short text by a connection to so many recipients, at once, under the default limits.
    pub fn web_send(&self, connection: &Connection, recipients: usize, now: Timestamp) -> NewWebSend {
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = WebSendId::draw(now, &mut fill);
        let mut ids: Vec<_> = (0..recipients).map(|_| WebMessageId::draw(now, &mut fill)).collect();
        ids.sort_by_key(WebMessageId::as_uuid);
        let message = |id: WebMessageId| NewWebMessage {
            id,
            phone: self.app_seal(SealedField::Phone, id.as_row(), self.another_phone().e164()),
        };
        NewWebSend {
            id,
            tenant: connection.tenant.clone(),
            connection: connection.id,
            form: FormKey::draw(&mut fill).digest(),
            kind: MessageKind::Sms,
            content: self.app_seal(SealedField::WebContent, id.as_row(), "[Bonin] hello"),
            messages: ids.into_iter().map(message).collect(),
            scheduled_at: None,
            limits: SendingLimits::default(),
            now,
        }
    }

    fn app_seal(&self, field: SealedField, row: &[u8; 16], plaintext: &str) -> Sealed {
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        self.keys.seal(&self.tenant, field, row, plaintext.as_bytes(), &mut fill)
    }
}

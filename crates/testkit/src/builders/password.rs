use bonin_domain::accounts::{Account, PasswordReset, PasswordResetId, ResetToken, SessionId, SessionToken};
use bonin_domain::keys::SealedField;
use bonin_domain::messages::MessageId;
use bonin_ports::{AnyProof, Entropy as _, FinishReset, Notice, OpenReset, OutboxEntry, PasswordChange};
use jiff::{SignedDuration, Timestamp};

use super::Scene;

impl Scene {
    /// A notice to the number of an account, of use for an hour.
    pub fn notice(&self, account: &Account, now: Timestamp) -> Notice {
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = MessageId::draw(now, &mut fill);
        let text = "[Bonin] notice".as_bytes();
        let payload = self.keys.seal(&account.tenant, SealedField::Message, id.as_row(), text, &mut fill);
        Notice {
            message: OutboxEntry { id, payload, lease: None },
            phone_index: account.phone_index,
            test_number: false,
            expires_at: now + SignedDuration::from_hours(1),
        }
    }

    /// A change of an account's password from the one that it was drawn with, and the session's new token.
    pub fn password_change(
        &self,
        account: &Account,
        session: SessionId,
        now: Timestamp,
    ) -> (PasswordChange, SessionToken) {
        let token = self.session_token();
        let change = PasswordChange {
            tenant: account.tenant.clone(),
            account: account.id,
            from: account.password.clone(),
            to: self.password_hash(),
            session,
            token: token.digest(),
            notice: self.notice(account, now),
            now,
        };
        (change, token)
    }

    /// A reset of an account's password, and its token.
    pub fn reset(&self, account: &Account, proof: AnyProof, now: Timestamp) -> (OpenReset, ResetToken) {
        let mut fill = |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = PasswordResetId::draw(now, &mut fill);
        let token = ResetToken::draw(&mut fill);
        let reset = PasswordReset { id, token: token.digest(), expires_at: now + PasswordReset::LIFE };
        (OpenReset { tenant: account.tenant.clone(), account: account.id, proof, reset, now }, token)
    }

    /// A new password under a reset of an account.
    pub fn finish_reset(&self, account: &Account, token: &ResetToken, now: Timestamp) -> FinishReset {
        FinishReset {
            tenant: account.tenant.clone(),
            token: token.digest(),
            password: self.password_hash(),
            notice: self.notice(account, now),
            now,
        }
    }
}

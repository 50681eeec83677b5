use std::sync::Arc;

use bonin_domain::accounts::{Password, PasswordFault, PasswordHash, PasswordRule};
use bonin_ports::Notice;
use jiff::Timestamp;

use crate::accounts::me::OwnAccount;
use crate::accounts::{Hashing, HashingBusy, Notices, Told, judge_new_password};

/// What a new password goes through, whoever sets it: rule, hash, and the word to the owner.
#[derive(Clone)]
pub struct NewPasswords {
    /// Which are taken.
    pub rule: PasswordRule,
    /// Hashes them.
    pub hashing: Hashing,
    /// Writes to the owner.
    pub notices: Arc<Notices>,
}

impl NewPasswords {
    /// Judges one by the rule and the words of its account.
    pub(super) fn judge(&self, own: &OwnAccount, password: &Password) -> Result<(), PasswordFault> {
        let brand = self.notices.texts.brand(&own.account.tenant);
        judge_new_password(self.rule, password, &own.login_id, &own.nickname, &own.phone_number, brand)
    }

    pub(super) async fn hash(&self, password: &Password) -> Result<PasswordHash, HashingBusy> {
        self.hashing.hash(password).await
    }

    /// Tells the owner that there is a new one.
    pub(super) fn notice(&self, own: &OwnAccount, now: Timestamp) -> Notice {
        self.notices.write(&own.account.tenant, &own.phone_number, Told::PasswordChanged, now)
    }
}

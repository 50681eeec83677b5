use std::sync::Arc;

use bonin_domain::accounts::{Account, AccountId, LoginId, Nickname, PasswordHash};
use bonin_domain::keys::{KeyRing, SealedField};
use bonin_domain::{PhoneNumber, TenantId};
use bonin_ports::{AccountImport, Clock, Entropy, RepositoryError};
use jiff::Timestamp;

/// Accounts that are handed to the store at once.
const BATCH: usize = 500;

/// The most characters of a nickname.
const LONGEST_NICKNAME: usize = 30;

/// Takes over the members of another system, with the passwords that it hashed.
pub struct ImportAccounts {
    /// Where they are stored.
    pub accounts: Arc<dyn AccountImport>,
    /// Seals and digests.
    pub keys: Arc<KeyRing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids.
    pub entropy: Arc<dyn Entropy>,
}

/// A member of another system.
#[derive(Clone, Debug)]
pub struct ImportedAccount {
    /// The login id.
    pub login_id: LoginId,
    /// The phone number.
    pub phone_number: PhoneNumber,
    /// What the password is checked against.
    pub password: PasswordHash,
    /// What the account is called; where the other system has no names, what stands before the `@` of the login id.
    pub nickname: Option<Nickname>,
    /// When the number was proved there. Where that is not known the number counts as proved long ago, so that by
    /// itself it opens no reset (security 30).
    pub phone_proved_at: Option<Timestamp>,
}

impl ImportAccounts {
    /// Stores the members; the places of those that were skipped because their number or login id has an account.
    ///
    /// # Errors
    /// The store's. What was stored before stays; the same call again skips it.
    #[tracing::instrument(name = "accounts.import", skip_all, fields(tenant.id = %tenant))]
    pub async fn execute(
        &self,
        tenant: &TenantId,
        members: &[ImportedAccount],
    ) -> Result<Vec<usize>, RepositoryError> {
        let mut skipped = Vec::new();
        for (number, batch) in members.chunks(BATCH).enumerate() {
            let accounts = batch.iter().map(|member| self.account(tenant, member)).collect();
            let places = self.accounts.import(accounts).await?;
            skipped.extend(places.into_iter().map(|place| number * BATCH + place));
        }
        Ok(skipped)
    }

    fn account(&self, tenant: &TenantId, member: &ImportedAccount) -> Account {
        let now = self.clock.now();
        let fill = &mut |bytes: &mut [u8]| self.entropy.fill(bytes);
        let id = AccountId::draw(now, fill);
        let local: String = member.login_id.local_part().chars().take(LONGEST_NICKNAME).collect();
        let nickname = member.nickname.as_ref().map_or(&*local, Nickname::as_str);
        let keys = &self.keys;
        let mut seal = |field, text: &str| keys.seal(tenant, field, id.as_row(), text.as_bytes(), fill);
        Account {
            login_index: keys.login_index(&member.login_id),
            login_id: seal(SealedField::LoginId, member.login_id.as_str()),
            phone_index: keys.phone_index(&member.phone_number),
            phone: seal(SealedField::Phone, member.phone_number.e164()),
            nickname: seal(SealedField::Nickname, nickname),
            password: member.password.clone(),
            phone_proved_at: member.phone_proved_at.unwrap_or(Timestamp::UNIX_EPOCH),
            phone_contested_at: None,
            person: None,
            created_at: now,
            tenant: tenant.clone(),
            id,
        }
    }
}

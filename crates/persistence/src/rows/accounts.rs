//! Accounts and what people agreed to.

use bonin_domain::accounts::{
    Account, AccountId, Consent, PasswordHash, PersonLink, TermId, TermVersion, TextHash,
};
use bonin_domain::keys::{AddressIndex, LoginIndex, PersonIndex, PhoneIndex, Sealed};
use diesel::prelude::*;

use super::tenant;
use crate::failure::Failure;
use crate::schema::{accounts, consents};
use crate::sql::{Instant, Uid};

/// An account that is open.
#[derive(Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct AccountRow {
    pub id: Uid,
    pub tenant: String,
    pub login_index: Vec<u8>,
    pub login_id: Vec<u8>,
    pub phone_index: Vec<u8>,
    pub phone: Vec<u8>,
    pub nickname: Vec<u8>,
    pub password: String,
    pub phone_proved_at: Instant,
    pub phone_contested_at: Option<Instant>,
    pub ci: Option<Vec<u8>>,
    pub di: Option<Vec<u8>>,
    pub person_keys: Option<Vec<u8>>,
    pub identified_at: Option<Instant>,
    pub created_at: Instant,
}

impl From<&Account> for AccountRow {
    fn from(account: &Account) -> Self {
        let person = account.person.as_ref();
        let index = |index: Option<PersonIndex>| index.map(|index| index.as_bytes().to_vec());
        Self {
            id: Uid(account.id.as_uuid()),
            tenant: account.tenant.as_str().to_owned(),
            login_index: account.login_index.as_bytes().to_vec(),
            login_id: account.login_id.as_bytes().to_vec(),
            phone_index: account.phone_index.as_bytes().to_vec(),
            phone: account.phone.as_bytes().to_vec(),
            nickname: account.nickname.as_bytes().to_vec(),
            password: account.password.as_str().to_owned(),
            phone_proved_at: Instant(account.phone_proved_at),
            phone_contested_at: account.phone_contested_at.map(Instant),
            ci: index(person.and_then(|person| person.ci)),
            di: index(person.and_then(|person| person.di)),
            person_keys: person.and_then(|person| person.keys.as_ref()).map(|keys| keys.as_bytes().to_vec()),
            identified_at: person.map(|person| Instant(person.at)),
            created_at: Instant(account.created_at),
        }
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = Failure;

    fn try_from(row: AccountRow) -> Result<Self, Failure> {
        let person = row.person()?;
        Ok(Self {
            id: AccountId::from_uuid(row.id.0),
            tenant: tenant(&row.tenant)?,
            login_index: LoginIndex::from_bytes(&row.login_index)
                .ok_or(Failure::BadRow("accounts.login_index"))?,
            login_id: Sealed::from_bytes(row.login_id),
            phone_index: PhoneIndex::from_bytes(&row.phone_index)
                .ok_or(Failure::BadRow("accounts.phone_index"))?,
            phone: Sealed::from_bytes(row.phone),
            nickname: Sealed::from_bytes(row.nickname),
            password: PasswordHash::parse(&row.password).map_err(|_| Failure::BadRow("accounts.password"))?,
            phone_proved_at: row.phone_proved_at.0,
            phone_contested_at: row.phone_contested_at.map(|at| at.0),
            person,
            created_at: row.created_at.0,
        })
    }
}

impl AccountRow {
    /// The person behind the account.
    pub fn person(&self) -> Result<Option<PersonLink>, Failure> {
        let Some(at) = self.identified_at else { return Ok(None) };
        Ok(Some(PersonLink {
            ci: person_index(self.ci.as_deref())?,
            di: person_index(self.di.as_deref())?,
            keys: self.person_keys.clone().map(Sealed::from_bytes),
            at: at.0,
        }))
    }
}

/// Reads the digest of a person's key.
pub fn person_index(stored: Option<&[u8]>) -> Result<Option<PersonIndex>, Failure> {
    let read = |bytes| PersonIndex::from_bytes(bytes).ok_or(Failure::BadRow("the digest of a person's key"));
    stored.map(read).transpose()
}

/// A consent or a withdrawal; `number` counts those of the account.
#[derive(Insertable)]
#[diesel(table_name = consents)]
pub struct NewConsentRow<'a> {
    pub account_id: Uid,
    pub number: i32,
    pub tenant: &'a str,
    pub term: &'a str,
    pub version: &'a str,
    pub locale: &'a str,
    pub text_hash: &'a [u8],
    pub given: bool,
    pub address: &'a [u8],
    pub created_at: Instant,
}

impl<'a> NewConsentRow<'a> {
    pub fn new(
        (tenant, account_id): (&'a str, Uid),
        number: i32,
        consent: &'a Consent,
        address: &'a AddressIndex,
    ) -> Self {
        Self {
            account_id,
            number,
            tenant,
            term: consent.term.as_str(),
            version: consent.version.as_str(),
            locale: consent.locale.as_str(),
            text_hash: &consent.text.0,
            given: consent.given,
            address: address.as_bytes(),
            created_at: Instant(consent.at),
        }
    }
}

/// What is told of a consent.
#[derive(Queryable, Selectable)]
#[diesel(table_name = consents)]
pub struct ConsentRow {
    pub term: String,
    pub version: String,
    pub locale: String,
    pub text_hash: Vec<u8>,
    pub given: bool,
    pub created_at: Instant,
}

impl TryFrom<ConsentRow> for Consent {
    type Error = Failure;

    fn try_from(row: ConsentRow) -> Result<Self, Failure> {
        let text = row.text_hash.try_into().map_err(|_| Failure::BadRow("consents.text_hash"))?;
        Ok(Self {
            term: TermId::parse(&row.term).map_err(|_| Failure::BadRow("consents.term"))?,
            version: TermVersion::parse(&row.version).map_err(|_| Failure::BadRow("consents.version"))?,
            locale: row.locale.parse().map_err(|_| Failure::BadRow("consents.locale"))?,
            text: TextHash(text),
            given: row.given,
            at: row.created_at.0,
        })
    }
}

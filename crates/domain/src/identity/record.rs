//! What a provider says of one identity verification.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use zeroize::Zeroizing;

use crate::identity::{IdentityReference, OrderId};
use crate::phone::PhoneNumber;

/// The most bytes of a person's key: CI has 88 characters, DI 64, some say 66.
const LONGEST_KEY: usize = 128;

/// The most bytes of a name.
const LONGEST_NAME: usize = 200;

/// A person's CI or DI. Compared byte for byte. `Debug` shows nothing of it; it is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonKey(Zeroizing<String>);

/// A text that cannot be a CI or DI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a person key: 1 to 128 visible ASCII characters")]
pub struct PersonKeyError;

impl PersonKey {
    /// Reads a key; spaces around it go.
    ///
    /// # Errors
    /// [`PersonKeyError`].
    pub fn parse(raw: &str) -> Result<Self, PersonKeyError> {
        let key = raw.trim();
        let well_formed = (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        if well_formed { Ok(Self(Zeroizing::new(key.to_owned()))) } else { Err(PersonKeyError) }
    }

    /// The text, for digesting and sealing.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PersonKey(…)")
    }
}

/// A person's name. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(Zeroizing<String>);

impl PersonName {
    /// Reads a name; spaces around it go. `None` when nothing is left, or when it is no name.
    pub fn parse(raw: &str) -> Option<Self> {
        let name = raw.trim();
        let well_formed = (1..=LONGEST_NAME).contains(&name.len()) && !name.contains(char::is_control);
        well_formed.then(|| Self(Zeroizing::new(name.to_owned())))
    }

    /// The text, for the one answer that tells it and for sealing.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PersonName(…)")
    }
}

/// What papers say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
}

/// One result as a provider tells it. Everything but `reference`, `provider` and `certified` may be missing.
/// `Debug` shows nothing personal.
#[derive(Clone)]
pub struct IdentityRecord {
    /// The provider's name of the result, as it repeats it.
    pub reference: IdentityReference,
    /// The order id under which the window was opened; `None` where it is none of ours by its form.
    pub order: Option<OrderId>,
    /// The company behind it, such as `danal`.
    pub provider: String,
    /// Whether the verification succeeded. That a record exists proves nothing.
    pub certified: bool,
    /// When it succeeded.
    pub certified_at: Option<Timestamp>,
    /// The real name.
    pub name: Option<PersonName>,
    /// The birth date.
    pub birthday: Option<Date>,
    /// Male or female.
    pub gender: Option<Gender>,
    /// Whether a foreigner; `None` where the contract does not tell.
    pub foreigner: Option<bool>,
    /// The number that was used, where the contract tells it and it is one.
    pub phone: Option<PhoneNumber>,
    /// CI.
    pub ci: Option<PersonKey>,
    /// DI.
    pub di: Option<PersonKey>,
    /// Whether it came through a channel for tests, or one that is not ours.
    pub test_channel: bool,
}

impl fmt::Debug for IdentityRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IdentityRecord")
            .field("provider", &self.provider)
            .field("certified", &self.certified)
            .finish_non_exhaustive()
    }
}

//! The record of what administrators did: who, when, from where, what, whose, and why (security 48; requirement K04).
//! Entries are only added; each holds the hash of the one before.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use ring::digest::{Context, SHA256};

use crate::codes::VerificationId;
use crate::keys::{PhoneIndex, Sealed};

/// The place of an entry, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditNumber(pub i64);

/// What was done. Names are stable: they stand in the hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// An invitation was printed at the terminal.
    AdminInvited,
    /// Somebody became an administrator.
    AdminJoined,
    /// An administrator set password and second factor anew.
    AdminReset,
    /// Somebody is an administrator no more.
    AdminRemoved,
    /// An administrator logged in.
    LoggedIn,
    /// A log in was refused.
    LogInRefused,
    /// A name has to wait after too many log ins that were refused.
    LogInWaits,
    /// An administrator logged out.
    LoggedOut,
    /// Verifications were looked up by number.
    NumberLookedUp,
    /// A verification was looked at.
    VerificationViewed,
    /// A whole number was shown.
    NumberRevealed,
    /// Providers were asked whether they are well.
    ProvidersChecked,
    /// A template was saved.
    TemplateSaved,
    /// A template went back to the built-in one.
    TemplateReverted,
    /// An API key was made.
    KeyCreated,
    /// An API key got a second secret.
    KeyRotated,
    /// An API key or one of its secrets was taken back.
    KeyRevoked,
    /// Accounts of another system were taken over.
    AccountsImported,
    /// The record was looked at.
    AuditViewed,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 19] = [
        Self::AdminInvited,
        Self::AdminJoined,
        Self::AdminReset,
        Self::AdminRemoved,
        Self::LoggedIn,
        Self::LogInRefused,
        Self::LogInWaits,
        Self::LoggedOut,
        Self::NumberLookedUp,
        Self::VerificationViewed,
        Self::NumberRevealed,
        Self::ProvidersChecked,
        Self::TemplateSaved,
        Self::TemplateReverted,
        Self::KeyCreated,
        Self::KeyRotated,
        Self::KeyRevoked,
        Self::AccountsImported,
        Self::AuditViewed,
    ];

    /// The name used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AdminInvited => "admin_invited",
            Self::AdminJoined => "admin_joined",
            Self::AdminReset => "admin_reset",
            Self::AdminRemoved => "admin_removed",
            Self::LoggedIn => "logged_in",
            Self::LogInRefused => "log_in_refused",
            Self::LogInWaits => "log_in_waits",
            Self::LoggedOut => "logged_out",
            Self::NumberLookedUp => "number_looked_up",
            Self::VerificationViewed => "verification_viewed",
            Self::NumberRevealed => "number_revealed",
            Self::ProvidersChecked => "providers_checked",
            Self::TemplateSaved => "template_saved",
            Self::TemplateReverted => "template_reverted",
            Self::KeyCreated => "key_created",
            Self::KeyRotated => "key_rotated",
            Self::KeyRevoked => "key_revoked",
            Self::AccountsImported => "accounts_imported",
            Self::AuditViewed => "audit_viewed",
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// Whom or what an action concerned. Never a whole number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A verification.
    Verification(VerificationId),
    /// A number, by its digest.
    Phone(PhoneIndex),
    /// Something with a name that is no secret: an API key's id, a template, an administrator, a provider.
    Named(String),
}

impl fmt::Display for Subject {
    /// `verification:…`, `phone:1a2b3c4d` (the digest's first eight hex digits), `name:…`: as stored.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verification(id) => write!(formatter, "verification:{id}"),
            Self::Phone(index) => write!(formatter, "phone:{}", index.reference()),
            Self::Named(name) => write!(formatter, "name:{name}"),
        }
    }
}

/// An entry that is to be added. Number and hash are given by the record.
#[derive(Clone, Debug)]
pub struct NewAuditEntry {
    /// Its row, to which the reason is sealed.
    pub row: [u8; 16],
    /// When.
    pub at: Timestamp,
    /// Who: an administrator's name, `terminal`, `key:` and an API key's id, or `-` for somebody unknown.
    pub actor: String,
    /// From where: the client's address; `None` at the terminal.
    pub address: Option<String>,
    /// What.
    pub action: AuditAction,
    /// Whose.
    pub subject: Option<Subject>,
    /// The reason that was typed, sealed under the tenant `default`.
    pub reason: Option<Sealed>,
}

/// How long entries are kept at least (security 48). Of those that are older the newest stays as well: a record whose
/// oldest entry is younger, and not its first, has lost its beginning.
pub const RECORD_KEPT: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

/// The hash of an entry: SHA-256 over the hash before it and everything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHash([u8; 32]);

impl AuditHash {
    /// What the first entry follows.
    pub const START: Self = Self([0; 32]);

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    /// The stored form.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash of an entry. `subject` is the stored form of [`Subject`].
    pub fn of(before: Self, number: AuditNumber, entry: &NewAuditEntry) -> Self {
        let subject = entry.subject.as_ref().map(ToString::to_string);
        Self::over(
            before,
            number,
            (&entry.row, entry.at),
            [&entry.actor, entry.address.as_deref().unwrap_or_default(), entry.action.as_str()],
            subject.as_deref(),
            entry.reason.as_ref(),
        )
    }

    fn over(
        before: Self,
        number: AuditNumber,
        (row, at): (&[u8; 16], Timestamp),
        [actor, address, action]: [&str; 3],
        subject: Option<&str>,
        reason: Option<&Sealed>,
    ) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(&before.0);
        context.update(&number.0.to_be_bytes());
        context.update(row);
        context.update(&at.as_microsecond().to_be_bytes());
        let reason = reason.map_or(&[][..], Sealed::as_bytes);
        let parts = [actor.as_bytes(), address.as_bytes(), action.as_bytes()];
        for part in parts.into_iter().chain([subject.unwrap_or_default().as_bytes(), reason]) {
            // Each with its length, so that no two entries read the same.
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.finish().as_ref());
        Self(bytes)
    }

    /// The first eight hex digits, for people who compare.
    pub fn reference(&self) -> String {
        self.0.iter().take(4).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }
}

impl fmt::Display for AuditHash {
    /// All of it, as 64 hex digits.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// An entry of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place.
    pub number: AuditNumber,
    /// Its row, to which the reason is sealed.
    pub row: [u8; 16],
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// From where.
    pub address: Option<String>,
    /// What.
    pub action: AuditAction,
    /// Whose, as stored ([`Subject`]).
    pub subject: Option<String>,
    /// Why, sealed.
    pub reason: Option<Sealed>,
    /// Its hash.
    pub hash: AuditHash,
}

impl AuditEntry {
    /// Whether the entry is as it was written, where `before` is the hash of the one before it.
    pub fn follows(&self, before: AuditHash) -> bool {
        let expected = AuditHash::over(
            before,
            self.number,
            (&self.row, self.at),
            [&self.actor, self.address.as_deref().unwrap_or_default(), self.action.as_str()],
            self.subject.as_deref(),
            self.reason.as_ref(),
        );
        expected == self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(actor: &str) -> NewAuditEntry {
        NewAuditEntry {
            row: [7; 16],
            at: Timestamp::UNIX_EPOCH,
            actor: actor.to_owned(),
            address: Some("127.0.0.1".to_owned()),
            action: AuditAction::NumberLookedUp,
            subject: Some(Subject::Named("key".to_owned())),
            reason: Some(Sealed::from_bytes(vec![1, 2, 3])),
        }
    }

    fn stored(number: i64, before: AuditHash, new: &NewAuditEntry) -> AuditEntry {
        AuditEntry {
            number: AuditNumber(number),
            row: new.row,
            at: new.at,
            actor: new.actor.clone(),
            address: new.address.clone(),
            action: new.action,
            subject: new.subject.as_ref().map(ToString::to_string),
            reason: new.reason.clone(),
            hash: AuditHash::of(before, AuditNumber(number), new),
        }
    }

    #[test]
    fn every_part_of_an_entry_stands_in_its_hash() {
        let first = stored(1, AuditHash::START, &new("min"));
        assert!(first.follows(AuditHash::START));
        let second = stored(2, first.hash, &new("min"));
        assert!(second.follows(first.hash) && !second.follows(AuditHash::START), "one follows the other");
        let changes: [fn(&mut AuditEntry); 8] = [
            |entry| entry.number = AuditNumber(3),
            |entry| entry.row = [8; 16],
            |entry| entry.at = Timestamp::from_second(1).unwrap(),
            |entry| entry.actor = "minn".to_owned(),
            |entry| entry.address = None,
            |entry| entry.action = AuditAction::LoggedIn,
            |entry| entry.subject = None,
            |entry| entry.reason = None,
        ];
        for change in changes {
            let mut other = first.clone();
            change(&mut other);
            assert!(!other.follows(AuditHash::START), "{other:?}");
        }
    }

    #[test]
    fn a_hash_is_written_whole_and_short() {
        let mut bytes = [0xab; 32];
        bytes[0] = 1;
        let hash = AuditHash::from_bytes(&bytes).unwrap();
        assert_eq!(hash.to_string(), format!("01{}", "ab".repeat(31)));
        assert_eq!(hash.reference(), "01ababab");
    }

    #[test]
    fn names_of_actions_read_back() {
        for action in AuditAction::ALL {
            assert_eq!(AuditAction::from_name(action.as_str()), Some(action));
        }
    }
}

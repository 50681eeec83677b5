//! What the app may do for a person at the provider (CoolSMS sheet, 3.4).

use std::fmt;
use std::str::FromStr;

/// One thing that a person allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AppScope {
    /// Sending messages: asked for at first, alone.
    SendMessages,
    /// Seeing what became of messages.
    ReadMessages,
    /// Seeing the balance.
    ReadCash,
    /// Storing images for messages.
    StoreFiles,
}

impl AppScope {
    /// Every scope, the one asked for at first before the others.
    pub const ALL: [Self; 4] = [Self::SendMessages, Self::ReadMessages, Self::ReadCash, Self::StoreFiles];

    /// The provider's name for it, also used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SendMessages => "message:write",
            Self::ReadMessages => "message:read",
            Self::ReadCash => "cash:read",
            Self::StoreFiles => "storage:write",
        }
    }
}

/// A text that is no list of scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a scope of the app")]
pub struct UnknownAppScope;

impl FromStr for AppScope {
    type Err = UnknownAppScope;

    fn from_str(raw: &str) -> Result<Self, UnknownAppScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == raw).ok_or(UnknownAppScope)
    }
}

/// What a person allows together. Written as names parted by blanks, in one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppScopes(u8);

impl AppScopes {
    /// What is asked for at first.
    pub const FIRST: Self = Self(1);

    /// These and one more.
    #[must_use]
    pub fn with(self, scope: AppScope) -> Self {
        Self(self.0 | 1 << scope as u8)
    }

    /// These but for one.
    #[must_use]
    pub fn without(self, scope: AppScope) -> Self {
        Self(self.0 & !(1 << scope as u8))
    }

    /// Whether all of `others` are among them, and more.
    pub fn exceeds(self, others: Self) -> bool {
        self != others && self.0 & others.0 == others.0
    }

    /// Whether `scope` is among them.
    pub fn holds(self, scope: AppScope) -> bool {
        self.0 & 1 << scope as u8 != 0
    }

    /// One after the other.
    pub fn iter(self) -> impl Iterator<Item = AppScope> {
        AppScope::ALL.into_iter().filter(move |scope| self.holds(*scope))
    }
}

impl fmt::Display for AppScopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(AppScope::as_str).collect();
        formatter.write_str(&names.join(" "))
    }
}

impl FromStr for AppScopes {
    type Err = UnknownAppScope;

    fn from_str(raw: &str) -> Result<Self, UnknownAppScope> {
        raw.split_whitespace().try_fold(Self(0), |scopes, name| Ok(scopes.with(name.parse()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_written_in_one_order_and_read_back() {
        let scopes = AppScopes::FIRST.with(AppScope::StoreFiles).with(AppScope::ReadMessages);
        assert_eq!(scopes.to_string(), "message:write message:read storage:write");
        assert_eq!(scopes.to_string().parse(), Ok(scopes));
        assert_eq!(AppScopes::FIRST.to_string(), "message:write");
        assert!(scopes.holds(AppScope::SendMessages) && !scopes.holds(AppScope::ReadCash));
        assert_eq!(scopes.without(AppScope::StoreFiles).to_string(), "message:write message:read");
        assert!(scopes.exceeds(AppScopes::FIRST) && !scopes.exceeds(scopes));
        assert!(!scopes.exceeds(AppScopes::FIRST.with(AppScope::ReadCash)));
        assert_eq!("message:write role-oauth2".parse::<AppScopes>(), Err(UnknownAppScope));
    }
}

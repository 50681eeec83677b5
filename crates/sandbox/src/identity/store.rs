//! The newest 10,000 attempts.

use std::sync::Mutex;

use jiff::Timestamp;

use super::attempt::{Attempt, Requested, Status, Version};
use super::otp::{Method, Refused, Sent};
use super::people::{self, Person, Pg};
use crate::handset::Incoming;
use crate::ids;
use crate::kept::Kept;
use crate::lock::lock;

/// What an attempt is begun with, apart from the person.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) order: Order,
    pub(crate) pg: Pg,
    pub(crate) origin: Option<String>,
    pub(crate) custom_data: Option<String>,
}

/// The shop's name for what it wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    /// V1: `merchant_uid`; each attempt gets an `imp_uid` of its own.
    V1(Option<String>),
    /// V2: the id of the identity verification itself, which succeeds once.
    V2(String),
}

/// What was remembered.
#[derive(Default)]
pub(crate) struct Store {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    attempts: Kept<Attempt>,
    drawn: u64,
}

impl Store {
    /// An attempt.
    pub(crate) fn find(&self, version: Version, id: &str) -> Option<Attempt> {
        lock(&self.inner).attempts.get(&key(version, id)).cloned()
    }

    /// All attempts, oldest first.
    pub(crate) fn all(&self) -> Vec<Attempt> {
        lock(&self.inner).attempts.iter().cloned().collect()
    }

    /// Forgets an attempt, and tells what it was.
    pub(crate) fn erase(&self, version: Version, id: &str) -> Option<Attempt> {
        lock(&self.inner).attempts.remove(&key(version, id))
    }

    /// What the carrier's window ends with: an attempt that stands so since `at`. Its id.
    ///
    /// # Errors
    /// [`Refused::AlreadyVerified`], in V2 only.
    pub(crate) fn finish(&self, ask: Ask, status: Status, at: Timestamp) -> Result<Attempt, Refused> {
        let mut inner = lock(&self.inner);
        let mut attempt = inner.begin(ask, at)?;
        attempt.status = status;
        attempt.changed_at = at;
        inner.put(attempt.clone());
        Ok(attempt)
    }

    /// Begins an attempt by message or app; its id, and the message.
    pub(crate) fn send(
        &self,
        ask: Ask,
        (person, method, company): (&'static Person, Method, String),
        requested: Requested,
        now: Timestamp,
    ) -> Result<(String, Option<Incoming>), Refused> {
        let mut inner = lock(&self.inner);
        let mut attempt = inner.begin(ask, now)?;
        if matches!(attempt.status, Status::Ready)
            && attempt.sent.as_ref().is_some_and(|sent| sent.is_live(now))
        {
            return Err(Refused::AlreadySent);
        }
        let sent = Sent::new(person, method, company, inner.turn(now), now);
        let message = sent.message(attempt.version);
        attempt.sent = Some(sent);
        attempt.requested = Some(requested);
        attempt.status = Status::Ready;
        attempt.changed_at = now;
        let id = attempt.id.clone();
        inner.put(attempt);
        Ok((id, message))
    }

    /// Sends another code; the message.
    pub(crate) fn resend(
        &self,
        version: Version,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<Incoming>, Refused> {
        let mut inner = lock(&self.inner);
        let turn = inner.turn(now);
        inner.attempts.get_mut(&key(version, id)).ok_or(Refused::NotFound)?.resend(turn, now)
    }

    /// Compares a typed code; the attempt, which succeeded.
    pub(crate) fn confirm(
        &self,
        version: Version,
        id: &str,
        typed: Option<&str>,
        now: Timestamp,
    ) -> Result<Attempt, Refused> {
        let mut inner = lock(&self.inner);
        let attempt = inner.attempts.get_mut(&key(version, id)).ok_or(Refused::NotFound)?;
        attempt.confirm(typed, now)?;
        Ok(attempt.clone())
    }
}

impl Inner {
    /// The attempt of this id in V2, if there is one; else a new one, not yet stored.
    fn begin(&mut self, ask: Ask, now: Timestamp) -> Result<Attempt, Refused> {
        self.drawn += 1;
        let (version, id, merchant_uid) = match ask.order {
            Order::V1(merchant_uid) => (Version::V1, imp_uid(self.drawn), merchant_uid),
            Order::V2(id) => (Version::V2, id, None),
        };
        if let Some(before) = self.attempts.get(&key(version, &id)) {
            if before.is_certified() {
                return Err(Refused::AlreadyVerified);
            }
            let custom_data = ask.custom_data.or(before.custom_data.clone());
            return Ok(Attempt { pg: ask.pg, origin: ask.origin, custom_data, ..before.clone() });
        }
        Ok(Attempt {
            id,
            version,
            merchant_uid,
            pg: ask.pg,
            origin: ask.origin,
            custom_data: ask.custom_data,
            transaction: format!("{}{:010}", people::today(now).strftime("%Y%m%d"), self.drawn),
            requested: None,
            status: Status::Ready,
            requested_at: now,
            changed_at: now,
            sent: None,
        })
    }

    fn put(&mut self, attempt: Attempt) {
        self.attempts.put(key(attempt.version, &attempt.id), attempt);
    }

    /// A number that was not used before.
    fn turn(&mut self, now: Timestamp) -> u64 {
        self.drawn += 1;
        self.drawn ^ ids::millisecond(now) << 20
    }
}

/// The two versions do not share their ids.
fn key(version: Version, id: &str) -> String {
    match version {
        Version::V1 => format!("1 {id}"),
        Version::V2 => format!("2 {id}"),
    }
}

/// `imp_` and 12 digits, another one for each of a million million attempts.
fn imp_uid(drawn: u64) -> String {
    // The factor has no divisor in common with a power of ten, so no number comes twice.
    let number = (u128::from(drawn) * 387_420_489_007 + 568_207_623_909) % 1_000_000_000_000;
    format!("imp_{number:012}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_imp_uid_comes_twice() {
        let drawn: HashSet<_> = (0..100_000).map(imp_uid).collect();
        assert_eq!(drawn.len(), 100_000);
        assert!(drawn.iter().all(|id| id.len() == 16 && id[4..].bytes().all(|byte| byte.is_ascii_digit())));
    }
}

//! Names of things: UUIDv7 in one spelling.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use jiff::Timestamp;
use uuid::Uuid;

use crate::opaque::Role;

/// The name of one thing: a UUIDv7, written as 32 lower-case hex digits. Not a secret.
pub struct Id<R: Role> {
    uuid: Uuid,
    role: PhantomData<R>,
}

/// A text that is not the id of anything.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 32 lower-case hex digits")]
pub struct IdError;

impl<R: Role> Id<R> {
    /// A new id for something made at `now`; `fill` writes random bytes. Time-ordered, so that index inserts
    /// stay local.
    pub fn draw(now: Timestamp, fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut random = [0; 10];
        fill(&mut random);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// The id read from storage.
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, role: PhantomData }
    }

    /// The id as stored.
    pub fn as_uuid(&self) -> Uuid {
        self.uuid
    }

    /// The sixteen bytes to which a sealed value of this row is bound.
    pub fn as_row(&self) -> &[u8; 16] {
        self.uuid.as_bytes()
    }
}

impl<R: Role> FromStr for Id<R> {
    type Err = IdError;

    fn from_str(raw: &str) -> Result<Self, IdError> {
        let well_formed = raw.len() == 32 && raw.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !well_formed {
            return Err(IdError);
        }
        Uuid::try_parse(raw).map(Self::from_uuid).map_err(|_| IdError)
    }
}

impl<R: Role> fmt::Display for Id<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.uuid.simple())
    }
}

impl<R: Role> fmt::Debug for Id<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<R: Role> Clone for Id<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Role> Copy for Id<R> {}

impl<R: Role> PartialEq for Id<R> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<R: Role> Eq for Id<R> {}

impl<R: Role> Hash for Id<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Test;
    impl Role for Test {
        const NAME: &'static str = "Test";
    }

    #[test]
    fn an_id_is_a_time_ordered_uuid_in_32_lower_case_hex_digits() {
        let early = Id::<Test>::draw(Timestamp::from_millisecond(1_000).unwrap(), &mut |b| b.fill(255));
        let late = Id::<Test>::draw(Timestamp::from_millisecond(2_000).unwrap(), &mut |b| b.fill(0));
        assert!(early.as_uuid() < late.as_uuid());
        assert_eq!(early.as_uuid().get_version_num(), 7);
        assert_eq!(early.to_string().len(), 32);
        assert_eq!(early.to_string().parse(), Ok(early));
    }

    #[test]
    fn other_spellings_of_an_id_are_refused() {
        let id = Id::<Test>::draw(Timestamp::UNIX_EPOCH, &mut |b| b.fill(171)).to_string();
        for bad in ["", "../../etc", &id.to_uppercase(), &id[1..], &format!("{{{id}}}")] {
            assert_eq!(bad.parse::<Id<Test>>(), Err(IdError), "{bad}");
        }
    }
}

//! Identifiers: unique and ordered, not secret. Nothing in the sandbox is worth guessing.

use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// A `UUIDv7` of this time, in the order of `counter` within one millisecond.
pub(crate) fn ordered(millisecond: u64, counter: u64) -> Uuid {
    let mut tail = [0; 10];
    // The first two bytes of the tail carry the version and the variant.
    tail[2..].copy_from_slice(&counter.to_be_bytes());
    // Keeps the two bits that the variant takes free.
    tail[2] = 0;
    Builder::from_unix_timestamp_millis(millisecond, &tail).into_uuid()
}

/// The milliseconds of `time` since 1970, zero for anything earlier.
pub(crate) fn millisecond(time: Timestamp) -> u64 {
    u64::try_from(time.as_millisecond()).unwrap_or(0)
}

/// Eight letters and digits that look drawn at random and differ for each `counter`.
pub(crate) fn scrambled(counter: u64) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789xX";
    // The finaliser of SplitMix64: neighbouring counters share no visible pattern.
    let mut mixed = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    mixed.to_be_bytes().iter().map(|byte| char::from(LETTERS[usize::from(byte & 63)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_ordered_by_time_and_then_by_counter() {
        let ids = [ordered(1, 9), ordered(2, 1), ordered(2, 2), ordered(2, 300), ordered(3, 0)];
        let texts = ids.map(|id| id.to_string());
        assert!(texts.is_sorted());
        assert_eq!(ids[0].get_version_num(), 7);
    }
}

//! Whether the record is as it was written.

use bonin_domain::admin::{AuditEntry, AuditHash, AuditNumber, RECORD_KEPT};
use jiff::Timestamp;

/// Whether entries follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// They do.
    Holds,
    /// This entry is not as it was written, or the one before it is missing.
    Broken(AuditNumber),
}

/// Compares each entry, newest first, with the one before it; the oldest with nothing.
pub fn links(entries: &[AuditEntry]) -> Chain {
    for pair in entries.windows(2) {
        let (entry, before) = (&pair[0], &pair[1]);
        if entry.number.0 != before.number.0 + 1 || !entry.follows(before.hash) {
            return Chain::Broken(entry.number);
        }
    }
    Chain::Holds
}

/// Whether the record may begin with this entry: with the very first, or with one that outlived its two years. What was
/// before that one was older still, and may be gone.
pub fn beginning(oldest: &AuditEntry, now: Timestamp) -> Chain {
    let begins = if oldest.number == AuditNumber(1) {
        oldest.follows(AuditHash::START)
    } else {
        now.duration_since(oldest.at) > RECORD_KEPT
    };
    if begins { Chain::Holds } else { Chain::Broken(oldest.number) }
}

#[cfg(test)]
mod tests {
    use bonin_domain::admin::{AuditAction, NewAuditEntry};

    use super::*;

    /// A record of so many entries, one a second, newest first.
    fn record(length: i64) -> Vec<AuditEntry> {
        let mut before = AuditHash::START;
        let mut entries = Vec::new();
        for number in 1..=length {
            let at = Timestamp::from_second(number).unwrap();
            let (actor, action) = ("min".to_owned(), AuditAction::LoggedIn);
            let new =
                NewAuditEntry { row: [1; 16], at, actor, address: None, action, subject: None, reason: None };
            let (number, row) = (AuditNumber(number), new.row);
            before = AuditHash::of(before, number, &new);
            let NewAuditEntry { actor, .. } = new;
            let (address, subject, reason, hash) = (None, None, None, before);
            entries.insert(0, AuditEntry { number, row, at, actor, address, action, subject, reason, hash });
        }
        entries
    }

    #[test]
    fn a_record_that_was_changed_is_told_by_the_entry_that_does_not_follow() {
        assert_eq!(links(&[]), Chain::Holds);
        assert_eq!(links(&record(5)), Chain::Holds);
        assert_eq!(links(&record(5)[..3]), Chain::Holds, "a page of it");

        let mut changed = record(5);
        changed[2].actor = "seo".to_owned();
        assert_eq!(links(&changed), Chain::Broken(AuditNumber(3)));
        let mut missing = record(5);
        missing.remove(2);
        assert_eq!(links(&missing), Chain::Broken(AuditNumber(4)));
        let mut swapped = record(5);
        swapped.swap(1, 2);
        assert_eq!(links(&swapped), Chain::Broken(AuditNumber(5)));
    }

    #[test]
    fn a_record_begins_with_its_first_entry_or_with_one_that_outlived_two_years() {
        let record = record(3);
        let at = |age| record[1].at + age;
        let second = AuditNumber(2);
        assert_eq!(beginning(&record[2], at(RECORD_KEPT)), Chain::Holds);
        assert_eq!(beginning(&record[1], at(jiff::SignedDuration::from_hours(1))), Chain::Broken(second));
        assert_eq!(beginning(&record[1], at(RECORD_KEPT)), Chain::Broken(second));
        assert_eq!(
            beginning(&record[1], at(RECORD_KEPT + jiff::SignedDuration::from_micros(1))),
            Chain::Holds
        );
        let mut changed = record[2].clone();
        changed.actor = "seo".to_owned();
        assert_eq!(beginning(&changed, at(RECORD_KEPT)), Chain::Broken(AuditNumber(1)));
    }
}

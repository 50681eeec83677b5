//! Times as Cafe24 writes them: Korean local time without marks between its parts.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

/// Korea has had one offset and no summer time since 1988.
const SEOUL: Offset = Offset::constant(9);

/// The day in Seoul.
pub(super) fn day(moment: Timestamp) -> Date {
    SEOUL.to_datetime(moment).date()
}

/// `202609011730`
pub(super) fn minute(moment: Timestamp) -> String {
    SEOUL.to_datetime(moment).strftime("%Y%m%d%H%M").to_string()
}

/// Reads `20260901`.
pub(super) fn read_day(raw: &str) -> Option<Date> {
    digits(raw, 8).then(|| Date::strptime("%Y%m%d", raw).ok()).flatten()
}

/// Reads `20260901` and `173000`.
pub(super) fn read(day: &str, time: &str) -> Option<Timestamp> {
    if !digits(day, 8) || !digits(time, 6) {
        return None;
    }
    let moment = DateTime::strptime("%Y%m%d%H%M%S", format!("{day}{time}")).ok()?;
    Some(moment.to_zoned(TimeZone::fixed(SEOUL)).ok()?.timestamp())
}

fn digits(raw: &str, count: usize) -> bool {
    raw.len() == count && raw.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_korean_local_time() {
        let moment: Timestamp = "2026-08-31T23:30:00Z".parse().unwrap();
        assert_eq!(minute(moment), "202609010830");
        assert_eq!(read("20260901", "083000"), Some(moment));
        assert_eq!(read_day("20260901"), Some(day(moment)));
        for (day, time) in [("20260931", "083000"), ("2026090", "083000"), ("20260901", "0830"), ("", "")] {
            assert_eq!(read(day, time), None, "{day} {time}");
        }
        assert_eq!(read_day("2026-9-1"), None);
    }
}

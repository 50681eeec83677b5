//! Korean local time, the only one that Cafe24 writes and reads.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

/// Korea has had one offset and no summer time since 1988.
const SEOUL: Offset = Offset::constant(9);

pub(crate) fn local(moment: Timestamp) -> DateTime {
    SEOUL.to_datetime(moment)
}

/// The day in Seoul.
pub(crate) fn day(moment: Timestamp) -> Date {
    local(moment).date()
}

/// `20260901`
pub(crate) fn compact_day(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

/// Reads the minute `202609011730`; what follows it, seconds or not, says nothing more.
pub(crate) fn minute(raw: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y%m%d%H%M", raw.trim().get(..12)?).ok()?;
    Some(time.to_zoned(TimeZone::fixed(SEOUL)).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_of_seoul() {
        let moment: Timestamp = "2026-08-31T15:00:59.9Z".parse().unwrap();
        assert_eq!(compact_day(day(moment)), "20260901");
        assert_eq!(minute("202609010000"), Some("2026-08-31T15:00:00Z".parse().unwrap()));
        assert_eq!(minute(" 20260901000059"), Some("2026-08-31T15:00:00Z".parse().unwrap()));
        for wrong in ["", "20260901", "2026-09-01 00:00", "202613010000", "오늘오늘오늘오늘"] {
            assert_eq!(minute(wrong), None, "{wrong}");
        }
    }
}

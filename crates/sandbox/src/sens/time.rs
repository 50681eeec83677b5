//! Times as SENS writes them: Korean local time without an offset.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// Korea has had one offset and no summer time since 1988.
const SEOUL: Offset = Offset::constant(9);

fn local(time: Timestamp) -> DateTime {
    SEOUL.to_datetime(time)
}

/// `2025-11-25T09:39:40.535`
pub(super) fn precise(time: Timestamp) -> String {
    local(time).strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string()
}

/// `2025-11-25 09:39:40`
pub(super) fn plain(time: Timestamp) -> String {
    local(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `20251125093940535`
pub(super) fn compact(time: Timestamp) -> String {
    local(time).strftime("%Y%m%d%H%M%S%3f").to_string()
}

/// Reads `2025-11-25 09:39:40`.
pub(super) fn parse(raw: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y-%m-%d %H:%M:%S", raw).ok()?;
    Some(time.to_zoned(TimeZone::fixed(SEOUL)).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_korean_local_time() {
        let time: Timestamp = "2025-11-25T00:39:40.535Z".parse().unwrap();
        assert_eq!(precise(time), "2025-11-25T09:39:40.535");
        assert_eq!(plain(time), "2025-11-25 09:39:40");
        assert_eq!(compact(time), "20251125093940535");
        assert_eq!(parse("2025-11-25 09:39:40"), Some("2025-11-25T00:39:40Z".parse().unwrap()));
        assert_eq!(parse("2025-11-25T09:39:40"), None);
        assert_eq!(parse("yesterday"), None);
    }
}

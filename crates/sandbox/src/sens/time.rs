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

/// `2025-11-25T09:39:40`
pub(super) fn whole(time: Timestamp) -> String {
    local(time).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Reads `2025-11-25 09:39`, a time of day in this zone; `None` for a zone that is not known here.
pub(super) fn parse_minute(raw: &str, zone: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y-%m-%d %H:%M", raw).ok()?;
    offset(zone)?.to_timestamp(time).ok()
}

/// The offset of a zone without summer time; the others would need a table of zones.
pub(super) fn offset(zone: &str) -> Option<Offset> {
    let hours = match zone {
        "Asia/Seoul" | "Asia/Tokyo" | "Asia/Pyongyang" => 9,
        "Asia/Shanghai" | "Asia/Singapore" | "Asia/Hong_Kong" | "Asia/Taipei" | "Asia/Manila" => 8,
        "Asia/Bangkok" | "Asia/Ho_Chi_Minh" | "Asia/Jakarta" => 7,
        "UTC" | "Etc/UTC" | "GMT" => 0,
        _ => return None,
    };
    Some(Offset::constant(hours))
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
        assert_eq!(whole(time), "2025-11-25T09:39:40");
    }

    #[test]
    fn a_minute_is_one_of_its_zone() {
        let minute: Timestamp = "2025-11-25T00:39:00Z".parse().unwrap();
        assert_eq!(parse_minute("2025-11-25 09:39", "Asia/Seoul"), Some(minute));
        assert_eq!(parse_minute("2025-11-25 07:39", "Asia/Bangkok"), Some(minute));
        assert_eq!(parse_minute("2025-11-25 09:39", "Mars/Olympus"), None);
        for wrong in ["", "2025-11-25 09:39:00", "2025-11-25T09:39", "2025-02-30 09:39"] {
            assert_eq!(parse_minute(wrong, "Asia/Seoul"), None, "{wrong}");
        }
    }
}

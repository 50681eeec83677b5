//! SENS reads and writes times of day in Korea, which has no daylight saving (section 4).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

pub(crate) const SEOUL: Offset = Offset::constant(9);
/// As SENS names the zone.
pub(crate) const SEOUL_NAME: &str = "Asia/Seoul";

/// `yyyy-MM-dd HH:mm:ss` in Seoul; parts of a second are cut.
pub(crate) fn seoul_time(moment: Timestamp) -> String {
    SEOUL.to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The moment of a time as SENS writes them: with an offset, or else of the day in Seoul.
pub(crate) fn moment(written: &str) -> Option<Timestamp> {
    if let Ok(moment) = written.parse::<Timestamp>() {
        return Some(moment);
    }
    SEOUL.to_timestamp(written.parse::<DateTime>().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_time_is_a_moment_with_and_without_an_offset() {
        let at: Timestamp = "2025-11-25T04:19:00Z".parse().unwrap();
        for written in ["2025-11-25 13:19", "2025-11-25T13:19:00.000", "2025-11-25T13:19:00+09:00"] {
            assert_eq!(moment(written), Some(at), "{written}");
        }
        for written in ["", "soon", "2025-13-01 00:00"] {
            assert_eq!(moment(written), None, "{written}");
        }
    }
}

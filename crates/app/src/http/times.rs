//! Moments as clients write them.

use jiff::civil::DateTime;
use jiff::{Timestamp, Zoned};

use crate::problem::FieldCode;

/// The longest text that is looked at: a date, a time, an offset and the longest name of a zone.
const LONGEST: usize = 80;

/// Reads a moment: RFC 3339 with an offset (`2026-12-01T10:00:00+09:00`), or a local time with the name of its
/// zone (`2026-12-01T10:00:00[Asia/Seoul]`, RFC 9557). Cut to whole microseconds.
///
/// # Errors
/// [`FieldCode::ZoneMissing`] for a local time alone: which one it is meant to be cannot be guessed.
pub fn moment(text: &str) -> Result<Timestamp, FieldCode> {
    if text.len() > LONGEST {
        return Err(FieldCode::Malformed);
    }
    let read = if text.contains('[') {
        text.parse::<Zoned>().map(|zoned| zoned.timestamp())
    } else {
        text.parse::<Timestamp>()
    };
    match read {
        Ok(at) => Timestamp::from_microsecond(at.as_microsecond()).map_err(|_| FieldCode::Malformed),
        Err(_) if text.parse::<DateTime>().is_ok() && !text.contains('[') => Err(FieldCode::ZoneMissing),
        Err(_) => Err(FieldCode::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, FieldCode> {
        moment(text).map(|at| at.to_string())
    }

    #[test]
    fn a_moment_has_an_offset_or_the_name_of_a_zone() {
        for same in [
            "2026-12-01T01:00:00Z",
            "2026-12-01T10:00:00+09:00",
            "2026-12-01T10:00:00[Asia/Seoul]",
            "2026-12-01T10:00:00+09:00[Asia/Seoul]",
            "2026-11-30T20:00:00-05:00",
            "2026-11-30T20:00:00[America/New_York]",
            "2026-12-01T10:00:00.0000009+09:00",
        ] {
            assert_eq!(read(same).as_deref(), Ok("2026-12-01T01:00:00Z"), "{same}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_refused_as_such() {
        for local in ["2026-12-01T10:00:00", "2026-12-01 10:00", "2026-12-01"] {
            assert_eq!(read(local), Err(FieldCode::ZoneMissing), "{local}");
        }
    }

    #[test]
    fn everything_else_is_malformed() {
        let long = format!("2026-12-01T10:00:00{}Z", "0".repeat(LONGEST));
        for wrong in [
            "",
            "tomorrow",
            "1764554400",
            "2026-12-01T10:00:00[Asia/Pyeongtaek]",
            "2026-12-01T10:00:00+08:00[Asia/Seoul]",
            "2026-13-01T10:00:00Z",
            &long,
        ] {
            assert_eq!(read(wrong), Err(FieldCode::Malformed), "{wrong}");
        }
    }
}

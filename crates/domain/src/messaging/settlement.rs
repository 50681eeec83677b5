//! When what an app earned is paid out (CoolSMS sheet, 3.5; seed 002).

use jiff::civil::time;
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, ToSpan as _};

/// The next settlement after `now`: the 10th of a month at 11:00, Korean time.
///
/// The source names no zone; Korea's is assumed.
pub fn next_settlement(now: Timestamp) -> Timestamp {
    let korea = TimeZone::get("Asia/Seoul").unwrap_or_else(|_| TimeZone::fixed(offset(9)));
    let here = now.to_zoned(korea.clone());
    let of_month = |date: jiff::civil::Date| {
        let tenth = date.with().day(10).build().unwrap_or(date);
        tenth.to_datetime(time(11, 0, 0, 0)).to_zoned(korea.clone()).map_or(now, |moment| moment.timestamp())
    };
    let this = of_month(here.date());
    if this > now { this } else { of_month(here.date().first_of_month().saturating_add(1.month())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(now: &str) -> String {
        next_settlement(now.parse().unwrap()).to_string()
    }

    #[test]
    fn settlement_is_on_the_tenth_at_eleven_in_korea() {
        assert_eq!(next("2026-11-21T00:00:00Z"), "2026-12-10T02:00:00Z");
        assert_eq!(next("2026-12-10T01:59:59Z"), "2026-12-10T02:00:00Z");
        assert_eq!(next("2026-12-10T02:00:00Z"), "2027-01-10T02:00:00Z");
        assert_eq!(next("2026-12-31T15:00:00Z"), "2027-01-10T02:00:00Z", "January has begun in Korea");
        assert_eq!(next("2027-01-31T02:00:00Z"), "2027-02-10T02:00:00Z", "February has no 31st");
    }
}

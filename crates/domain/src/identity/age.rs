//! Ages, judged in Seoul (requirement F04).

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};

/// From the database that is compiled in. Seoul had summer time last in 1988; without it the zone is nine hours ahead.
static SEOUL: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Asia/Seoul").unwrap_or_else(|_| TimeZone::fixed(offset(9))));

/// The full age (만 나이) of someone born on `birthday`: completed years, by the date in Seoul. Who was born on
/// February 29 completes a year on March 1 of other years. Negative before birth.
pub fn full_age(birthday: Date, now: Timestamp) -> i16 {
    let today = today(now);
    let to_come = (today.month(), today.day()) < (birthday.month(), birthday.day());
    today.year() - birthday.year() - i16::from(to_come)
}

/// The age by year (연 나이), by which the law on youth protection counts: this year less the year of birth. The year
/// changes when it does in Seoul.
pub fn year_age(birthday: Date, now: Timestamp) -> i16 {
    today(now).year() - birthday.year()
}

fn today(now: Timestamp) -> Date {
    now.to_zoned(SEOUL.clone()).date()
}

/// What is told and kept of a person's age instead of the birth date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AgeFacts {
    /// Whether of full age 14: younger ones need a guardian's consent (PIPA 22-2).
    pub over_14: bool,
    /// Whether 19: full age, or by year where the deployment counts so.
    pub over_19: bool,
}

impl AgeFacts {
    /// The facts of someone born on `birthday`; `by_year` says how 19 is counted, 14 is always full age.
    pub fn of(birthday: Date, by_year: bool, now: Timestamp) -> Self {
        let counted = if by_year { year_age(birthday, now) } else { full_age(birthday, now) };
        Self { over_14: full_age(birthday, now) >= 14, over_19: counted >= 19 }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn utc(raw: &str) -> Timestamp {
        raw.parse().unwrap()
    }

    #[test]
    fn a_year_is_completed_when_the_birthday_begins_in_seoul() {
        let born = date(2012, 11, 21);
        assert_eq!(full_age(born, utc("2026-11-20T14:59:59Z")), 13);
        assert_eq!(full_age(born, utc("2026-11-20T15:00:00Z")), 14, "still the day before in UTC");
        assert_eq!(full_age(born, utc("2026-11-21T15:00:00Z")), 14);
        assert_eq!(full_age(born, utc("2027-11-20T14:59:59Z")), 14);
    }

    #[test]
    fn who_was_born_on_february_29_completes_a_year_on_march_1_of_other_years() {
        let born = date(2012, 2, 29);
        assert_eq!(full_age(born, utc("2026-02-28T14:59:59Z")), 13);
        assert_eq!(full_age(born, utc("2026-02-28T15:00:00Z")), 14);
        assert_eq!(full_age(born, utc("2028-02-28T14:59:59Z")), 15);
        assert_eq!(full_age(born, utc("2028-02-28T15:00:00Z")), 16, "on February 29 where there is one");
    }

    #[test]
    fn the_age_by_year_changes_with_the_year_in_seoul_alone() {
        for born in [date(2007, 1, 1), date(2007, 12, 31)] {
            assert_eq!(year_age(born, utc("2025-12-31T14:59:59Z")), 18);
            assert_eq!(year_age(born, utc("2025-12-31T15:00:00Z")), 19);
            assert_eq!(year_age(born, utc("2026-12-31T14:59:59Z")), 19);
        }
    }

    #[test]
    fn ages_over_a_century_and_before_birth_are_counted() {
        assert_eq!(full_age(date(1920, 1, 1), utc("2026-11-21T00:00:00Z")), 106);
        assert_eq!(full_age(date(2026, 11, 22), utc("2026-11-21T00:00:00Z")), -1);
        assert_eq!(full_age(date(2026, 11, 21), utc("2026-11-21T00:00:00Z")), 0);
        assert_eq!(year_age(date(9999, 1, 1), Timestamp::MIN), -19998);
    }

    #[test]
    fn the_zone_is_the_one_of_the_database_summer_time_included() {
        assert_eq!(today(utc("1988-07-01T14:30:00Z")), date(1988, 7, 2), "ten hours ahead");
        assert_eq!(today(utc("1989-07-01T14:30:00Z")), date(1989, 7, 1), "nine hours ahead");
    }

    #[test]
    fn nineteen_is_counted_as_asked_and_fourteen_in_full() {
        let now = utc("2026-11-21T00:00:00Z");
        let facts = |birthday, by_year| {
            let AgeFacts { over_14, over_19 } = AgeFacts::of(birthday, by_year, now);
            (over_14, over_19)
        };
        assert_eq!(facts(date(2007, 11, 21), false), (true, true));
        assert_eq!(facts(date(2007, 11, 22), false), (true, false));
        assert_eq!(facts(date(2007, 12, 31), true), (true, true));
        assert_eq!(facts(date(2008, 1, 1), true), (true, false));
        assert_eq!(facts(date(2012, 11, 21), true), (true, false));
        assert_eq!(facts(date(2012, 11, 22), true), (false, false));
        assert_eq!(facts(date(2012, 11, 22), false), (false, false));
    }
}

//! Figures as people write them, in Korean and in English. Times are Korean.

use bonin_domain::Amount;
use bonin_domain::messages::Locale;
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};

/// `12,408`
pub fn number(value: u64) -> String {
    group(&value.to_string())
}

fn group(digits: &str) -> String {
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// `1,240원`, `₩1,240`, `€0.1`, `12.5 SGD`: an amount of a currency (ISO 4217).
pub fn money(amount: Amount, currency: &str, locale: Locale) -> String {
    let text = amount.to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let figure = fraction.map_or_else(|| group(whole), |fraction| format!("{}.{fraction}", group(whole)));
    match (currency, locale) {
        ("KRW", Locale::Ko) => format!("{figure}원"),
        ("KRW", Locale::En) => format!("₩{figure}"),
        ("EUR", _) => format!("€{figure}"),
        ("USD", _) => format!("${figure}"),
        (other, _) => format!("{figure} {other}"),
    }
}

/// `93.4%`; a dash where there is nothing to take a share of. `0.0%` is nothing and `100.0%` is all: what rounds to them
/// is `0.1%` and `99.9%`.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let tenths = (u128::from(part) * 2_000 + u128::from(whole)) / (2 * u128::from(whole));
    let tenths = match tenths {
        0 if part > 0 => 1,
        1_000 if part < whole => 999,
        rounded => rounded,
    };
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// `8.2초`, `1분 32초`, `8.2 s`, `1 min 32 s`, from tenths of seconds; a dash for nothing.
pub fn duration(tenths: Option<u32>, locale: Locale) -> String {
    let Some(tenths) = tenths else { return "–".to_owned() };
    let (minutes, seconds) = (tenths / 600, tenths % 600);
    match (minutes, locale) {
        (0, Locale::Ko) => format!("{}.{}초", seconds / 10, seconds % 10),
        (0, Locale::En) => format!("{}.{} s", seconds / 10, seconds % 10),
        (_, Locale::Ko) => format!("{minutes}분 {}초", seconds / 10),
        (_, Locale::En) => format!("{minutes} min {} s", seconds / 10),
    }
}

fn korean(at: Timestamp) -> jiff::Zoned {
    at.to_zoned(TimeZone::fixed(offset(9)))
}

/// `11월 21일 14:05:09`, `21 Nov 14:05:09`
pub fn moment(at: Timestamp, locale: Locale) -> String {
    let at = korean(at);
    match locale {
        Locale::Ko => at.strftime("%-m월 %-d일 %H:%M:%S").to_string(),
        Locale::En => at.strftime("%-d %b %H:%M:%S").to_string(),
    }
}

/// `2026년 11월 21일 14:05:09`, `21 Nov 2026 14:05:09`: for what is kept longer than a year.
pub fn second(at: Timestamp, locale: Locale) -> String {
    let at = korean(at);
    match locale {
        Locale::Ko => at.strftime("%Y년 %-m월 %-d일 %H:%M:%S").to_string(),
        Locale::En => at.strftime("%-d %b %Y %H:%M:%S").to_string(),
    }
}

/// `2026년 11월 21일 14:05`, `21 Nov 2026 14:05`
pub fn minute(at: Timestamp, locale: Locale) -> String {
    let at = korean(at);
    match locale {
        Locale::Ko => at.strftime("%Y년 %-m월 %-d일 %H:%M").to_string(),
        Locale::En => at.strftime("%-d %b %Y %H:%M").to_string(),
    }
}

/// `11월 21일`, `21 Nov`
pub fn day(at: Timestamp, locale: Locale) -> String {
    let at = korean(at);
    match locale {
        Locale::Ko => at.strftime("%-m월 %-d일").to_string(),
        Locale::En => at.strftime("%-d %b").to_string(),
    }
}

/// `14시`, `14:00`
pub fn hour(at: Timestamp, locale: Locale) -> String {
    let at = korean(at);
    match locale {
        Locale::Ko => at.strftime("%-H시").to_string(),
        Locale::En => at.strftime("%H:00").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(
            [0, 7, 999, 1_000, 12_408, 1_234_567].map(number),
            ["0", "7", "999", "1,000", "12,408", "1,234,567"]
        );
    }

    #[test]
    fn money_is_written_as_in_the_language() {
        let amount = |raw: &str| Amount::parse(raw).unwrap();
        assert_eq!(money(amount("1240"), "KRW", Locale::Ko), "1,240원");
        assert_eq!(money(amount("1240.5"), "KRW", Locale::En), "₩1,240.5");
        assert_eq!(money(amount("0.10000000"), "EUR", Locale::Ko), "€0.1");
        assert_eq!(money(amount("12"), "SGD", Locale::En), "12 SGD");
    }

    #[test]
    fn shares_and_durations_are_rounded_and_may_be_nothing() {
        assert_eq!(
            (share(2, 3), share(0, 5), share(5, 5), share(0, 0)),
            ("66.7%".into(), "0.0%".into(), "100.0%".into(), "–".into())
        );
        assert_eq!((share(1, 10_000), share(9_999, 10_000)), ("0.1%".into(), "99.9%".into()));
        assert_eq!((share(15, 10), share(10_001, 10_000)), ("150.0%".into(), "100.0%".into()));
        assert_eq!(duration(Some(82), Locale::Ko), "8.2초");
        assert_eq!(duration(Some(925), Locale::En), "1 min 32 s");
        assert_eq!(duration(None, Locale::En), "–");
    }

    #[test]
    fn times_are_korean() {
        let night = at("2026-11-20T15:05:09Z");
        assert_eq!(moment(night, Locale::Ko), "11월 21일 00:05:09");
        assert_eq!(second(night, Locale::Ko), "2026년 11월 21일 00:05:09");
        assert_eq!(second(night, Locale::En), "21 Nov 2026 00:05:09");
        assert_eq!(minute(night, Locale::En), "21 Nov 2026 00:05");
        assert_eq!((day(night, Locale::En), hour(night, Locale::Ko)), ("21 Nov".into(), "0시".into()));
    }
}

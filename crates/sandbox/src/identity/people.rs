//! The simulated people, and what is told of them.

mod everybody;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::keys;

pub(super) use everybody::PEOPLE;

/// The company behind an attempt, with which the shop has its contract (sheet, section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pg {
    /// Phone; this shop's contract includes number, carrier and nationality.
    Danal,
    /// Unified: never a DI, no carrier.
    Inicis,
    /// KCP's new module.
    Kcp,
}

impl Pg {
    const ALL: [Self; 3] = [Self::Danal, Self::Inicis, Self::Kcp];

    /// Its name in V1.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Danal => "danal",
            Self::Inicis => "inicis_unified",
            Self::Kcp => "kcp_v2",
        }
    }

    /// Its name in V2.
    pub(crate) fn upper_name(self) -> &'static str {
        match self {
            Self::Danal => "DANAL",
            Self::Inicis => "INICIS_UNIFIED",
            Self::Kcp => "KCP_V2",
        }
    }

    /// Finds it by its name in V1, with or without the shop's id there: `danal`, `danal.B010002002`.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let plain = name.split_once('.').map_or(name, |(plain, _)| plain);
        Self::ALL.into_iter().find(|pg| pg.name() == plain)
    }

    /// Whether the order id has a form that this company takes: KCP wants letters and digits, at most 40.
    pub(crate) fn takes(self, order: &str) -> bool {
        let kcp = || order.len() <= 40 && order.bytes().all(|byte| byte.is_ascii_alphanumeric());
        !order.is_empty() && order.chars().count() <= 200 && (self != Self::Kcp || kcp())
    }
}

/// A phone company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    Skt,
    Kt,
    Lgu,
    SktBudget,
    KtBudget,
    LguBudget,
}

impl Carrier {
    /// Its name in V1 (`LGT`) and in the sandbox's own calls.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Skt => "SKT",
            Self::Kt => "KT",
            Self::Lgu => "LGT",
            Self::SktBudget => "SKT_MVNO",
            Self::KtBudget => "KT_MVNO",
            Self::LguBudget => "LGT_MVNO",
        }
    }

    /// Its name in V2 (`LGU`).
    pub(crate) fn new_name(self) -> &'static str {
        match self {
            Self::Lgu => "LGU",
            Self::LguBudget => "LGU_MVNO",
            other => other.name(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gender {
    Male,
    Female,
}

impl Gender {
    /// Its name in V1 and in the sandbox's own calls.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }
}

/// When somebody was born, so that what is said of their age stays true.
#[derive(Debug, Clone, Copy)]
enum Born {
    On(i16, i8, i8),
    /// So many full years ago, on this month and day.
    Aged(i16, i8, i8),
    /// On the last day of the year so many years ago.
    AtYearsEnd(i16),
}

/// Somebody who can be identified.
pub(crate) struct Person {
    /// The name in the sandbox's own calls.
    pub(crate) id: &'static str,
    /// Entries with the same one are the same human.
    human: &'static str,
    pub(crate) name: &'static str,
    born: Born,
    pub(crate) gender: Gender,
    pub(crate) foreigner: bool,
    /// Digits as dialled inside the country.
    pub(crate) phone: Option<&'static str>,
    pub(crate) carrier: Option<Carrier>,
    /// Who identifies this person, unless a call says otherwise.
    pub(crate) pg: Pg,
    has_ci: bool,
    pub(crate) note_ko: &'static str,
    pub(crate) note_en: &'static str,
}

/// What a successful attempt tells about a person, as of that day. Not for logs, so without `Debug`.
#[derive(Clone)]
pub(crate) struct Facts {
    pub(crate) name: &'static str,
    pub(crate) gender: Gender,
    pub(crate) birthday: Date,
    /// Nothing where the contract leaves it out.
    pub(crate) foreigner: Option<bool>,
    pub(crate) phone: Option<&'static str>,
    pub(crate) carrier: Option<Carrier>,
    pub(crate) ci: Option<String>,
    pub(crate) di: Option<String>,
}

/// Finds somebody by `id`.
pub(super) fn find(id: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.id == id)
}

/// Who has this name, birth date (`YYMMDD`), seventh digit of the resident number, and number (digits).
pub(crate) fn identified(
    name: &str,
    birth: &str,
    digit: char,
    phone: &str,
    today: Date,
) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| {
        person.phone == Some(phone)
            && squeezed(person.name) == squeezed(name)
            && person.birthday(today).strftime("%y%m%d").to_string() == birth
            && person.digit(today) == digit
    })
}

/// Who has this name and number (digits); the carrier's app knows whom it asks.
pub(crate) fn named(name: &str, phone: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.phone == Some(phone) && squeezed(person.name) == squeezed(name))
}

/// A name as it is compared: without spaces, in capitals.
fn squeezed(name: &str) -> String {
    name.split_whitespace().collect::<String>().to_uppercase()
}

/// The date in Korea.
pub(crate) fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::get("Asia/Seoul").unwrap_or(TimeZone::UTC)).date()
}

/// The start of this day in Korea.
pub(crate) fn midnight(date: Date) -> Timestamp {
    let zone = TimeZone::get("Asia/Seoul").unwrap_or(TimeZone::UTC);
    date.to_zoned(zone).map_or(Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp())
}

impl Person {
    /// The birth date, which moves on where the age is to stay.
    pub(crate) fn birthday(&self, today: Date) -> Date {
        match self.born {
            Born::On(year, month, day) => Date::constant(year, month, day),
            Born::Aged(years, month, day) => {
                let passed = (today.month(), today.day()) >= (month, day);
                Date::constant(today.year() - years - i16::from(!passed), month, day)
            }
            Born::AtYearsEnd(years) => Date::constant(today.year() - years, 12, 31),
        }
    }

    /// Full years (만 나이).
    pub(crate) fn age(&self, today: Date) -> i16 {
        let born = self.birthday(today);
        let passed = (today.month(), today.day()) >= (born.month(), born.day());
        today.year() - born.year() - i16::from(!passed)
    }

    /// The seventh digit of the resident number: century, sex and nationality.
    pub(crate) fn digit(&self, today: Date) -> char {
        let base = match (self.foreigner, self.birthday(today).year() < 2000) {
            (false, true) => b'1',
            (false, false) => b'3',
            (true, true) => b'5',
            (true, false) => b'7',
        };
        char::from(base + u8::from(self.gender == Gender::Female))
    }

    /// The number as E.164.
    pub(crate) fn e164(&self) -> Option<String> {
        crate::numbers::from_national("82", self.phone?)
    }

    /// What this company tells about the person.
    pub(crate) fn facts(&self, pg: Pg, today: Date) -> Facts {
        Facts {
            name: self.name,
            gender: self.gender,
            birthday: self.birthday(today),
            // Whoever has no number in the result stands for the plain contract.
            foreigner: (pg != Pg::Danal || self.phone.is_some()).then_some(self.foreigner),
            phone: self.phone,
            carrier: self.carrier.filter(|_| pg != Pg::Inicis),
            ci: self.has_ci.then(|| keys::ci(self.human)),
            di: (pg != Pg::Inicis).then(|| keys::di(self.human, pg.name())),
        }
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::{PhoneNumber, Region};
    use jiff::ToSpan as _;

    use super::*;

    #[test]
    fn ages_stay_true_on_every_day() {
        let mut day = Date::constant(2026, 1, 1);
        while day < Date::constant(2029, 2, 1) {
            assert_eq!(find("child_13").unwrap().age(day), 13, "{day}");
            assert_eq!(find("youth_16").unwrap().age(day), 16, "{day}");
            let turning = find("year_19").unwrap();
            assert_eq!(day.year() - turning.birthday(day).year(), 19);
            // On the last day of a year nobody is left whose birthday is yet to come.
            let last = (day.month(), day.day()) == (12, 31);
            assert_eq!(turning.age(day), if last { 19 } else { 18 }, "{day}");
            day = day.checked_add(1.day()).unwrap();
        }
    }

    #[test]
    fn one_human_has_one_ci_and_one_di_on_both_numbers_and_a_new_owner_has_others() {
        let today = Date::constant(2026, 11, 21);
        let facts = |id| find(id).unwrap().facts(Pg::Danal, today);
        let (first, second) = (facts("adult"), facts("adult_second_phone"));
        assert_ne!(first.phone, second.phone);
        assert_eq!((&first.ci, &first.di), (&second.ci, &second.di));
        let owner = facts("new_owner");
        assert_eq!(first.phone, owner.phone);
        assert!(first.ci != owner.ci && first.di != owner.di);
    }

    #[test]
    fn each_company_leaves_out_what_it_does_not_tell() {
        let today = Date::constant(2026, 11, 21);
        let usual = |id| {
            let person = find(id).unwrap();
            person.facts(person.pg, today)
        };
        assert!(usual("no_ci").ci.is_none() && usual("no_ci").di.is_some());
        assert!(usual("no_di").ci.is_some() && usual("no_di").di.is_none());
        assert_eq!(usual("no_di").carrier, None);
        let plain = usual("no_phone");
        assert!(plain.phone.is_none() && plain.carrier.is_none() && plain.foreigner.is_none());
        assert_eq!(usual("foreigner").foreigner, Some(true));
        assert_ne!(
            find("adult").unwrap().facts(Pg::Danal, today).di,
            find("adult").unwrap().facts(Pg::Kcp, today).di
        );
    }

    #[test]
    fn everybody_has_an_id_of_their_own_and_a_number_that_can_be_one() {
        for (index, person) in PEOPLE.iter().enumerate() {
            assert!(PEOPLE[..index].iter().all(|other| other.id != person.id), "{}", person.id);
            if let Some(number) = person.e164() {
                assert!(PhoneNumber::parse(&number, Region::KR).is_ok(), "{}", person.id);
            }
        }
    }

    #[test]
    fn the_seventh_digit_tells_century_sex_and_nationality() {
        let today = Date::constant(2026, 11, 21);
        let digit = |id| find(id).unwrap().digit(today);
        assert_eq!(
            ["adult", "second_adult", "child_13", "youth_16", "foreigner"].map(digit),
            ['2', '1', '4', '3', '6']
        );
        let adult = |name, birth, digit| identified(name, birth, digit, "01000001001", today);
        assert_eq!(adult("김 하늘", "900301", '2').map(|person| person.id), Some("adult"));
        assert_eq!(adult("박새벽", "850717", '1').map(|person| person.id), Some("new_owner"));
        assert!(adult("김하늘", "900301", '1').is_none());
        assert!(adult("김하늘", "900302", '2').is_none());
        assert!(adult("김하늬", "900301", '2').is_none());
    }

    #[test]
    fn a_day_begins_at_midnight_in_korea() {
        assert_eq!(midnight(Date::constant(1990, 1, 1)).as_second(), 631_119_600);
        assert_eq!(today("2026-11-20T15:00:00Z".parse().unwrap()), Date::constant(2026, 11, 21));
    }
}

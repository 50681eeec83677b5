//! What both APIs take and tell of a person, in Bonin's words.

use bonin_domain::identity::{Carrier, Gender, OtpPerson, PersonKey, PersonName};
use bonin_domain::{PhoneNumber, Region};
use bonin_ports::IdentityError;
use serde_json::Value;

use crate::read::text;

/// The longest name of a company that is passed on.
const LONGEST_PROVIDER: usize = 32;

/// A name.
pub(crate) fn name(object: &Value) -> Option<PersonName> {
    text(object, "name").and_then(PersonName::parse)
}

/// CI or DI; spaces around it go, nothing else changes.
pub(crate) fn key(object: &Value, name: &str) -> Option<PersonKey> {
    text(object, name).and_then(|key| PersonKey::parse(key).ok())
}

/// A number, digits as dialled in Korea.
pub(crate) fn phone(object: &Value, name: &str) -> Option<PhoneNumber> {
    text(object, name).and_then(|phone| PhoneNumber::parse(phone, Region::KR).ok())
}

/// Male or female, in the letters of either API.
pub(crate) fn gender(object: &Value) -> Option<Gender> {
    match text(object, "gender")? {
        "male" | "MALE" => Some(Gender::Male),
        "female" | "FEMALE" => Some(Gender::Female),
        _ => None,
    }
}

/// The company behind a result, in V1's letters: `danal` for V2's `DANAL` too. `unknown` where it is missing, or
/// does not look like a name: it is logged and stored.
pub(crate) fn provider(raw: Option<&str>) -> String {
    let is_name = |name: &&str| {
        name.len() <= LONGEST_PROVIDER
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
    };
    let has_letter = |name: &&str| name.bytes().any(|byte| byte.is_ascii_alphabetic());
    raw.filter(is_name).filter(has_letter).map_or_else(|| "unknown".to_owned(), str::to_ascii_lowercase)
}

/// The digits that both APIs take; they know Korean numbers only.
pub(crate) fn dialled(phone: &PhoneNumber) -> Result<String, IdentityError> {
    if phone.country_code() != 82 {
        return Err(IdentityError::Refused { code: "phone".into() });
    }
    Ok(format!("0{}", phone.national_digits()))
}

/// The birth date as a resident number begins, `YYMMDD`.
pub(crate) fn birth(person: &OtpPerson) -> String {
    let date = person.birthday;
    format!("{:02}{:02}{:02}", date.year().rem_euclid(100), date.month(), date.day())
}

/// The network, and whether a budget carrier uses it.
pub(crate) fn network(carrier: Carrier) -> (Network, bool) {
    match carrier {
        Carrier::Skt => (Network::Skt, false),
        Carrier::Kt => (Network::Kt, false),
        Carrier::Lgu => (Network::Lgu, false),
        Carrier::SktMvno => (Network::Skt, true),
        Carrier::KtMvno => (Network::Kt, true),
        Carrier::LguMvno => (Network::Lgu, true),
    }
}

/// A network, whose name differs between the APIs.
#[derive(Clone, Copy)]
pub(crate) enum Network {
    Skt,
    Kt,
    Lgu,
}

#[cfg(test)]
mod tests {
    use bonin_domain::identity::GenderDigit;
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_company_has_one_name_in_both_apis() {
        assert_eq!(provider(Some("danal")), "danal");
        assert_eq!(provider(Some("INICIS_UNIFIED")), "inicis_unified");
        for odd in [None, Some("홍길동"), Some("hong gildong"), Some("01012345678"), Some(&*"a".repeat(33))]
        {
            assert_eq!(provider(odd), "unknown", "{odd:?}");
        }
    }

    #[test]
    fn numbers_that_are_none_are_nothing() {
        let phone = |raw: Value| phone(&json!({ "phone": raw }), "phone");
        assert_eq!(phone(json!("01012345678")).unwrap().e164(), "+821012345678");
        assert_eq!(phone(json!("010-1234-5678")).unwrap().e164(), "+821012345678");
        for odd in [json!(null), json!(""), json!("0"), json!("010"), json!("***"), json!(1_012_345_678)] {
            assert!(phone(odd.clone()).is_none(), "{odd}");
        }
    }

    #[test]
    fn keys_are_kept_byte_for_byte() {
        let key = |raw: Value| key(&json!({ "ci": raw }), "ci");
        assert_eq!(key(json!(" aB+/= ")).unwrap().reveal(), "aB+/=");
        for odd in [json!(null), json!(""), json!("a b"), json!("키"), json!("a".repeat(129)), json!(5)] {
            assert!(key(odd.clone()).is_none(), "{odd}");
        }
    }

    #[test]
    fn births_of_every_century_have_six_digits() {
        for (born, digit, expected) in [
            (date(1949, 12, 1), "1", "491201"),
            (date(1990, 1, 31), "2", "900131"),
            (date(2004, 2, 9), "3", "040209"),
        ] {
            let person = OtpPerson::new(
                PersonName::parse("홍길동").unwrap(),
                PhoneNumber::parse("01012345678", Region::KR).unwrap(),
                born,
                GenderDigit::parse(digit).unwrap(),
                Carrier::Kt,
            );
            assert_eq!(birth(&person.unwrap()), expected);
        }
    }

    #[test]
    fn numbers_abroad_are_refused() {
        assert_eq!(
            dialled(&PhoneNumber::parse("+821012345678", Region::KR).unwrap()).unwrap(),
            "01012345678"
        );
        let abroad = PhoneNumber::parse("+819012345678", Region::KR).unwrap();
        assert!(matches!(dialled(&abroad), Err(IdentityError::Refused { code }) if code == "phone"));
    }
}

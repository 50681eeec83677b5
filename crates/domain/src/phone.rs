//! Phone numbers in one canonical form.

use std::fmt;
use std::str::FromStr;

use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, Type, country};
use unicode_normalization::UnicodeNormalization;

/// The longest input that is looked at; the longest spelling of a number is far shorter.
const LONGEST_INPUT: usize = 64;

/// A valid phone number in E.164 form, such as `+821012345678`.
///
/// `Debug` and [`PhoneNumber::masked`] show no more than the country, two digits and the last four.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    e164: String,
    country_code: u16,
    region: Option<Region>,
    line_type: LineType,
}

/// What kind of line a number is, as far as the numbering plan tells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LineType {
    /// A mobile line, or one of a country whose plan does not tell mobile from fixed.
    Mobile,
    /// A landline.
    Fixed,
    /// Internet telephony, such as Korean 070.
    Voip,
    /// Toll-free, premium-rate, shared-cost, personal, pager and service numbers: never a person's phone.
    Special,
}

/// Why a text is not a phone number. The text itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneNumberError {
    /// Not made of digits, spaces, hyphens, brackets and an optional leading `+`, or not as long as a number is.
    #[error("this is not written like a phone number")]
    Malformed,
    /// Written well, but no numbering plan assigns it.
    #[error("no such phone number is assigned")]
    Unassigned,
}

/// An ISO 3166 country or territory, such as `KR`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Region(country::Id);

/// A text that names no region.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a two-letter country code such as KR")]
pub struct UnknownRegion;

impl Region {
    /// The Republic of Korea.
    pub const KR: Self = Self(country::KR);
}

impl FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(raw: &str) -> Result<Self, UnknownRegion> {
        raw.parse().map(Self).map_err(|_| UnknownRegion)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_ref())
    }
}

impl PhoneNumber {
    /// Reads a number as people write it (`010-1234-5678`, `+82 10 1234 5678`, `0082…`, full-width digits);
    /// `region` applies where no country is given.
    ///
    /// # Errors
    /// Says which rule `raw` breaks; the value itself is never repeated.
    pub fn parse(raw: &str, region: Region) -> Result<Self, PhoneNumberError> {
        let folded = fold(raw).ok_or(PhoneNumberError::Malformed)?;
        let number = phonenumber::parse(Some(region.0), &folded).map_err(|_| PhoneNumberError::Malformed)?;
        if number.extension().is_some() {
            return Err(PhoneNumberError::Malformed);
        }
        if !phonenumber::is_valid(&number) {
            return Err(PhoneNumberError::Unassigned);
        }
        Ok(Self {
            e164: number.format().mode(Mode::E164).to_string(),
            country_code: number.country().code(),
            region: number.country().id().map(Region),
            line_type: line_type(number.number_type(&DATABASE)),
        })
    }

    /// The canonical form, `+` and digits.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// The country calling code, such as 82.
    pub fn country_code(&self) -> u16 {
        self.country_code
    }

    /// The digits after the country calling code, without a trunk prefix: `1012345678`.
    pub fn national_digits(&self) -> &str {
        &self.e164[1 + digits_of(self.country_code)..]
    }

    /// The country the number belongs to, where its plan tells.
    pub fn region(&self) -> Option<Region> {
        self.region
    }

    /// What kind of line it is.
    pub fn line_type(&self) -> LineType {
        self.line_type
    }

    /// The form shown to people: `+8210****9876`.
    pub fn masked(&self) -> String {
        let national = self.national_digits();
        let shown_first = national.len().saturating_sub(8).min(2);
        let (first, rest) = national.split_at(shown_first);
        let (hidden, last) = rest.split_at(rest.len().saturating_sub(4));
        format!("+{}{first}{}{last}", self.country_code, "*".repeat(hidden.len()))
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PhoneNumber({})", self.masked())
    }
}

/// Loads the numbering plans, which takes about 200 ms once; call it before the first request arrives.
pub fn warm_up_phone_metadata() {
    let _ = PhoneNumber::parse("010-0000-0000", Region::KR);
}

/// Brings `raw` to ASCII digits with an optional leading `+`, or says that it is not a number.
///
/// NFKC folds full-width digits, signs and spaces; digits of other scripts stay what they are and are refused.
fn fold(raw: &str) -> Option<String> {
    if raw.len() > LONGEST_INPUT {
        return None;
    }
    let mut folded = String::with_capacity(raw.len());
    for character in raw.nfkc() {
        match character {
            '0'..='9' => folded.push(character),
            '+' if folded.is_empty() => folded.push('+'),
            // Hyphen-minus, the hyphens and dashes that keyboards and word processors put in its place.
            ' ' | '-' | '(' | ')' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            _ => return None,
        }
    }
    // The parser takes `008…` for a Korean carrier prefix, so the international prefix is resolved here.
    if let Some(rest) = folded.strip_prefix("0082") {
        folded = format!("+82{rest}");
    }
    (4..=17).contains(&folded.len()).then_some(folded)
}

fn line_type(kind: Type) -> LineType {
    match kind {
        Type::Mobile | Type::FixedLineOrMobile => LineType::Mobile,
        Type::FixedLine => LineType::Fixed,
        Type::Voip => LineType::Voip,
        Type::TollFree
        | Type::PremiumRate
        | Type::SharedCost
        | Type::PersonalNumber
        | Type::Pager
        | Type::Uan
        | Type::Emergency
        | Type::Voicemail
        | Type::ShortCode
        | Type::StandardRate
        | Type::Carrier
        | Type::NoInternational
        | Type::Unknown => LineType::Special,
    }
}

fn digits_of(code: u16) -> usize {
    match code {
        0..10 => 1,
        10..100 => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn korean(raw: &str) -> Result<PhoneNumber, PhoneNumberError> {
        PhoneNumber::parse(raw, Region::KR)
    }

    #[test]
    fn every_spelling_of_a_number_gives_one_value() {
        let spellings = [
            "010-1234-5678",
            "01012345678",
            "010 1234 5678",
            "+82 10 1234 5678",
            "+821012345678",
            "+8201012345678",
            "+82 010-1234-5678",
            "00821012345678",
            "008201012345678",
            "０１０－１２３４－５６７８",
            "＋82 10 1234 5678",
            "010\u{2013}1234\u{2013}5678",
            "(010) 1234.5678",
        ];
        for spelling in spellings {
            assert_eq!(korean(spelling).unwrap().e164(), "+821012345678", "{spelling}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_malformed() {
        let far_too_long = "0".repeat(10_000);
        for bad in [
            "",
            " ",
            "abc",
            "010-1234-567a",
            "٠١٠١٢٣٤٥٦٧٨",
            "010\0",
            "010-1234-5678;ext=1",
            "1+2",
            &far_too_long,
        ] {
            assert_eq!(korean(bad), Err(PhoneNumberError::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn impossible_numbers_are_unassigned() {
        for bad in ["010-1234", "+82109", "019999999999999"] {
            assert!(korean(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_kind_of_line_is_told() {
        assert_eq!(korean("010-1234-5678").unwrap().line_type(), LineType::Mobile);
        assert_eq!(korean("070-1234-5678").unwrap().line_type(), LineType::Voip);
        assert_eq!(korean("02-312-3456").unwrap().line_type(), LineType::Fixed);
        assert_eq!(korean("080-123-4567").unwrap().line_type(), LineType::Special);
    }

    #[test]
    fn the_masked_form_keeps_country_two_digits_and_the_last_four() {
        let number = korean("010-1234-9876").unwrap();
        assert_eq!(number.masked(), "+8210****9876");
        assert_eq!(format!("{number:?}"), "PhoneNumber(+8210****9876)");
        assert_eq!(number.national_digits(), "1012349876");
    }
}

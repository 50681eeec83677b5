//! What the calls without a window take (I'mport OTP, PortOne send and confirm): only merchants that the carriers
//! approved have them. Gender digit and birth date are seven digits of the resident number: passed on, never kept.

use std::fmt;

use jiff::civil::Date;
use zeroize::Zeroizing;

use crate::identity::PersonName;
use crate::phone::PhoneNumber;

/// A Korean carrier; budget carriers by the network that they use.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Carrier {
    /// SK Telecom.
    Skt,
    /// KT.
    Kt,
    /// LG U+.
    Lgu,
    /// A budget carrier on SK Telecom's network.
    SktMvno,
    /// A budget carrier on KT's network.
    KtMvno,
    /// A budget carrier on LG U+'s network.
    LguMvno,
}

/// A text that names no carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a carrier; one of skt, kt, lgu, skt_mvno, kt_mvno, lgu_mvno")]
pub struct UnknownCarrier;

impl std::str::FromStr for Carrier {
    type Err = UnknownCarrier;

    fn from_str(raw: &str) -> Result<Self, UnknownCarrier> {
        match raw {
            "skt" => Ok(Self::Skt),
            "kt" => Ok(Self::Kt),
            "lgu" => Ok(Self::Lgu),
            "skt_mvno" => Ok(Self::SktMvno),
            "kt_mvno" => Ok(Self::KtMvno),
            "lgu_mvno" => Ok(Self::LguMvno),
            _ => Err(UnknownCarrier),
        }
    }
}

/// The seventh digit of a resident number: 1 to 8. `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct GenderDigit(u8);

/// A text that is not the seventh digit of a resident number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the seventh digit of a resident number: 1 to 8")]
pub struct GenderDigitError;

impl GenderDigit {
    /// Reads the digit.
    ///
    /// # Errors
    /// [`GenderDigitError`].
    pub fn parse(raw: &str) -> Result<Self, GenderDigitError> {
        match raw.as_bytes() {
            [digit @ b'1'..=b'8'] => Ok(Self(digit - b'0')),
            _ => Err(GenderDigitError),
        }
    }

    /// The digit.
    pub fn digit(self) -> u8 {
        self.0
    }

    /// The century in which its holders were born: 1900 or 2000.
    pub fn century(self) -> i16 {
        match self.0 {
            1 | 2 | 5 | 6 => 1900,
            _ => 2000,
        }
    }
}

impl fmt::Debug for GenderDigit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GenderDigit(…)")
    }
}

/// What a person types where no window is opened. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct OtpPerson {
    /// The real name.
    pub name: PersonName,
    /// The number that gets the one-time password.
    pub phone: PhoneNumber,
    /// The birth date.
    pub birthday: Date,
    /// The seventh digit of the resident number.
    pub gender: GenderDigit,
    /// The carrier of the number.
    pub carrier: Carrier,
}

/// Birth date and gender digit that belong to different centuries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the birth date and the seventh digit belong to different centuries")]
pub struct OtpPersonError;

impl OtpPerson {
    /// Puts together what was typed.
    ///
    /// # Errors
    /// [`OtpPersonError`].
    pub fn new(
        name: PersonName,
        phone: PhoneNumber,
        birthday: Date,
        gender: GenderDigit,
        carrier: Carrier,
    ) -> Result<Self, OtpPersonError> {
        let fits = (gender.century()..gender.century() + 100).contains(&birthday.year());
        if fits { Ok(Self { name, phone, birthday, gender, carrier }) } else { Err(OtpPersonError) }
    }
}

impl fmt::Debug for OtpPerson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OtpPerson(…)")
    }
}

/// A one-time password as typed: 6 digits. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct OtpCode(Zeroizing<String>);

/// A text that is no one-time password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a one-time password has 6 digits")]
pub struct OtpCodeError;

impl OtpCode {
    /// Reads one.
    ///
    /// # Errors
    /// [`OtpCodeError`].
    pub fn parse(raw: &str) -> Result<Self, OtpCodeError> {
        let well_formed = raw.len() == 6 && raw.bytes().all(|byte| byte.is_ascii_digit());
        if well_formed { Ok(Self(Zeroizing::new(raw.to_owned()))) } else { Err(OtpCodeError) }
    }

    /// The digits, for the one call that takes them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OtpCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OtpCode(…)")
    }
}

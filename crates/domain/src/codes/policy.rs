//! The settings of the code engine.

use jiff::SignedDuration;

use crate::codes::{CodeLength, Limits};
use crate::test_numbers::TestNumbers;

/// How long a code lives: 60 to 600 seconds, 180 by default. 600 is a ceiling that no setting raises
/// (security 2, requirement A03).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(SignedDuration);

/// Why a setting of the code engine is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Code life outside 60 to 600 seconds.
    #[error("a code lives 60 to 600 seconds")]
    Lifetime,
    /// Live codes outside 1 to 3.
    #[error("1 to 3 codes of a verification may be live at once")]
    LiveCodes,
    /// Checks outside 1 to 5.
    #[error("a verification has 1 to 5 checks")]
    Checks,
}

impl Lifetime {
    /// A life of `seconds`.
    ///
    /// # Errors
    /// [`PolicyError::Lifetime`] outside 60 to 600.
    pub fn from_secs(seconds: u16) -> Result<Self, PolicyError> {
        if (60..=600).contains(&seconds) {
            Ok(Self(SignedDuration::from_secs(i64::from(seconds))))
        } else {
            Err(PolicyError::Lifetime)
        }
    }

    /// The life as a duration.
    pub fn duration(self) -> SignedDuration {
        self.0
    }
}

/// The settings of the code engine, checked when made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Digits of a code.
    pub code_length: CodeLength,
    /// Life of a code.
    pub code_life: Lifetime,
    /// Checks of a verification over all its codes.
    pub max_checks: u16,
    /// Codes of a verification that are accepted at once; the oldest dies when a resend would exceed it.
    pub live_codes: u8,
    /// Life of a proof.
    pub proof_life: SignedDuration,
    /// Life of a client token.
    pub client_token_life: SignedDuration,
    /// Limits on sending and on wrong checks.
    pub limits: Limits,
    /// Numbers that are never sent to and whose code is fixed.
    pub test_numbers: TestNumbers,
}

impl Policy {
    /// Proofs live 10 minutes (security 13).
    pub const PROOF_LIFE: SignedDuration = SignedDuration::from_mins(10);
    /// Client tokens live 180 days.
    pub const CLIENT_TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(180 * 24);

    /// Checks the ranges that `security` fixes.
    ///
    /// # Errors
    /// The first setting out of range.
    pub fn new(
        code_length: CodeLength,
        code_life: Lifetime,
        max_checks: u16,
        live_codes: u8,
        limits: Limits,
    ) -> Result<Self, PolicyError> {
        if !(1..=5).contains(&max_checks) {
            return Err(PolicyError::Checks);
        }
        if !(1..=3).contains(&live_codes) {
            return Err(PolicyError::LiveCodes);
        }
        Ok(Self {
            code_length,
            code_life,
            max_checks,
            live_codes,
            proof_life: Self::PROOF_LIFE,
            client_token_life: Self::CLIENT_TOKEN_LIFE,
            limits,
            test_numbers: TestNumbers::default(),
        })
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            code_length: CodeLength::SIX,
            code_life: Lifetime(SignedDuration::from_secs(180)),
            max_checks: 5,
            live_codes: 3,
            proof_life: Self::PROOF_LIFE,
            client_token_life: Self::CLIENT_TOKEN_LIFE,
            limits: Limits::default(),
            test_numbers: TestNumbers::default(),
        }
    }
}

//! Numbers for tests: never sent to, with a code or an outcome that is fixed (requirement I05).

use jiff::Timestamp;

use crate::codes::Code;
use crate::phone::PhoneNumber;

/// The most numbers a deployment may list.
const MOST: usize = 50;

/// What becomes of the messages to a test number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestOutcome {
    /// They count as delivered.
    Delivered,
    /// They count as failed.
    Failed,
}

/// A number that is never sent to and whose code everybody may know, until its end. All rules apply to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestNumber {
    /// The number.
    pub number: PhoneNumber,
    /// Its code.
    pub code: Code,
    /// What becomes of its messages.
    pub outcome: TestOutcome,
    /// From when on it is a number like any other.
    pub until: Timestamp,
}

/// The test numbers of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestNumbers(Vec<TestNumber>);

/// More test numbers than allowed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("at most 50 test numbers may be listed")]
pub struct TooManyTestNumbers;

impl TestNumbers {
    /// A list of at most 50.
    ///
    /// # Errors
    /// [`TooManyTestNumbers`].
    pub fn new(numbers: Vec<TestNumber>) -> Result<Self, TooManyTestNumbers> {
        if numbers.len() > MOST { Err(TooManyTestNumbers) } else { Ok(Self(numbers)) }
    }

    /// All of them, ended or not.
    pub fn all(&self) -> &[TestNumber] {
        &self.0
    }

    /// The entry of `number`, ended or not.
    pub fn listed(&self, number: &PhoneNumber) -> Option<&TestNumber> {
        self.0.iter().find(|test| test.number == *number)
    }

    /// The entry of `number`, unless it has ended.
    pub fn live(&self, number: &PhoneNumber, now: Timestamp) -> Option<&TestNumber> {
        self.listed(number).filter(|test| test.until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Region;
    use crate::codes::CodeLength;

    fn test_number(until: i64) -> TestNumber {
        TestNumber {
            number: PhoneNumber::parse("010-0000-0001", Region::KR).unwrap(),
            code: Code::parse("123456", CodeLength::SIX).unwrap(),
            outcome: TestOutcome::Delivered,
            until: Timestamp::from_second(until).unwrap(),
        }
    }

    #[test]
    fn a_test_number_ends_when_it_says() {
        let numbers = TestNumbers::new(vec![test_number(100)]).unwrap();
        let number = test_number(100).number;
        assert!(numbers.live(&number, Timestamp::from_second(99).unwrap()).is_some());
        assert!(numbers.live(&number, Timestamp::from_second(100).unwrap()).is_none());
        let other = PhoneNumber::parse("010-0000-0002", Region::KR).unwrap();
        assert!(numbers.live(&other, Timestamp::from_second(99).unwrap()).is_none());
    }

    #[test]
    fn fifty_may_be_listed_and_no_more() {
        assert!(TestNumbers::new(vec![test_number(1); 50]).is_ok());
        assert_eq!(TestNumbers::new(vec![test_number(1); 51]).unwrap_err(), TooManyTestNumbers);
    }
}

//! Whether a provider's result is believed, and for whom (security 38; requirements F01, F02).

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::identity::{
    AgeFacts, Gender, IdentityRecord, IdentityReference, IdentityVerification, PersonKey, PersonName,
    full_age, year_age,
};
use crate::phone::PhoneNumber;

/// The age that the law on youth protection counts by year.
const COUNTED_BY_YEAR: u8 = 19;

/// What a deployment asks of results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JudgedBy {
    /// The least full age, if one is asked for: 14 or 19.
    pub least_age: Option<u8>,
    /// Whether 19 counts by year of birth (연 나이) rather than by full age.
    pub by_year: bool,
    /// Whether results of channels for tests count; never in production.
    pub test_channels: bool,
    /// The companies whose results count; empty: all.
    pub providers: Vec<String>,
}

/// A person whom we believe to hold the session. `Debug` shows nothing personal.
#[derive(Clone)]
pub struct Identified {
    /// The provider's name of the result.
    pub reference: IdentityReference,
    /// The company behind it.
    pub provider: String,
    /// The real name.
    pub name: PersonName,
    /// What is told of the age; the birth date itself is not kept.
    pub age: AgeFacts,
    /// Male or female.
    pub gender: Option<Gender>,
    /// Whether a foreigner.
    pub foreigner: Option<bool>,
    /// The number that was used.
    pub phone: Option<PhoneNumber>,
    /// CI; it or `di` is there.
    pub ci: Option<PersonKey>,
    /// DI.
    pub di: Option<PersonKey>,
    /// When it succeeded.
    pub certified_at: Timestamp,
}

impl fmt::Debug for Identified {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Identified")
            .field("provider", &self.provider)
            .field("certified_at", &self.certified_at)
            .finish_non_exhaustive()
    }
}

/// Why a result is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityRefusal {
    /// The provider answered with another result than the one that was asked for.
    #[error("the provider told of another result")]
    OtherResult,
    /// It was opened under an order id that is not this verification's.
    #[error("the result belongs to another order")]
    OtherOrder,
    /// The person did not finish, or failed.
    #[error("the person was not certified")]
    NotCertified,
    /// It is older than 10 minutes, older than this verification, or from the future.
    #[error("the result is too old")]
    Stale,
    /// It came through a channel for tests or a company that is not ours.
    #[error("the result came through a channel that does not count")]
    Channel,
    /// What every result must tell is missing: name, birth date, CI or DI. The contract with the provider has to be
    /// mended.
    #[error("the provider did not tell what was contracted")]
    Incomplete,
    /// The person is younger than this service takes.
    #[error("the person is too young")]
    TooYoung,
}

/// Judges a result for one identity verification. Whether that one still waits for a result, and whether the result
/// was used before, is not looked at here: both are decided where the result is stored.
///
/// # Errors
/// The first [`IdentityRefusal`]; they are looked at in the order in which they are listed.
pub fn judge(
    record: &IdentityRecord,
    asked: &IdentityReference,
    verification: &IdentityVerification,
    by: &JudgedBy,
    now: Timestamp,
) -> Result<Identified, IdentityRefusal> {
    if record.reference != *asked {
        return Err(IdentityRefusal::OtherResult);
    }
    if record.order.as_ref() != Some(&verification.order) {
        return Err(IdentityRefusal::OtherOrder);
    }
    if !record.certified {
        return Err(IdentityRefusal::NotCertified);
    }
    let fresh = |at: &Timestamp| is_fresh(*at, verification.created_at, now);
    let certified_at = record.certified_at.filter(fresh).ok_or(IdentityRefusal::Stale)?;
    if !by.counts(record) {
        return Err(IdentityRefusal::Channel);
    }
    let (Some(name), Some(birthday)) = (&record.name, record.birthday) else {
        return Err(IdentityRefusal::Incomplete);
    };
    if record.ci.is_none() && record.di.is_none() {
        return Err(IdentityRefusal::Incomplete);
    }
    if by.is_too_young(birthday, now) {
        return Err(IdentityRefusal::TooYoung);
    }
    Ok(Identified {
        reference: record.reference.clone(),
        provider: record.provider.clone(),
        name: name.clone(),
        age: AgeFacts::of(birthday, by.by_year, now),
        gender: record.gender,
        foreigner: record.foreigner,
        phone: record.phone.clone(),
        ci: record.ci.clone(),
        di: record.di.clone(),
        certified_at,
    })
}

/// Not before the verification and not from the future, give or take what the provider's clock may be off; and not
/// older than a result may be, to the second.
fn is_fresh(certified_at: Timestamp, created_at: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(certified_at);
    let too_early = created_at.duration_since(certified_at) > IdentityVerification::SKEW;
    !too_early && age <= IdentityVerification::RESULT_LIFE && age >= -IdentityVerification::SKEW
}

impl JudgedBy {
    fn counts(&self, record: &IdentityRecord) -> bool {
        let ours = self.providers.is_empty() || self.providers.contains(&record.provider);
        ours && (self.test_channels || !record.test_channel)
    }

    fn is_too_young(&self, birthday: Date, now: Timestamp) -> bool {
        self.least_age.is_some_and(|least| {
            let by_year = self.by_year && least == COUNTED_BY_YEAR;
            let age = if by_year { year_age(birthday, now) } else { full_age(birthday, now) };
            age < i16::from(least)
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::civil::date;

    use super::*;
    use crate::codes::Purpose;
    use crate::identity::{IdentityApi, IdentityId, IdentityStatus, OrderId};
    use crate::tenant::TenantId;

    const MIN: SignedDuration = SignedDuration::from_mins(1);
    const SEC: SignedDuration = SignedDuration::from_secs(1);
    const MICRO: SignedDuration = SignedDuration::from_micros(1);

    /// Twenty minutes after the start, so that a result can be too old without being older than the verification.
    fn now() -> Timestamp {
        "2026-11-20T15:00:00Z".parse().unwrap()
    }

    fn order(digit: char) -> OrderId {
        OrderId::parse(&digit.to_string().repeat(32)).unwrap()
    }

    fn asked() -> IdentityReference {
        IdentityReference::parse("imp_123456789012").unwrap()
    }

    fn verification() -> IdentityVerification {
        IdentityVerification {
            id: IdentityId::draw(now(), &mut |bytes| bytes.fill(1)),
            tenant: TenantId::default_tenant(),
            purpose: Purpose::SignUp,
            api: IdentityApi::V1,
            order: order('a'),
            status: IdentityStatus::Pending,
            created_at: now() - 20 * MIN,
            expires_at: now() + 10 * MIN,
        }
    }

    fn record() -> IdentityRecord {
        IdentityRecord {
            reference: asked(),
            order: Some(order('a')),
            provider: "danal".to_owned(),
            certified: true,
            certified_at: Some(now() - MIN),
            name: PersonName::parse("홍길동"),
            birthday: Some(date(1990, 1, 1)),
            gender: Some(Gender::Male),
            foreigner: None,
            phone: None,
            ci: PersonKey::parse("ci+of/the=person").ok(),
            di: PersonKey::parse("di").ok(),
            test_channel: false,
        }
    }

    fn judged_by(record: &IdentityRecord, by: &JudgedBy) -> Result<Identified, IdentityRefusal> {
        judge(record, &asked(), &verification(), by, now())
    }

    /// What is wrong with a record that `change` was made to.
    fn refusal(change: impl FnOnce(&mut IdentityRecord)) -> Option<IdentityRefusal> {
        let mut record = record();
        change(&mut record);
        judged_by(&record, &JudgedBy::default()).err()
    }

    #[test]
    fn a_fresh_result_of_our_order_tells_who_the_person_is() {
        let person = judged_by(&record(), &JudgedBy::default()).unwrap();
        assert_eq!(person.reference, asked());
        assert_eq!(person.provider, "danal");
        assert_eq!(person.name.reveal(), "홍길동");
        assert_eq!(person.age, AgeFacts { over_14: true, over_19: true });
        assert_eq!((person.gender, person.foreigner, person.phone), (Some(Gender::Male), None, None));
        assert_eq!(person.ci.unwrap().reveal(), "ci+of/the=person");
        assert_eq!(person.di.unwrap().reveal(), "di");
        assert_eq!(person.certified_at, now() - MIN);
    }

    #[test]
    fn another_result_than_the_one_asked_for_is_refused() {
        let other = IdentityReference::parse("imp_123456789013").unwrap();
        assert_eq!(refusal(|record| record.reference = other), Some(IdentityRefusal::OtherResult));
        let other_case = IdentityReference::parse("IMP_123456789012").unwrap();
        assert_eq!(refusal(|record| record.reference = other_case), Some(IdentityRefusal::OtherResult));
    }

    #[test]
    fn a_result_of_another_order_or_of_none_is_refused() {
        assert_eq!(refusal(|record| record.order = Some(order('b'))), Some(IdentityRefusal::OtherOrder));
        assert_eq!(refusal(|record| record.order = None), Some(IdentityRefusal::OtherOrder));
    }

    #[test]
    fn a_record_alone_proves_nothing() {
        assert_eq!(refusal(|record| record.certified = false), Some(IdentityRefusal::NotCertified));
    }

    #[test]
    fn a_result_is_fresh_for_ten_minutes() {
        let at = |certified_at| refusal(|record| record.certified_at = Some(certified_at));
        assert_eq!(at(now() - 10 * MIN), None);
        assert_eq!(at(now() - 10 * MIN - MICRO), Some(IdentityRefusal::Stale));
        assert_eq!(at(now() - 10 * MIN - SEC), Some(IdentityRefusal::Stale));
    }

    #[test]
    fn a_result_from_the_future_is_refused_beyond_the_skew() {
        let at = |certified_at| refusal(|record| record.certified_at = Some(certified_at));
        assert_eq!(at(now() + MIN), None);
        assert_eq!(at(now() + MIN + MICRO), Some(IdentityRefusal::Stale));
        assert_eq!(at(Timestamp::MAX), Some(IdentityRefusal::Stale));
        assert_eq!(at(Timestamp::MIN), Some(IdentityRefusal::Stale));
    }

    #[test]
    fn a_result_older_than_the_verification_is_refused_beyond_the_skew() {
        let started = |created_at| {
            let verification = IdentityVerification { created_at, ..verification() };
            let record = IdentityRecord { certified_at: Some(now() - 5 * MIN), ..record() };
            judge(&record, &asked(), &verification, &JudgedBy::default(), now()).err()
        };
        assert_eq!(started(now() - 4 * MIN), None);
        assert_eq!(started(now() - 4 * MIN + MICRO), Some(IdentityRefusal::Stale));
    }

    #[test]
    fn a_result_without_its_time_is_stale() {
        assert_eq!(refusal(|record| record.certified_at = None), Some(IdentityRefusal::Stale));
    }

    #[test]
    fn a_channel_for_tests_counts_only_where_it_is_allowed() {
        assert_eq!(refusal(|record| record.test_channel = true), Some(IdentityRefusal::Channel));
        let record = IdentityRecord { test_channel: true, ..record() };
        let by = JudgedBy { test_channels: true, ..JudgedBy::default() };
        assert!(judged_by(&record, &by).is_ok());
    }

    #[test]
    fn only_listed_companies_count() {
        let by = |providers: &[&str]| JudgedBy {
            providers: providers.iter().map(ToString::to_string).collect(),
            ..JudgedBy::default()
        };
        assert!(judged_by(&record(), &by(&["inicis_unified", "danal"])).is_ok());
        for listed in [&["inicis_unified"][..], &["danal.A0100"], &["DANAL"]] {
            assert_eq!(
                judged_by(&record(), &by(listed)).unwrap_err(),
                IdentityRefusal::Channel,
                "{listed:?}"
            );
        }
        let tests_allowed = JudgedBy { test_channels: true, ..by(&["inicis_unified"]) };
        assert_eq!(judged_by(&record(), &tests_allowed).unwrap_err(), IdentityRefusal::Channel);
    }

    #[test]
    fn name_birth_date_and_one_of_the_two_keys_are_needed() {
        assert_eq!(refusal(|record| record.name = None), Some(IdentityRefusal::Incomplete));
        assert_eq!(refusal(|record| record.birthday = None), Some(IdentityRefusal::Incomplete));
        let without_keys = refusal(|record| (record.ci, record.di) = (None, None));
        assert_eq!(without_keys, Some(IdentityRefusal::Incomplete));
        assert_eq!(refusal(|record| record.ci = None), None);
        assert_eq!(refusal(|record| record.di = None), None);
        assert_eq!(
            refusal(|record| (record.gender, record.foreigner, record.phone) = (None, None, None)),
            None
        );
    }

    #[test]
    fn the_least_age_is_reached_when_the_birthday_begins_in_seoul() {
        // It is midnight in Seoul on November 21; in UTC it is still the 20th.
        let of_age = |least_age, by_year, birthday| {
            let by = JudgedBy { least_age, by_year, ..JudgedBy::default() };
            match judged_by(&IdentityRecord { birthday: Some(birthday), ..record() }, &by) {
                Ok(_) => true,
                Err(refusal) => {
                    assert_eq!(refusal, IdentityRefusal::TooYoung);
                    false
                }
            }
        };
        assert!(of_age(Some(14), false, date(2012, 11, 21)));
        assert!(!of_age(Some(14), false, date(2012, 11, 22)));
        assert!(of_age(Some(19), false, date(2007, 11, 21)));
        assert!(!of_age(Some(19), false, date(2007, 11, 22)));
        assert!(of_age(Some(19), true, date(2007, 12, 31)), "19 by year");
        assert!(!of_age(Some(19), true, date(2008, 1, 1)));
        assert!(!of_age(Some(14), true, date(2012, 11, 22)), "14 is never by year");
        assert!(of_age(None, false, date(2026, 11, 1)));
    }

    #[test]
    fn the_facts_on_the_age_follow_the_way_of_counting() {
        let record = IdentityRecord { birthday: Some(date(2007, 12, 31)), ..record() };
        for (by_year, over_19) in [(false, false), (true, true)] {
            let by = JudgedBy { by_year, ..JudgedBy::default() };
            assert_eq!(judged_by(&record, &by).unwrap().age, AgeFacts { over_14: true, over_19 });
        }
    }

    #[test]
    fn of_several_faults_the_first_listed_is_told() {
        let by = JudgedBy { least_age: Some(19), ..JudgedBy::default() };
        let mut worst = IdentityRecord {
            reference: IdentityReference::parse("imp_0").unwrap(),
            order: None,
            certified: false,
            certified_at: None,
            name: None,
            test_channel: true,
            birthday: Some(date(2020, 1, 1)),
            ..record()
        };
        let told = |record: &IdentityRecord| judged_by(record, &by).unwrap_err();
        assert_eq!(told(&worst), IdentityRefusal::OtherResult);
        worst.reference = asked();
        assert_eq!(told(&worst), IdentityRefusal::OtherOrder);
        worst.order = Some(order('a'));
        assert_eq!(told(&worst), IdentityRefusal::NotCertified);
        worst.certified = true;
        assert_eq!(told(&worst), IdentityRefusal::Stale);
        worst.certified_at = Some(now());
        assert_eq!(told(&worst), IdentityRefusal::Channel);
        worst.test_channel = false;
        assert_eq!(told(&worst), IdentityRefusal::Incomplete);
        worst.name = PersonName::parse("홍길동");
        assert_eq!(told(&worst), IdentityRefusal::TooYoung);
    }

    #[test]
    fn debug_output_shows_nothing_personal() {
        let person = judged_by(&record(), &JudgedBy::default()).unwrap();
        let shown = format!("{person:?} {:?}", record());
        for secret in ["홍길동", "ci+of", "\"di\"", "imp_123456789012", "1990", "Male", "over_19"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

//! Terms and consents (requirement G02; PIPA articles 15 and 22).

use std::collections::HashSet;

use jiff::Timestamp;
use ring::digest::{Context, SHA256};

use crate::messages::Locale;

/// The name of a term: 1 to 64 lower-case letters, digits, hyphens and underscores.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TermId(String);

/// The version of a term: 1 to 32 visible ASCII characters, such as `2026-11-01`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TermVersion(String);

/// A text that is neither the name nor the version of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name or version of a term")]
pub struct TermNameError;

/// The SHA-256 of a term's text, title included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextHash(pub [u8; 32]);

/// One version of one term in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its name.
    pub id: TermId,
    /// Its version.
    pub version: TermVersion,
    /// The language of title and text.
    pub locale: Locale,
    /// Its title.
    pub title: String,
    /// Its text, Markdown.
    pub text: String,
    /// Whether nobody may join without it.
    pub required: bool,
    /// From when on it is the current version.
    pub effective: Timestamp,
}

/// All terms, of all times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms(Vec<Term>);

/// Why terms do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// One version of one term in one language is there twice.
    #[error("term {id} version {version} is there twice in one language")]
    Repeated {
        /// The term.
        id: String,
        /// The version.
        version: String,
    },
    /// Its languages disagree about `required` or `effective`.
    #[error("the languages of term {id} version {version} differ in `required` or `effective`")]
    LanguagesDiffer {
        /// The term.
        id: String,
        /// The version.
        version: String,
    },
    /// Two versions begin at one moment.
    #[error("two versions of term {id} begin at the same moment")]
    SameMoment {
        /// The term.
        id: String,
    },
}

/// What a person says yes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The term.
    pub term: TermId,
    /// The version that was shown.
    pub version: TermVersion,
    /// The language in which it was shown.
    pub locale: Locale,
}

/// Why a person's consents are not enough or not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentFault {
    /// The consent at this place is to a term, version or language of it that does not exist, or is not in force yet.
    Unknown(usize),
    /// The consent at this place is to a version that is not the current one any more.
    Outdated(usize),
    /// The consent at this place is to a term that an earlier one names already.
    Repeated(usize),
    /// A required term is missing: no consent names it, in whatever version.
    Missing(TermId),
}

/// A yes or no to one version of one term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The term.
    pub term: TermId,
    /// The version.
    pub version: TermVersion,
    /// The language in which it was shown.
    pub locale: Locale,
    /// The hash of the text that was shown.
    pub text: TextHash,
    /// Yes, or no: a withdrawal.
    pub given: bool,
    /// When.
    pub at: Timestamp,
}

impl TermId {
    /// Reads the name of a term.
    ///
    /// # Errors
    /// [`TermNameError`].
    pub fn parse(raw: &str) -> Result<Self, TermNameError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        let well_formed = (1..=64).contains(&raw.len()) && raw.bytes().all(allowed);
        if well_formed { Ok(Self(raw.to_owned())) } else { Err(TermNameError) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TermVersion {
    /// Reads the version of a term.
    ///
    /// # Errors
    /// [`TermNameError`].
    pub fn parse(raw: &str) -> Result<Self, TermNameError> {
        let well_formed = (1..=32).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_graphic());
        if well_formed { Ok(Self(raw.to_owned())) } else { Err(TermNameError) }
    }

    /// The version.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Term {
    /// The hash of title and text that a consent keeps: what exactly was agreed to. SHA-256 of both, each after its
    /// number of bytes (64 bits, big-endian).
    pub fn hash(&self) -> TextHash {
        let mut context = Context::new(&SHA256);
        for part in [&self.title, &self.text] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        TextHash(hash)
    }
}

impl Terms {
    /// Terms that fit together.
    ///
    /// # Errors
    /// The first [`TermsError`].
    pub fn new(terms: Vec<Term>) -> Result<Self, TermsError> {
        for (place, term) in terms.iter().enumerate() {
            for earlier in terms[..place].iter().filter(|earlier| earlier.id == term.id) {
                fit(earlier, term)?;
            }
        }
        Ok(Self(terms))
    }

    /// Every version of every term in every language.
    pub fn all(&self) -> &[Term] {
        &self.0
    }

    /// The current version of each term, in `locale` where it is there, else in another language. Required ones
    /// first, then by name. The current version is the one that took effect last; one that takes effect at `now` is.
    pub fn current(&self, locale: Locale, now: Timestamp) -> Vec<&Term> {
        let mut current: Vec<&Term> = self.0.iter().filter(|term| self.is_current(term, now)).collect();
        // `false` comes first.
        current.sort_by_key(|term| (!term.required, &term.id, term.locale != locale));
        current.dedup_by_key(|term| &term.id);
        current
    }

    /// Judges the consents of a sign-up: each current required term exactly once, any others at most once, all in
    /// their current version and in a language in which that is there. The consents are in the order of `agreed`.
    ///
    /// # Errors
    /// Every fault: at most one for each place, in their order, then the required terms that none names, by name.
    pub fn judge(&self, agreed: &[Agreed], now: Timestamp) -> Result<Vec<Consent>, Vec<ConsentFault>> {
        let mut consents = Vec::with_capacity(agreed.len());
        let mut faults = Vec::new();
        let mut named = HashSet::new();
        for (place, one) in agreed.iter().enumerate() {
            if named.insert(&one.term) {
                match self.judge_at(place, one, now) {
                    Ok(consent) => consents.push(consent),
                    Err(fault) => faults.push(fault),
                }
            } else {
                faults.push(ConsentFault::Repeated(place));
            }
        }
        let current = self.current(Locale::default(), now);
        let missing = current.iter().filter(|term| term.required && !named.contains(&term.id));
        faults.extend(missing.map(|term| ConsentFault::Missing(term.id.clone())));
        if faults.is_empty() { Ok(consents) } else { Err(faults) }
    }

    /// One consent given later to the current version of a term.
    ///
    /// # Errors
    /// [`ConsentFault::Unknown`] or [`ConsentFault::Outdated`], at place 0.
    pub fn judge_one(&self, agreed: &Agreed, now: Timestamp) -> Result<Consent, ConsentFault> {
        self.judge_at(0, agreed, now)
    }

    /// Whether nobody may have an account without this term, in its current version.
    pub fn is_required(&self, term: &TermId, now: Timestamp) -> bool {
        self.0.iter().any(|one| one.id == *term && one.required && self.is_current(one, now))
    }

    fn judge_at(&self, place: usize, agreed: &Agreed, now: Timestamp) -> Result<Consent, ConsentFault> {
        let shown = |term: &&Term| {
            term.id == agreed.term && term.version == agreed.version && term.locale == agreed.locale
        };
        let in_force = self.0.iter().find(shown).filter(|term| term.effective <= now);
        let term = in_force.ok_or(ConsentFault::Unknown(place))?;
        if !self.is_current(term, now) {
            return Err(ConsentFault::Outdated(place));
        }
        Ok(Consent {
            term: term.id.clone(),
            version: term.version.clone(),
            locale: term.locale,
            text: term.hash(),
            given: true,
            at: now,
        })
    }

    fn is_current(&self, term: &Term, now: Timestamp) -> bool {
        let versions = self.0.iter().filter(|other| other.id == term.id && other.effective <= now);
        versions.map(|other| other.effective).max() == Some(term.effective)
    }
}

/// Whether two entries of one term fit together.
fn fit(earlier: &Term, later: &Term) -> Result<(), TermsError> {
    let id = || later.id.as_str().to_owned();
    let version = || later.version.as_str().to_owned();
    if earlier.version != later.version {
        let same_moment = earlier.effective == later.effective;
        return if same_moment { Err(TermsError::SameMoment { id: id() }) } else { Ok(()) };
    }
    if earlier.locale == later.locale {
        return Err(TermsError::Repeated { id: id(), version: version() });
    }
    if (earlier.required, earlier.effective) != (later.required, later.effective) {
        return Err(TermsError::LanguagesDiffer { id: id(), version: version() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn id(raw: &str) -> TermId {
        TermId::parse(raw).unwrap()
    }

    fn term(name: &str, version: &str, locale: Locale, required: bool, effective: i64) -> Term {
        Term {
            id: id(name),
            version: TermVersion::parse(version).unwrap(),
            locale,
            title: format!("{name} {version}"),
            text: format!("{name} {version} {}", locale.as_str()),
            required,
            effective: at(effective),
        }
    }

    /// At 0: `service` v1 (both languages) and `privacy` v1 (Korean) required, `ads` v1 (Korean) and `news` v1
    /// (English) not. From 100 on: `service` v2, `ads` v2, which is required, and `later` v1.
    fn terms() -> Terms {
        Terms::new(vec![
            term("service", "2", Locale::Ko, true, 100),
            term("service", "1", Locale::En, true, 0),
            term("service", "1", Locale::Ko, true, 0),
            term("news", "1", Locale::En, false, 0),
            term("ads", "1", Locale::Ko, false, 0),
            term("ads", "2", Locale::Ko, true, 100),
            term("privacy", "1", Locale::Ko, true, 0),
            term("later", "1", Locale::Ko, true, 100),
        ])
        .unwrap()
    }

    fn agreed(names: &[(&str, &str)]) -> Vec<Agreed> {
        let one = |&(name, version): &(&str, &str)| {
            let locale = if name == "news" { Locale::En } else { Locale::Ko };
            Agreed { term: id(name), version: TermVersion::parse(version).unwrap(), locale }
        };
        names.iter().map(one).collect()
    }

    fn faults(names: &[(&str, &str)], second: i64) -> Vec<ConsentFault> {
        terms().judge(&agreed(names), at(second)).unwrap_err()
    }

    #[test]
    fn names_and_versions_that_could_be_mistaken_are_refused() {
        for bad in ["", "Service", "a b", "a/b", "가", "a\n", &"a".repeat(65)] {
            assert_eq!(TermId::parse(bad), Err(TermNameError), "{bad:?}");
        }
        for bad in ["", "1 0", "1\n", "가", &"1".repeat(33)] {
            assert_eq!(TermVersion::parse(bad), Err(TermNameError), "{bad:?}");
        }
        assert_eq!(TermId::parse(&"a".repeat(64)).unwrap().as_str().len(), 64);
        assert_eq!(TermVersion::parse("2026-11-01").unwrap().as_str(), "2026-11-01");
    }

    #[test]
    fn the_hash_is_of_title_and_text_each_with_its_length() {
        let of = |title: &str, text: &str| {
            let plain = term("service", "1", Locale::Ko, true, 0);
            Term { title: title.to_owned(), text: text.to_owned(), ..plain }.hash()
        };
        let hex = of("약관", "제1조").0.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        assert_eq!(hex, "0cdf49a8696baba0db80d04021a60683dd42235c5a624008669b8312aa90846b");
        assert_ne!(of("ab", "c"), of("a", "bc"));
        assert_ne!(of("", "abc"), of("abc", ""));
        assert_ne!(of("a", "b"), of("a", "b "));
    }

    #[test]
    fn terms_that_do_not_fit_together_are_refused() {
        let service = || term("service", "1", Locale::Ko, true, 0);
        let named = ("service".to_owned(), "1".to_owned());
        let repeated = TermsError::Repeated { id: named.0.clone(), version: named.1.clone() };
        assert_eq!(Terms::new(vec![service(), service()]), Err(repeated.clone()));
        assert_eq!(Terms::new(vec![service(), term("service", "1", Locale::Ko, false, 9)]), Err(repeated));
        for other in [term("service", "1", Locale::En, false, 0), term("service", "1", Locale::En, true, 1)] {
            let differ = TermsError::LanguagesDiffer { id: named.0.clone(), version: named.1.clone() };
            assert_eq!(
                Terms::new(vec![service(), term("ads", "1", Locale::Ko, true, 0), other]),
                Err(differ)
            );
        }
        let same_moment = TermsError::SameMoment { id: named.0 };
        assert_eq!(Terms::new(vec![service(), term("service", "2", Locale::En, true, 0)]), Err(same_moment));
        assert!(Terms::new(vec![service(), term("privacy", "1", Locale::Ko, false, 0)]).is_ok());
    }

    #[test]
    fn the_current_version_is_the_one_that_took_effect_last() {
        let names = |locale, second| -> Vec<String> {
            let terms = terms();
            let current = terms.current(locale, at(second));
            current.iter().map(|term| format!("{} {}", term.title, term.locale.as_str())).collect()
        };
        assert_eq!(names(Locale::Ko, -1), Vec::<String>::new());
        assert_eq!(names(Locale::Ko, 0), ["privacy 1 ko", "service 1 ko", "ads 1 ko", "news 1 en"]);
        assert_eq!(names(Locale::En, 99), ["privacy 1 ko", "service 1 en", "ads 1 ko", "news 1 en"]);
        assert_eq!(
            names(Locale::En, 100),
            ["ads 2 ko", "later 1 ko", "privacy 1 ko", "service 2 ko", "news 1 en"]
        );
    }

    #[test]
    fn the_required_terms_with_any_of_the_optional_ones_are_enough() {
        let required = [("service", "1"), ("privacy", "1")];
        let optional = [("ads", "1"), ("news", "1")];
        for chosen in [&optional[..0], &optional[..1], &optional[1..], &optional[..]] {
            let agreed = agreed(&[chosen, &required].concat());
            let consents = terms().judge(&agreed, at(99)).unwrap();
            assert_eq!(consents.len(), agreed.len());
            for (consent, agreed) in consents.iter().zip(&agreed) {
                assert_eq!(
                    (&consent.term, &consent.version, consent.locale),
                    (&agreed.term, &agreed.version, agreed.locale)
                );
                assert_eq!((consent.given, consent.at), (true, at(99)));
            }
        }
    }

    #[test]
    fn a_consent_keeps_the_hash_of_the_language_that_was_shown() {
        let in_english = Agreed { locale: Locale::En, ..agreed(&[("service", "1")]).remove(0) };
        let consent = terms().judge_one(&in_english, at(0)).unwrap();
        assert_eq!(consent.text, term("service", "1", Locale::En, true, 0).hash());
        assert_ne!(consent.text, term("service", "1", Locale::Ko, true, 0).hash());
    }

    #[test]
    fn a_missing_required_term_is_named() {
        let missing = |name| ConsentFault::Missing(id(name));
        assert_eq!(faults(&[], 0), [missing("privacy"), missing("service")]);
        assert_eq!(faults(&[("service", "1"), ("ads", "1")], 0), [missing("privacy")]);
    }

    #[test]
    fn one_term_twice_does_not_stand_for_two() {
        let twice = [("service", "1"), ("service", "1")];
        assert_eq!(faults(&twice, 0), [ConsentFault::Repeated(1), ConsentFault::Missing(id("privacy"))]);
        let optional_twice = [("ads", "1"), ("service", "1"), ("privacy", "1"), ("ads", "1"), ("ads", "1")];
        assert_eq!(faults(&optional_twice, 0), [ConsentFault::Repeated(3), ConsentFault::Repeated(4)]);
    }

    #[test]
    fn an_older_version_is_outdated_from_the_moment_of_the_next() {
        let old = [("service", "1"), ("privacy", "1")];
        assert!(terms().judge(&agreed(&old), at(99)).is_ok());
        let missing = |name| ConsentFault::Missing(id(name));
        assert_eq!(faults(&old, 100), [ConsentFault::Outdated(0), missing("ads"), missing("later")]);
    }

    #[test]
    fn what_is_not_in_force_or_not_there_is_unknown() {
        let strange = [
            ("privacy", "1"),
            ("later", "1"),
            ("service", "2"),
            ("ads", "9"),
            ("ghost", "1"),
            ("ghost", "1"),
        ];
        assert_eq!(
            faults(&strange, 99),
            [
                ConsentFault::Unknown(1),
                ConsentFault::Unknown(2),
                ConsentFault::Unknown(3),
                ConsentFault::Unknown(4),
                ConsentFault::Repeated(5),
            ]
        );
    }

    #[test]
    fn a_language_in_which_the_version_is_not_there_is_unknown() {
        let mut agreed = agreed(&[("service", "1"), ("privacy", "1")]);
        agreed[1].locale = Locale::En;
        assert_eq!(terms().judge(&agreed, at(0)), Err(vec![ConsentFault::Unknown(1)]));
        assert_eq!(terms().judge_one(&agreed[1], at(0)), Err(ConsentFault::Unknown(0)));
    }

    #[test]
    fn a_later_consent_is_judged_alone() {
        let one = |name, version, second| terms().judge_one(&agreed(&[(name, version)])[0], at(second));
        assert_eq!(one("ads", "1", 50).unwrap().at, at(50));
        assert_eq!(one("ads", "1", 100), Err(ConsentFault::Outdated(0)));
        assert_eq!(one("ads", "2", 99), Err(ConsentFault::Unknown(0)));
        assert_eq!(one("ghost", "1", 0), Err(ConsentFault::Unknown(0)));
    }

    #[test]
    fn whether_a_term_is_required_is_said_by_its_current_version() {
        assert!(!terms().is_required(&id("ads"), at(99)));
        assert!(terms().is_required(&id("ads"), at(100)));
        assert!(!terms().is_required(&id("later"), at(99)));
        assert!(!terms().is_required(&id("ghost"), at(99)));
        assert!(terms().is_required(&id("service"), at(0)));
    }
}

//! Which verdict is of which message, where many go in one call.

use std::collections::HashMap;

use bonin_domain::PhoneNumber;

use crate::results::Verdict;
use crate::sender::{is_number_of, national};

/// The custom field that says which message of the call a verdict is of. It holds the message's place alone.
pub(crate) const PLACE: &str = "n";

/// Gives each recipient its verdict: by the place it was sent with, or else by its number, or where it alone is left.
/// A recipient to whom nothing was sent is `None`, and gets none. The order of the answer's lists is not documented,
/// so it decides nothing.
pub(crate) fn join<'a>(
    to: &[Option<&PhoneNumber>],
    failed: &'a [Verdict],
    taken: &'a [Verdict],
) -> Vec<Option<&'a Verdict>> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, number) in to.iter().enumerate() {
        if let Some(number) = number {
            places.entry(national(number)).or_default().push(place);
        }
    }
    let mut verdicts: Vec<Option<&'a Verdict>> = vec![None; to.len()];
    let mut settle = |verdict: &'a Verdict| {
        let same = verdict.to.as_ref().and_then(|to| places.get(to)).map_or(&[][..], Vec::as_slice);
        let place = place(verdict, to).or_else(|| only_open(same, &verdicts));
        // The first word counts, unless a later one says that the message went.
        if let Some(place) = place.filter(|&place| !verdicts[place].is_some_and(went)) {
            verdicts[place] = Some(verdict);
        }
        place.is_some()
    };
    let failed_without_place = failed.iter().filter(|verdict| !settle(verdict)).count();
    let unplaced: Vec<&Verdict> = taken.iter().filter(|verdict| !settle(verdict)).collect();
    let mut open = (0..to.len()).filter(|&place| to[place].is_some() && verdicts[place].is_none());
    if let (0, [verdict], Some(place), None) = (failed_without_place, &unplaced[..], open.next(), open.next())
        && to[place].is_some_and(|number| may_be_to(verdict, number))
    {
        verdicts[place] = Some(verdict);
    }
    verdicts
}

fn place(verdict: &Verdict, to: &[Option<&PhoneNumber>]) -> Option<usize> {
    let (_, place) = verdict.custom_fields.iter().find(|(key, _)| key == PLACE)?;
    let place: usize = place.parse().ok()?;
    let number = to.get(place).copied().flatten()?;
    may_be_to(verdict, number).then_some(place)
}

/// Whether the verdict's recipient may be this one, however the provider writes it.
fn may_be_to(verdict: &Verdict, number: &PhoneNumber) -> bool {
    verdict.to.as_deref().is_none_or(|to| is_number_of(to, number))
}

/// The only one of these places that has no verdict yet.
fn only_open(places: &[usize], verdicts: &[Option<&Verdict>]) -> Option<usize> {
    let mut open = places.iter().copied().filter(|&place| verdicts[place].is_none());
    open.next().filter(|_| open.next().is_none())
}

fn went(verdict: &Verdict) -> bool {
    verdict.status_code == "2000" && verdict.message_id.is_some()
}

#[cfg(test)]
mod tests {
    use bonin_domain::Region;

    use super::*;

    const ONE: &str = "01011112222";
    const TWO: &str = "01033334444";

    fn verdict(code: &str, id: Option<&str>, to: Option<&str>, place: Option<&str>) -> Verdict {
        Verdict {
            message_id: id.map(str::to_owned),
            status_code: code.to_owned(),
            to: to.map(str::to_owned),
            custom_fields: place.map(|place| (PLACE.to_owned(), place.to_owned())).into_iter().collect(),
        }
    }

    /// What each recipient is said to have: a message's name, a code, or nothing.
    fn joined(numbers: &[&str], failed: &[Verdict], taken: &[Verdict]) -> Vec<String> {
        let numbers = numbers.iter().map(|raw| PhoneNumber::parse(raw, Region::KR).unwrap());
        let numbers: Vec<PhoneNumber> = numbers.collect();
        let to: Vec<_> = numbers.iter().map(Some).collect();
        let told = join(&to, failed, taken).into_iter().map(|verdict| match verdict {
            Some(verdict) if went(verdict) => verdict.message_id.clone().unwrap(),
            Some(verdict) => verdict.status_code.clone(),
            None => "none".to_owned(),
        });
        told.collect()
    }

    #[test]
    fn places_decide_whatever_the_order() {
        let taken =
            [verdict("2000", Some("M1"), None, Some("1")), verdict("2000", Some("M0"), None, Some("0"))];
        assert_eq!(joined(&[ONE, ONE], &[], &taken), ["M0", "M1"]);
        let failed = [verdict("1062", Some("M0"), Some(ONE), Some("0"))];
        let taken = [verdict("2000", Some("M1"), None, Some("1"))];
        assert_eq!(joined(&[ONE, ONE], &failed, &taken), ["1062", "M1"]);
    }

    #[test]
    fn without_places_numbers_decide_and_order_never() {
        let failed = [verdict("1060", Some("M1"), Some(TWO), None)];
        let taken = [verdict("2000", Some("M0"), None, None)];
        assert_eq!(joined(&[ONE, TWO], &failed, &taken), ["M0", "1060"]);
        // Two to one number, one of which failed: nobody can tell which.
        assert_eq!(joined(&[TWO, TWO], &failed, &taken), ["none", "none"]);
        let taken = ["M0", "M1"].map(|id| verdict("2000", Some(id), None, None));
        assert_eq!(joined(&[ONE, TWO], &[], &taken), ["none", "none"]);
        let taken = [("M1", TWO), ("M0", ONE)].map(|(id, to)| verdict("2000", Some(id), Some(to), None));
        assert_eq!(joined(&[ONE, TWO], &[], &taken), ["M0", "M1"]);
        // The one that is left is not somebody else's.
        let taken = [verdict("2000", Some("M0"), Some(TWO), None)];
        assert_eq!(joined(&[ONE], &[], &taken), ["none"]);
    }

    #[test]
    fn a_message_without_a_verdict_has_none() {
        let taken = [verdict("2000", Some("M0"), None, Some("0"))];
        assert_eq!(joined(&[ONE, TWO], &[], &taken), ["M0", "none"]);
        for place in ["7", "-1", "x"] {
            let taken = [verdict("2000", Some("M"), None, Some(place))];
            assert_eq!(joined(&[ONE, TWO], &[], &taken), ["none", "none"], "{place}");
        }
    }

    #[test]
    fn a_recipient_to_whom_nothing_was_sent_gets_no_verdict() {
        let number = PhoneNumber::parse(ONE, Region::KR).unwrap();
        for (to, place) in [(None, Some("0")), (Some(ONE), None), (None, None)] {
            let taken = [verdict("2000", Some("M"), to, place)];
            assert_eq!(join(&[None], &[], &taken), [None], "{to:?} {place:?}");
        }
        let taken = [verdict("2000", Some("M"), Some(ONE), None)];
        assert_eq!(join(&[None, Some(&number)], &[], &taken), [None, Some(&taken[0])]);
    }

    #[test]
    fn a_place_that_is_of_another_number_is_not_believed() {
        let failed = [verdict("1060", Some("M"), Some(TWO), Some("0"))];
        let taken = [verdict("2000", Some("M0"), None, Some("0"))];
        assert_eq!(joined(&[ONE, TWO], &failed, &taken), ["M0", "1060"]);
    }

    #[test]
    fn a_foreign_number_may_be_written_in_any_way() {
        for to in ["6502530000", "16502530000", "+1 650-253-0000"] {
            let failed = [verdict("1060", Some("M"), Some(to), Some("1"))];
            let taken = [verdict("2000", Some("M0"), None, Some("0"))];
            assert_eq!(joined(&["+81 90-1234-5678", "+1 650 253 0000"], &failed, &taken), ["M0", "1060"]);
        }
    }

    #[test]
    fn a_message_that_went_once_went() {
        let taken = [verdict("2000", Some("M0"), None, Some("0")), verdict("1062", None, None, Some("0"))];
        assert_eq!(joined(&[ONE], &[], &taken), ["M0"]);
        assert_eq!(joined(&[ONE], &taken[1..], &taken[..1]), ["M0"]);
    }
}

//! In which order the providers of a plan are asked (requirements D10 to D12).

use crate::messages::ProviderName;
use crate::routing::sample::positive;
use crate::routing::{Conversion, ProviderShare, RouteMode, RoutePlan};

/// What is known of a provider when a message is to go.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ProviderFacts {
    /// Whether it can carry the message at all: its kind, country, sender, encoding.
    pub able: bool,
    /// Whether its breaker lets no call through now; a breaker that lets a probe through is not open.
    pub open: bool,
    /// What became of the codes it sent lately.
    pub conversion: Conversion,
    /// What the message costs there, where that is known. All prices of a choice are in one currency.
    pub price: Option<f64>,
}

/// Why a candidate stands where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// The written order.
    Order,
    /// A draw by weight.
    Weight,
    /// Conversion, less the price share.
    Conversion,
    /// It did not convert earlier in this verification: the last resort.
    Avoided,
    /// Its breaker is open: it is not called.
    BreakerOpen,
    /// It cannot carry the message: it is not called.
    Unable,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Order, Self::Weight, Self::Conversion, Self::Avoided, Self::BreakerOpen, Self::Unable];

    /// The name used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Weight => "weight",
            Self::Conversion => "conversion",
            Self::Avoided => "avoided",
            Self::BreakerOpen => "breaker_open",
            Self::Unable => "unable",
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// Whether a candidate with this reason may be called.
    pub fn is_usable(self) -> bool {
        self.rank() < 2
    }

    /// The group it puts a candidate into; the score orders within a group.
    fn rank(self) -> u8 {
        match self {
            Self::Order | Self::Weight | Self::Conversion => 0,
            Self::Avoided => 1,
            Self::BreakerOpen | Self::Unable => 2,
        }
    }
}

/// One provider of a plan.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidate {
    /// Who.
    pub provider: ProviderName,
    /// The higher, the earlier, among those of the same standing; 0 for one that is not called. Comparable
    /// within one choice only.
    pub score: f64,
    /// Why.
    pub reason: Reason,
}

/// All providers of a plan, best first: those to be asked, then those to avoid, then those that are not called.
#[derive(Clone, PartialEq, Debug)]
pub struct RouteChoice {
    /// How they were ordered.
    pub mode: RouteMode,
    /// The providers.
    pub candidates: Vec<Candidate>,
}

impl RouteChoice {
    /// The providers to be asked, one after the other. None at all means that the message cannot go now: a
    /// provider with an open breaker is not called as a last resort, or the breaker would protect nobody.
    pub fn usable(&self) -> impl Iterator<Item = &ProviderName> {
        let usable = self.candidates.iter().filter(|candidate| candidate.reason.is_usable());
        usable.map(|candidate| &candidate.provider)
    }
}

/// Orders the providers of `plan` for one message. `avoid` are those that did not convert earlier in the
/// verification; `uniform` gives numbers from 0 up to 1.
pub fn choose(
    plan: &RoutePlan,
    facts: &dyn Fn(&ProviderName) -> ProviderFacts,
    avoid: &[ProviderName],
    uniform: &mut dyn FnMut() -> f64,
) -> RouteChoice {
    let known: Vec<(&ProviderShare, ProviderFacts)> =
        plan.providers().iter().map(|share| (share, facts(&share.name))).collect();
    let callable = known.iter().filter(|(_, facts)| facts.able && !facts.open);
    let dearest = callable.filter_map(|(_, facts)| price(facts)).fold(0.0, f64::max);
    let mut candidates = Vec::with_capacity(known.len());
    for (place, (share, facts)) in known.iter().enumerate() {
        let reason = reason(plan.mode(), facts, avoid.contains(&share.name));
        let score = match plan.mode() {
            _ if !reason.is_usable() => 0.0,
            RouteMode::Fixed => written(place),
            RouteMode::Weighted => drawn(share.weight, uniform),
            RouteMode::Adaptive => {
                facts.conversion.sample(uniform) - plan.price_share() * dearness(facts, dearest)
            }
        };
        candidates.push(Candidate { provider: share.name.clone(), score, reason });
    }
    // The sort is stable: equals stay as written.
    candidates.sort_by(|one, other| {
        let ranks = one.reason.rank().cmp(&other.reason.rank());
        ranks.then_with(|| other.score.total_cmp(&one.score))
    });
    RouteChoice { mode: plan.mode(), candidates }
}

fn reason(mode: RouteMode, facts: &ProviderFacts, avoided: bool) -> Reason {
    match mode {
        _ if !facts.able => Reason::Unable,
        _ if facts.open => Reason::BreakerOpen,
        _ if avoided => Reason::Avoided,
        RouteMode::Fixed => Reason::Order,
        RouteMode::Weighted => Reason::Weight,
        RouteMode::Adaptive => Reason::Conversion,
    }
}

/// 1, 1/2, 1/3, … down the written order.
fn written(place: usize) -> f64 {
    1.0 / (1.0 + f64::from(u32::try_from(place).unwrap_or(u32::MAX)))
}

/// A key that puts providers into a random order by weight (Efraimidis and Spirakis, "Weighted random sampling
/// with a reservoir", 2006): the highest of u^(1/weight) belongs to each in proportion to its weight, and the
/// same holds again among those that are left.
fn drawn(weight: u32, uniform: &mut dyn FnMut() -> f64) -> f64 {
    if weight == 0 { 0.0 } else { (positive(uniform).ln() / f64::from(weight)).exp() }
}

/// The price, if it is one.
fn price(facts: &ProviderFacts) -> Option<f64> {
    facts.price.filter(|price| price.is_finite() && *price >= 0.0)
}

/// The price in parts of the dearest one. An unknown price counts as that one: nobody gains by not saying it.
fn dearness(facts: &ProviderFacts, dearest: f64) -> f64 {
    if dearest > 0.0 { price(facts).unwrap_or(dearest) / dearest } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::seeded::uniform;
    use proptest::prelude::*;

    const READY: ProviderFacts = ProviderFacts {
        able: true,
        open: false,
        conversion: Conversion { converted: 0.0, missed: 0.0 },
        price: None,
    };
    const NAMES: [&str; 5] = ["sens", "cafe24", "coolsms", "nexmo", "nexmo_verify"];

    fn name(name: &str) -> ProviderName {
        ProviderName::parse(name).unwrap()
    }

    fn plan(mode: RouteMode, weights: &[u32]) -> RoutePlan {
        let share = |(raw, &weight): (&&str, &u32)| ProviderShare { name: name(raw), weight };
        RoutePlan::new(mode, NAMES.iter().zip(weights).map(share).collect()).unwrap()
    }

    fn order(choice: &RouteChoice) -> Vec<&str> {
        choice.usable().map(ProviderName::as_str).collect()
    }

    #[test]
    fn a_fixed_plan_keeps_its_order_and_says_why_others_are_passed_over() {
        let plan = plan(RouteMode::Fixed, &[1; 5]);
        let facts = |provider: &ProviderName| match provider.as_str() {
            "sens" => ProviderFacts { open: true, ..READY },
            "coolsms" => ProviderFacts { able: false, open: true, ..READY },
            _ => READY,
        };
        let choice =
            choose(&plan, &facts, &[name("cafe24")], &mut || unreachable!("nothing is left to chance"));
        assert_eq!(order(&choice), ["nexmo", "nexmo_verify", "cafe24"]);
        let reasons: Vec<_> =
            choice.candidates.iter().map(|one| (one.provider.as_str(), one.reason.as_str())).collect();
        let expected = [
            ("nexmo", "order"),
            ("nexmo_verify", "order"),
            ("cafe24", "avoided"),
            ("sens", "breaker_open"),
            ("coolsms", "unable"),
        ];
        assert_eq!(reasons, expected);
    }

    #[test]
    fn nobody_is_called_when_every_breaker_is_open() {
        for mode in RouteMode::ALL {
            let open = |_: &ProviderName| ProviderFacts { open: true, ..READY };
            let choice = choose(&plan(mode, &[1, 1]), &open, &[name("sens")], &mut uniform(1));
            assert_eq!((order(&choice).len(), choice.candidates.len()), (0, 2));
        }
    }

    #[test]
    fn weights_are_the_shares_of_first_places_and_of_the_places_after_them() {
        let (plan, mut uniform) = (plan(RouteMode::Weighted, &[6, 3, 1, 0]), uniform(3));
        let (mut first, mut second_after_sens) = ([0.0_f64; 4], [0.0_f64; 4]);
        for _ in 0..20_000 {
            let choice = choose(&plan, &|_| READY, &[], &mut uniform);
            let places: Vec<usize> = order(&choice)
                .iter()
                .map(|chosen| NAMES.iter().position(|name| name == chosen).unwrap())
                .collect();
            first[places[0]] += 1.0 / 20_000.0;
            if places[0] == 0 {
                second_after_sens[places[1]] += 1.0 / 12_000.0;
            }
            assert_eq!(places[3], 3, "weight 0 is the last resort");
        }
        for (seen, expected) in first.iter().zip([0.6, 0.3, 0.1, 0.0]) {
            assert!((seen - expected).abs() < 0.02, "{first:?}");
        }
        for (seen, expected) in second_after_sens.iter().zip([0.0, 0.75, 0.25, 0.0]) {
            assert!((seen - expected).abs() < 0.02, "{second_after_sens:?}");
        }
    }

    #[test]
    fn a_price_counts_in_parts_of_the_dearest_that_can_be_called() {
        let sure = Conversion { converted: 1e9, missed: 0.0 };
        let plan = plan(RouteMode::Adaptive, &[1; 4]).with_price_share(0.1).unwrap();
        let facts = |provider: &ProviderName| {
            let facts = ProviderFacts { conversion: sure, ..READY };
            match provider.as_str() {
                "sens" => ProviderFacts { price: Some(20.0), ..facts },
                "cafe24" => ProviderFacts { price: Some(10.0), ..facts },
                "nexmo" => ProviderFacts { price: Some(1_000.0), open: true, ..facts },
                _ => facts,
            }
        };
        let choice = choose(&plan, &facts, &[], &mut uniform(5));
        let score =
            |of: &str| choice.candidates.iter().find(|one| one.provider.as_str() == of).unwrap().score;
        assert!((score("cafe24") - 0.95).abs() < 1e-3 && (score("sens") - 0.9).abs() < 1e-3);
        assert!((score("coolsms") - 0.9).abs() < 1e-3, "an unknown price counts as the dearest");
        assert_eq!(order(&choice)[0], "cafe24");
    }

    #[test]
    fn stored_names_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_name(reason.as_str()), Some(reason));
        }
    }

    fn any_number() -> impl Strategy<Value = f64> {
        prop_oneof![0.0..200.0, proptest::num::f64::ANY]
    }

    fn any_facts() -> impl Strategy<Value = ProviderFacts> {
        let conversion = (any_number(), any_number());
        let price = proptest::option::of(any_number());
        (any::<bool>(), any::<bool>(), conversion, price).prop_map(
            |(able, open, (converted, missed), price)| ProviderFacts {
                able,
                open,
                conversion: Conversion { converted, missed },
                price,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

        #[test]
        fn every_choice_holds_every_provider_once_in_its_group(
            mode in proptest::sample::select(&RouteMode::ALL[..]),
            weights in proptest::collection::vec(prop_oneof![Just(0), 1..10_u32, Just(u32::MAX)], 4),
            facts in proptest::collection::vec(any_facts(), 5),
            avoided in proptest::collection::vec(any::<bool>(), 5),
            draws in proptest::collection::vec(prop_oneof![0.0..1.0, any_number()], 1..40),
        ) {
            // The first has a weight always, so that the plan is one.
            let plan = plan(mode, &[&[1][..], &weights].concat());
            let of = |provider: &ProviderName| NAMES.iter().position(|name| *name == provider.as_str()).unwrap();
            let avoid: Vec<ProviderName> =
                NAMES.iter().zip(&avoided).filter(|(_, avoided)| **avoided).map(|(raw, _)| name(raw)).collect();
            let mut draws = draws.into_iter().cycle();
            let choice = choose(&plan, &|provider| facts[of(provider)], &avoid, &mut || draws.next().unwrap());

            let mut seen: Vec<usize> = choice.candidates.iter().map(|one| of(&one.provider)).collect();
            for pair in choice.candidates.windows(2) {
                prop_assert!(pair[0].reason.rank() <= pair[1].reason.rank(), "{choice:?}");
                if pair[0].reason.rank() == pair[1].reason.rank() {
                    prop_assert!(pair[0].score >= pair[1].score, "{choice:?}");
                    if mode == RouteMode::Fixed {
                        prop_assert!(of(&pair[0].provider) < of(&pair[1].provider), "{choice:?}");
                    }
                }
            }
            for one in &choice.candidates {
                let facts = facts[of(&one.provider)];
                prop_assert!(one.score.is_finite(), "{choice:?}");
                prop_assert_eq!(one.reason.is_usable(), facts.able && !facts.open);
                let shunned = one.reason == Reason::Avoided;
                prop_assert_eq!(shunned, one.reason.is_usable() && avoided[of(&one.provider)]);
            }
            seen.sort_unstable();
            prop_assert_eq!(seen, [0, 1, 2, 3, 4]);
        }
    }
}

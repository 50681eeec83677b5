//! Adaptive routing in simulated worlds (requirement D12).

use crate::messages::ProviderName;
use crate::routing::seeded::uniform;
use crate::routing::{Conversion, ProviderFacts, ProviderShare, RouteMode, RoutePlan, choose};

/// Of the codes that reach a phone, nine of ten are typed in.
const HEALTHY: f64 = 0.9;
/// Four of ten messages are lost.
const LOSSY: f64 = HEALTHY * 0.6;
const SENDS: usize = 300;
/// Enough for the share of seeds to be known within two points.
const SEEDS: u64 = 400;

/// A provider's outcomes, as (second, converted, missed), summed up over 20 seconds.
type Outcomes = Vec<(f64, u32, u32)>;

struct World {
    plan: RoutePlan,
    prices: Vec<Option<f64>>,
    seconds_between_sends: f64,
    /// After how many further sends an outcome is known.
    delay: usize,
    uniform: Box<dyn FnMut() -> f64>,
    known: Vec<Outcomes>,
    underway: Vec<(usize, bool)>,
    sent: Vec<usize>,
}

impl World {
    fn new(providers: usize, delay: usize, seed: u64) -> Self {
        let share =
            |index| ProviderShare { name: ProviderName::parse(&format!("p{index}")).unwrap(), weight: 1 };
        Self {
            plan: RoutePlan::new(RouteMode::Adaptive, (0..providers).map(share).collect()).unwrap(),
            prices: vec![None; providers],
            seconds_between_sends: 2.0,
            delay,
            uniform: Box::new(uniform(seed)),
            known: vec![Outcomes::new(); providers],
            underway: Vec::new(),
            sent: Vec::new(),
        }
    }

    /// Sends messages while each provider converts at its rate.
    fn send(&mut self, rates: &[f64], sends: usize) {
        for _ in 0..sends {
            let now = self.second(self.sent.len());
            let index = |name: &ProviderName| name.as_str()[1..].parse::<usize>().unwrap();
            let facts = |name: &ProviderName| {
                // More than count at all, so that the choice is left to the domain.
                let newest = self.known[index(name)].iter().rev().take(120);
                let buckets = newest.map(|&(at, converted, missed)| (now - at, converted, missed));
                ProviderFacts {
                    able: true,
                    open: false,
                    conversion: Conversion::aged(buckets, Conversion::HALF_LIFE_SECONDS),
                    price: self.prices[index(name)],
                }
            };
            let choice = choose(&self.plan, &facts, &[], &mut self.uniform);
            let chosen = index(choice.usable().next().unwrap());
            let converted = (self.uniform)() < rates[chosen];
            self.sent.push(chosen);
            self.underway.push((chosen, converted));
            if self.underway.len() > self.delay {
                let (provider, converted) = self.underway.remove(0);
                let at = self.second(self.sent.len() - 1 - self.delay);
                let (hit, miss) = (u32::from(converted), u32::from(!converted));
                match self.known[provider].last_mut() {
                    Some((since, hits, misses)) if at - *since < 20.0 => {
                        *hits += hit;
                        *misses += miss;
                    }
                    _ => self.known[provider].push((at, hit, miss)),
                }
            }
        }
    }

    fn second(&self, send: usize) -> f64 {
        f64::from(u32::try_from(send).unwrap()) * self.seconds_between_sends
    }

    /// The first provider's share of the newest sends.
    fn share(&self, newest: usize) -> f64 {
        let sends = &self.sent[self.sent.len() - newest..];
        let first = sends.iter().filter(|&&provider| provider == 0).count();
        ratio(first, newest)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap())
}

fn mean(shares: &[f64]) -> f64 {
    shares.iter().sum::<f64>() / ratio(shares.len(), 1)
}

/// What the first provider gets over many seeds, as it is reported and judged.
#[derive(Debug)]
struct Shares {
    mean: f64,
    worst: f64,
    under_a_tenth: f64,
}

fn over_seeds(run: impl Fn(u64) -> f64) -> Shares {
    let shares: Vec<f64> = (0..SEEDS).map(run).collect();
    let worst = shares.iter().copied().fold(0.0, f64::max);
    let under = shares.iter().filter(|&&share| share < 0.1).count();
    Shares { mean: mean(&shares), worst, under_a_tenth: ratio(under, shares.len()) }
}

fn lossy_first(providers: usize) -> Vec<f64> {
    (0..providers).map(|provider| if provider == 0 { LOSSY } else { HEALTHY }).collect()
}

#[test]
fn a_provider_that_loses_forty_percent_gets_under_a_tenth_of_300_sends() {
    for providers in [2, 3] {
        for delay in [0, 20] {
            let shares = over_seeds(|seed| {
                let mut world = World::new(providers, delay, seed);
                world.send(&lossy_first(providers), SENDS);
                world.share(SENDS)
            });
            println!("{providers} providers, outcomes {delay} sends late: {shares:.3?}");
            assert!(shares.mean < 0.1 && shares.under_a_tenth >= 0.95, "{providers} {delay}: {shares:?}");
            // The unluckiest beginning is seen through as well.
            assert!(shares.worst < 0.4, "{providers} {delay}: {shares:?}");
        }
    }
}

#[test]
fn it_gets_under_a_tenth_even_though_it_is_cheaper() {
    let shares = over_seeds(|seed| {
        let mut world = World::new(2, 0, seed);
        world.prices = vec![Some(8.0), Some(20.0)];
        world.send(&lossy_first(2), SENDS);
        world.share(SENDS)
    });
    println!("cheaper: {shares:.3?}");
    assert!(shares.mean < 0.1 && shares.under_a_tenth >= 0.95, "{shares:?}");
}

#[test]
fn a_provider_that_was_good_for_long_falls_under_a_tenth_within_300_sends() {
    let shares = over_seeds(|seed| {
        let mut world = World::new(2, 20, seed);
        world.send(&[HEALTHY, HEALTHY], 500);
        world.send(&lossy_first(2), SENDS);
        world.share(100)
    });
    println!("the last 100 of 300 sends after it became lossy: {shares:.3?}");
    assert!(shares.mean < 0.1, "{shares:?}");
}

#[test]
fn a_recovered_provider_gets_its_part_again() {
    let mut bad = Vec::new();
    let mut recovered = Vec::new();
    for seed in 0..40 {
        let mut world = World::new(2, 20, seed);
        world.seconds_between_sends = 20.0;
        world.send(&lossy_first(2), 600);
        bad.push(world.share(200));
        // Six hours.
        world.send(&[HEALTHY, HEALTHY], 1_080);
        recovered.push(world.share(180));
    }
    println!("while lossy {:.3}, in the sixth hour after {:.3}", mean(&bad), mean(&recovered));
    assert!(mean(&bad) < 0.1, "{bad:?}");
    assert!(mean(&recovered) > 0.35, "{recovered:?}");
}

#[test]
fn equal_providers_share_evenly_and_a_price_moves_them_to_the_cheaper() {
    let share_at = |prices: [Option<f64>; 2]| {
        let run = |seed| {
            let mut world = World::new(2, 0, seed);
            world.prices = prices.to_vec();
            world.send(&[HEALTHY, HEALTHY], 600);
            world.share(300)
        };
        mean(&(0..60).map(run).collect::<Vec<f64>>())
    };
    let (even, cheaper) = (share_at([None, None]), share_at([Some(8.0), Some(20.0)]));
    let dearer = share_at([Some(20.0), Some(8.0)]);
    println!("even {even:.3}, cheaper {cheaper:.3}, dearer {dearer:.3}");
    assert!((0.4..0.6).contains(&even), "{even}");
    assert!(cheaper > 0.65 && dearer < 0.35, "{cheaper} {dearer}");
}

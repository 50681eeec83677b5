//! Draws from the Beta distribution, made of uniform numbers.

use std::f64::consts::TAU;

/// Tries before a draw is given up. Each fails in less than one of twenty cases, so only a broken source of
/// numbers comes this far, and it must not hold up a message.
const TRIES: usize = 64;

/// A draw from Beta(`alpha`, `beta`), both at least 1: X / (X + Y) of two draws from Gamma.
pub(super) fn beta(alpha: f64, beta: f64, uniform: &mut dyn FnMut() -> f64) -> f64 {
    let (x, y) = (gamma(alpha, uniform), gamma(beta, uniform));
    x / (x + y)
}

/// A draw from Gamma(`shape`, 1) for a shape of at least 1, always above 0 (Marsaglia and Tsang, "A simple
/// method for generating gamma variables", 2000): the cube of a normal variable has nearly that form, and a
/// rejection step takes out the difference.
fn gamma(shape: f64, uniform: &mut dyn FnMut() -> f64) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    for _ in 0..TRIES {
        let x = normal(uniform);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && positive(uniform).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
    shape
}

/// A draw from the standard normal distribution (Box and Muller; the second number that it could give is not
/// kept, because nothing here has a state).
fn normal(uniform: &mut dyn FnMut() -> f64) -> f64 {
    let radius = (-2.0 * positive(uniform).ln()).sqrt();
    radius * (TAU * positive(uniform)).cos()
}

/// A uniform number above 0 and up to 1: 0 has no logarithm, and whatever else is no such number counts as it.
pub(super) fn positive(uniform: &mut dyn FnMut() -> f64) -> f64 {
    let drawn = uniform();
    if drawn > 0.0 { drawn.min(1.0) } else { f64::MIN_POSITIVE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::seeded::uniform;

    #[test]
    fn draws_have_the_mean_and_the_variance_of_beta() {
        for (alpha, beta_) in [(1.0, 1.0), (2.0, 1.0), (1.0, 7.5), (10.0, 4.0), (150.0, 15.0)] {
            let mut uniform = uniform(7);
            let draws: Vec<f64> = (0..50_000).map(|_| beta(alpha, beta_, &mut uniform)).collect();
            assert!(draws.iter().all(|draw| (0.0..=1.0).contains(draw)));
            let mean = draws.iter().sum::<f64>() / 50_000.0;
            let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 50_000.0;
            let sum = alpha + beta_;
            let true_mean = alpha / sum;
            let true_variance = alpha * beta_ / (sum * sum * (sum + 1.0));
            // Five standard errors of the mean; the variance within 5 %.
            assert!(
                (mean - true_mean).abs() < 5.0 * (true_variance / 50_000.0).sqrt(),
                "{alpha} {beta_}: {mean}"
            );
            assert!((variance / true_variance - 1.0).abs() < 0.05, "{alpha} {beta_}: {variance}");
        }
    }

    #[test]
    fn uniform_beta_is_flat() {
        let mut uniform = uniform(11);
        let mut tenths = [0_u32; 10];
        for _ in 0..100_000 {
            let draw = beta(1.0, 1.0, &mut uniform);
            let tenth = (1..10).filter(|&tenth| draw >= f64::from(tenth) / 10.0).count();
            tenths[tenth] += 1;
        }
        let chi_square: f64 = tenths.iter().map(|&seen| (f64::from(seen) - 1e4).powi(2) / 1e4).sum();
        // Nine degrees of freedom: 27.88 is the value exceeded with probability 0.001.
        assert!(chi_square < 27.88, "chi-square {chi_square}");
    }

    #[test]
    fn a_broken_source_of_numbers_still_gives_a_number() {
        for broken in [0.0, 0.25, 0.5, 1.0, 2.0, -1.0, f64::NAN, f64::INFINITY] {
            for shape in [1.0, 2.5, 1e9] {
                let draw = beta(shape, 1.0, &mut || broken);
                assert!((0.0..=1.0).contains(&draw), "{broken} {shape}: {draw}");
            }
        }
    }
}

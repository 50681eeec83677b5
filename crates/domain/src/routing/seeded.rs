//! Repeatable numbers for tests.

/// Uniform numbers from 0 up to 1 by splitmix64.
pub(super) fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0xD134_2543_DE82_EF95);
    move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        // 32 bits are plenty here, and a float holds them exactly.
        f64::from(u32::try_from(mixed >> 32).unwrap()) / 4_294_967_296.0
    }
}

/// Draws randomness.
///
/// Implementations for production use the operating system's generator. Where that fails nothing can be
/// promised any more, so they panic rather than return: no caller has a better answer.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

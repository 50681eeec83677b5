use jiff::Timestamp;

/// Tells the time. Every rule about time takes it from here, so tests move it and never sleep.
pub trait Clock: Send + Sync {
    /// The present moment in whole microseconds, which is what both databases keep.
    fn now(&self) -> Timestamp;
}

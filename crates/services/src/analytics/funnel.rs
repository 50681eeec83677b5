//! How far verifications come.

use bonin_domain::codes::Status;
use bonin_ports::VerificationCell;

/// How far verifications come. Each step counts for itself: a provider that tells no results has people who typed a
/// code that nobody saw delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    /// Starts that were allowed.
    pub started: u64,
    /// Some provider took a message.
    pub accepted: u64,
    /// A message is known to have reached the phone.
    pub delivered: u64,
    /// A code was typed.
    pub typed: u64,
    /// The right code was typed in time.
    pub verified: u64,
}

impl Funnel {
    pub(super) fn of<'a>(cells: impl IntoIterator<Item = &'a VerificationCell>) -> Self {
        let mut funnel = Self::default();
        for cell in cells {
            funnel.started += cell.count;
            funnel.accepted += cell.accepted;
            funnel.delivered += cell.delivered;
            funnel.typed += cell.typed;
            if cell.status == Status::Verified {
                funnel.verified += cell.count;
            }
        }
        funnel
    }
}

use std::sync::Arc;

use bonin_domain::Amount;
use bonin_domain::messages::MessageKind;
use bonin_domain::messaging::{Connection, WebSend, WebSendId, next_settlement};
use bonin_ports::{Clock, RepositoryError, WebSendRepository};
use jiff::{SignedDuration, Timestamp};

/// Sends that are read at a time.
const BATCH: u16 = 500;

/// Longer than two settlements are apart.
const TWO_MONTHS: SignedDuration = SignedDuration::from_hours(62 * 24);

/// What the app earned by what a person sent, as far as the provider told.
pub struct ReadEarnings {
    /// Where sends are stored.
    pub sends: Arc<dyn WebSendRepository>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Earnings, in KRW.
pub struct Earnings {
    /// When the last settlement was.
    pub last_settlement: Timestamp,
    /// When the next one is.
    pub next_settlement: Timestamp,
    /// By what was sent since the last settlement.
    pub since: Earned,
    /// By everything that is kept: 90 days.
    pub kept: Earned,
    /// By what was sent since the last settlement, one for each kind, cheapest first.
    pub kinds: Vec<(MessageKind, Earned)>,
    /// Sends since the last settlement of which more is to be found out by now.
    pub open: u64,
}

/// A sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Earned {
    /// Messages that arrived.
    pub delivered: u64,
    /// What they brought.
    pub amount: Amount,
}

impl Earned {
    fn add(&mut self, send: &WebSend) {
        self.delivered += u64::from(send.figures.delivered);
        self.amount = self.amount + send.figures.earned();
    }
}

impl ReadEarnings {
    /// Adds up what the connection's sends brought.
    ///
    /// # Errors
    /// The store's.
    pub async fn execute(&self, connection: &Connection) -> Result<Earnings, RepositoryError> {
        let now = self.clock.now();
        let (last_settlement, next_settlement) = settlements_around(now);
        let mut earnings = Earnings {
            last_settlement,
            next_settlement,
            since: Earned::default(),
            kept: Earned::default(),
            kinds: MessageKind::ALL.map(|kind| (kind, Earned::default())).to_vec(),
            open: 0,
        };
        let mut before: Option<WebSendId> = None;
        loop {
            let batch = self.sends.list(&connection.tenant, connection.id, before, BATCH).await?;
            for send in &batch {
                earnings.kept.add(send);
                // What was asked for earlier may have been sent only now.
                if send.scheduled_at.unwrap_or(send.created_at) >= last_settlement {
                    earnings.since.add(send);
                    // Nothing is to be found out before its time, or long after it.
                    let is_due = send.scheduled_at.is_none_or(|at| at <= now);
                    earnings.open += u64::from(is_due && send.is_followed(now));
                    if let Some((_, sum)) = earnings.kinds.iter_mut().find(|(kind, _)| *kind == send.kind) {
                        sum.add(send);
                    }
                }
            }
            before = batch.last().map(|send| send.id);
            if batch.len() < usize::from(BATCH) {
                return Ok(earnings);
            }
        }
    }
}

/// The last settlement and the next one.
fn settlements_around(now: Timestamp) -> (Timestamp, Timestamp) {
    let mut last = next_settlement(now.checked_sub(TWO_MONTHS).unwrap_or(now));
    loop {
        let next = next_settlement(last);
        if next > now || next <= last {
            return (last, next);
        }
        last = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_lies_between_two_settlements() {
        for (now, last, next) in [
            ("2026-11-21T00:00:00Z", "2026-11-10T02:00:00Z", "2026-12-10T02:00:00Z"),
            ("2026-12-10T01:59:59Z", "2026-11-10T02:00:00Z", "2026-12-10T02:00:00Z"),
            ("2026-12-10T02:00:00Z", "2026-12-10T02:00:00Z", "2027-01-10T02:00:00Z"),
            ("2027-03-10T02:00:00Z", "2027-03-10T02:00:00Z", "2027-04-10T02:00:00Z"),
            ("2027-03-09T00:00:00Z", "2027-02-10T02:00:00Z", "2027-03-10T02:00:00Z"),
        ] {
            let (found_last, found_next) = settlements_around(now.parse().unwrap());
            assert_eq!((found_last.to_string(), found_next.to_string()), (last.into(), next.into()), "{now}");
        }
    }
}

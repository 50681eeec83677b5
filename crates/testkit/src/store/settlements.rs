//! What a provider says of checks that it had to decide.

use bonin_domain::codes::Status;
use bonin_domain::messages::Price;
use bonin_ports::{Check, Holder, Settlement, Spent};

use super::state::State;

impl State {
    pub fn settle_check(&mut self, check: Check, settlement: Settlement) -> Spent {
        let Some(place) = self.place(&check.tenant, check.id, Holder::Token(check.token)) else {
            return Spent::NotFound;
        };
        let row = &self.verifications[place];
        let ours = row.verification.status == Status::Pending && !row.codes.is_empty();
        let settlement =
            if settlement == Settlement::NotCompared && ours { Settlement::Missed } else { settlement };
        let charged = row.verification.checks_left < row.max_checks;
        if charged && settlement == Settlement::Missed {
            // The provider has compared: the miss is the number's whatever became of the verification.
            self.count_miss(place, &check);
        }
        let row = &mut self.verifications[place];
        // Other checks may have locked it meanwhile: this one was charged before.
        let is_open = matches!(row.verification.status, Status::Pending | Status::Locked);
        if !charged || !is_open || row.verification.expires_at <= check.now {
            return Spent::Over(row.seen_at(check.now));
        }
        match settlement {
            Settlement::Matched { event, price } => {
                self.tell_attempt(place, event.as_ref(), price.as_ref());
                self.succeed(place, check)
            }
            Settlement::Missed => {
                row.lock_where_none_are_left();
                Spent::Missed(row.seen_at(check.now))
            }
            Settlement::NotCompared => {
                if row.verification.status == Status::Pending {
                    row.verification.checks_left += 1;
                }
                Spent::Over(row.seen_at(check.now))
            }
        }
    }

    /// Writes event and price to the attempt by which the provider runs the verification.
    fn tell_attempt(&mut self, place: usize, event: Option<&String>, price: Option<&Price>) {
        let verification = &self.verifications[place].verification;
        let Some((provider, name)) = &verification.run_by else { return };
        let own = self.messages.iter_mut().filter(|row| row.verification() == Some(verification.id));
        let called = own.flat_map(|row| &mut row.attempts).filter(|row| row.is_called(provider, name));
        for row in called {
            row.take_price(price.cloned());
            if let Some(event) = event {
                row.attempt.event = Some(event.clone());
            }
        }
    }
}

//! Log ins that fail.

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::keys::{AddressIndex, LoginIndex};
use bonin_ports::{LoginAttemptRepository, LoginVerdict, RepositoryError};
use jiff::{SignedDuration, Timestamp};

use super::InMemoryStore;
use super::state::State;

/// Log ins of one login id from one address in the window that the first of them began.
const BY_ADDRESS: u32 = 10;
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Log ins of one login id without a wait.
const IN_ALL: u32 = 100;
const FIRST_WAIT_SECS: i64 = 30;
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// The log ins of one login id from one address.
#[derive(Clone, Copy)]
pub(super) struct AddressAttempts {
    until: Timestamp,
    count: u32,
}

/// The log ins of one login id.
#[derive(Clone, Copy, Default)]
pub(super) struct AllAttempts {
    wait_until: Option<Timestamp>,
    count: u32,
}

/// How long a login id waits after so many failures.
fn wait_after(count: u32) -> Option<SignedDuration> {
    let doublings = count.checked_sub(IN_ALL + 1)?;
    let doubled = FIRST_WAIT_SECS.checked_mul(1_i64.checked_shl(doublings.min(30))?)?;
    Some(SignedDuration::from_secs(doubled).min(LONGEST_WAIT))
}

impl State {
    fn charge_login(
        &mut self,
        tenant: &TenantId,
        login: LoginIndex,
        address: Option<AddressIndex>,
        now: Timestamp,
    ) -> LoginVerdict {
        let all_place = (tenant.clone(), login);
        let place = address.map(|address| (tenant.clone(), login, address));
        let here = place.as_ref().and_then(|place| self.logins_by_address.get(place));
        let here = here.filter(|row| row.until > now).copied();
        let here = here.unwrap_or(AddressAttempts { until: now + WINDOW, count: 0 });
        let all = self.logins.get(&all_place).copied().unwrap_or_default();
        let full = (here.count >= BY_ADDRESS).then_some(here.until);
        let wait = full.max(all.wait_until.filter(|until| *until > now));
        if let Some(until) = wait {
            return LoginVerdict::Wait { until };
        }
        let count = all.count + 1;
        let wait_until = wait_after(count).map(|wait| now + wait);
        if let Some(place) = place {
            self.logins_by_address.insert(place, AddressAttempts { count: here.count + 1, ..here });
        }
        self.logins.insert(all_place, AllAttempts { wait_until, count });
        LoginVerdict::Allowed
    }
}

#[async_trait]
impl LoginAttemptRepository for InMemoryStore {
    async fn charge(
        &self,
        tenant: &TenantId,
        login: LoginIndex,
        address: Option<AddressIndex>,
        now: Timestamp,
    ) -> Result<LoginVerdict, RepositoryError> {
        Ok(self.state().charge_login(tenant, login, address, now))
    }

    async fn forgive(
        &self,
        tenant: &TenantId,
        login: LoginIndex,
        address: Option<AddressIndex>,
    ) -> Result<(), RepositoryError> {
        let mut state = self.state();
        if let Some(address) = address {
            state.logins_by_address.remove(&(tenant.clone(), login, address));
        }
        state.logins.remove(&(tenant.clone(), login));
        Ok(())
    }
}

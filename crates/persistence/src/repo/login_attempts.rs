//! [`LoginAttemptRepository`]: log ins that fail, by login id and address, and by login id in all (security 27).

use async_trait::async_trait;
use bonin_domain::TenantId;
use bonin_domain::keys::{AddressIndex, LoginIndex};
use bonin_ports::{LoginAttemptRepository, LoginVerdict, RepositoryError};
use diesel::prelude::*;
use diesel::upsert::excluded;
use jiff::{SignedDuration, Timestamp};

use super::super::engine::{self, Conn, Store};
use crate::failure::Failure;
use crate::schema::login_attempts as l;
use crate::sql::Instant;

/// Failures of a login id at one address within a window.
const AT_ADDRESS: i32 = 10;
/// The window, from its first failure on.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Failures of a login id in all before it has to wait.
const IN_ALL: i32 = 100;
/// The first wait; each further one is twice as long.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// The longest wait.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// Stands for all addresses in the row that counts them together.
const ANYWHERE: &[u8] = &[];

#[async_trait]
impl LoginAttemptRepository for Store {
    async fn charge(
        &self,
        tenant: &TenantId,
        login: LoginIndex,
        address: Option<AddressIndex>,
        now: Timestamp,
    ) -> Result<LoginVerdict, RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| charge(c, tenant.as_str(), &login, address.as_ref(), now)).await
    }

    async fn forgive(
        &self,
        tenant: &TenantId,
        login: LoginIndex,
        address: Option<AddressIndex>,
    ) -> Result<(), RepositoryError> {
        let tenant = tenant.clone();
        self.write(move |c| {
            // A charge must not write down again what it read before this.
            engine::lock_subjects(c, vec![login.lock_key()])?;
            let here = address.as_ref().map_or(ANYWHERE, AddressIndex::as_bytes);
            let forgiven = l::table
                .filter(l::tenant.eq(tenant.as_str()))
                .filter(l::login_index.eq(login.as_bytes()))
                .filter(l::address.eq(here).or(l::address.eq(ANYWHERE)));
            diesel::delete(forgiven).execute(c)?;
            Ok(())
        })
        .await
    }
}

/// Forgets all failures of a login id, whose subject is locked.
pub fn forget(c: &mut Conn, tenant: &str, login: &LoginIndex) -> Result<(), Failure> {
    let own = l::table.filter(l::tenant.eq(tenant)).filter(l::login_index.eq(login.as_bytes()));
    diesel::delete(own).execute(c)?;
    Ok(())
}

/// How long a login id has to wait after its `hits`-th failure in all.
fn wait_after(hits: i32) -> SignedDuration {
    let Ok(doublings) = u32::try_from(hits - IN_ALL - 1) else { return SignedDuration::ZERO };
    let factor = 1_i32.checked_shl(doublings).filter(|factor| *factor > 0).unwrap_or(i32::MAX);
    FIRST_WAIT.saturating_mul(factor).min(LONGEST_WAIT)
}

/// Failures so far, and when the window or the wait ends.
type Counter = (i32, Instant);

fn charge(
    c: &mut Conn,
    tenant: &str,
    login: &LoginIndex,
    address: Option<&AddressIndex>,
    now: Timestamp,
) -> Result<LoginVerdict, Failure> {
    engine::lock_subjects(c, vec![login.lock_key()])?;
    let mut counter = |address: &[u8]| -> Result<Option<Counter>, Failure> {
        let row = l::table.find((tenant, login.as_bytes(), address));
        Ok(row.select((l::hits, l::ends_at)).get_result(c).optional()?)
    };
    let address = address.map(AddressIndex::as_bytes);
    let at_address = match address {
        Some(address) => counter(address)?.filter(|(_, ends_at)| ends_at.0 > now),
        None => None,
    };
    let in_all = counter(ANYWHERE)?;

    let full = at_address.filter(|(hits, _)| *hits >= AT_ADDRESS);
    let waiting = in_all.filter(|(_, ends_at)| ends_at.0 > now);
    if let Some((_, until)) = full.into_iter().chain(waiting).max_by_key(|(_, until)| *until) {
        return Ok(LoginVerdict::Wait { until: until.0 });
    }

    let later = |by| Instant(now.checked_add(by).unwrap_or(Timestamp::MAX));
    let (hits, ends_at) = at_address.unwrap_or((0, later(WINDOW)));
    let all_hits = in_all.map_or(0, |(hits, _)| hits).saturating_add(1);
    let row = |address: &[u8], (hits, ends_at): Counter| {
        (
            l::tenant.eq(tenant.to_owned()),
            l::login_index.eq(login.as_bytes().to_vec()),
            l::address.eq(address.to_vec()),
            l::hits.eq(hits),
            l::ends_at.eq(ends_at),
            l::charged_at.eq(Instant(now)),
        )
    };
    let here = address.map(|address| row(address, (hits + 1, ends_at)));
    for row in here.into_iter().chain([row(ANYWHERE, (all_hits, later(wait_after(all_hits))))]) {
        diesel::insert_into(l::table)
            .values(row)
            .on_conflict((l::tenant, l::login_index, l::address))
            .do_update()
            .set((
                l::hits.eq(excluded(l::hits)),
                l::ends_at.eq(excluded(l::ends_at)),
                l::charged_at.eq(excluded(l::charged_at)),
            ))
            .execute(c)?;
    }
    Ok(LoginVerdict::Allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_half_a_minute_up_to_an_hour() {
        let waits: Vec<i64> = (99..=110).map(|hits| wait_after(hits).as_secs()).collect();
        assert_eq!(waits, [0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
        assert_eq!(wait_after(i32::MAX), LONGEST_WAIT);
    }
}

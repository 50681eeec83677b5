//! [`ApiKeyRepository`]: who may call, and how often addresses showed bad keys (security 52).

use async_trait::async_trait;
use bonin_domain::access::{ApiKey, ApiKeyId, ApiSecretDigest};
use bonin_domain::keys::AddressIndex;
use bonin_ports::{ApiKeyRepository, KeyVerdict, RepositoryError, Revoke, Rotated};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Binary, SmallInt};
use jiff::{SignedDuration, Timestamp};

use super::super::engine::{Backend, Conn, Store};
use super::text;
use crate::failure::Failure;
use crate::rows::{ApiKeyRow, scope_names};
use crate::schema::{api_keys as k, bad_keys as b};
use crate::sql::{Instant, InstantSql};

/// Bad keys that an address may show in a minute.
const BAD_KEYS: i16 = 5;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[async_trait]
impl ApiKeyRepository for Store {
    async fn create(&self, key: ApiKey, secret: ApiSecretDigest) -> Result<(), RepositoryError> {
        self.write_once(move |c| {
            diesel::insert_into(k::table)
                .values((
                    k::id.eq(key.id.as_str()),
                    k::tenant.eq(key.tenant.as_str()),
                    k::scopes.eq(scope_names(&key.scopes)),
                    k::secret.eq(secret.as_bytes().as_slice()),
                    k::created_at.eq(Instant(key.created_at)),
                    k::revoked_at.eq(key.revoked_at.map(Instant)),
                ))
                .execute(c)?;
            Ok(())
        })
        .await
    }

    /// A right key costs a read; only a bad one is written down. Of parallel bad ones the sixth was looked up like
    /// the others, but is told the same as one that came after them.
    async fn authenticate(
        &self,
        id: &ApiKeyId,
        secret: ApiSecretDigest,
        address: AddressIndex,
        now: Timestamp,
    ) -> Result<KeyVerdict, RepositoryError> {
        let id = id.clone();
        match self.read(move |c| judge(c, &id, secret, &address, now)).await? {
            KeyVerdict::Refused => self.write_once(move |c| count_bad(c, &address, now)).await,
            verdict => Ok(verdict),
        }
    }

    async fn rotate(
        &self,
        id: &ApiKeyId,
        secret: ApiSecretDigest,
        _: Timestamp,
    ) -> Result<Rotated, RepositoryError> {
        let id = id.clone();
        self.write(move |c| rotate(c, &id, secret)).await
    }

    async fn revoke(&self, id: &ApiKeyId, what: Revoke, now: Timestamp) -> Result<bool, RepositoryError> {
        let id = id.clone();
        self.write_once(move |c| revoke(c, &id, what, now)).await
    }

    async fn list(&self) -> Result<Vec<ApiKey>, RepositoryError> {
        self.read(|c| {
            let rows: Vec<ApiKeyRow> =
                k::table.order((k::created_at, k::id)).select(ApiKeyRow::as_select()).load(c)?;
            rows.into_iter().map(ApiKey::try_from).collect()
        })
        .await
    }
}

/// Compares, and sees whether the address is shut out, in one look. Nothing is counted yet.
fn judge(
    c: &mut Conn,
    id: &ApiKeyId,
    secret: ApiSecretDigest,
    address: &AddressIndex,
    now: Timestamp,
) -> Result<KeyVerdict, Failure> {
    let secret = secret.as_bytes().as_slice();
    let shut_out =
        b::address.eq(address.as_bytes()).and(b::ends_at.gt(Instant(now))).and(b::hits.ge(BAD_KEYS));
    let found: Option<(ApiKeyRow, Option<Instant>)> = k::table
        .left_join(b::table.on(shut_out))
        .filter(k::id.eq(id.as_str()))
        .filter(k::revoked_at.is_null())
        .filter(k::secret.eq(secret).or(k::newer_secret.eq(secret)))
        .select((ApiKeyRow::as_select(), b::ends_at.nullable()))
        .get_result(c)
        .optional()?;
    let until = match &found {
        Some((_, until)) => *until,
        None => shut_out_until(c, address, now)?,
    };
    Ok(match (until, found) {
        (Some(until), _) => KeyVerdict::TooMany { until: until.0 },
        (None, Some((row, _))) => KeyVerdict::Granted(row.try_into()?),
        (None, None) => KeyVerdict::Refused,
    })
}

/// Until when an address has shown too many bad keys.
fn shut_out_until(c: &mut Conn, address: &AddressIndex, now: Timestamp) -> Result<Option<Instant>, Failure> {
    Ok(b::table
        .find(address.as_bytes())
        .filter(b::ends_at.gt(Instant(now)))
        .filter(b::hits.ge(BAD_KEYS))
        .select(b::ends_at)
        .get_result(c)
        .optional()?)
}

/// Counts a bad key, exactly under any number of parallel ones; the first begins a minute. Where the minute holds
/// enough already, no row is written.
struct CountBadKey<'a> {
    address: &'a [u8],
    ends_at: Instant,
    now: Instant,
}

impl QueryId for CountBadKey<'_> {
    type QueryId = CountBadKey<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<Conn> for CountBadKey<'_> {}

impl QueryFragment<Backend> for CountBadKey<'_> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        const TEXT: &str = "INSERT INTO bad_keys (address, ends_at, hits) VALUES (:1, :2, 1) \
             ON CONFLICT (address) DO UPDATE SET \
             ends_at = CASE WHEN bad_keys.ends_at > :3 THEN bad_keys.ends_at ELSE excluded.ends_at END, \
             hits = CASE WHEN bad_keys.ends_at > :3 THEN bad_keys.hits + 1 ELSE 1 END \
             WHERE bad_keys.ends_at <= :3 OR bad_keys.hits < :4";
        text::push(TEXT, out, |number, out| match number {
            1 => out.push_bind_param::<Binary, _>(self.address),
            2 => out.push_bind_param::<InstantSql, _>(&self.ends_at),
            3 => out.push_bind_param::<InstantSql, _>(&self.now),
            _ => out.push_bind_param::<SmallInt, _>(&BAD_KEYS),
        })
    }
}

fn count_bad(c: &mut Conn, address: &AddressIndex, now: Timestamp) -> Result<KeyVerdict, Failure> {
    let ends_at = Instant(now.checked_add(MINUTE).unwrap_or(Timestamp::MAX));
    let counted = CountBadKey { address: address.as_bytes(), ends_at, now: Instant(now) }.execute(c)?;
    if counted == 1 {
        return Ok(KeyVerdict::Refused);
    }
    // Others were faster.
    let until = shut_out_until(c, address, now)?.unwrap_or(ends_at);
    Ok(KeyVerdict::TooMany { until: until.0 })
}

fn rotate(c: &mut Conn, id: &ApiKeyId, secret: ApiSecretDigest) -> Result<Rotated, Failure> {
    let live = k::table.find(id.as_str()).filter(k::revoked_at.is_null());
    let added = diesel::update(live.filter(k::newer_secret.is_null()))
        .set(k::newer_secret.eq(secret.as_bytes().as_slice()))
        .execute(c)?;
    if added == 1 {
        return Ok(Rotated::Done);
    }
    let two_live: bool = diesel::select(diesel::dsl::exists(live)).get_result(c)?;
    Ok(if two_live { Rotated::TwoLive } else { Rotated::NotFound })
}

fn revoke(c: &mut Conn, id: &ApiKeyId, what: Revoke, now: Timestamp) -> Result<bool, Failure> {
    let live = k::table.find(id.as_str()).filter(k::revoked_at.is_null());
    let ended = match what {
        Revoke::Key => diesel::update(live).set(k::revoked_at.eq(Instant(now))).execute(c)?,
        Revoke::OlderSecret => diesel::update(live.filter(k::newer_secret.is_not_null()))
            .set((k::secret.eq(k::newer_secret.assume_not_null()), k::newer_secret.eq(None::<Vec<u8>>)))
            .execute(c)?,
        Revoke::NewerSecret => diesel::update(live.filter(k::newer_secret.is_not_null()))
            .set(k::newer_secret.eq(None::<Vec<u8>>))
            .execute(c)?,
    };
    Ok(ended == 1)
}

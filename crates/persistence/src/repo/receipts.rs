//! [`ReceiptRepository`]: what providers push, stored before it is read (requirement E02).

use std::collections::HashMap;

use async_trait::async_trait;
use bonin_domain::messages::{ProviderName, ReceiptId};
use bonin_ports::{Receipt, ReceiptRepository, RepositoryError, StoredReceipt};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use jiff::Timestamp;

use super::super::engine::{self, Conn, Store};
use super::attempts::{News, advance};
use crate::failure::Failure;
use crate::schema::{attempts as a, receipts as r};
use crate::sql::{Instant, Uid};

/// The providers that push, in the words of the index `attempts_pushed`: only a query that repeats them uses it.
const IS_PUSHED: &str = "attempts.provider IN ('coolsms', 'nexmo')";

#[async_trait]
impl ReceiptRepository for Store {
    async fn store(&self, receipt: StoredReceipt, due_at: Timestamp) -> Result<(), RepositoryError> {
        self.write_once(move |c| {
            diesel::insert_into(r::table)
                .values((
                    r::id.eq(Uid(receipt.id.as_uuid())),
                    r::provider.eq(receipt.provider.as_str()),
                    r::call.eq(receipt.call.as_bytes()),
                    r::received_at.eq(Instant(receipt.received_at)),
                    r::due_at.eq(Instant(due_at)),
                ))
                .execute(c)?;
            Ok(())
        })
        .await
    }

    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<StoredReceipt>, RepositoryError> {
        self.write(move |c| take_due(c, now, until, limit)).await
    }

    async fn join(
        &self,
        provider: &ProviderName,
        receipts: Vec<Receipt>,
        now: Timestamp,
    ) -> Result<usize, RepositoryError> {
        let provider = provider.clone();
        self.write(move |c| join(c, &provider, &receipts, now)).await
    }

    async fn settle(&self, id: ReceiptId, due_at: Option<Timestamp>) -> Result<(), RepositoryError> {
        self.write_once(move |c| {
            // One that has ended stays so.
            let waiting = r::table.find(Uid(id.as_uuid())).filter(r::due_at.is_not_null());
            match due_at {
                Some(at) => diesel::update(waiting).set(r::due_at.eq(Instant(at))).execute(c)?,
                None => diesel::update(waiting)
                    .set((r::due_at.eq(None::<Instant>), r::call.eq(None::<Vec<u8>>)))
                    .execute(c)?,
            };
            Ok(())
        })
        .await
    }
}

fn take_due(
    c: &mut Conn,
    now: Timestamp,
    until: Timestamp,
    limit: u16,
) -> Result<Vec<StoredReceipt>, Failure> {
    let due = engine::due_receipts(c, Instant(now), i64::from(limit))?;
    let ids: Vec<Uid> = due.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    diesel::update(r::table.filter(r::id.eq_any(&ids))).set(r::due_at.eq(Instant(until))).execute(c)?;
    due.into_iter().map(StoredReceipt::try_from).collect()
}

fn join(
    c: &mut Conn,
    provider: &ProviderName,
    receipts: &[Receipt],
    now: Timestamp,
) -> Result<usize, Failure> {
    let known = attempts_called(c, provider, receipts)?;
    let mut unknown = 0;
    let mut news = Vec::with_capacity(receipts.len());
    for receipt in receipts {
        match known.get(receipt.reference.as_str()) {
            Some(attempts) => news.extend(attempts.iter().map(|attempt| (*attempt, receipt))),
            None => unknown += 1,
        }
    }
    // In one order, so that transactions with the same attempts cannot wait for each other in a circle.
    news.sort_by_key(|((message, number), _)| (message.0, *number));
    for (attempt, receipt) in news {
        let said = News {
            state: receipt.state,
            failure: receipt.failure,
            code: receipt.code.as_deref(),
            price: receipt.price.as_ref(),
        };
        advance(c, attempt, &said, now)?;
        if receipt.state.is_final() {
            diesel::update(a::table.find(attempt)).set(a::poll_at.eq(None::<Instant>)).execute(c)?;
        }
    }
    Ok(unknown)
}

/// The attempts of which receipts speak, by reference.
fn attempts_called(
    c: &mut Conn,
    provider: &ProviderName,
    receipts: &[Receipt],
) -> Result<HashMap<String, Vec<(Uid, i16)>>, Failure> {
    let references: Vec<&str> = receipts.iter().map(|receipt| receipt.reference.as_str()).collect();
    let called = a::table
        .filter(a::provider.eq(provider.as_str()))
        .filter(a::reference.eq_any(&references))
        .select((a::reference.assume_not_null(), a::message_id, a::number));
    let pushes = IS_PUSHED.contains(&format!("'{provider}'"));
    let rows: Vec<(String, Uid, i16)> =
        if pushes { called.filter(sql::<Bool>(IS_PUSHED)).load(c)? } else { called.load(c)? };
    let mut known: HashMap<String, Vec<(Uid, i16)>> = HashMap::new();
    for (reference, message, number) in rows {
        known.entry(reference).or_default().push((message, number));
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_repeats_the_words_of_the_index() {
        let words = format!("ON attempts (reference, provider) WHERE {}", IS_PUSHED.replace("attempts.", ""));
        for migration in [
            include_str!("../../../../migrations/postgres/0002_providers/up.sql"),
            include_str!("../../../../migrations/sqlite/0002_providers/up.sql"),
        ] {
            assert!(migration.contains(&words), "{words}");
        }
    }
}

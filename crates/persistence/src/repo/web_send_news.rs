//! What became of what people send with the messaging app.

use bonin_domain::TenantId;
use bonin_domain::messages::{DeliveryState, FailureClass, ProviderReference};
use bonin_domain::messaging::{WebSendId, WebSendState};
use bonin_ports::{FollowedMessage, PreparedMessage, WebSendNews};
use diesel::prelude::*;
use jiff::Timestamp;

use super::super::engine::Conn;
use super::web_sends::messages_of;
use crate::failure::Failure;
use crate::rows::{FiguresRow, WebMessageRow};
use crate::schema::{web_messages as m, web_sends as s};
use crate::sql::{Instant, Uid};

/// Notes it where the send is in a state that it can follow upon; its row is held then, so that news of one send take
/// turns.
pub fn note(
    c: &mut Conn,
    tenant: &TenantId,
    id: WebSendId,
    news: &WebSendNews,
    now: Timestamp,
) -> Result<(), Failure> {
    let row = Uid(id.as_uuid());
    let upon = diesel::update(s::table.find(row))
        .filter(s::tenant.eq(tenant.as_str()))
        .filter(s::state.eq_any(follows_upon(news).iter().map(|state| state.as_str())))
        .filter(s::releases.le(most_releases(news)));
    match news {
        WebSendNews::Prepared { group, messages } => {
            if upon.set(s::group_ref.eq(group)).execute(c)? == 1 {
                prepare(c, row, messages, now)?;
                count_failed(c, row)?;
            }
        }
        WebSendNews::Refused { class, code } | WebSendNews::Ended { class, code } => {
            let refused = (
                s::state.eq(WebSendState::Refused.as_str()),
                s::failure.eq(class.as_str()),
                s::provider_code.eq(code),
                s::counted.eq(false),
            );
            if upon.set(refused).execute(c)? == 1 {
                advance_all(c, row, &Reached::failed(*class, code, now))?;
            }
        }
        WebSendNews::Released { state, figures } => {
            let figures = figures.as_ref().map(FiguresRow::from);
            let is_unclear = *state == WebSendState::Unclear;
            let released = (
                s::state.eq(state.as_str()),
                s::releases.eq(s::releases + i16::from(is_unclear)),
                s::released_at.eq(Instant(now)),
                figures,
            );
            if upon.set(released).execute(c)? == 1 {
                let state = if is_unclear { DeliveryState::Unknown } else { DeliveryState::Accepted };
                advance_all(c, row, &Reached::new(state, None, None, now))?;
                count_failed(c, row)?;
            }
        }
        WebSendNews::Unreleased => {
            let waiting = (
                s::state.eq(WebSendState::Prepared.as_str()),
                s::releases.eq(0),
                s::released_at.eq(None::<Instant>),
            );
            if upon.set(waiting).execute(c)? == 1 {
                let unknown =
                    m::table.filter(m::send_id.eq(row)).filter(m::state.eq(DeliveryState::Unknown.as_str()));
                diesel::update(unknown)
                    .set(&Reached::new(DeliveryState::Queued, None, None, now))
                    .execute(c)?;
            }
        }
        WebSendNews::Cancelled => {
            upon.set((s::state.eq(WebSendState::Cancelled.as_str()), s::counted.eq(false))).execute(c)?;
        }
        WebSendNews::Followed { figures, messages } => {
            let told = (FiguresRow::from(figures), s::followed_at.eq(Instant(now)));
            if upon.set(told).execute(c)? == 1 {
                follow(c, row, messages, now)?;
                count_failed(c, row)?;
            }
        }
    }
    Ok(())
}

/// The states of a send in which news of it count. What came later is never taken back, whichever news come first.
fn follows_upon(news: &WebSendNews) -> &'static [WebSendState] {
    use WebSendState::{Cancelled, Prepared, Refused, Scheduled, Sent, Unclear};
    match news {
        WebSendNews::Prepared { .. } => &[Prepared],
        WebSendNews::Refused { .. } => &[Prepared, Unclear],
        WebSendNews::Unreleased => &[Unclear],
        WebSendNews::Ended { .. } => &[Unclear, Scheduled],
        WebSendNews::Cancelled => &[Prepared, Scheduled],
        WebSendNews::Released { state, .. } => match state {
            Unclear => &[Prepared, Unclear],
            Scheduled => &[Prepared, Unclear, Scheduled],
            Sent => &[Prepared, Unclear, Scheduled, Sent],
            // No release ends so.
            Prepared | Refused | Cancelled => &[],
        },
        WebSendNews::Followed { .. } => &[Prepared, Unclear, Scheduled, Sent],
    }
}

/// After how many releases at the most news count: the answer to a release says nothing of those before it.
fn most_releases(news: &WebSendNews) -> i16 {
    match news {
        WebSendNews::Refused { .. } | WebSendNews::Unreleased => 1,
        _ => i16::MAX,
    }
}

/// The provider does not count messages that were never put into the group.
fn count_failed(c: &mut Conn, send: Uid) -> Result<(), Failure> {
    let over = [DeliveryState::Failed, DeliveryState::Expired].map(DeliveryState::as_str);
    let failed: i64 =
        m::table.filter(m::send_id.eq(send)).filter(m::state.eq_any(over)).count().get_result(c)?;
    let failed = i32::try_from(failed).map_err(|_| Failure::BadRow("a send of too many messages"))?;
    diesel::update(s::table.find(send)).filter(s::failed.lt(failed)).set(s::failed.eq(failed)).execute(c)?;
    Ok(())
}

fn prepare(c: &mut Conn, send: Uid, prepared: &[PreparedMessage], now: Timestamp) -> Result<(), Failure> {
    for (row, message) in messages_of(c, send)?.iter().zip(prepared) {
        let reference = message.reference.as_ref().map(ProviderReference::as_str);
        diesel::update(m::table.find(row.id)).set(m::reference.eq(reference)).execute(c)?;
        if let Some((class, code)) = &message.refusal {
            advance(c, row.id, &Reached::failed(*class, code, now))?;
        }
    }
    Ok(())
}

fn follow(c: &mut Conn, send: Uid, followed: &[FollowedMessage], now: Timestamp) -> Result<(), Failure> {
    let rows = messages_of(c, send)?;
    for message in followed {
        let meant = |row: &&WebMessageRow| row.reference.as_deref() == Some(message.reference.as_str());
        // Most have nothing new, which costs no statement.
        let behind = rows.iter().find(meant).filter(|row| row.rank < message.state.rank());
        if let Some(row) = behind {
            let code = Some(message.provider_code.as_str());
            advance(c, row.id, &Reached::new(message.state, message.failure, code, now))?;
        }
    }
    Ok(())
}

/// How far a message came.
#[derive(AsChangeset)]
#[diesel(table_name = crate::schema::web_messages, treat_none_as_null = true)]
struct Reached {
    state: &'static str,
    rank: i16,
    failure: Option<String>,
    provider_code: Option<String>,
    updated_at: Instant,
}

impl Reached {
    fn new(state: DeliveryState, failure: Option<FailureClass>, code: Option<&str>, now: Timestamp) -> Self {
        Self {
            state: state.as_str(),
            rank: state.rank(),
            failure: failure.map(|class| class.as_str().to_owned()),
            provider_code: code.map(str::to_owned),
            updated_at: Instant(now),
        }
    }

    fn failed(class: FailureClass, code: &str, now: Timestamp) -> Self {
        Self::new(DeliveryState::Failed, Some(class), Some(code), now)
    }
}

/// Moves one message forward where the state lies ahead.
fn advance(c: &mut Conn, message: Uid, to: &Reached) -> Result<(), Failure> {
    diesel::update(m::table.find(message)).filter(m::rank.lt(to.rank)).set(to).execute(c)?;
    Ok(())
}

/// Moves every message of a send forward for which the state lies ahead.
fn advance_all(c: &mut Conn, send: Uid, to: &Reached) -> Result<(), Failure> {
    diesel::update(m::table.filter(m::send_id.eq(send))).filter(m::rank.lt(to.rank)).set(to).execute(c)?;
    Ok(())
}

//! Groups in two steps, for people who logged in (section 5.3): filled, then released.

use std::collections::HashSet;

use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{DeliveryState, MessageKind, ProviderReference};
use bonin_domain::messaging::GroupFigures;
use bonin_ports::{
    FollowedMessage, GroupRelease, GroupReport, MessagingError, MessagingGroups, PreparedGroup,
    PreparedMessage, WebContent,
};
use jiff::Timestamp;
use secrecy::SecretString;

use crate::app::{CoolsmsApp, unsent};
use crate::client::CoolsmsClient;
use crate::codes::Outcome;
use crate::error::CoolsmsError;
use crate::query::ListQuery;
use crate::reports::state;
use crate::request::{InvalidRequest, OutgoingMessage, check_count};
use crate::results::{Group, MessageRow, Verdict};
use crate::sender::national;
use crate::verdicts::{PLACE, join};

/// Messages of one page; with long texts it stays below what a list may bring.
const PAGE_SIZE: u16 = 200;
/// A group that we fill has no more pages: 10,000 messages.
const MOST_PAGES: usize = 50;

#[async_trait]
impl MessagingGroups for CoolsmsApp {
    /// A message for which the answer has no verdict of its own has neither name nor refusal: it may go.
    #[tracing::instrument(name = "coolsms.prepare", skip_all)]
    async fn prepare(
        &self,
        access: &SecretString,
        content: &WebContent,
        to: &[PhoneNumber],
    ) -> Result<PreparedGroup, MessagingError> {
        let client = self.client(access)?;
        check_count(to.len()).map_err(CoolsmsError::from)?;
        let messages = to.iter().enumerate().map(|(place, number)| outgoing(content, number, place));
        let messages: Vec<OutgoingMessage> = messages.collect();
        // One that would be refused must not stop the others; no group is made for nothing.
        let checks: Vec<_> = messages.iter().map(OutgoingMessage::check).collect();
        if let (true, Some(Err(invalid))) = (checks.iter().all(Result::is_err), checks.first()) {
            return Err(CoolsmsError::from(*invalid).into());
        }
        let good = messages.into_iter().zip(&checks).filter(|(_, check)| check.is_ok());
        let good: Vec<OutgoingMessage> = good.map(|(message, _)| message).collect();
        let group = client.create_group(has_duplicates(to)).await.map_err(unsent)?;
        let added = client.add_messages(&group.group_id, &good).await.map_err(unsent)?;
        let sent = to.iter().zip(&checks).map(|(number, check)| check.is_ok().then_some(number));
        let sent: Vec<Option<&PhoneNumber>> = sent.collect();
        let verdicts = join(&sent, &[], &added.results).into_iter().zip(checks);
        let messages = verdicts.map(|(verdict, check)| prepared(verdict, check.err())).collect();
        Ok(PreparedGroup { group: group.group_id, messages })
    }

    #[tracing::instrument(name = "coolsms.release", skip_all)]
    async fn release(
        &self,
        access: &SecretString,
        group: &str,
        at: Option<Timestamp>,
    ) -> Result<GroupFigures, MessagingError> {
        let client = self.client(access)?;
        // A time that has come is now: a group that was released for it before is known as such only so.
        let released = match at {
            Some(at) if at > client.now() => client.schedule_group(group, at).await,
            _ => client.send_group(group).await,
        };
        match released {
            Ok(group) => Ok(figures(&group, None)),
            Err(error) => match error.code() {
                "409/AlreadySent" | "409/GroupInProcessing" | "409/ScheduledGroup" => {
                    Ok(GroupFigures::default())
                }
                // Of which state it speaks is not documented, so the group may have gone.
                "400/InvalidStatus" => {
                    Err(MessagingError::Unclear { code: error.code().to_owned(), cause: error.into() })
                }
                _ => Err(error.into()),
            },
        }
    }

    #[tracing::instrument(name = "coolsms.cancel", skip_all)]
    async fn cancel(&self, access: &SecretString, group: &str) -> Result<bool, MessagingError> {
        match self.client(access)?.cancel_schedule(group).await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == "400/InvalidStatus" => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    #[tracing::instrument(name = "coolsms.follow", skip_all)]
    async fn follow(&self, access: &SecretString, group: &str) -> Result<GroupReport, MessagingError> {
        let client = self.client(access)?;
        let found = client.group(group).await.map_err(unsent)?;
        let rows = rows(&client, group).await.map_err(unsent)?;
        let kind = rows.iter().find_map(MessageRow::message_kind);
        Ok(GroupReport {
            release: release_of(&found),
            figures: figures(&found, kind),
            messages: rows.into_iter().filter_map(followed).collect(),
        })
    }
}

fn outgoing(content: &WebContent, to: &PhoneNumber, place: usize) -> OutgoingMessage {
    let message = OutgoingMessage::of(content.kind, content.from.as_str(), national(to), &content.text)
        .country_code(to.country_code())
        .custom_field(PLACE, place.to_string());
    let message = match &content.subject {
        Some(subject) => message.subject(subject),
        None => message,
    };
    match &content.image {
        Some(image) => message.image(image),
        None => message,
    }
}

/// Without leave the provider refuses a number that a group has already (1026).
fn has_duplicates(to: &[PhoneNumber]) -> bool {
    let mut seen = HashSet::new();
    !to.iter().all(|number| seen.insert(number))
}

fn prepared(verdict: Option<&Verdict>, invalid: Option<InvalidRequest>) -> PreparedMessage {
    if let Some(invalid) = invalid {
        let refusal = Some((invalid.class(), invalid.code().to_owned()));
        return PreparedMessage { reference: None, refusal };
    }
    let id = verdict.and_then(|verdict| verdict.message_id.as_deref());
    let refusal = verdict.and_then(|verdict| match Outcome::of(&verdict.status_code) {
        Outcome::Refused(class) | Outcome::Failed(class) => Some((class, verdict.status_code.clone())),
        Outcome::Accepted | Outcome::Sent | Outcome::Delivered | Outcome::Unknown => None,
    });
    PreparedMessage { reference: id.and_then(ProviderReference::parse), refusal }
}

/// All messages of a group.
async fn rows(client: &CoolsmsClient, group: &str) -> Result<Vec<MessageRow>, CoolsmsError> {
    let mut rows = Vec::new();
    let mut query = ListQuery::all().limit(PAGE_SIZE);
    for _ in 0..MOST_PAGES {
        let page = client.group_messages(group, &query).await?;
        rows.extend(page.messages);
        match page.next_key {
            Some(key) => query = query.start_key(&key),
            None => return Ok(rows),
        }
    }
    Err(CoolsmsError::unclear("too_many_pages", "the list of a group does not end"))
}

fn followed(row: MessageRow) -> Option<FollowedMessage> {
    let reference = ProviderReference::parse(&row.message_id)?;
    let (state, failure) = state(row.outcome()).unwrap_or((DeliveryState::Accepted, None));
    Some(FollowedMessage { reference, state, failure, provider_code: row.status_code })
}

/// A group whose reservation was cancelled is `FAILED` and was never sent. Of a state that nobody documents, or none, nothing
/// follows, nor of `PENDING`: the answer to a release may come before it is seen here.
fn release_of(group: &Group) -> GroupRelease {
    match group.status.as_str() {
        _ if group.sent_at.is_some() => GroupRelease::Released,
        "SCHEDULED" | "SENDING" | "COMPLETE" => GroupRelease::Released,
        "FAILED" | "DELETED" => GroupRelease::Ended,
        _ => GroupRelease::Unknown,
    }
}

/// What a group is said to have brought. What the app earns depends on the kind: `kind`, or else the one that was
/// charged.
fn figures(group: &Group, kind: Option<MessageKind>) -> GroupFigures {
    let count = &group.count;
    let ended = count.delivered + count.failed;
    // What waits in a group that never goes is not awaited.
    let waiting = if matches!(group.status.as_str(), "FAILED" | "DELETED") { 0 } else { count.registered };
    let kind = kind.or(match group.charged_kinds[..] {
        [kind] => Some(kind),
        _ => None,
    });
    let whole = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    GroupFigures {
        delivered: whole(count.delivered),
        failed: whole(count.failed.saturating_add(count.refused)),
        pending: whole(count.pending.max(waiting.saturating_sub(ended))),
        profit: kind.map(|kind| group.profit.of(kind)).unwrap_or_default(),
        charged: group.charged,
    }
}

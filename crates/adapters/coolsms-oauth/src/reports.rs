//! What became of messages, for where no webhook told (section 7).

use async_trait::async_trait;
use bonin_domain::messages::{DeliveryState, FailureClass, ProviderReference};
use bonin_ports::{DeliveryReport, DeliveryReports, ReportError, SentMessage, TakenMessage};
use jiff::{SignedDuration, Timestamp};

use crate::codes::Outcome;
use crate::error::CoolsmsError;
use crate::query::ListQuery;
use crate::results::{MessagePage, MessageRow};
use crate::sender::{CoolsmsSender, KOREA, is_number_of, national};

/// The most time that a call takes; the `Http` gives up then.
const CALL: SignedDuration = SignedDuration::from_secs(5);
/// A list this long after the call shows what the call brought; before that "nothing" means little.
const SETTLED: SignedDuration = SignedDuration::from_secs(5);
/// Added to the window on both sides: their clock is not ours, and a call takes time.
const PAD: SignedDuration = SignedDuration::from_secs(30);
/// With clocks further apart than this the padded window may miss the message.
const CLOSE: SignedDuration = SignedDuration::from_secs(20);

const PAGE_SIZE: u16 = 100;
const MOST_PAGES: usize = 5;

#[async_trait]
impl DeliveryReports for CoolsmsSender {
    #[tracing::instrument(name = "coolsms.report", skip_all)]
    async fn report(&self, taken: &TakenMessage<'_>) -> Result<DeliveryReport, ReportError> {
        let id = taken.reference.as_str();
        let page = self.client.list(&ListQuery::message(id)).await?;
        let row = page.messages.into_iter().find(|row| row.message_id == id);
        let Some((row, (state, failure))) =
            row.and_then(|row| state(row.outcome()).map(|state| (row, state)))
        else {
            return Ok(DeliveryReport::of(DeliveryState::Accepted));
        };
        Ok(DeliveryReport { failure, code: Some(row.status_code), ..DeliveryReport::of(state) })
    }

    #[tracing::instrument(name = "coolsms.find", skip_all)]
    async fn find(&self, sent: &SentMessage<'_>) -> Result<Option<ProviderReference>, ReportError> {
        let mut query = window(sent);
        for _ in 0..MOST_PAGES {
            let asked_at = self.client.now();
            let page = self.client.list(&query).await?;
            if let Some(row) = page.messages.iter().find(|row| is_the_one(row, sent)) {
                let reference = ProviderReference::parse(&row.message_id);
                return reference.map(Some).ok_or_else(|| doubt("message_id"));
            }
            if page.messages.iter().any(|row| row.text.is_none() && may_be_to(row, sent)) {
                return Err(doubt("no_text"));
            }
            match &page.next_key {
                Some(key) => query = query.start_key(key),
                None => return surely_nothing(&page, asked_at, sent),
            }
        }
        Err(doubt("too_many_pages"))
    }
}

/// What a status code says of a message; nothing where it says nothing.
pub(crate) fn state(outcome: Outcome) -> Option<(DeliveryState, Option<FailureClass>)> {
    match outcome {
        Outcome::Accepted => Some((DeliveryState::Accepted, None)),
        Outcome::Sent => Some((DeliveryState::Sent, None)),
        Outcome::Delivered => Some((DeliveryState::Delivered, None)),
        Outcome::Refused(class) | Outcome::Failed(class) => Some((DeliveryState::Failed, Some(class))),
        Outcome::Unknown => None,
    }
}

fn window(sent: &SentMessage<'_>) -> ListQuery {
    let until = sent.until.max(sent.since);
    let query = ListQuery::all().limit(PAGE_SIZE).created(
        sent.since.saturating_sub(PAD).unwrap_or(Timestamp::MIN),
        until.saturating_add(PAD).unwrap_or(Timestamp::MAX),
    );
    // How foreign numbers are written is not confirmed, so there the filter could hide the message.
    if sent.message.to.country_code() == KOREA { query.to(&national(&sent.message.to)) } else { query }
}

/// Whether the row is the message that is looked for. One that was refused at registration was never taken.
fn is_the_one(row: &MessageRow, sent: &SentMessage<'_>) -> bool {
    let same_text = row.text.as_deref().is_some_and(|text| same_text(text, &sent.message.text));
    same_text && may_be_to(row, sent) && !matches!(row.outcome(), Outcome::Refused(_))
}

fn may_be_to(row: &MessageRow, sent: &SentMessage<'_>) -> bool {
    row.to.as_deref().is_none_or(|to| is_number_of(to, &sent.message.to))
}

/// Line ends and blanks at the end are not kept by everything between us and the list.
fn same_text(one: &str, other: &str) -> bool {
    let folded = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    folded(one) == folded(other)
}

/// `None` only where a message of ours would have been listed.
fn surely_nothing(
    page: &MessagePage,
    asked_at: Timestamp,
    sent: &SentMessage<'_>,
) -> Result<Option<ProviderReference>, ReportError> {
    // A caller that knows no better says that the call may have lasted until now.
    let ended = sent.until.min(sent.since.saturating_add(CALL).unwrap_or(Timestamp::MAX));
    if asked_at.duration_since(ended) < SETTLED {
        return Err(doubt("too_early"));
    }
    let apart = page.server_time.map(|theirs| asked_at.duration_since(theirs).abs());
    if apart.is_some_and(|apart| apart > CLOSE) {
        return Err(doubt("clock"));
    }
    Ok(None)
}

fn doubt(code: &'static str) -> ReportError {
    ReportError { code: code.to_owned(), cause: None }
}

impl From<CoolsmsError> for ReportError {
    fn from(error: CoolsmsError) -> Self {
        Self { code: error.code().to_owned(), cause: Some(error.into()) }
    }
}

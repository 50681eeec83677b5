//! What became of messages: SENS never calls us, so it is asked (sections 5 and 6).

use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{DeliveryState, ProviderReference};
use bonin_ports::{DeliveryReport, DeliveryReports, ReportError, SentMessage, TakenMessage};
use jiff::{SignedDuration, Timestamp};

use crate::error::SensError;
use crate::query::ListQuery;
use crate::request::KOREA;
use crate::results::{MessagePage, MessageRow, Outcome};
use crate::sender::{SensSender, national};
use crate::wire;

/// The most time that sending takes: a call is given up after 5 s, the last one of a batch begins within 1 s.
const CALL: SignedDuration = SignedDuration::from_secs(6);
/// A list this long after the call shows what the call brought; before that "nothing" means little.
const SETTLED: SignedDuration = SignedDuration::from_secs(5);
/// Added to the window on both sides: their clock is not ours, and a call takes time.
const PAD: SignedDuration = SignedDuration::from_secs(30);
/// With clocks further apart than this the padded window may miss the message.
const CLOSE: SignedDuration = SignedDuration::from_secs(20);

const PAGE_SIZE: u8 = 100;
const MOST_PAGES: usize = 5;
const MOST_CANDIDATES: usize = 20;
#[async_trait]
impl DeliveryReports for SensSender {
    #[tracing::instrument(name = "sens.report", skip_all)]
    async fn report(&self, taken: &TakenMessage<'_>) -> Result<DeliveryReport, ReportError> {
        let page = self.client.list(&request_of(taken)).await?;
        let mut rows = page.messages.iter().filter(|row| is_of(row, taken));
        let outcome = match (rows.next(), rows.next()) {
            (None, _) => Outcome::Pending,
            (Some(row), None) => row.outcome(),
            // One number twice in one request: nobody can tell which of the two is meant.
            (Some(_), Some(_)) => return Err(doubt("several_messages")),
        };
        Ok(match outcome {
            Outcome::Pending => report(DeliveryState::Accepted),
            Outcome::Delivered => {
                DeliveryReport { code: Some("0".into()), ..report(DeliveryState::Delivered) }
            }
            Outcome::Failed { class, code } => DeliveryReport {
                failure: Some(class),
                code: wire::clean(&code).map(str::to_owned),
                ..report(DeliveryState::Failed)
            },
        })
    }

    #[tracing::instrument(name = "sens.find", skip_all)]
    async fn find(&self, sent: &SentMessage<'_>) -> Result<Option<ProviderReference>, ReportError> {
        let mut query = window(sent);
        let mut candidates = 0;
        for _ in 0..MOST_PAGES {
            let asked_at = self.client.now();
            let page = self.client.list(&query).await?;
            for row in page.messages.iter().filter(|row| may_be_to(row, &sent.message.to)) {
                candidates += 1;
                if candidates > MOST_CANDIDATES {
                    return Err(doubt("too_many_candidates"));
                }
                if let Some(reference) = self.compare(row, sent).await? {
                    return Ok(Some(reference));
                }
            }
            if page.pending {
                return Err(doubt("pending"));
            }
            match next_page(&page)? {
                Some(token) => query = query.next_token(&token),
                None => return surely_nothing(&page, asked_at, sent),
            }
        }
        Err(doubt("too_many_pages"))
    }
}

impl SensSender {
    /// The request of `row` if its message has the text that is looked for.
    async fn compare(
        &self,
        row: &MessageRow,
        sent: &SentMessage<'_>,
    ) -> Result<Option<ProviderReference>, ReportError> {
        let id = row.message_id.as_deref().ok_or_else(|| doubt("no_message_id"))?;
        let result = self.client.get(id).await?;
        let content = result.content.ok_or_else(|| doubt("no_content"))?;
        if !same_text(&content, &sent.message.text) {
            return Ok(None);
        }
        let request_id = row.request_id.as_deref().or(result.row.request_id.as_deref());
        let reference = request_id.and_then(ProviderReference::parse);
        reference.map(Some).ok_or_else(|| doubt("no_request_id"))
    }
}

/// A request may have a hundred messages: only the one to this recipient is asked for.
fn request_of(taken: &TakenMessage<'_>) -> ListQuery {
    let query = ListQuery::request(taken.reference.as_str()).page_size(PAGE_SIZE);
    // How SENS writes foreign numbers is not confirmed, so there the filter could hide the message.
    if taken.to.country_code() == KOREA { query.to(&national(taken.to)) } else { query }
}

fn is_of(row: &MessageRow, taken: &TakenMessage<'_>) -> bool {
    row.request_id.as_deref().is_none_or(|id| id == taken.reference.as_str()) && may_be_to(row, taken.to)
}

fn window(sent: &SentMessage<'_>) -> ListQuery {
    let until = sent.until.max(sent.since);
    let query = ListQuery::requested(
        sent.since.saturating_sub(PAD).unwrap_or(Timestamp::MIN),
        until.saturating_add(PAD).unwrap_or(Timestamp::MAX),
    )
    .page_size(PAGE_SIZE);
    // How SENS writes foreign numbers is not confirmed, so there the filter could hide the message.
    if sent.message.to.country_code() == KOREA { query.to(&national(&sent.message.to)) } else { query }
}

/// Whether the row's recipient may be this one, however SENS writes it.
fn may_be_to(row: &MessageRow, number: &PhoneNumber) -> bool {
    row.to.as_deref().is_none_or(|to| {
        let digits: String = to.chars().filter(char::is_ascii_digit).collect();
        digits.ends_with(number.national_digits())
    })
}

/// Line ends and blanks at the end are not kept by everything between us and the list.
fn same_text(one: &str, other: &str) -> bool {
    let folded = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    folded(one) == folded(other)
}

/// The next page's token, `None` after the last page.
fn next_page(page: &MessagePage) -> Result<Option<String>, ReportError> {
    match (page.has_more, &page.next_token) {
        (Some(false), _) => Ok(None),
        (Some(true) | None, Some(token)) => Ok(Some(token.clone())),
        (None, None) if page.messages.len() < usize::from(PAGE_SIZE) => Ok(None),
        (Some(true) | None, None) => Err(doubt("no_next_token")),
    }
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

fn report(state: DeliveryState) -> DeliveryReport {
    DeliveryReport::of(state)
}

fn doubt(code: &'static str) -> ReportError {
    ReportError { code: code.to_owned(), cause: None }
}

impl From<SensError> for ReportError {
    fn from(error: SensError) -> Self {
        Self { code: error.code().to_owned(), cause: Some(error.into()) }
    }
}

//! What became of messages: Cafe24 never calls us and names no message, so its lists are searched by recipient and
//! minute (section 8.3).

use async_trait::async_trait;
use bonin_domain::PhoneNumber;
use bonin_domain::messages::{DeliveryState, FailureClass, MessageKind, ProviderReference};
use bonin_ports::{DeliveryReport, DeliveryReports, ReportError, SentMessage, TakenMessage};
use jiff::{SignedDuration, Timestamp};

use crate::error::Cafe24Error;
use crate::list::{MessagePage, MessageRow, Status};
use crate::numbers;
use crate::query::ListQuery;
use crate::sender::Cafe24Sender;
use crate::time::day;

/// Added on both sides: lists know minutes only, their clock is not ours, and a call takes time.
const PAD: SignedDuration = SignedDuration::from_mins(2);
/// With clocks further apart than this the padded window may miss the message.
const CLOSE: SignedDuration = SignedDuration::from_secs(60);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// The most time that a call takes; the `Http` gives up then.
const CALL: SignedDuration = SignedDuration::from_secs(5);
/// How long before its acceptance a message was sent at the most: a call for it, a call for the list whose clock is
/// compared, and as much again for clocks that tell whole seconds.
const SENT_BEFORE: SignedDuration = SignedDuration::from_secs(15);
/// A list this long after the call is taken to show what the call brought; how long lists lag is not documented.
const SETTLED: SignedDuration = SignedDuration::from_secs(10);
/// The rows of one list. More to one number on one day is abnormal, and how further pages count is not confirmed.
const ROWS: usize = 50;

#[async_trait]
impl DeliveryReports for Cafe24Sender {
    /// `Sent` is the best that Cafe24 ever tells: it does not know whether a phone has the message. Where several
    /// messages to one number in one minute fared differently, nobody can say which is which: `Accepted`.
    #[tracing::instrument(name = "cafe24.report", skip_all)]
    async fn report(&self, taken: &TakenMessage<'_>) -> Result<DeliveryReport, ReportError> {
        let window = Window::around(taken.accepted_at, taken.accepted_at);
        let asked_at = self.client.now();
        let pages = self.pages(taken.to, &window, kinds(taken.reference)).await?;
        let window = window.not_before(taken.accepted_at, asked_at, &pages);
        let rows = pages.iter().flat_map(|page| &page.rows);
        let mut statuses: Vec<_> =
            rows.filter(|row| window.may_hold(row, taken.to)).map(MessageRow::status).collect();
        statuses.dedup();
        Ok(match statuses[..] {
            [Status::Sent] => {
                DeliveryReport { code: Some("3".into()), ..DeliveryReport::of(DeliveryState::Sent) }
            }
            [Status::Failed] => DeliveryReport {
                // Lists do not say why.
                failure: Some(FailureClass::Other),
                code: Some("9".into()),
                ..DeliveryReport::of(DeliveryState::Failed)
            },
            _ => DeliveryReport::of(DeliveryState::Accepted),
        })
    }

    #[tracing::instrument(name = "cafe24.find", skip_all)]
    async fn find(&self, sent: &SentMessage<'_>) -> Result<Option<ProviderReference>, ReportError> {
        let (to, kind) = (&sent.message.to, sent.message.kind);
        let window = Window::around(sent.since, sent.until.max(sent.since));
        let asked_at = self.client.now();
        let pages = self.pages(to, &window, &[kind]).await?;
        let mut was_cut = false;
        for row in pages.iter().flat_map(|page| &page.rows).filter(|row| window.may_hold(row, to)) {
            match compare(row.text.as_deref(), &sent.message.text) {
                Text::Same => return Ok(Some(self.reference(kind, sent.since))),
                Text::Cut => was_cut = true,
                Text::Other => {}
            }
        }
        if was_cut {
            return Err(doubt("text_cut"));
        }
        // A caller that knows no better says that the call may have lasted until now.
        let ended = sent.until.min(sent.since.saturating_add(CALL).unwrap_or(Timestamp::MAX));
        if asked_at.duration_since(ended) < SETTLED {
            return Err(doubt("too_early"));
        }
        let apart = |theirs: Timestamp| asked_at.duration_since(theirs).abs() > CLOSE;
        if pages.iter().filter_map(|page| page.server_time).any(apart) {
            return Err(doubt("clock"));
        }
        Ok(None)
    }
}

impl Cafe24Sender {
    /// The whole lists of the window's days: one for short messages, another for long ones.
    async fn pages(
        &self,
        to: &PhoneNumber,
        window: &Window,
        kinds: &[MessageKind],
    ) -> Result<Vec<MessagePage>, ReportError> {
        let mut days = vec![day(window.start), day(window.end)];
        days.dedup();
        let mut pages = Vec::new();
        for day in days {
            for kind in kinds {
                let query = ListQuery::day(day).to(to);
                let query = if *kind == MessageKind::Sms { query } else { query.long() };
                let page = self.client.list(&query).await?;
                let known = page.rows.len();
                let more = page.total.map_or(known >= ROWS, |total| total > known as u64);
                if more {
                    return Err(doubt("too_many_rows"));
                }
                pages.push(page);
            }
        }
        Ok(pages)
    }
}

/// The time in which a message was sent, padded.
struct Window {
    start: Timestamp,
    end: Timestamp,
}

impl Window {
    fn around(since: Timestamp, until: Timestamp) -> Self {
        Self {
            start: since.saturating_sub(PAD).unwrap_or(Timestamp::MIN),
            end: until.saturating_add(PAD).unwrap_or(Timestamp::MAX),
        }
    }

    /// Without the minutes that surely were over when a message that was accepted then was sent, as told by the
    /// lists' own clock: a list that lags may still hold nothing but an earlier message to the same number.
    fn not_before(self, accepted_at: Timestamp, asked_at: Timestamp, pages: &[MessagePage]) -> Self {
        let Some(theirs) = pages.first().and_then(|page| page.server_time) else { return self };
        let ahead = theirs.duration_since(asked_at);
        let sent_at = accepted_at.saturating_add(ahead).unwrap_or(accepted_at);
        let start = sent_at.saturating_sub(SENT_BEFORE).unwrap_or(Timestamp::MIN);
        Self { start: start.max(self.start), ..self }
    }

    /// Whether the row may be a message to this number in this time.
    fn may_hold(&self, row: &MessageRow, to: &PhoneNumber) -> bool {
        let same_number = |raw: &str| numbers::national(to).is_some_and(|to| numbers::digits(raw) == to);
        // A row names the minute, so its last moment counts.
        let in_time = |minute: Timestamp| {
            minute <= self.end && minute.saturating_add(MINUTE).unwrap_or(Timestamp::MAX) > self.start
        };
        row.receive_phone.as_deref().is_none_or(same_number) && row.sent_minute().is_none_or(in_time)
    }
}

/// How a row's text compares with the one that is looked for.
enum Text {
    Same,
    /// What is there is the beginning of it, or nothing.
    Cut,
    Other,
}

/// Line ends and blanks at the end are not kept by everything between us and the list.
fn compare(listed: Option<&str>, ours: &str) -> Text {
    let folded = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    let (listed, ours) = (folded(listed.unwrap_or_default()), folded(ours));
    match ours.strip_prefix(&listed) {
        Some("") => Text::Same,
        Some(_) => Text::Cut,
        None => Text::Other,
    }
}

/// The kind is in the references that this adapter makes; another one may stand for either.
fn kinds(reference: &ProviderReference) -> &'static [MessageKind] {
    match reference.as_str().as_bytes().last() {
        Some(b's') => &[MessageKind::Sms],
        Some(b'l') => &[MessageKind::Lms],
        _ => &[MessageKind::Sms, MessageKind::Lms],
    }
}

fn doubt(code: &'static str) -> ReportError {
    ReportError { code: code.to_owned(), cause: None }
}

impl From<Cafe24Error> for ReportError {
    fn from(error: Cafe24Error) -> Self {
        Self { code: error.code().to_owned(), cause: Some(error.into()) }
    }
}

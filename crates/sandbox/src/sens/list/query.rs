//! Reads the query of a list call.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use crate::params::Params;
use crate::sens::time;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const THIRTY_DAYS: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A query that the service does not take, and why.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Invalid {
    #[error(
        "'requestId', 'requestStartTime' with 'requestEndTime', or 'completeStartTime' with 'completeEndTime' is required"
    )]
    NoGroup,
    #[error("'{0}' is required")]
    Missing(&'static str),
    #[error("'{0}' must be a time like 2026-01-02 09:00:00")]
    Time(&'static str),
    #[error("'{0}' and '{1}' must be in order and at most {2} apart")]
    Span(&'static str, &'static str, &'static str),
    #[error("'pageSize' must be 1 to {0}")]
    PageSize(usize),
    #[error("'nextToken' is not one of ours")]
    Token,
    #[error("'{0}' must be one of {1}")]
    Choice(&'static str, &'static str),
}

/// A range of whole seconds, both ends included: SENS shows and takes no fractions.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Range {
    start: i64,
    end: i64,
}

impl Range {
    /// Whether `time` lies in it.
    pub(super) fn holds(&self, time: Timestamp) -> bool {
        (self.start..=self.end).contains(&time.as_second())
    }
}

/// Which time a range is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Span {
    Requested(Range),
    Completed(Range),
}

/// Where a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) position: u64,
    pub(super) page: u64,
}

impl Cursor {
    /// The opaque form that clients see.
    pub(super) fn token(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{}", self.position, self.page))
    }

    fn parse(token: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (position, page) = text.split_once('.')?;
        Some(Self { position: position.parse().ok()?, page: page.parse().ok()? })
    }
}

/// A list call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ListQuery {
    pub(super) request_id: Option<String>,
    pub(super) span: Option<Span>,
    pub(super) message_id: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) country: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) status: Option<String>,
    pub(super) status_name: Option<String>,
    /// Whether anything beyond the group narrows the list.
    pub(super) has_filter: bool,
    pub(super) page_size: usize,
    pub(super) cursor: Option<Cursor>,
}

impl ListQuery {
    /// Reads the parameters; those that SENS does not know are ignored.
    pub(super) fn read(params: &Params) -> Result<Self, Invalid> {
        let request_id = params.get("requestId").map(str::to_owned);
        let span = span(params)?;
        if request_id.is_none() && span.is_none() {
            return Err(Invalid::NoGroup);
        }
        let text = |name| params.get(name).map(str::to_owned);
        let has_filter = span.is_some()
            || ["messageId", "type", "contentType", "countryCode", "from", "to", "status", "statusName"]
                .iter()
                .any(|name| params.get(name).is_some())
            || params.get("nextToken").is_some();
        Ok(Self {
            // The 100 messages of a request fit on one page.
            page_size: page_size(params, request_id.is_some())?,
            request_id,
            span,
            message_id: text("messageId"),
            kind: choice(params, "type", &["SMS", "LMS", "MMS"], "SMS, LMS, MMS")?,
            content_type: choice(params, "contentType", &["COMM", "AD"], "COMM, AD")?,
            country: text("countryCode"),
            from: text("from"),
            to: text("to"),
            status: choice(
                params,
                "status",
                &["READY", "PROCESSING", "COMPLETED"],
                "READY, PROCESSING, COMPLETED",
            )?,
            status_name: choice(params, "statusName", &["success", "fail"], "success, fail")?,
            has_filter,
            cursor: params
                .get("nextToken")
                .map(|token| Cursor::parse(token).ok_or(Invalid::Token))
                .transpose()?,
        })
    }
}

fn span(params: &Params) -> Result<Option<Span>, Invalid> {
    if let Some(range) = range(params, "requestStartTime", "requestEndTime", THIRTY_DAYS, "30 days")? {
        return Ok(Some(Span::Requested(range)));
    }
    let range = range(params, "completeStartTime", "completeEndTime", DAY, "24 hours")?;
    Ok(range.map(Span::Completed))
}

fn range(
    params: &Params,
    start_name: &'static str,
    end_name: &'static str,
    longest: SignedDuration,
    longest_name: &'static str,
) -> Result<Option<Range>, Invalid> {
    let (start, end) = match (params.get(start_name), params.get(end_name)) {
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(Invalid::Missing(end_name)),
        (None, Some(_)) => return Err(Invalid::Missing(start_name)),
        (Some(start), Some(end)) => (start, end),
    };
    let start = time::parse(start).ok_or(Invalid::Time(start_name))?;
    let end = time::parse(end).ok_or(Invalid::Time(end_name))?;
    if end < start || end.duration_since(start) > longest {
        return Err(Invalid::Span(start_name, end_name, longest_name));
    }
    Ok(Some(Range { start: start.as_second(), end: end.as_second() }))
}

fn page_size(params: &Params, of_request: bool) -> Result<usize, Invalid> {
    let (default, largest) = if of_request { (1000, 1000) } else { (20, 100) };
    match params.get("pageSize") {
        None => Ok(default),
        Some(raw) => {
            raw.parse().ok().filter(|size| (1..=largest).contains(size)).ok_or(Invalid::PageSize(largest))
        }
    }
}

fn choice(
    params: &Params,
    name: &'static str,
    known: &[&str],
    names: &'static str,
) -> Result<Option<String>, Invalid> {
    match params.get(name) {
        None => Ok(None),
        Some(value) if known.contains(&value) => Ok(Some(value.to_owned())),
        Some(_) => Err(Invalid::Choice(name, names)),
    }
}

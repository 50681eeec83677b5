//! Reads a send call.

use jiff::{SignedDuration, Timestamp};

use super::form::{Fields, NotBase64};
use super::numbers::{self, BadNumber};
use super::{text, time};
use crate::credentials::CAFE24_FROM;

const MOST_RECIPIENTS: usize = 1_000;
const SUBJECT_LIMIT: usize = 50;
const RESERVE_AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// The messages of a call, and when they go.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) is_long: bool,
    pub(super) subject: Option<String>,
    /// Each recipient as E.164 with the text for them.
    pub(super) messages: Vec<(String, String)>,
    pub(super) reserved_for: Option<Timestamp>,
    pub(super) repeat: Option<Repeat>,
    pub(super) is_test: bool,
}

/// How often and at what distance messages are sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repeat {
    pub(super) times: u8,
    pub(super) gap: SignedDuration,
}

impl Call {
    /// The credits that it costs.
    pub(super) fn cost(&self) -> u64 {
        let each = if self.is_long { 3 } else { 1 };
        let rounds = 1 + self.repeat.map_or(0, |repeat| u64::from(repeat.times));
        each * rounds * self.messages.len() as u64
    }
}

/// Reads a call whose id and key are right, or says the code that refuses it.
pub(super) fn read(fields: &Fields, now: Timestamp) -> Result<Call, &'static str> {
    check_sender(fields)?;
    let is_long = match fields.ascii("smsType").map_err(|NotBase64| "3203")?.as_deref() {
        None | Some("S") => false,
        Some("L") => true,
        Some(_) => return Err("0003"),
    };
    let flag = |name| fields.ascii(name).map_err(|NotBase64| "3203").map(|flag| flag.as_deref() == Some("Y"));
    Ok(Call {
        is_long,
        subject: subject(fields)?.filter(|_| is_long),
        messages: messages(fields, is_long)?,
        reserved_for: reservation(fields, now)?,
        repeat: if flag("repeatFlag")? { Some(repeat(fields)?) } else { None },
        is_test: flag("testflag")?,
    })
}

fn check_sender(fields: &Fields) -> Result<(), &'static str> {
    let group = |name| fields.ascii(name).map_err(|NotBase64| "3204");
    let (first, second) = (group("sphone1")?.ok_or("-101")?, group("sphone2")?.ok_or("-101")?);
    let third = group("sphone3")?.unwrap_or_default();
    // The groups are numbers of their own: hyphens within them make another sender.
    let registered = numbers::hyphenated(CAFE24_FROM);
    if [first.as_str(), &second, &third].join("-") == registered { Ok(()) } else { Err("-114") }
}

fn subject(fields: &Fields) -> Result<Option<String>, &'static str> {
    let Some(bytes) = fields.bytes("subject").map_err(|NotBase64| "3203")? else {
        return Ok(None);
    };
    let subject = text::read(&bytes).ok_or("-202")?;
    if text::len(&subject).ok_or("-202")? > SUBJECT_LIMIT {
        return Err("0004");
    }
    Ok(Some(subject))
}

/// The recipients, each with their text: `rphone`, or `destination` with a name for each.
fn messages(fields: &Fields, is_long: bool) -> Result<Vec<(String, String)>, &'static str> {
    let bytes = fields.bytes("msg").map_err(|NotBase64| "3203")?.ok_or("-101")?;
    let template = text::read(&bytes).ok_or("-202")?;
    let named = fields.bytes_of_either_alphabet("destination").map_err(|NotBase64| "3203")?;
    let recipients: Vec<(String, Option<String>)> = if let Some(bytes) = named {
        let destination = text::read(&bytes).ok_or("-202")?;
        let pair = |part: &str| match part.split_once('|') {
            Some((number, name)) => (number.trim().to_owned(), Some(name.to_owned())),
            None => (part.trim().to_owned(), None),
        };
        destination.split(',').map(pair).collect()
    } else {
        let phones = fields.ascii("rphone").map_err(|NotBase64| "3205")?.ok_or("-101")?;
        phones.split(',').map(|number| (number.trim().to_owned(), None)).collect()
    };
    if recipients.len() > MOST_RECIPIENTS {
        return Err("-110");
    }
    let limit = if is_long { 2_000 } else { 90 };
    recipients
        .into_iter()
        .map(|(number, name)| {
            let number = numbers::recipient(&number).map_err(|bad| match bad {
                BadNumber::Format => "3205",
                BadNumber::Number => "3202",
            })?;
            let text = name.map_or_else(|| template.clone(), |name| template.replace("{name}", &name));
            if text::len(&text).ok_or("-202")? > limit {
                return Err("0004");
            }
            Ok((number, text))
        })
        .collect()
}

fn reservation(fields: &Fields, now: Timestamp) -> Result<Option<Timestamp>, &'static str> {
    let part = |name| fields.ascii(name).map_err(|NotBase64| "-105");
    match (part("rdate")?, part("rtime")?) {
        (None, None) => Ok(None),
        (Some(day), Some(clock)) => {
            let moment = time::read(&day, &clock).ok_or("-105")?;
            // Only whole seconds can be written.
            let ahead = moment.as_second() - now.as_second();
            if ahead < RESERVE_AHEAD.as_secs() { Err("-105") } else { Ok(Some(moment)) }
        }
        _ => Err("-105"),
    }
}

fn repeat(fields: &Fields) -> Result<Repeat, &'static str> {
    let number = |name| {
        let raw = fields.ascii(name).map_err(|NotBase64| "0003")?.ok_or("-101")?;
        raw.parse::<u32>().map_err(|_| "0003")
    };
    match (number("repeatNum")?, number("repeatTime")?) {
        (times @ 1..=10, minutes @ 15..) => Ok(Repeat {
            times: u8::try_from(times).map_err(|_| "0003")?,
            gap: SignedDuration::from_mins(i64::from(minutes)),
        }),
        _ => Err("0003"),
    }
}

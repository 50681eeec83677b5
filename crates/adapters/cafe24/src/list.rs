//! Lists of sent messages and their XML (section 8.3).

use std::fmt;

use jiff::Timestamp;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use crate::codes::is_code;
use crate::error::Cafe24Error;
use crate::time::minute;

/// Whether a message went at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendType {
    /// `I`
    Immediate,
    /// `R`
    Reserved,
}

/// How far a message came. Cafe24 knows nothing of its arrival on the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `1`: to be sent at once.
    Requested,
    /// `2`: to be sent at its time.
    Reserved,
    /// `3`: sent.
    Sent,
    /// `9`: failed.
    Failed,
    /// Missing, or a number that nobody documents.
    Unknown,
}

/// One message of a list. Parts that Cafe24 leaves out are `None`.
///
/// `Debug` leaves out numbers and text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MessageRow {
    /// `I` or `R`, as written.
    pub send_type: Option<String>,
    /// The sender's number, as written.
    pub send_phone: Option<String>,
    /// The recipient's number, as written.
    pub receive_phone: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// When it was or will be sent, as written: `202609011730`, Korean time.
    pub sent_at: Option<String>,
    /// When it was requested, as written.
    pub registered_at: Option<String>,
    /// The state, as written: see [`MessageRow::status`].
    pub send_status: Option<String>,
    /// When its credit was given back, as written.
    pub refunded_at: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages.
    pub rows: Vec<MessageRow>,
    /// How many there are on all pages, where Cafe24 says so.
    pub total: Option<u64>,
    /// The provider's clock when it answered.
    pub server_time: Option<Timestamp>,
}

impl MessageRow {
    /// How far it came.
    pub fn status(&self) -> Status {
        match self.send_status.as_deref().map(str::trim) {
            Some("1") => Status::Requested,
            Some("2") => Status::Reserved,
            Some("3") => Status::Sent,
            Some("9") => Status::Failed,
            _ => Status::Unknown,
        }
    }

    /// Whether it went at once, where the list says so.
    pub fn send_type(&self) -> Option<SendType> {
        match self.send_type.as_deref()?.trim() {
            "I" => Some(SendType::Immediate),
            "R" => Some(SendType::Reserved),
            _ => None,
        }
    }

    /// The minute in which it was or will be sent.
    pub fn sent_minute(&self) -> Option<Timestamp> {
        minute(self.sent_at.as_deref()?)
    }

    fn set(&mut self, name: &[u8], value: String) {
        let field = match name {
            b"sendType" => &mut self.send_type,
            b"sendPhone" => &mut self.send_phone,
            b"receivePhone" => &mut self.receive_phone,
            b"msg" => &mut self.text,
            b"sendDateTime" => &mut self.sent_at,
            b"regDate" => &mut self.registered_at,
            b"sendStatus" => &mut self.send_status,
            b"refundDate" => &mut self.refunded_at,
            _ => return,
        };
        *field = Some(value).filter(|value| !value.is_empty());
    }
}

impl fmt::Debug for MessageRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MessageRow")
            .field("send_type", &self.send_type)
            .field("sent_at", &self.sent_at)
            .field("send_status", &self.send_status)
            .finish_non_exhaustive()
    }
}

/// Reads a list that came with HTTP 200. Nobody knows the name of its root, so only what is inside counts.
pub(crate) fn page(body: &[u8]) -> Result<MessagePage, Cafe24Error> {
    let (code, page) = read(body)?;
    match code.as_deref().map(str::trim) {
        Some("0000") => Ok(page),
        Some(code) if is_code(code) => Err(Cafe24Error::from_code(code)
            .unwrap_or_else(|| Cafe24Error::unreadable("a code that lists do not have"))),
        Some(_) | None => Err(Cafe24Error::unreadable("no code")),
    }
}

fn read(body: &[u8]) -> Result<(Option<String>, MessagePage), Cafe24Error> {
    let body = std::str::from_utf8(body).map_err(|_| Cafe24Error::unreadable("the list is not UTF-8"))?;
    let mut reader = Reader::from_str(body.trim_start());
    let mut page = MessagePage { rows: Vec::new(), total: None, server_time: None };
    let (mut code, mut row, mut text, mut depth) = (None, None::<MessageRow>, String::new(), 0_usize);
    loop {
        // An error of the reader may quote what it read.
        let event = reader.read_event().map_err(|_| malformed(reader.error_position()))?;
        let here = reader.buffer_position();
        match event {
            Event::Start(start) => {
                depth += 1;
                text.clear();
                if start.local_name().as_ref() == b"record" {
                    row = Some(MessageRow::default());
                }
            }
            Event::Text(part) => text.push_str(&part.xml10_content().map_err(|_| malformed(here))?),
            Event::CData(part) => text.push_str(&part.xml10_content().map_err(|_| malformed(here))?),
            Event::GeneralRef(reference) => {
                text.push_str(&resolve(&reference).ok_or_else(|| malformed(here))?);
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                let value = std::mem::take(&mut text);
                match (end.local_name().as_ref(), &mut row) {
                    (b"record", _) => page.rows.extend(row.take()),
                    (name, Some(row)) => row.set(name, value),
                    (b"code", None) => code = Some(value),
                    (b"totalCnt", None) => page.total = value.trim().parse().ok(),
                    (_, None) => {}
                }
            }
            Event::Eof if depth == 0 => return Ok((code, page)),
            Event::Eof => return Err(malformed(here)),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// The character of `&amp;` or `&#44032;`; a list has no others.
fn resolve(reference: &BytesRef<'_>) -> Option<String> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character.to_string());
    }
    resolve_predefined_entity(&reference.decode().ok()?).map(str::to_owned)
}

fn malformed(position: u64) -> Cafe24Error {
    Cafe24Error::unreadable(format!("the list is not well-formed XML near byte {position}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"
<?xml version="1.0" encoding="UTF-8"?>
<smslist><code>0000</code><totalCnt> 2 </totalCnt><data>
 <record><sendType>I</sendType><sendPhone>02-123-4567</sendPhone><receivePhone>010-1234-5678</receivePhone>
  <msg><![CDATA[[본인] <인증>]]></msg><sendDateTime>202609011730</sendDateTime><regDate>2026-09-01</regDate>
  <sendStatus>3</sendStatus><refundDate></refundDate></record>
 <record><sendType>R</sendType><msg>A &amp; B &#44032;
&lt;</msg><sendStatus>9</sendStatus><refundDate>202609011800</refundDate><extra/></record>
</data></smslist>"#;

    #[test]
    fn rows_are_read_whatever_their_root_is_called() {
        for root in ["smslist", "response", "a:b"] {
            let page = page(LIST.replace("smslist", root).as_bytes()).unwrap();
            assert_eq!(page.total, Some(2));
            let [first, second] = &page.rows[..] else { panic!("two rows") };
            assert_eq!(first.text.as_deref(), Some("[본인] <인증>"));
            assert_eq!((first.status(), first.send_type()), (Status::Sent, Some(SendType::Immediate)));
            assert_eq!(first.receive_phone.as_deref(), Some("010-1234-5678"));
            assert_eq!(first.sent_minute(), Some("2026-09-01T08:30:00Z".parse().unwrap()));
            assert_eq!(first.refunded_at, None);
            assert_eq!(second.text.as_deref(), Some("A & B 가\n<"));
            assert_eq!((second.status(), second.send_type()), (Status::Failed, Some(SendType::Reserved)));
            assert_eq!(second.refunded_at.as_deref(), Some("202609011800"));
        }
    }

    #[test]
    fn an_empty_list_is_a_list() {
        let empty = page(b"<r><code>0000</code><totalCnt>0</totalCnt><data/></r>").unwrap();
        assert_eq!((empty.rows.len(), empty.total), (0, Some(0)));
    }

    #[test]
    fn every_code_has_its_error_and_what_has_none_is_unclear() {
        let code = |body: &str| page(body.as_bytes()).unwrap_err();
        let refused = code("<r><code>-101</code></r>");
        assert!(matches!(refused, Cafe24Error::Refused { ref code, .. } if code == "-101"), "{refused:?}");
        assert!(matches!(code("<r><code>-102</code></r>"), Cafe24Error::Unauthorized { .. }));
        assert!(matches!(code("<r><code>-100</code></r>"), Cafe24Error::Unavailable { .. }));
        for odd in ["", "<r></r>", "<r><code>01012345678</code></r>", "-102", "<r><code>0000</code>", "</r>"]
        {
            let error = code(odd);
            assert!(
                matches!(error, Cafe24Error::Unclear { ref code, .. } if code == "200"),
                "{odd} {error:?}"
            );
        }
    }

    #[test]
    fn a_list_that_is_cut_anywhere_is_no_list() {
        let list = LIST.trim();
        for end in (0..list.len()).filter(|end| list.is_char_boundary(*end)) {
            let error = page(&list.as_bytes()[..end]).unwrap_err();
            assert_eq!(error.code(), "200", "cut at {end}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_quoted() {
        for odd in
            ["<a>01012345678</b>", "<r>&secret;</r>", "<r><code>secret</code></r>", "<r>&#x110000;</r>"]
        {
            let told = format!("{:?}", page(odd.as_bytes()).unwrap_err());
            assert!(!told.contains("0101") && !told.contains("secret"), "{told}");
        }
        let shown = format!("{:?}", page(LIST.as_bytes()).unwrap());
        assert!(!shown.contains("5678") && !shown.contains("인증"), "{shown}");
    }
}

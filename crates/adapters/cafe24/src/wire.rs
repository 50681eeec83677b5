//! The forms that go to Cafe24 and the lines that come back (sections 4, 7, 8.1 and 8.2).

use bonin_domain::messages::{MessageKind, SenderId};
use serde::Deserialize;

use crate::codes::{Verdict, is_code, verdict};
use crate::error::Cafe24Error;
use crate::form::Form;
use crate::numbers;
use crate::request::SendRequest;
use crate::time::local;

/// How Cafe24 took the messages of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Handed to the carriers' gateway.
    Sent,
    /// Kept until their time.
    Reserved,
    /// Checked only: nothing is sent.
    Tested,
}

/// What Cafe24 says of a call that it took: one line for all messages, and no name for any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendReceipt {
    /// How it took them.
    pub taken: Taken,
    /// The credits that are left, where it says so; an SMS costs 1, an LMS 3.
    pub remaining: Option<u64>,
}

impl Taken {
    /// The answer's own word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Sent => "success",
            Self::Reserved => "reserved",
            Self::Tested => "Test Success!",
        }
    }
}

/// The fields of a send behind those that say who we are, each value before base64.
pub(crate) fn send_form(form: Form, request: &SendRequest, sender: &SenderId) -> Form {
    let groups = numbers::groups(sender.as_str()).unwrap_or_default();
    let group = |place: usize| groups.get(place).copied().unwrap_or_default();
    let phones: Vec<_> = request
        .recipients
        .iter()
        .map(|recipient| {
            let number = numbers::hyphenated(&recipient.to).unwrap_or_default();
            match &recipient.name {
                Some(name) => format!("{number}|{name}"),
                None => number,
            }
        })
        .collect();
    let phones = phones.join(",");
    let has_names = request.recipients.iter().any(|recipient| recipient.name.is_some());
    let (rphone, destination) = if has_names { ("", Some(&*phones)) } else { (&*phones, None) };
    let yes = |flag: bool| flag.then_some("Y");
    let mut form = form
        .with("sphone1", group(0))
        .with("sphone2", group(1))
        .with("sphone3", group(2))
        .with("rphone", rphone)
        .with("msg", &request.text)
        .with_some("smsType", (request.kind == MessageKind::Lms).then_some("L"))
        .with_some("subject", request.subject.as_deref())
        .with_some("destination", destination);
    if let Some(moment) = request.reserved_for {
        let moment = local(moment);
        form = form
            .with("rdate", &moment.strftime("%Y%m%d").to_string())
            .with("rtime", &moment.strftime("%H%M%S").to_string());
    }
    if let Some(repeat) = request.repeat {
        form = form
            .with("repeatFlag", "Y")
            .with("repeatNum", &repeat.times.to_string())
            .with("repeatTime", &repeat.every_minutes.to_string());
    }
    form.with_some("testflag", yes(request.is_test))
}

/// Reads the answer to a send: `code,remaining`, the count missing or empty at times.
pub(crate) fn receipt(body: &[u8]) -> Result<SendReceipt, Cafe24Error> {
    let body = String::from_utf8_lossy(body);
    let line = last_line(&body)?;
    let (code, rest) = line.split_once(',').unwrap_or((line, ""));
    if let Some(error) = Cafe24Error::from_code(code) {
        return Err(error);
    }
    let taken = match verdict(code) {
        Verdict::Tested => Taken::Tested,
        _ if code.trim().eq_ignore_ascii_case("reserved") => Taken::Reserved,
        _ => Taken::Sent,
    };
    Ok(SendReceipt { taken, remaining: rest.trim().parse().ok() })
}

/// Reads the answer to the question for credits: a bare number, or an error's code.
pub(crate) fn remaining(body: &[u8]) -> Result<u64, Cafe24Error> {
    let body = String::from_utf8_lossy(body);
    let line = last_line(&body)?;
    let first = line.split(',').next().unwrap_or_default().trim();
    // A count has no zeros before it, where most codes that could be mistaken for one do.
    let padded = first.len() > 1 && first.starts_with('0');
    match first.parse() {
        Ok(count) if !padded => Ok(count),
        _ if is_code(first) => Err(Cafe24Error::from_code(first)
            .unwrap_or_else(|| Cafe24Error::unreadable("a code of success instead of a count"))),
        _ => Err(Cafe24Error::unreadable("neither a count nor a code")),
    }
}

/// Reads the registered senders; what is no number is left out.
pub(crate) fn senders(body: &[u8]) -> Result<Vec<SenderId>, Cafe24Error> {
    #[derive(Deserialize)]
    struct Senders {
        result: String,
        #[serde(default)]
        list: Option<Vec<String>>,
    }
    let answer: Senders = serde_json::from_slice(body).map_err(|error| {
        // The error itself would quote the value it stumbled over.
        let place = format!("not the documented JSON at line {}, column {}", error.line(), error.column());
        Cafe24Error::unreadable(place)
    })?;
    if !answer.result.eq_ignore_ascii_case("success") {
        let known = is_code(&answer.result).then(|| Cafe24Error::from_code(&answer.result)).flatten();
        return Err(known.unwrap_or_else(|| Cafe24Error::unreadable("the answer is no success")));
    }
    let list = answer.list.unwrap_or_default();
    Ok(list.iter().filter_map(|raw| SenderId::parse(raw).ok()).collect())
}

/// The last line that says anything: a byte order mark, blank lines and warnings of PHP, in whichever charset,
/// come before it. Codes and counts are ASCII (section 5).
fn last_line(text: &str) -> Result<&str, Cafe24Error> {
    text.lines()
        .map(|line| line.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}'))
        .rfind(|line| !line.is_empty())
        .ok_or_else(|| Cafe24Error::unreadable("the answer is empty"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<(Taken, Option<u64>), String> {
        receipt(body.as_bytes())
            .map(|receipt| (receipt.taken, receipt.remaining))
            .map_err(|error| error.code().to_owned())
    }

    #[test]
    fn an_answer_is_a_code_and_perhaps_a_count() {
        for (body, expected) in [
            ("success,1234", Ok((Taken::Sent, Some(1234)))),
            ("success", Ok((Taken::Sent, None))),
            ("Success , 7 ,8", Ok((Taken::Sent, None))),
            ("\r\n\r\nreserved,1230\r\n", Ok((Taken::Reserved, Some(1230)))),
            ("Warning: something\nsuccess, 12", Ok((Taken::Sent, Some(12)))),
            ("Test Success!,1234", Ok((Taken::Tested, Some(1234)))),
            ("3206", Ok((Taken::Sent, None))),
            ("-102,", Err("-102")),
            ("-201,0", Err("-201")),
            (" 3205 ", Err("3205")),
            ("-999,1", Err("-999")),
            ("", Err("200")),
            ("failure,1", Err("200")),
            ("1234567", Err("200")),
        ] {
            assert_eq!(read(body), expected.map_err(str::to_owned), "{body:?}");
        }
    }

    #[test]
    fn only_the_line_with_the_code_need_be_ascii() {
        for body in [&b"\xef\xbb\xbfsuccess,12"[..], b"\xb0\xe6\xb0\xed: a warning\r\nsuccess,12\r\n"] {
            assert_eq!(receipt(body).unwrap().remaining, Some(12));
        }
        assert_eq!(receipt(b"\xb0\xe6\xb0\xed").unwrap_err().code(), "200");
        assert_eq!(remaining(b"\xef\xbb\xbf1234").unwrap(), 1234);
    }

    #[test]
    fn credits_are_a_number_that_no_code_looks_like() {
        let read = |body: &str| remaining(body.as_bytes()).map_err(|error| error.code().to_owned());
        for (body, expected) in [
            ("1234", Ok(1234)),
            ("\r\n 0 \r\n", Ok(0)),
            ("3205", Ok(3205)),
            ("-102", Err("-102")),
            ("-102,", Err("-102")),
            ("0099", Err("0099")),
            ("success", Err("200")),
            ("", Err("200")),
        ] {
            assert_eq!(read(body), expected.map_err(str::to_owned), "{body:?}");
        }
    }

    #[test]
    fn senders_are_digits_whatever_their_spelling() {
        let read = |body: &str| senders(body.as_bytes()).map_err(|error| error.code().to_owned());
        let list =
            read(r#"{"result":"Success","list":["02-123-4567","+1-2","010-1234-5678"],"more":1}"#).unwrap();
        let list: Vec<_> = list.iter().map(SenderId::as_str).collect();
        assert_eq!(list, ["021234567", "01012345678"]);
        for none in [r#"{"result":"success"}"#, r#"{"result":"Success","list":null}"#] {
            assert_eq!(read(none), Ok(vec![]));
        }
        assert_eq!(read(r#"{"result":"-102"}"#), Err("-102".into()));
        for odd in [r#"{"result":"Fail","list":[]}"#, "-102", "[]", ""] {
            assert_eq!(read(odd), Err("200".into()), "{odd}");
        }
    }
}

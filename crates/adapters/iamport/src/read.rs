//! Reading what the provider wrote: members may be absent, null, 0 or of another type, and new ones may come
//! (sections 2 and 5). Nothing that is read becomes part of an error.

use bonin_ports::IdentityError;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::error::unreadable;

/// Reads a JSON object.
pub(crate) fn object(body: &[u8]) -> Result<Value, IdentityError> {
    // The parser's own message quotes what it read.
    let value: Option<Value> = serde_json::from_slice(body).ok();
    value.filter(Value::is_object).ok_or_else(|| unreadable("the answer is not a JSON object"))
}

/// What wraps every answer of I'mport (section 2): `{"code": 0, "message": …, "response": {…}}`.
pub(crate) enum Envelope {
    /// Code 0 and a response, which is an object.
    Success(Value),
    /// Another code. Only 0 is documented.
    Failure {
        /// `200/` and the code.
        code: String,
    },
}

impl Envelope {
    /// Reads the body of a 200.
    pub(crate) fn read(body: &[u8]) -> Result<Self, IdentityError> {
        let mut envelope = object(body)?;
        match envelope["code"].as_i64() {
            Some(0) => {}
            Some(code) => return Ok(Self::Failure { code: format!("200/{code}") }),
            None => return Err(unreadable("the answer has no code")),
        }
        let response = envelope["response"].take();
        if response.is_object() {
            Ok(Self::Success(response))
        } else {
            Err(unreadable("the response is missing"))
        }
    }
}

/// A text that is not empty.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object[name].as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// A whole number other than 0, perhaps written as a text.
pub(crate) fn number(object: &Value, name: &str) -> Option<i64> {
    let number = match &object[name] {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| *number != 0)
}

/// A moment in UNIX seconds, after 1970.
pub(crate) fn moment(object: &Value, name: &str) -> Option<Timestamp> {
    number(object, name)
        .filter(|seconds| *seconds > 0)
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
}

/// A date, `YYYY-MM-DD` and nothing else.
pub(crate) fn date(object: &Value, name: &str) -> Option<Date> {
    text(object, name).filter(|date| date.len() == 10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn success_is_code_0_with_an_object() {
        let read = |body: &str| Envelope::read(body.as_bytes());
        assert!(matches!(read(r#"{"code":0,"message":null,"response":{"a":1}}"#), Ok(Envelope::Success(_))));
        let failure = read(r#"{"code":-1,"message":"없음","response":null}"#);
        assert!(matches!(failure, Ok(Envelope::Failure { code }) if code == "200/-1"));
        for odd in [
            "",
            "null",
            "[]",
            "<html>",
            "{}",
            r#"{"code":"0","response":{}}"#,
            r#"{"code":0}"#,
            r#"{"code":0,"response":null}"#,
            r#"{"code":0,"response":[]}"#,
            r#"{"code":0,"response":"x"}"#,
        ] {
            assert!(matches!(read(odd), Err(IdentityError::Unclear { .. })), "{odd}");
        }
    }

    #[test]
    fn absent_null_0_and_other_types_are_nothing() {
        for odd in
            [json!({}), json!({ "a": null }), json!({ "a": 0 }), json!({ "a": [1] }), json!({ "a": {} })]
        {
            assert_eq!(text(&odd, "a"), None, "{odd}");
            assert_eq!(number(&odd, "a"), None, "{odd}");
            assert_eq!(moment(&odd, "a"), None, "{odd}");
            assert_eq!(date(&odd, "a"), None, "{odd}");
        }
    }

    #[test]
    fn moments_are_numbers_or_texts() {
        let expected = Timestamp::from_second(1_767_236_400).ok();
        assert_eq!(moment(&json!({ "a": 1_767_236_400 }), "a"), expected);
        assert_eq!(moment(&json!({ "a": "1767236400" }), "a"), expected);
        for odd in
            [json!(-1), json!("0"), json!("soon"), json!(i64::MAX), json!(u64::MAX), json!(1.5), json!(true)]
        {
            assert_eq!(moment(&json!({ "a": odd }), "a"), None, "{odd}");
        }
    }

    #[test]
    fn dates_are_of_one_form() {
        assert_eq!(date(&json!({ "a": "1990-01-31" }), "a"), Some(jiff::civil::date(1990, 1, 31)));
        for odd in [
            "19900131",
            "1990-02-30",
            "1990-1-31",
            "1990-01-31T00:00",
            "90-01-31",
            "가나다라마",
            "+001990-01",
        ] {
            assert_eq!(date(&json!({ "a": odd }), "a"), None, "{odd}");
        }
    }
}

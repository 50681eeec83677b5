//! Calls of Cafe24's pages.

use std::fmt::Write as _;

use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_sandbox::credentials::{CAFE24_SECURE_KEY, CAFE24_USER_ID};

use crate::support::{Answer, World};

pub const TO: &str = "010-1234-5678";
pub const TEXT: &str = "인증번호 [123456]를 입력해주세요.";

/// Fields and their values before base64.
pub type Fields = Vec<(&'static str, String)>;

/// The fields of an SMS.
pub fn sms() -> Fields {
    let mut fields = credentials();
    for (name, value) in [
        ("mode", "1"),
        ("sphone1", "02"),
        ("sphone2", "5555"),
        ("sphone3", "0101"),
        ("rphone", TO),
        ("msg", TEXT),
    ] {
        fields.push((name, value.to_owned()));
    }
    fields
}

pub fn credentials() -> Fields {
    vec![("user_id", CAFE24_USER_ID.to_owned()), ("secure", CAFE24_SECURE_KEY.to_owned())]
}

/// These fields, one of them changed or added.
pub fn with(mut fields: Fields, name: &'static str, value: &str) -> Fields {
    fields.retain(|(known, _)| *known != name);
    fields.push((name, value.to_owned()));
    fields
}

pub fn without(mut fields: Fields, name: &str) -> Fields {
    fields.retain(|(known, _)| *known != name);
    fields
}

/// The form with every value in base64.
pub fn in_base64(fields: &[(&'static str, String)]) -> String {
    form(fields.iter().map(|(name, value)| (*name, STANDARD.encode(value).into_bytes())))
}

/// The form with the values as they are.
pub fn plain(fields: &[(&'static str, String)]) -> String {
    form(fields.iter().map(|(name, value)| (*name, value.clone().into_bytes())))
}

/// The form with these bytes, percent-encoded.
pub fn form(fields: impl Iterator<Item = (&'static str, Vec<u8>)>) -> String {
    let pairs: Vec<_> = fields
        .map(|(name, value)| {
            value.iter().fold(format!("{name}="), |mut pair, byte| {
                write!(pair, "%{byte:02X}").unwrap();
                pair
            })
        })
        .collect();
    pairs.join("&")
}

pub async fn post(world: &World, page: &str, body: String) -> Answer {
    post_as(world, page, "application/x-www-form-urlencoded", body).await
}

pub async fn post_as(world: &World, page: &str, content_type: &str, body: String) -> Answer {
    let request = TestRequest::post().uri(page).insert_header(("content-type", content_type));
    world.call(request.set_payload(body)).await
}

/// What a send of these fields, in base64, answers.
pub async fn send(world: &World, fields: Fields) -> String {
    let answer = post(world, "/sms_sender.php", in_base64(&fields)).await;
    assert_eq!(answer.status, 200, "whatever happened");
    answer.text()
}

pub async fn remaining(world: &World) -> String {
    let fields = with(credentials(), "mode", "1");
    post(world, "/sms_remain.php", in_base64(&fields)).await.text()
}

/// The list that is asked for in these fields besides the credentials.
pub async fn list(world: &World, fields: &[(&'static str, &str)]) -> String {
    let mut all = credentials();
    all.extend(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let answer = post(world, "/sms_list.php", plain(&all)).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/xml; charset=utf-8"));
    answer.text()
}

/// The values of an element, in their order.
pub fn values(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&open).skip(1);
    parts.map(|part| part.split(&close).next().unwrap().to_owned()).collect()
}

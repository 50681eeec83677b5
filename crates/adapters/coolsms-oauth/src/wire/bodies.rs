//! What goes out (sections 4 and 5).

use std::collections::BTreeMap;

use bonin_domain::messages::MessageKind;
use serde::Serialize;

use crate::query::iso;
use crate::request::{OutgoingMessage, SendMany};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageBody<'a> {
    to: &'a str,
    from: &'a str,
    text: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    country: String,
    auto_type_detect: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_id: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    custom_fields: BTreeMap<&'a str, &'a str>,
}

impl<'a> MessageBody<'a> {
    pub(crate) fn new(message: &'a OutgoingMessage) -> Self {
        Self {
            to: &message.to,
            from: &message.from,
            text: &message.text,
            kind: match message.kind {
                MessageKind::Sms => "SMS",
                MessageKind::Lms => "LMS",
                MessageKind::Mms => "MMS",
            },
            country: message.country_code.to_string(),
            // The kind is ours to choose: a dearer one is never made of it.
            auto_type_detect: false,
            subject: message.subject.as_deref(),
            image_id: message.image_id.as_deref(),
            custom_fields: message.custom_fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Agent<'a> {
    app_id: &'a str,
}

#[derive(Serialize)]
pub(crate) struct SendBody<'a> {
    message: MessageBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<Agent<'a>>,
}

impl<'a> SendBody<'a> {
    pub(crate) fn new(message: &'a OutgoingMessage, app_id: Option<&'a str>) -> Self {
        Self { message: MessageBody::new(message), agent: app_id.map(|app_id| Agent { app_id }) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendManyBody<'a> {
    messages: Vec<MessageBody<'a>>,
    show_message_list: bool,
    allow_duplicates: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<Agent<'a>>,
}

impl<'a> SendManyBody<'a> {
    pub(crate) fn new(request: &'a SendMany, app_id: Option<&'a str>) -> Self {
        Self {
            messages: request.messages.iter().map(MessageBody::new).collect(),
            show_message_list: true,
            allow_duplicates: request.allow_duplicates,
            scheduled_date: request.scheduled_at.map(iso),
            agent: app_id.map(|app_id| Agent { app_id }),
        }
    }
}

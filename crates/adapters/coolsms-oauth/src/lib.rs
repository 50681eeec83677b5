#![doc = include_str!("../README.md")]

mod account;
mod app;
mod bulk;
mod client;
mod codes;
mod config;
mod error;
mod groups;
mod oauth;
mod query;
mod receipts;
mod releases;
mod reports;
mod request;
mod results;
mod sender;
pub mod sign;
mod verdicts;
mod webhooks;
mod wire;

pub use app::CoolsmsApp;
pub use client::CoolsmsClient;
pub use codes::{Outcome, failure_class};
pub use config::{ConfigError, CoolsmsConfig, Credential};
pub use error::CoolsmsError;
pub use oauth::{OAuthClient, OAuthConfig};
pub use query::{GroupQuery, ListQuery};
pub use receipts::CoolsmsReceipts;
pub use request::{InvalidRequest, MOST_MESSAGES, OutgoingMessage, SendMany};
pub use results::{
    AddedMessages, Balance, Group, GroupCounts, GroupPage, GroupProfit, MessagePage, MessageRow, SendReceipt,
    SentMany, Verdict,
};
pub use sender::CoolsmsSender;
pub use webhooks::Webhook;

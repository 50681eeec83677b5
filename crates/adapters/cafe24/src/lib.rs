#![doc = include_str!("../README.md")]

mod client;
mod codes;
mod config;
mod error;
mod form;
mod invalid;
mod list;
mod numbers;
mod query;
mod reports;
mod request;
mod sender;
mod time;
mod wire;

pub use client::Cafe24Client;
pub use codes::{Verdict, verdict};
pub use config::{Cafe24Config, ConfigError};
pub use error::Cafe24Error;
pub use invalid::InvalidRequest;
pub use list::{MessagePage, MessageRow, SendType, Status};
pub use query::{Filter, ListQuery};
pub use request::{MOST_RECIPIENTS, Repeat, SUBJECT_LIMIT, SendRequest};
pub use sender::Cafe24Sender;
pub use wire::{SendReceipt, Taken};

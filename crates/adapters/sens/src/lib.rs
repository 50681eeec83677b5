#![doc = include_str!("../README.md")]

mod client;
mod codes;
mod config;
mod error;
mod query;
mod reports;
mod request;
mod results;
mod sender;
pub mod sign;
mod wire;

pub use client::SensClient;
pub use codes::failure_class;
pub use config::{ConfigError, SensConfig};
pub use error::SensError;
pub use query::ListQuery;
pub use request::{InvalidRequest, LMS_LIMIT, MessageType, Recipient, SMS_LIMIT, SUBJECT_LIMIT, SendRequest};
pub use results::{MessagePage, MessageResult, MessageRow, Outcome, Progress, SendReceipt};
pub use sender::SensSender;

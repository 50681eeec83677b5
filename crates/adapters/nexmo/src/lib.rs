#![doc = include_str!("../README.md")]

mod client;
mod codes;
mod config;
mod error;
mod form;
mod invalid;
mod price;
mod provider;
mod receipts;
mod reports;
mod sender;
pub mod sign;
mod sms;
mod text;
mod verify;
mod wire;

pub use client::NexmoClient;
pub use codes::failure_class;
pub use config::{ConfigError, NexmoConfig};
pub use error::NexmoError;
pub use invalid::InvalidRequest;
pub use provider::NexmoVerify;
pub use sender::NexmoSms;
pub use sign::SignatureMethod;
pub use sms::{SmsPart, SmsRequest};
pub use text::SmsEncoding;
pub use verify::{CheckedCode, VerifyEvent, VerifyRecord, VerifyStart, VerifyState, VerifyTry};

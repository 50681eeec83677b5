#![doc = include_str!("../README.md")]

mod bulk;
mod check;
mod client;
mod codes;
mod config;
mod error;
mod files;
mod invalid;
mod query;
mod reports;
mod request;
mod reservations;
mod results;
mod sender;
pub mod sign;
mod time;
mod unsubscribes;
mod wire;

pub use client::SensClient;
pub use codes::failure_class;
pub use config::{ConfigError, SensConfig};
pub use error::SensError;
pub use files::{FILE_LIMIT, UploadedFile};
pub use invalid::InvalidRequest;
pub use query::ListQuery;
pub use request::{LMS_LIMIT, MessageType, Recipient, SMS_LIMIT, SUBJECT_LIMIT, SendRequest};
pub use reservations::{Reservation, ReservationState};
pub use results::{MessagePage, MessageResult, MessageRow, Outcome, Progress, SendReceipt};
pub use sender::SensSender;
pub use unsubscribes::{Unsubscribe, UnsubscribeQuery};

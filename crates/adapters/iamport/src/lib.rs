#![doc = include_str!("../README.md")]

mod config;
mod error;
mod iamport;
mod person;
mod portone;
mod read;
mod time;
mod token;
mod transport;

pub use config::{ConfigError, IamportConfig, PortoneConfig};
pub use iamport::IamportClient;
pub use portone::PortoneClient;

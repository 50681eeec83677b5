#![doc = include_str!("../README.md")]

mod answer;
mod client;
mod error;
mod given;
mod request;

pub use answer::Answer;
pub use client::{Http, HttpOptions, install_crypto_provider};
pub use error::{BoxError, HttpError};
pub use given::{base_url, check_key};
pub use request::Request;
pub use reqwest::{Method, Url};

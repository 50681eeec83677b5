#![doc = include_str!("../README.md")]

mod answer;
mod cafe24;
mod coolsms;
pub mod credentials;
mod design;
mod encode;
mod faults;
mod handset;
mod iamport;
mod identity;
mod ids;
mod kept;
mod language;
mod lock;
mod nexmo;
mod numbers;
mod params;
mod portone;
mod problem;
mod routes;
mod sandbox;
mod sens;
mod webhooks;

pub use coolsms::tariff;
pub use sandbox::Sandbox;

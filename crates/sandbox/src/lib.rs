#![doc = include_str!("../README.md")]

mod answer;
mod cafe24;
mod coolsms;
pub mod credentials;
mod faults;
mod handset;
mod ids;
mod lock;
mod nexmo;
mod numbers;
mod params;
mod problem;
mod routes;
mod sandbox;
mod sens;
mod webhooks;

pub use sandbox::Sandbox;

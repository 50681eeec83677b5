#![doc = include_str!("../README.md")]

mod answer;
pub mod credentials;
mod faults;
mod handset;
mod ids;
mod lock;
mod numbers;
mod params;
mod problem;
mod routes;
mod sandbox;
mod sens;

pub use sandbox::Sandbox;

//! The Bonin server: configuration, wiring, routers and controllers.
//!
//! A request goes router → controller → use case (`bonin-services`) → repository (`bonin-persistence`).
//! This crate parses, calls and answers; it decides nothing about verifications itself. `main` only calls
//! [`cli::run`].

pub mod cli;
mod commands;
mod controllers;
mod http;
mod pages;
mod problem;
mod provider_checks;
mod providers;
mod routers;
mod settings;
mod system;
mod telemetry;
mod wiring;

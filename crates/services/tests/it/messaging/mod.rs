//! The messaging web app: logging in with an account at the provider, and calls with its tokens.

mod carrier;
mod composing;
mod log_in;
mod office;
mod people;
mod sending;
mod tokens;

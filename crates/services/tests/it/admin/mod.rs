//! Administrators: how they get in, and what is recorded of them.

mod joining;
mod logging_in;
mod looking_up;
mod office;
mod recording;

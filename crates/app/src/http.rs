//! What every route shares: reading bodies, telling clients apart, rendering problems, logging requests.

pub mod access;
pub mod body;
pub mod client;
pub mod cookies;
pub mod fields;
pub mod flood;
pub mod idempotency;
pub mod limits;
pub mod origin;
pub mod problems;
pub mod session;
pub mod spans;
pub mod times;

//! What every route shares: reading bodies, telling clients apart, rendering problems, logging requests.

pub mod access;
pub mod body;
pub mod client;
pub mod fields;
pub mod flood;
pub mod idempotency;
pub mod limits;
pub mod problems;
pub mod spans;
pub mod times;

//! Messages that callers write.

mod desk;
mod reading;
mod reservations;
mod rules;
mod sending;

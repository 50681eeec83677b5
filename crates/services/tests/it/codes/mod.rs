//! Starting, resending, checking, reading.

mod check;
mod faults;
mod limits;
mod read;
mod repeats;
mod resend;
mod start;

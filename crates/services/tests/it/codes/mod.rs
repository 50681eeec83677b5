//! Starting, resending, checking, reading.

mod check;
mod faults;
mod limits;
mod provider_run;

mod read;
mod repeats;
mod resend;
mod start;
mod withheld;

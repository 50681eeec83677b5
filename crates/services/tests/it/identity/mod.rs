//! Identity verification: what is believed, what is kept, and what each refusal leaves behind: nothing.

mod completing;
mod erasing;
mod keeping;
mod one_time_passwords;
mod refusals;
mod starting;
mod support;

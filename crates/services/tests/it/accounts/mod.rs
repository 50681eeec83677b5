//! Accounts: joining, and what members do with theirs.

mod change_password;
mod change_phone;
mod consents;
mod hashing;
mod home;
mod import;
mod jam;
mod log_in;
mod look_up;
mod office;
mod own_account;
mod resets;
mod sessions;
mod sign_up;
mod sign_up_repeats;
mod watched;

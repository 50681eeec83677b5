//! `/app`: the messaging web app. People log in with their CoolSMS account and send with it.
//!
//! Controllers return `Result<HttpResponse, Problem>`; what failed becomes a page in [`failure::render`].

pub mod account;
pub mod allow;
pub mod compose;
pub mod earnings;
pub mod failure;
pub mod form_words;
pub mod history;
pub mod limit_words;
pub mod logged_out;
pub mod login;
pub mod send;
pub mod send_words;
pub mod sending;
pub mod sent;
pub mod sent_view;
pub mod session;
pub mod words;

//! Bonin's use cases, one small struct and one file each, over the ports.
//!
//! A use case is read from top to bottom in its file: [`codes::StartVerification`], [`codes::ResendCode`],
//! [`codes::CheckCode`], [`codes::CancelVerification`], [`codes::ReadVerification`]. Sending goes through
//! [`dispatch::Dispatcher`], which a start hands its message to once that is durable, and which takes over
//! what other processes left behind. Messages that callers write take the same way from
//! [`messages::SendMessages`] on; [`access`] tells who calls, [`templates`] keeps the texts of codes, [`accounts`] what proofs open, [`identity`] says
//! who somebody is. [`messaging`] serves people who send with their own account, [`admin`] and [`analytics`] those who run
//! the deployment.

pub mod access;
pub mod accounts;
pub mod admin;
pub mod analytics;
pub mod codes;
pub mod dispatch;
pub mod identity;
pub mod messages;
pub mod messaging;
pub mod spending;
pub mod templates;

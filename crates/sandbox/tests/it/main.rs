//! The sandbox as its users see it: over its routes.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod cafe24;
mod cafe24_list;
mod cafe24_support;
mod coolsms;
mod coolsms_groups;
mod coolsms_oauth;
mod coolsms_support;
mod faults;
mod handset;
mod iamport;
mod iamport_otp;
mod identity_faults;
mod identity_support;
mod identity_window;
mod nexmo_faults;
mod nexmo_sms;
mod nexmo_support;
mod nexmo_verify;
mod page;
mod portone;
mod sens;
mod sens_list;
mod sens_mms;
mod sens_reservations;
mod sens_unsubscribes;
mod support;
mod wire;

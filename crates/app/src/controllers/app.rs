//! `/app`: the messaging web app. People log in with their CoolSMS account and send with it.

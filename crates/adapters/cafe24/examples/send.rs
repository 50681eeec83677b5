//! Sends one SMS, says how many credits are left, and lists what was sent to that number today.
//!
//! ```text
//! cargo run -p bonin-cafe24 --example send -- BASE_URL USER_ID SECURE_KEY FROM TO TEXT
//! ```
//!
//! Keys given as arguments are seen by other users of the machine: use this with the sandbox, or with keys that
//! you withdraw afterwards.

use std::error::Error;
use std::sync::Arc;

use bonin_cafe24::{Cafe24Client, Cafe24Config, ListQuery, SendRequest};
use bonin_domain::messages::SenderId;
use bonin_domain::{PhoneNumber, Region};
use bonin_http::{Http, install_crypto_provider};
use bonin_ports::Clock;
use jiff::Timestamp;
use jiff::tz::Offset;

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this example is its own program")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, user_id, secure_key, from, to, text] = arguments.as_slice() else {
        return Err("arguments: BASE_URL USER_ID SECURE_KEY FROM TO TEXT".into());
    };
    install_crypto_provider();
    let senders = vec![SenderId::parse(from)?];
    let config = Cafe24Config::new(base_url, user_id, secure_key.as_str().into(), senders, None)?;
    let client = Cafe24Client::new(config, Http::default(), Arc::new(SystemClock));

    println!("registered senders: {}", client.registered_senders().await?.len());
    let to = PhoneNumber::parse(to, Region::KR)?;
    let receipt = client.send(&SendRequest::sms(text).to(to.clone())).await?;
    println!("{}, credits left: {}", receipt.taken.code(), client.remaining().await?);

    let today = Offset::constant(9).to_datetime(SystemClock.now()).date();
    for row in client.list(&ListQuery::day(today).to(&to)).await?.rows {
        println!("{}: {:?}", row.sent_at.as_deref().unwrap_or("?"), row.status());
    }
    Ok(())
}

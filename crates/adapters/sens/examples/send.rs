//! Sends one SMS and asks for its result until there is one.
//!
//! ```text
//! cargo run -p bonin-sens --example send -- BASE_URL SERVICE_ID ACCESS_KEY SECRET_KEY FROM TO TEXT
//! ```
//!
//! `TO` is a Korean number, digits only. Keys given as arguments are seen by other users of the machine:
//! use this with the sandbox, or with keys that you withdraw afterwards.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bonin_domain::messages::SenderId;
use bonin_http::{Http, install_crypto_provider};
use bonin_ports::Clock;
use bonin_sens::{ListQuery, Outcome, Recipient, SendRequest, SensClient, SensConfig};
use jiff::Timestamp;

const POLLS: u32 = 20;

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
    let [base_url, service_id, access_key, secret_key, from, to, text] = arguments.as_slice() else {
        return Err("arguments: BASE_URL SERVICE_ID ACCESS_KEY SECRET_KEY FROM TO TEXT".into());
    };
    install_crypto_provider();
    let senders = vec![SenderId::parse(from)?];
    let config = SensConfig::new(base_url, service_id, access_key, secret_key.as_str().into(), senders)?;
    let client = SensClient::new(config, Http::default(), Arc::new(SystemClock));

    let request = SendRequest::sms(text).to(Recipient::new(to));
    let receipt = client.send(&request).await?;
    println!("accepted as {}", receipt.request_id);

    let query = ListQuery::request(&receipt.request_id);
    for _ in 0..POLLS {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let page = client.list(&query).await?;
        match page.messages.first().map(bonin_sens::MessageRow::outcome) {
            None | Some(Outcome::Pending) => println!("pending"),
            Some(Outcome::Delivered) => {
                println!("delivered");
                return Ok(());
            }
            Some(Outcome::Failed { class, code }) => {
                return Err(format!("failed: {} (code {code})", class.as_str()).into());
            }
        }
    }
    Err("no result yet".into())
}

//! Sends one SMS and asks for its result until there is one.
//!
//! ```text
//! cargo run -p bonin-coolsms-oauth --example send -- BASE_URL API_KEY API_SECRET FROM TO TEXT
//! ```
//!
//! `TO` is a Korean number, digits only. Keys given as arguments are seen by other users of the machine:
//! use this with the sandbox, or with keys that you withdraw afterwards.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bonin_coolsms_oauth::{CoolsmsClient, CoolsmsConfig, Credential, ListQuery, Outcome, OutgoingMessage};
use bonin_http::{Http, install_crypto_provider};
use bonin_ports::{Clock, Entropy};
use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};

const POLLS: u32 = 20;

struct System(SystemRandom);

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this example is its own program")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Entropy for System {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes).expect("the operating system gives randomness");
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, key, secret, from, to, text] = arguments.as_slice() else {
        return Err("arguments: BASE_URL API_KEY API_SECRET FROM TO TEXT".into());
    };
    install_crypto_provider();
    let credential = Credential::ApiKey { key: key.clone(), secret: secret.as_str().into() };
    let config = CoolsmsConfig::new(base_url, credential)?;
    #[expect(clippy::disallowed_methods, reason = "this example is its own program")]
    let system = Arc::new(System(SystemRandom::new()));
    let client = CoolsmsClient::new(config, Http::default(), Arc::<System>::clone(&system), system);

    let receipt = client.send(&OutgoingMessage::sms(from, to, text)).await?;
    println!("accepted as {}", receipt.message_id);

    let query = ListQuery::message(&receipt.message_id);
    for _ in 0..POLLS {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let page = client.list(&query).await?;
        match page.messages.first().map(bonin_coolsms_oauth::MessageRow::outcome) {
            Some(Outcome::Delivered) => {
                println!("delivered");
                return Ok(());
            }
            Some(Outcome::Refused(class) | Outcome::Failed(class)) => {
                return Err(format!("failed: {}", class.as_str()).into());
            }
            None | Some(Outcome::Accepted | Outcome::Sent | Outcome::Unknown) => println!("pending"),
        }
    }
    Err("no result yet".into())
}

//! Sends one SMS, or runs one verification: it asks for the code that came, and has it compared.
//!
//! ```text
//! cargo run -p bonin-nexmo --example send -- API_URL REST_URL API_KEY API_SECRET FROM TO TEXT
//! cargo run -p bonin-nexmo --example send -- API_URL REST_URL API_KEY API_SECRET BRAND TO
//! ```
//!
//! `TO` is country code and number, digits only. Keys given as arguments are seen by other users of the
//! machine: use this with the sandbox, or with keys that you withdraw afterwards.

use std::error::Error;

use bonin_domain::messages::SenderId;
use bonin_http::{Http, install_crypto_provider};
use bonin_nexmo::{NexmoClient, NexmoConfig, SmsPart, SmsRequest, VerifyStart};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [api, rest, key, secret, from, to, text @ ..] = arguments.as_slice() else {
        return Err("arguments: API_URL REST_URL API_KEY API_SECRET FROM TO [TEXT]".into());
    };
    install_crypto_provider();
    let senders = vec![SenderId::parse(from)?];
    let config = NexmoConfig::new(api, rest, key, secret.as_str().into(), senders, None, None)?;
    let client = NexmoClient::new(config, Http::default());
    match text {
        [text, ..] => send(&client, &SmsRequest::new(to, from, text)).await,
        [] => verify(&client, &VerifyStart::new(to, from)).await,
    }
}

async fn send(client: &NexmoClient, request: &SmsRequest) -> Result<(), Box<dyn Error>> {
    println!("{:?}, {} part(s)", request.encoding(), request.parts());
    for part in client.send_sms(request).await? {
        match part {
            SmsPart::Accepted { message_id, price, .. } => {
                println!("accepted as {message_id} for {} EUR", price.as_deref().unwrap_or("?"));
            }
            SmsPart::Refused { status } => println!("refused with status {status}"),
        }
    }
    Ok(())
}

async fn verify(client: &NexmoClient, start: &VerifyStart) -> Result<(), Box<dyn Error>> {
    let id = client.start(start).await?;
    println!("request {id}; type the code that came:");
    let mut code = String::new();
    std::io::stdin().read_line(&mut code)?;
    let checked = client.check(&id, code.trim()).await?;
    let price = checked.price.map_or_else(|| "?".to_owned(), |price| price.amount().to_owned());
    println!("right, for {price} EUR");
    Ok(())
}

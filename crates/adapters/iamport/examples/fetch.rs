//! Has one of the sandbox's people identified, then reads and (in V1) erases the result.
//!
//! ```text
//! bonin sandbox
//! cargo run -p bonin-iamport --example fetch -- http://127.0.0.1:8090 v1 adult
//! ```
//!
//! The second argument is `v1` or `v2`; people are listed at `/sandbox/people`.

use std::error::Error;
use std::sync::Arc;

use bonin_domain::identity::{IdentityReference, OrderId};
use bonin_http::{Http, Method, Request, Url, install_crypto_provider};
use bonin_iamport::{IamportClient, IamportConfig, PortoneClient, PortoneConfig};
use bonin_ports::{Clock, IdentityVerifier};
use jiff::Timestamp;
use serde_json::{Value, json};

struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this example is its own program")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, version, person] = arguments.as_slice() else {
        return Err("arguments: BASE_URL v1|v2 PERSON".into());
    };
    install_crypto_provider();
    let http = Http::default();
    let keys = sandbox(&http, base_url, "/sandbox/credentials", None).await?;
    let text = |pointer: &str| keys.pointer(pointer).and_then(Value::as_str).ok_or("no such credential");

    // Nothing here is worth guessing; a server draws it at random.
    let nanosecond = System.now().as_nanosecond().to_be_bytes();
    let order = OrderId::draw(&mut |bytes| bytes.copy_from_slice(&nanosecond));
    let (client, id): (Box<dyn IdentityVerifier>, &str) = if version == "v1" {
        let secret = text("/iamport/imp_secret")?.into();
        let config = IamportConfig::new(base_url, text("/iamport/imp_key")?, secret)?;
        (Box::new(IamportClient::new(config, http.clone(), Arc::new(System))), "merchant_uid")
    } else {
        let secret = text("/portone/api_secret")?.into();
        let (store, channel) = (text("/portone/store_id")?, text("/portone/channel_key")?);
        let config = PortoneConfig::new(base_url, secret, store, channel)?;
        (Box::new(PortoneClient::new(config, http.clone())), "identity_verification_id")
    };

    let asked = json!({ id: order.as_str(), "person": person, "outcome": "certified" });
    let identified = sandbox(&http, base_url, "/sandbox/identities", Some(&asked)).await?;
    let reference = match identified["imp_uid"].as_str() {
        Some(imp_uid) => IdentityReference::parse(imp_uid)?,
        None => IdentityReference::from(&order),
    };
    let record = client.fetch(&reference).await?.ok_or("the result is not there")?;
    println!("certified: {}, by {}", record.certified, record.provider);
    println!("under our order id: {}", record.order == Some(order));
    println!("CI of {} characters", record.ci.map_or(0, |ci| ci.reveal().len()));
    println!("number: {:?}", record.phone);
    match client.erase(&reference).await {
        Ok(()) => println!("erased: {}", client.fetch(&reference).await?.is_none()),
        Err(error) => println!("not erased: {error}"),
    }
    Ok(())
}

/// One of the sandbox's own calls.
async fn sandbox(
    http: &Http,
    base_url: &str,
    path: &str,
    body: Option<&Value>,
) -> Result<Value, Box<dyn Error>> {
    let url = Url::parse(base_url)?.join(path)?;
    let request = match body {
        Some(body) => Request::new(Method::POST, url).body("application/json", body.to_string()),
        None => Request::new(Method::GET, url),
    };
    let answer = http.call(request).await?;
    if answer.status >= 300 {
        return Err(format!("the sandbox answered {} to {path}", answer.status).into());
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

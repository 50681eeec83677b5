//! PortOne V2 (section 11).

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bonin_domain::identity::{Carrier, IdentityRecord, IdentityReference, OrderId, OtpCode, OtpPerson};
use bonin_http::{Answer, Http, Method};
use bonin_ports::{IdentityError, IdentityVerifier, OtpIdentityVerifier};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::config::PortoneConfig;
use crate::error::{failed, never_refused, unreadable};
use crate::person::{self, Network};
use crate::read::{date, object, text};
use crate::time::Deadline;
use crate::transport::{Call, ask};

/// The documented names of errors; another one is not repeated anywhere.
const NAMES: [&str; 10] = [
    "INVALID_REQUEST",
    "UNAUTHORIZED",
    "FORBIDDEN",
    "CHANNEL_NOT_FOUND",
    "IDENTITY_VERIFICATION_NOT_FOUND",
    "IDENTITY_VERIFICATION_NOT_SENT",
    "IDENTITY_VERIFICATION_ALREADY_SENT",
    "IDENTITY_VERIFICATION_ALREADY_VERIFIED",
    "MAX_TRANSACTION_COUNT_REACHED",
    "PG_PROVIDER",
];

/// The calls of PortOne V2. A clone shares settings and connections.
///
/// One operation takes 5 seconds at most. A look-up is repeated once, nothing else is.
#[derive(Clone)]
pub struct PortoneClient {
    config: Arc<PortoneConfig>,
    http: Http,
}

impl PortoneClient {
    /// A client with these settings.
    pub fn new(config: PortoneConfig, http: Http) -> Self {
        Self { config: Arc::new(config), http }
    }

    async fn call(&self, call: &Call, deadline: Deadline) -> Result<Answer, IdentityError> {
        let authorization = format!("PortOne {}", self.config.api_secret.expose_secret());
        call.make(&self.http, Some(authorization), deadline).await
    }

    async fn fetch_once(
        &self,
        reference: &IdentityReference,
        deadline: Deadline,
    ) -> Result<Option<IdentityRecord>, IdentityError> {
        let path = ["identity-verifications", reference.as_str()];
        let call =
            Call::new(Method::GET, &self.config.base_url, &path).query("storeId", &self.config.store_id);
        let answer = self.call(&call, deadline).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        success(&answer)
            .and_then(|found| record(&found, &self.config.channel_key))
            .map(Some)
            .map_err(never_refused)
    }
}

#[async_trait]
impl IdentityVerifier for PortoneClient {
    #[tracing::instrument(name = "portone.fetch", skip_all)]
    async fn fetch(&self, reference: &IdentityReference) -> Result<Option<IdentityRecord>, IdentityError> {
        let deadline = Deadline::start();
        ask(deadline, || self.fetch_once(reference, deadline)).await
    }

    /// Always [`IdentityError::Refused`]: V2 has no such call.
    async fn erase(&self, _reference: &IdentityReference) -> Result<(), IdentityError> {
        Err(IdentityError::Refused { code: "no_such_call".into() })
    }
}

#[async_trait]
impl OtpIdentityVerifier for PortoneClient {
    #[tracing::instrument(name = "portone.send", skip_all)]
    async fn request(
        &self,
        order: &OrderId,
        person: &OtpPerson,
        client: IpAddr,
    ) -> Result<IdentityReference, IdentityError> {
        let body = json!({
            "storeId": self.config.store_id,
            "channelKey": self.config.channel_key,
            "customer": {
                "name": person.name.reveal(),
                "phoneNumber": person::dialled(&person.phone)?,
                "identityNumber": format!("{}{}", person::birth(person), person.gender.digit()),
                "ipAddress": client.to_canonical().to_string(),
            },
            "operator": operator(person.carrier),
            "method": "SMS",
        });
        let path = ["identity-verifications", order.as_str(), "send"];
        let call = Call::new(Method::POST, &self.config.base_url, &path).body(body);
        success(&self.call(&call, Deadline::start()).await?)?;
        Ok(IdentityReference::from(order))
    }

    #[tracing::instrument(name = "portone.confirm", skip_all)]
    async fn confirm(
        &self,
        reference: &IdentityReference,
        otp: &OtpCode,
    ) -> Result<IdentityRecord, IdentityError> {
        let body = json!({ "storeId": self.config.store_id, "otp": otp.reveal() });
        let path = ["identity-verifications", reference.as_str(), "confirm"];
        let call = Call::new(Method::POST, &self.config.base_url, &path).body(body);
        let answer = success(&self.call(&call, Deadline::start()).await?)?;
        let record = record(&answer["identityVerification"], &self.config.channel_key)?;
        if record.certified {
            Ok(record)
        } else {
            Err(IdentityError::Refused { code: "not_certified".into() })
        }
    }
}

/// The object of a success; here the HTTP status decides.
fn success(answer: &Answer) -> Result<Value, IdentityError> {
    if answer.status == 200 {
        return object(&answer.body);
    }
    let problem = object(&answer.body).unwrap_or_default();
    let name = text(&problem, "type").and_then(|name| NAMES.into_iter().find(|known| *known == name));
    Err(match (answer.status, failed(answer.status, name), name) {
        // The company behind has answered, and it was no.
        (502, IdentityError::Unclear { code, .. }, Some("PG_PROVIDER")) => IdentityError::Refused { code },
        // The person can do nothing about a channel that is not there.
        (404, IdentityError::Refused { code }, Some("CHANNEL_NOT_FOUND")) => {
            IdentityError::Unauthorized { code }
        }
        (_, error, _) => error,
    })
}

/// Reads an identity verification of any status. The browser chose its channel: one that is not ours, not live or not
/// told counts as one for tests.
fn record(found: &Value, channel_key: &str) -> Result<IdentityRecord, IdentityError> {
    let id = text(found, "id").ok_or_else(|| unreadable("the answer names no identity verification"))?;
    let reference = IdentityReference::parse(id).map_err(unreadable)?;
    let status = text(found, "status").ok_or_else(|| unreadable("the answer has no status"))?;
    // Of one that did not succeed nothing is known: what was asked for is not what is.
    let certified = status == "VERIFIED";
    let customer = if certified { &found["verifiedCustomer"] } else { &Value::Null };
    let channel = &found["channel"];
    Ok(IdentityRecord {
        order: OrderId::parse(reference.as_str()).ok(),
        reference,
        provider: person::provider(text(channel, "pgProvider")),
        certified,
        certified_at: text(found, "verifiedAt").filter(|_| certified).and_then(|at| at.parse().ok()),
        name: person::name(customer),
        birthday: date(customer, "birthDate"),
        gender: person::gender(customer),
        foreigner: customer["isForeigner"].as_bool(),
        phone: person::phone(customer, "phoneNumber"),
        ci: person::key(customer, "ci"),
        di: person::key(customer, "di"),
        // A kind of channel that is not documented is not a live one.
        test_channel: text(channel, "type") != Some("LIVE")
            || text(channel, "key").is_some_and(|key| key != channel_key),
    })
}

fn operator(carrier: Carrier) -> &'static str {
    match person::network(carrier) {
        (Network::Skt, false) => "SKT",
        (Network::Kt, false) => "KT",
        (Network::Lgu, false) => "LGU",
        (Network::Skt, true) => "SKT_MVNO",
        (Network::Kt, true) => "KT_MVNO",
        (Network::Lgu, true) => "LGU_MVNO",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verified(fields: &Value) -> IdentityRecord {
        let mut found = json!({
            "status": "VERIFIED", "id": "0123456789abcdef0123456789abcdef", "verifiedAt": "2026-01-01T03:00:00Z",
            "channel": { "type": "LIVE", "pgProvider": "DANAL" }, "verifiedCustomer": { "name": "홍길동" },
        });
        for (name, value) in fields.as_object().unwrap() {
            found[name] = value.clone();
        }
        record(&found, "channel-key-ours").unwrap()
    }

    #[test]
    fn only_verified_is_certified_and_tells_of_a_person() {
        let record = verified(&json!({}));
        assert!(record.certified && record.name.is_some() && record.certified_at.is_some());
        for status in ["READY", "FAILED", "verified", "PENDING_REVIEW"] {
            let record = verified(&json!({ "status": status }));
            assert!(!record.certified && record.name.is_none() && record.certified_at.is_none(), "{status}");
        }
    }

    #[test]
    fn only_our_own_live_channel_is_not_for_tests() {
        for (channel, expected) in [
            (json!({ "type": "LIVE" }), false),
            (json!({ "type": "LIVE", "key": "channel-key-ours" }), false),
            (json!({ "type": "LIVE", "key": "channel-key-another" }), true),
            (json!({ "type": "TEST" }), true),
            (json!({ "type": "STAGING" }), true),
            (json!({}), true),
            (json!(null), true),
        ] {
            assert_eq!(verified(&json!({ "channel": channel })).test_channel, expected, "{channel}");
        }
    }

    #[test]
    fn odd_members_are_nothing() {
        for odd in [json!(null), json!(0), json!(""), json!([]), json!({})] {
            let names = ["name", "birthDate", "gender", "isForeigner", "phoneNumber", "ci", "di"];
            let customer: Value = names.into_iter().map(|name| (name.to_owned(), odd.clone())).collect();
            let record =
                verified(&json!({ "verifiedCustomer": customer, "verifiedAt": odd, "channel": odd }));
            assert!(record.certified && record.certified_at.is_none() && record.name.is_none(), "{odd}");
            assert!(
                record.birthday.is_none() && record.gender.is_none() && record.foreigner.is_none(),
                "{odd}"
            );
            assert!(record.phone.is_none() && record.ci.is_none() && record.di.is_none(), "{odd}");
            assert_eq!(record.provider, "unknown");
        }
    }

    #[test]
    fn a_record_of_v1_has_no_order_id() {
        let record = verified(&json!({ "id": "imp_568207623909", "version": "V1" }));
        assert_eq!((record.order, record.reference.as_str()), (None, "imp_568207623909"));
    }

    #[test]
    fn a_record_without_id_or_status_is_unclear() {
        for odd in
            [json!(null), json!({ "id": "a" }), json!({ "status": "VERIFIED" }), json!({ "id": "a/b" })]
        {
            assert!(matches!(record(&odd, "channel-key-ours"), Err(IdentityError::Unclear { .. })), "{odd}");
        }
    }
}

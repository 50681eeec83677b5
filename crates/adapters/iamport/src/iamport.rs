//! I'mport, now PortOne V1 (sections 2 to 6).

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bonin_domain::identity::{IdentityRecord, IdentityReference, OrderId, OtpCode, OtpPerson};
use bonin_http::{Answer, Http, Method};
use bonin_ports::{Clock, IdentityError, IdentityVerifier, OtpIdentityVerifier};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::config::IamportConfig;
use crate::error::{failed, never_refused, unreadable};
use crate::person::{self, Network};
use crate::read::{Envelope, date, moment, number, text};
use crate::time::Deadline;
use crate::token::Tokens;
use crate::transport::{Call, ask};

/// The calls of I'mport. A clone shares settings, connections and access token.
///
/// One operation takes 5 seconds at most, with the token that it may have to fetch. Where the provider does not
/// take a token, another one is fetched and the call made again, once; a look-up is repeated once besides.
/// Nothing else is.
#[derive(Clone)]
pub struct IamportClient {
    config: Arc<IamportConfig>,
    http: Http,
    tokens: Arc<Tokens>,
}

impl IamportClient {
    /// A client that reckons the ends of tokens by `clock`, which may be wrong as long as it goes.
    pub fn new(config: IamportConfig, http: Http, clock: Arc<dyn Clock>) -> Self {
        Self { config: Arc::new(config), http, tokens: Arc::new(Tokens::new(clock)) }
    }

    /// Makes a call, with another token where the first is refused: then it was surely not done.
    async fn call(&self, call: &Call, deadline: Deadline) -> Result<Answer, IdentityError> {
        let token = self.tokens.get(&self.config, &self.http, None, deadline).await?;
        let answer = call.make(&self.http, Some(token.authorization()), deadline).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        let token = self.tokens.get(&self.config, &self.http, Some(&token), deadline).await?;
        call.make(&self.http, Some(token.authorization()), deadline).await
    }

    fn certification(&self, method: Method, reference: &IdentityReference) -> Call {
        Call::new(method, &self.config.base_url, &["certifications", reference.as_str()])
    }

    async fn fetch_once(
        &self,
        reference: &IdentityReference,
        deadline: Deadline,
    ) -> Result<Option<IdentityRecord>, IdentityError> {
        let answer = self.call(&self.certification(Method::GET, reference), deadline).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        success(&answer).and_then(|response| record(&response)).map(Some).map_err(never_refused)
    }
}

#[async_trait]
impl IdentityVerifier for IamportClient {
    #[tracing::instrument(name = "iamport.fetch", skip_all)]
    async fn fetch(&self, reference: &IdentityReference) -> Result<Option<IdentityRecord>, IdentityError> {
        let deadline = Deadline::start();
        ask(deadline, || self.fetch_once(reference, deadline)).await
    }

    #[tracing::instrument(name = "iamport.erase", skip_all)]
    async fn erase(&self, reference: &IdentityReference) -> Result<(), IdentityError> {
        let answer = self.call(&self.certification(Method::DELETE, reference), Deadline::start()).await?;
        if answer.status == 404 {
            return Ok(());
        }
        let erased = success(&answer).map_err(never_refused)?;
        if text(&erased, "imp_uid") == Some(reference.as_str()) {
            Ok(())
        } else {
            Err(unreadable("the answer is not about this result"))
        }
    }
}

#[async_trait]
impl OtpIdentityVerifier for IamportClient {
    /// The address is not passed on: V1 has no documented place for it.
    #[tracing::instrument(name = "iamport.otp_request", skip_all)]
    async fn request(
        &self,
        order: &OrderId,
        person: &OtpPerson,
        _client: IpAddr,
    ) -> Result<IdentityReference, IdentityError> {
        let Some(channel_key) = &self.config.channel_key else {
            return Err(IdentityError::Unauthorized { code: "channel_key".into() });
        };
        let (network, is_mvno) = person::network(person.carrier);
        let mut body = json!({
            "merchant_uid": order.as_str(),
            "name": person.name.reveal(),
            "phone": person::dialled(&person.phone)?,
            "birth": person::birth(person),
            "gender_digit": person.gender.digit().to_string(),
            "carrier": carrier(network),
            "is_mvno": is_mvno,
            "channel_key": channel_key,
        });
        if let Some(company) = &self.config.company {
            body["company"] = json!(company);
        }
        let path = ["certifications", "otp", "request"];
        let call = Call::new(Method::POST, &self.config.base_url, &path).body(body);
        let answer = self.call(&call, Deadline::start()).await?;
        reference(&success(&answer)?)
    }

    #[tracing::instrument(name = "iamport.otp_confirm", skip_all)]
    async fn confirm(
        &self,
        reference: &IdentityReference,
        otp: &OtpCode,
    ) -> Result<IdentityRecord, IdentityError> {
        let path = ["certifications", "otp", "confirm", reference.as_str()];
        let call = Call::new(Method::POST, &self.config.base_url, &path).body(json!({ "otp": otp.reveal() }));
        let answer = self.call(&call, Deadline::start()).await?;
        let record = record(&success(&answer)?)?;
        if record.certified {
            Ok(record)
        } else {
            Err(IdentityError::Refused { code: "not_certified".into() })
        }
    }
}

/// The response of a success: 200, code 0 and a response (section 2).
fn success(answer: &Answer) -> Result<Value, IdentityError> {
    if answer.status != 200 {
        return Err(failed(answer.status, None));
    }
    match Envelope::read(&answer.body)? {
        Envelope::Success(response) => Ok(response),
        Envelope::Failure { code } => Err(IdentityError::Refused { code }),
    }
}

fn reference(response: &Value) -> Result<IdentityReference, IdentityError> {
    let reference = text(response, "imp_uid").and_then(|uid| IdentityReference::parse(uid).ok());
    reference.ok_or_else(|| unreadable("the response names no imp_uid"))
}

/// Reads a certification (section 5).
fn record(response: &Value) -> Result<IdentityRecord, IdentityError> {
    let provider = person::provider(text(response, "pg_provider"));
    Ok(IdentityRecord {
        reference: reference(response)?,
        order: text(response, "merchant_uid").and_then(|order| OrderId::parse(order).ok()),
        certified: response["certified"] == true,
        certified_at: moment(response, "certified_at"),
        name: person::name(response),
        birthday: birthday(response),
        gender: person::gender(response),
        foreigner: foreigner(response, &provider),
        phone: person::phone(response, "phone"),
        ci: person::key(response, "unique_key"),
        di: person::key(response, "unique_in_site"),
        // V1 does not tell; a test channel of Danal certifies nobody (section 10).
        test_channel: false,
        provider,
    })
}

fn birthday(response: &Value) -> Option<Date> {
    date(response, "birthday").or_else(|| {
        let seconds = number(response, "birth")?;
        tracing::debug!("no birthday: it is reckoned from the older member birth");
        // Whether midnight is Seoul's or Greenwich's is not documented: 9 hours on, both are on the same day.
        let later = Timestamp::from_second(seconds).ok()?.checked_add(SignedDuration::from_hours(9)).ok()?;
        Some(Offset::UTC.to_datetime(later).date())
    })
}

/// `foreigner_v2` tells whether the contract covers this; Danal's `foreigner` is false where it does not.
fn foreigner(response: &Value, provider: &str) -> Option<bool> {
    response["foreigner_v2"].as_bool().or_else(|| {
        let older = response["foreigner"].as_bool()?;
        (older || provider != "danal").then_some(older)
    })
}

fn carrier(network: Network) -> &'static str {
    match network {
        Network::Skt => "SKT",
        Network::Kt => "KT",
        Network::Lgu => "LGT",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(fields: &Value) -> IdentityRecord {
        let mut response = json!({ "imp_uid": "imp_1", "pg_provider": "danal", "foreigner": false });
        for (name, value) in fields.as_object().unwrap() {
            response[name] = value.clone();
        }
        record(&response).unwrap()
    }

    #[test]
    fn only_true_is_certified() {
        assert!(read(&json!({ "certified": true })).certified);
        for odd in [json!(false), json!(null), json!("true"), json!(1), json!({})] {
            assert!(!read(&json!({ "certified": odd })).certified, "{odd}");
        }
        assert!(!read(&json!({})).certified);
    }

    #[test]
    fn the_older_birth_is_read_where_there_is_no_birthday() {
        let of = |fields: Value| read(&fields).birthday;
        // Midnight of 1990-01-01 in Seoul and at Greenwich.
        for birth in [json!(631_119_600), json!(631_152_000), json!("631119600")] {
            assert_eq!(of(json!({ "birth": birth })), Some(date(1990, 1, 1)), "{birth}");
            assert_eq!(of(json!({ "birth": birth, "birthday": null })), Some(date(1990, 1, 1)));
            assert_eq!(of(json!({ "birth": birth, "birthday": "1990-01-02" })), Some(date(1990, 1, 2)));
        }
        assert_eq!(of(json!({ "birth": -315_651_600 })), Some(date(1960, 1, 1)));
        for odd in [json!(0), json!(null), json!(i64::MAX), json!(i64::MIN), json!(true)] {
            assert_eq!(of(json!({ "birth": odd })), None, "{odd}");
        }
    }

    #[test]
    fn a_foreigner_is_told_where_the_contract_covers_it() {
        for (fields, expected) in [
            (json!({ "foreigner_v2": true }), Some(true)),
            (json!({ "foreigner_v2": false, "foreigner": true }), Some(false)),
            (json!({ "foreigner_v2": null }), None),
            (json!({}), None),
            (json!({ "foreigner": true }), Some(true)),
            (json!({ "pg_provider": "kcp_v2" }), Some(false)),
            (json!({ "pg_provider": "kcp_v2", "foreigner": null }), None),
            (json!({ "foreigner_v2": "true", "foreigner": 1 }), None),
        ] {
            assert_eq!(read(&fields).foreigner, expected, "{fields}");
        }
    }

    #[test]
    fn an_order_id_that_is_none_of_ours_is_nothing() {
        let ours = "0123456789abcdef0123456789abcdef";
        assert_eq!(read(&json!({ "merchant_uid": ours })).order, OrderId::parse(ours).ok());
        for odd in [json!(null), json!("order-1"), json!(ours.to_uppercase()), json!(7)] {
            assert_eq!(read(&json!({ "merchant_uid": odd })).order, None, "{odd}");
        }
    }

    #[test]
    fn a_record_without_a_name_of_its_own_is_unclear() {
        for odd in
            [json!({}), json!({ "imp_uid": null }), json!({ "imp_uid": "a/b" }), json!({ "imp_uid": 5 })]
        {
            assert!(matches!(record(&odd), Err(IdentityError::Unclear { .. })), "{odd}");
        }
    }
}

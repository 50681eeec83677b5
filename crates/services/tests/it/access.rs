//! API keys: made, shown, changed, taken back.

use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::access::{ApiKeyId, Scope};
use bonin_ports::{AuditFilter, AuditLog, Clock as _, Revoke};
use bonin_services::access::{
    Authenticate, AuthenticateError, CreateKey, CreateKeyError, CreatedKey, ListKeys, RevokeKey,
    RevokeKeyError, RotateKey, RotateKeyError,
};
use bonin_services::admin::{Actor, Record};
use bonin_testkit::{FixedClock, InMemoryStore, SeededEntropy, key_ring};
use jiff::SignedDuration;

use crate::support::World;

struct Gate {
    clock: Arc<FixedClock>,
    authenticate: Authenticate,
    create: CreateKey,
    rotate: RotateKey,
    revoke: RevokeKey,
    list: ListKeys,
    log: Arc<InMemoryStore>,
}

impl Gate {
    fn new() -> Self {
        let clock = Arc::new(FixedClock::new("2030-01-01T03:00:00Z".parse().expect("a moment")));
        let entropy = Arc::new(SeededEntropy::new(1));
        let api_keys = Arc::new(InMemoryStore::default());
        let record = Record {
            log: api_keys.clone(),
            keys: Arc::new(key_ring()),
            clock: clock.clone(),
            entropy: entropy.clone(),
        };
        Self {
            log: api_keys.clone(),
            authenticate: Authenticate {
                api_keys: api_keys.clone(),
                keys: Arc::new(key_ring()),
                clock: clock.clone(),
            },
            create: CreateKey {
                api_keys: api_keys.clone(),
                record: record.clone(),
                clock: clock.clone(),
                entropy: entropy.clone(),
            },
            rotate: RotateKey {
                api_keys: api_keys.clone(),
                record: record.clone(),
                clock: clock.clone(),
                entropy,
            },
            revoke: RevokeKey { api_keys: api_keys.clone(), record, clock: clock.clone() },
            list: ListKeys { api_keys },
            clock,
        }
    }

    async fn key(&self, scopes: &[Scope]) -> CreatedKey {
        let tenant = TenantId::default_tenant();
        let created = self.create.execute(&Actor::Terminal, tenant.clone(), &[tenant], scopes.to_vec()).await;
        created.unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// The record, oldest first.
    async fn recorded(&self) -> Vec<String> {
        let entries = AuditLog::list(&*self.log, AuditFilter::default(), 100).await.expect("the record");
        let told = entries.iter().rev().map(|entry| {
            format!(
                "{} {} {}",
                entry.actor,
                entry.action.as_str(),
                entry.subject.as_deref().unwrap_or_default()
            )
        });
        told.collect()
    }

    /// What a caller from `address` with these halves is told.
    async fn shown(&self, api_key: &str, api_secret: &str, address: &str) -> &'static str {
        match self.authenticate.execute(api_key, api_secret, &World::client(address)).await {
            Ok(_) => "granted",
            Err(AuthenticateError::Refused) => "refused",
            Err(AuthenticateError::TooMany { until }) => {
                assert!(until > self.clock.now());
                "too many"
            }
            Err(AuthenticateError::Repository(error)) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn a_key_acts_for_its_tenant_within_its_scopes() {
    let gate = Gate::new();
    let CreatedKey { key, secret } = gate.key(&[Scope::Send, Scope::Read, Scope::Send]).await;
    let client = World::client("203.0.113.7");
    let granted = gate.authenticate.execute(key.id.as_str(), &secret.reveal(), &client).await.unwrap();
    assert_eq!(granted, key);
    assert_eq!(granted.scopes, [Scope::Read, Scope::Send], "sorted, without repetition");
    assert!(granted.may(Scope::Send) && !granted.may(Scope::Admin));
    assert_eq!(gate.list.execute().await.unwrap(), [key]);
}

#[tokio::test]
async fn keys_are_for_known_tenants_and_allow_something() {
    let gate = Gate::new();
    let known = [TenantId::default_tenant()];
    let stranger = TenantId::parse("stranger").unwrap();
    let refused = gate.create.execute(&Actor::Terminal, stranger.clone(), &known, vec![Scope::Read]).await;
    assert!(matches!(refused, Err(CreateKeyError::UnknownTenant(tenant)) if tenant == stranger));
    let refused = gate.create.execute(&Actor::Terminal, TenantId::default_tenant(), &known, Vec::new()).await;
    assert!(matches!(refused, Err(CreateKeyError::NoScope)));
    assert!(gate.list.execute().await.unwrap().is_empty());
}

#[tokio::test]
async fn everything_but_a_live_key_is_refused_alike() {
    let gate = Gate::new();
    let (one, other) = (gate.key(&[Scope::Read]).await, gate.key(&[Scope::Read]).await);
    let (id, secret) = (one.key.id.as_str(), one.secret.reveal());
    gate.revoke.execute(&Actor::Terminal, &other.key.id, Revoke::Key).await.unwrap();
    let bad = [
        (other.key.id.as_str(), other.secret.reveal()),
        (id, other.secret.reveal()),
        ("nobodyis", secret.clone()),
        (id, "short".to_owned()),
        ("", String::new()),
        ("Not An Id", secret.clone()),
    ];
    for (place, (id, secret)) in bad.iter().enumerate() {
        let address = format!("203.0.113.{place}");
        assert_eq!(gate.shown(id, secret, &address).await, "refused", "{place}");
    }
    assert_eq!(gate.shown(id, &secret, "203.0.113.0").await, "granted");
}

#[tokio::test]
async fn bad_keys_are_counted_for_the_address_rubbish_included() {
    let gate = Gate::new();
    let CreatedKey { key, secret } = gate.key(&[Scope::Read]).await;
    let (id, secret) = (key.id.as_str(), secret.reveal());
    for rubbish in ["", "x", "Bearer", "zzzzzzzz", "nobodyis"] {
        assert_eq!(gate.shown(rubbish, "rubbish", "203.0.113.7").await, "refused");
    }
    assert_eq!(
        gate.shown(id, &secret, "203.0.113.7").await,
        "too many",
        "a right key does not help any more"
    );
    assert_eq!(gate.shown(id, &secret, "203.0.113.8").await, "granted", "others are not concerned");
    gate.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(gate.shown(id, &secret, "203.0.113.7").await, "granted");
}

#[tokio::test]
async fn two_secrets_live_while_callers_change_over() {
    let gate = Gate::new();
    let CreatedKey { key, secret } = gate.key(&[Scope::Read]).await;
    let (id, older) = (key.id.clone(), secret.reveal());
    let refused = gate.revoke.execute(&Actor::Terminal, &id, Revoke::OlderSecret).await;
    assert!(matches!(refused, Err(RevokeKeyError::NoSecondSecret)), "there is one only");
    let newer = gate.rotate.execute(&Actor::Terminal, &id).await.unwrap().reveal();
    for secret in [&older, &newer] {
        assert_eq!(gate.shown(id.as_str(), secret, "203.0.113.7").await, "granted");
    }
    assert!(matches!(gate.rotate.execute(&Actor::Terminal, &id).await, Err(RotateKeyError::TwoLive)));
    gate.revoke.execute(&Actor::Terminal, &id, Revoke::OlderSecret).await.unwrap();
    assert_eq!(gate.shown(id.as_str(), &older, "203.0.113.7").await, "refused");
    assert_eq!(gate.shown(id.as_str(), &newer, "203.0.113.7").await, "granted");
}

#[tokio::test]
async fn a_secret_that_was_lost_before_it_was_kept_makes_room_for_another() {
    let gate = Gate::new();
    let CreatedKey { key, secret } = gate.key(&[Scope::Read]).await;
    let (id, older) = (key.id.clone(), secret.reveal());
    let refused = gate.revoke.execute(&Actor::Terminal, &id, Revoke::NewerSecret).await;
    assert!(matches!(refused, Err(RevokeKeyError::NoSecondSecret)), "there is one only");
    let lost = gate.rotate.execute(&Actor::Terminal, &id).await.unwrap().reveal();
    gate.revoke.execute(&Actor::Terminal, &id, Revoke::NewerSecret).await.unwrap();
    let kept = gate.rotate.execute(&Actor::Terminal, &id).await.unwrap().reveal();
    assert_eq!(gate.shown(id.as_str(), &lost, "203.0.113.7").await, "refused");
    for secret in [&older, &kept] {
        assert_eq!(gate.shown(id.as_str(), secret, "203.0.113.7").await, "granted");
    }
    assert_eq!(gate.recorded().await[2], format!("terminal key_revoked name:{id} newer secret"));
}

#[tokio::test]
async fn what_is_not_live_can_be_neither_changed_nor_taken_back() {
    let gate = Gate::new();
    let id = gate.key(&[Scope::Read]).await.key.id;
    gate.revoke.execute(&Actor::Terminal, &id, Revoke::Key).await.unwrap();
    assert!(matches!(
        gate.revoke.execute(&Actor::Terminal, &id, Revoke::Key).await,
        Err(RevokeKeyError::NoKey)
    ));
    assert!(matches!(gate.rotate.execute(&Actor::Terminal, &id).await, Err(RotateKeyError::NotFound)));
    let nobody = ApiKeyId::parse("nobodyis").unwrap();
    assert!(matches!(gate.rotate.execute(&Actor::Terminal, &nobody).await, Err(RotateKeyError::NotFound)));
    let [key] = &gate.list.execute().await.unwrap()[..] else { panic!("one key") };
    assert_eq!(key.revoked_at, Some(gate.clock.now()), "it stays on the list");
}

#[tokio::test]
async fn what_is_done_to_keys_is_recorded_and_what_cannot_be_done_is_not() {
    let gate = Gate::new();
    let id = gate.key(&[Scope::Read]).await.key.id;
    let nobody = ApiKeyId::parse("zzzzzzzz").unwrap();
    let actor = &Actor::Terminal;
    assert!(gate.rotate.execute(actor, &nobody).await.is_err());
    for what in [Revoke::Key, Revoke::OlderSecret, Revoke::NewerSecret] {
        assert!(gate.revoke.execute(actor, &nobody, what).await.is_err());
    }
    assert!(gate.revoke.execute(actor, &id, Revoke::OlderSecret).await.is_err(), "it has one secret");
    gate.rotate.execute(actor, &id).await.unwrap();
    assert!(gate.rotate.execute(actor, &id).await.is_err(), "it has two secrets");
    gate.revoke.execute(actor, &id, Revoke::OlderSecret).await.unwrap();
    gate.revoke.execute(actor, &id, Revoke::Key).await.unwrap();
    assert!(gate.revoke.execute(actor, &id, Revoke::Key).await.is_err(), "it is revoked");
    assert!(gate.rotate.execute(actor, &id).await.is_err(), "it is revoked");
    let expected = [
        format!("terminal key_created name:{id}"),
        format!("terminal key_rotated name:{id}"),
        format!("terminal key_revoked name:{id} older secret"),
        format!("terminal key_revoked name:{id}"),
    ];
    assert_eq!(gate.recorded().await, expected);
}

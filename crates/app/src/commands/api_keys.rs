//! `bonin keys create`, `list`, `rotate`, `revoke`: the API keys.

use std::path::Path;
use std::sync::Arc;

use bonin_domain::TenantId;
use bonin_domain::access::{ApiKey, ApiKeyId, ApiSecret, Scope};
use bonin_ports::{ApiKeyRepository, Revoke};
use bonin_services::access::{CreateKey, ListKeys, RevokeKey, RotateKey};
use bonin_services::admin::{Actor, Record};
use serde_json::{Value, json};

use super::{on_runtime, ready_database, settings};
use crate::settings::Settings;
use crate::wiring::console::record;
use crate::wiring::{Failure, System, agree_on_keys, key_ring};

/// What a key may do unless it is said: everything that an application needs.
const APPLICATION: [Scope; 5] = [Scope::Start, Scope::Check, Scope::Read, Scope::Send, Scope::Accounts];

/// Makes a key and shows both halves.
pub fn create(file: Option<&Path>, tenant: TenantId, scopes: Vec<Scope>, json: bool) -> Result<(), Failure> {
    let settings = settings(file)?;
    let known: Vec<TenantId> =
        settings.tenants.all.keys().filter_map(|name| TenantId::parse(name).ok()).collect();
    let scopes = if scopes.is_empty() { APPLICATION.to_vec() } else { scopes };
    on_runtime(async {
        let Desk { api_keys, record, system: System { clock, entropy } } = Desk::open(&settings).await?;
        let create = CreateKey { api_keys, record, clock, entropy };
        let created = create.execute(&Actor::Terminal, tenant, &known, scopes).await?;
        if json {
            println!("{}", shown(&created.key, Some(&created.secret)));
        } else {
            show_secret(&created.key.id, &created.secret);
            println!("tenant: {}", created.key.tenant);
            println!("scopes: {}", names(&created.key));
        }
        Ok(())
    })
}

/// Lists all keys.
pub fn list(file: Option<&Path>, json: bool) -> Result<(), Failure> {
    let settings = settings(file)?;
    on_runtime(async {
        let list = ListKeys { api_keys: ready_database(&settings).await?.api_keys };
        let keys = list.execute().await?;
        if json {
            let keys: Vec<Value> = keys.iter().map(|key| shown(key, None)).collect();
            println!("{}", json!({ "keys": keys }));
            return Ok(());
        }
        if keys.is_empty() {
            println!("there are no API keys; `bonin keys create` makes one");
        }
        for key in keys {
            let state = match key.revoked_at {
                Some(at) => format!("revoked {at}"),
                None if key.secrets > 1 => "live, two secrets".to_owned(),
                None => "live".to_owned(),
            };
            println!("{}  {}  {}  made {}  {state}", key.id, key.tenant, names(&key), key.created_at);
        }
        Ok(())
    })
}

/// Gives a key a second secret and shows it.
pub fn rotate(file: Option<&Path>, id: &ApiKeyId, json: bool) -> Result<(), Failure> {
    let settings = settings(file)?;
    on_runtime(async {
        let Desk { api_keys, record, system: System { clock, entropy } } = Desk::open(&settings).await?;
        let rotate = RotateKey { api_keys, record, clock, entropy };
        let secret = rotate.execute(&Actor::Terminal, id).await?;
        if json {
            println!("{}", json!({"api_key": id.as_str(), "api_secret": secret.reveal()}));
        } else {
            show_secret(id, &secret);
            println!(
                "the older secret is live as well, until you type: bonin keys revoke {id} --older-secret"
            );
        }
        Ok(())
    })
}

/// Takes a key, or one of its two secrets, back.
pub fn revoke(file: Option<&Path>, id: &ApiKeyId, what: Revoke) -> Result<(), Failure> {
    let settings = settings(file)?;
    on_runtime(async {
        let Desk { api_keys, record, system } = Desk::open(&settings).await?;
        let revoke = RevokeKey { api_keys, record, clock: system.clock };
        revoke.execute(&Actor::Terminal, id, what).await?;
        match what {
            Revoke::Key => println!("{id} is revoked"),
            Revoke::OlderSecret => println!("the older secret of {id} is revoked"),
            Revoke::NewerSecret => println!("the newer secret of {id} is revoked"),
        }
        Ok(())
    })
}

/// What changing a key takes: what is done to one is recorded.
struct Desk {
    api_keys: Arc<dyn ApiKeyRepository>,
    record: Record,
    system: System,
}

impl Desk {
    async fn open(settings: &Settings) -> Result<Self, Failure> {
        let system = System::new();
        let keys = key_ring(settings, &system)?;
        let store = ready_database(settings).await?;
        agree_on_keys(&store, &keys).await?;
        let record = record(&system, &store, &keys);
        Ok(Self { api_keys: store.api_keys.clone(), record, system })
    }
}

fn show_secret(id: &ApiKeyId, secret: &ApiSecret) {
    println!("api_key: {id}");
    println!("api_secret: {}", secret.reveal());
    println!("the secret is shown this once; only its digest is kept");
}

fn names(key: &ApiKey) -> String {
    key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",")
}

fn shown(key: &ApiKey, secret: Option<&ApiSecret>) -> Value {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let mut shown = json!({
        "api_key": key.id.as_str(),
        "tenant": key.tenant.as_str(),
        "scopes": scopes,
        "secrets": key.secrets,
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    });
    if let Some(secret) = secret {
        shown["api_secret"] = json!(secret.reveal());
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_only_where_one_was_just_made() {
        let fill = &mut |bytes: &mut [u8]| bytes.fill(7);
        let key = ApiKey {
            id: ApiKeyId::draw(fill),
            tenant: TenantId::default_tenant(),
            scopes: APPLICATION.to_vec(),
            secrets: 1,
            created_at: jiff::Timestamp::UNIX_EPOCH,
            revoked_at: None,
        };
        let secret = ApiSecret::draw(fill);
        assert_eq!(shown(&key, Some(&secret))["api_secret"], secret.reveal());
        assert_eq!(shown(&key, Some(&secret))["api_key"], key.id.as_str());
        assert!(shown(&key, None).get("api_secret").is_none());
        assert_eq!(names(&key), "start,check,read,send,accounts");
    }
}

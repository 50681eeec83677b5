//! The console on the admin listener.

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};
use bonin_domain::TenantId;
use bonin_domain::codes::RuleMode;
use bonin_domain::keys::KeyRing;
use bonin_http::Http;
use bonin_persistence::StoreHandle;
use bonin_services::access::{CreateKey, ListKeys, RevokeKey, RotateKey};
use bonin_services::accounts::PasswordCheck;
use bonin_services::admin::{
    EnrolAdmin, FindAdminSession, JoinAdmins, LogInAdmin, LogOutAdmin, ReadRecord, Record, Waits,
};

use super::insight::{Insight, insight};
use super::{Application, System};
use crate::controllers::console::audit::Audit;
use crate::controllers::console::join::Joins;
use crate::controllers::console::keys::Keys;
use crate::controllers::console::login::LogIns;
use crate::controllers::console::session::ConsolePages;
use crate::controllers::console::templates::Templates;
use crate::controllers::console::tenants::Tenants;
use crate::http::flood::{FloodGuard, Rate};
use crate::http::origin::Origins;
use crate::pages::FrameParts;
use crate::providers::Addresses;
use crate::settings::Settings;

/// What the pages are made of.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    pub settings: &'a Settings,
    pub system: &'a System,
    pub store: &'a StoreHandle,
    pub keys: &'a Arc<KeyRing>,
    pub application: &'a Application,
    /// Where providers are and reach us.
    pub addresses: Addresses<'a>,
    /// Calls providers.
    pub http: &'a Http,
    /// The address of the admin listener.
    pub listening: &'a str,
}

/// What the routes of the console share.
#[derive(Clone)]
pub struct Console {
    pub log_ins: Arc<LogIns>,
    pub joins: Arc<Joins>,
    pub keys: Arc<Keys>,
    pub templates: Arc<Templates>,
    pub tenants: Arc<Tenants>,
    pub audit: Arc<Audit>,
    pub insight: Insight,
}

impl Console {
    /// Hands it to the routes.
    pub fn data(&self, config: &mut ServiceConfig) {
        self.insight.data(config);
        config
            .app_data(Data::new(self.log_ins.pages.clone()))
            .app_data(Data::new(self.log_ins.clone()))
            .app_data(Data::new(self.joins.clone()))
            .app_data(Data::new(self.keys.clone()))
            .app_data(Data::new(self.templates.clone()))
            .app_data(Data::new(self.tenants.clone()))
            .app_data(Data::new(self.audit.clone()));
    }
}

/// Puts the use cases together.
pub fn console(parts: Parts<'_>) -> Console {
    let pages = Arc::new(pages(parts));
    let names = parts.settings.tenants.all.keys();
    let tenants: Vec<TenantId> = names.filter_map(|name| TenantId::parse(name).ok()).collect();
    Console {
        insight: insight(parts, &pages),
        log_ins: Arc::new(log_ins(parts, &pages)),
        joins: Arc::new(joins(parts, &pages)),
        keys: Arc::new(keys(parts, &pages, &tenants)),
        templates: Arc::new(Templates {
            pages: pages.clone(),
            texts: parts.application.templates.clone(),
            tenants,
        }),
        tenants: Arc::new(Tenants {
            pages: pages.clone(),
            settings: parts.settings.tenants.clone(),
            test_numbers: parts.settings.policy.test_numbers.clone(),
            code_length: parts.settings.policy.code_length,
            spending: parts.application.spending.clone(),
        }),
        audit: Arc::new(Audit {
            read: ReadRecord {
                log: parts.store.audit.clone(),
                record: pages.record.clone(),
                keys: parts.keys.clone(),
            },
            pages,
        }),
    }
}

/// Adds to the record of what administrators did.
pub fn record(system: &System, store: &StoreHandle, keys: &Arc<KeyRing>) -> Record {
    Record {
        log: store.audit.clone(),
        keys: keys.clone(),
        clock: system.clock.clone(),
        entropy: system.entropy.clone(),
    }
}

fn pages(parts: Parts<'_>) -> ConsolePages {
    let Parts { settings, system, store, keys, listening, .. } = parts;
    // Its own address counts beside the configured one: that is the other end of a tunnel.
    let listed: Vec<String> = settings.admin_url.iter().cloned().collect();
    ConsolePages {
        parts: FrameParts {
            entropy: system.entropy.clone(),
            clock: system.clock.clone(),
            locale: settings.locale,
        },
        origins: Origins::new(None, listening, &listed),
        find: FindAdminSession { sessions: store.admin_sessions.clone(), clock: system.clock.clone() },
        record: record(system, store, keys),
        trusted_proxies: settings.trusted_proxies.clone(),
    }
}

fn log_ins(parts: Parts<'_>, pages: &Arc<ConsolePages>) -> LogIns {
    let Parts { system, store, keys, application, .. } = parts;
    LogIns {
        pages: pages.clone(),
        log_in: LogInAdmin {
            admins: store.admins.clone(),
            sessions: store.admin_sessions.clone(),
            check: PasswordCheck {
                attempts: store.login_attempts.clone(),
                hashing: application.hashing.clone(),
                keys: keys.clone(),
                clock: system.clock.clone(),
            },
            record: pages.record.clone(),
            waits: Waits::default(),
            entropy: system.entropy.clone(),
        },
        log_out: LogOutAdmin { sessions: store.admin_sessions.clone(), record: pages.record.clone() },
        // Guessing is kept within bounds whatever the limits of codes are (security 27).
        flood: FloodGuard::new(RuleMode::Block, Rate::PASSWORDS),
    }
}

fn joins(parts: Parts<'_>, pages: &Arc<ConsolePages>) -> Joins {
    let Parts { settings, system, store, keys, application, .. } = parts;
    Joins {
        pages: pages.clone(),
        enrol: EnrolAdmin {
            admins: store.admins.clone(),
            hashing: application.hashing.clone(),
            brand: settings.tenants.default_tenant().brand.clone(),
            keys: keys.clone(),
            clock: system.clock.clone(),
            entropy: system.entropy.clone(),
        },
        join: JoinAdmins {
            admins: store.admins.clone(),
            record: pages.record.clone(),
            keys: keys.clone(),
            clock: system.clock.clone(),
            entropy: system.entropy.clone(),
        },
    }
}

fn keys(parts: Parts<'_>, pages: &Arc<ConsolePages>, tenants: &[TenantId]) -> Keys {
    let (api_keys, System { clock, entropy }) = (&parts.store.api_keys, parts.system);
    Keys {
        pages: pages.clone(),
        list: ListKeys { api_keys: api_keys.clone() },
        create: CreateKey {
            api_keys: api_keys.clone(),
            record: pages.record.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        },
        rotate: RotateKey {
            api_keys: api_keys.clone(),
            record: pages.record.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        },
        revoke: RevokeKey { api_keys: api_keys.clone(), record: pages.record.clone(), clock: clock.clone() },
        tenants: tenants.to_vec(),
    }
}

//! The console's figures, look-ups and providers.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};
use bonin_domain::messages::ProviderName;
use bonin_persistence::StoreHandle;
use bonin_services::admin::{LookUpVerifications, ReadStory, RevealNumber};
use bonin_services::analytics::{ReadFigures, ReadToday, RememberedDays, Turns};

use super::System;
use super::console::Parts;
use crate::controllers::console::analytics::AnalyticsPages;
use crate::controllers::console::analytics_form::Choices;
use crate::controllers::console::overview::Overviews;
use crate::controllers::console::providers::ProviderPages;
use crate::controllers::console::session::ConsolePages;
use crate::controllers::console::story::Stories;
use crate::controllers::console::verifications::LookUps;

/// What these pages share.
#[derive(Clone)]
pub struct Insight {
    pub overviews: Arc<Overviews>,
    pub analytics: Arc<AnalyticsPages>,
    pub look_ups: Arc<LookUps>,
    pub stories: Arc<Stories>,
    pub providers: Arc<ProviderPages>,
}

impl Insight {
    /// Hands it to the routes.
    pub fn data(&self, config: &mut ServiceConfig) {
        config
            .app_data(Data::new(self.overviews.clone()))
            .app_data(Data::new(self.analytics.clone()))
            .app_data(Data::new(self.look_ups.clone()))
            .app_data(Data::new(self.stories.clone()))
            .app_data(Data::new(self.providers.clone()));
    }
}

/// Reads figures. A process calls this once: clones take turns, and remember together.
pub fn figures(system: &System, store: &StoreHandle) -> ReadFigures {
    ReadFigures {
        analytics: store.analytics.clone(),
        clock: system.clock.clone(),
        turns: Turns::default(),
        remembered: RememberedDays::default(),
    }
}

/// Puts the use cases together.
pub fn insight(parts: Parts<'_>, pages: &Arc<ConsolePages>) -> Insight {
    let Parts { settings, system, store, keys, application, addresses, http, .. } = parts;
    let figures = application.analytics.figures.clone();
    let today = ReadToday { figures: figures.clone() };
    let plan = settings.routing.table.default_plan();
    let order: Vec<ProviderName> = plan.providers().iter().map(|share| share.name.clone()).collect();
    let mut seen = BTreeSet::new();
    let named = order.iter().chain(settings.routing.table.providers());
    let all: Vec<ProviderName> = named.filter(|name| seen.insert((*name).clone())).cloned().collect();
    let (record, stories, clock) = (&pages.record, &store.stories, &system.clock);
    Insight {
        overviews: Arc::new(Overviews {
            pages: pages.clone(),
            today: today.clone(),
            spending: application.spending.clone(),
            router: application.router.clone(),
            providers: all.clone(),
        }),
        analytics: Arc::new(AnalyticsPages {
            pages: pages.clone(),
            figures,
            choices: Choices {
                tenants: settings.tenants.all.keys().cloned().collect(),
                providers: all.clone(),
            },
        }),
        look_ups: Arc::new(LookUps {
            pages: pages.clone(),
            look_up: LookUpVerifications {
                stories: stories.clone(),
                record: record.clone(),
                keys: keys.clone(),
                clock: clock.clone(),
            },
        }),
        stories: Arc::new(Stories {
            pages: pages.clone(),
            story: ReadStory {
                stories: stories.clone(),
                outbox: store.outbox.clone(),
                record: record.clone(),
                keys: keys.clone(),
                clock: clock.clone(),
            },
            reveal: RevealNumber {
                stories: stories.clone(),
                record: record.clone(),
                keys: keys.clone(),
                clock: clock.clone(),
            },
        }),
        providers: Arc::new(ProviderPages {
            pages: pages.clone(),
            today,
            router: application.router.clone(),
            order,
            all,
            settings: settings.providers.clone(),
            sandbox: addresses.sandbox.to_owned(),
            public: addresses.public.map(str::to_owned),
            http: http.clone(),
            system: system.clone(),
        }),
    }
}

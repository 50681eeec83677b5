//! The sandbox as one value.

use std::sync::Arc;

use actix_web::web::ServiceConfig;
use jiff::Timestamp;

use crate::faults::Faults;
use crate::handset::Handset;
use crate::webhooks::Webhooks;
use crate::{cafe24, coolsms, credentials, iamport, identity, nexmo, portone, routes, sens};

/// All simulated providers, their faults and the handset, in memory.
///
/// Clones share one state.
#[derive(Clone)]
pub struct Sandbox {
    state: Arc<State>,
}

/// What the handlers share.
pub(crate) struct State {
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) faults: Faults,
    pub(crate) handset: Handset,
    pub(crate) webhooks: Webhooks,
    pub(crate) sens: sens::Store,
    pub(crate) cafe24: cafe24::Store,
    pub(crate) coolsms: coolsms::Store,
    pub(crate) nexmo: nexmo::Store,
    /// What people did in the carrier's window, for both of the next two.
    pub(crate) identity: identity::Store,
    pub(crate) iamport: iamport::Store,
    pub(crate) portone: portone::Store,
}

impl State {
    /// The time, from whoever built the sandbox.
    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }
}

impl Sandbox {
    /// An empty sandbox that takes its time from `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        let state = State {
            now: Box::new(now),
            faults: Faults::default(),
            handset: Handset::default(),
            webhooks: Webhooks,
            sens: sens::Store::default(),
            cafe24: cafe24::Store::default(),
            coolsms: coolsms::Store::default(),
            nexmo: nexmo::Store::default(),
            identity: identity::Store::default(),
            iamport: iamport::Store::default(),
            portone: portone::Store::default(),
        };
        Self { state: Arc::new(state) }
    }

    /// Mounts every route at the root: `App::new().configure(sandbox.routes())`.
    pub fn routes(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static + use<> {
        let state = Arc::clone(&self.state);
        move |config| routes::mount(config, Arc::clone(&state))
    }

    /// Ends the open event streams and waiting calls, so that a graceful stop need not wait for them.
    pub fn close(&self) {
        self.state.handset.close();
    }

    /// Whether `value` is one of the published credentials, which production mode refuses.
    pub fn is_published(value: &str) -> bool {
        credentials::is_published(value)
    }
}

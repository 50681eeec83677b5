//! The messaging app's pages of writing, sending and looking back.

use std::sync::Arc;

use bonin_domain::messaging::SendingLimits;
use bonin_services::messaging::{
    AccessTokens, CancelSend, Compose, Drafts, FollowSend, History, ReadEarnings, ReleaseSend, SendWeb,
};

use super::app::Parts;
use crate::controllers::app::sending::Sending;
use crate::controllers::app::session::AppPages;
use crate::providers::MessagingPorts;
use crate::settings::MessagingSettings;

/// Puts the use cases together.
pub fn sending(
    parts: Parts<'_>,
    messaging: &MessagingSettings,
    provider: &MessagingPorts,
    pages: &Arc<AppPages>,
    tokens: &AccessTokens,
    drafts: Drafts,
) -> Arc<Sending> {
    let Parts { settings, system, store, keys, .. } = parts;
    let (clock, entropy) = (&system.clock, &system.entropy);
    let (sends, groups) = (&store.web_sends, &provider.groups);
    let release = ReleaseSend {
        sends: sends.clone(),
        groups: groups.clone(),
        tokens: tokens.clone(),
        clock: clock.clone(),
    };
    Arc::new(Sending {
        pages: pages.clone(),
        compose: Compose { destinations: settings.destinations.clone(), clock: clock.clone() },
        send: SendWeb {
            sends: sends.clone(),
            groups: groups.clone(),
            account: provider.account.clone(),
            tokens: tokens.clone(),
            release: release.clone(),
            limits: SendingLimits::default(),
            keys: keys.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        },
        release,
        follow: FollowSend {
            sends: sends.clone(),
            groups: groups.clone(),
            tokens: tokens.clone(),
            clock: clock.clone(),
        },
        cancel: CancelSend {
            sends: sends.clone(),
            groups: groups.clone(),
            tokens: tokens.clone(),
            clock: clock.clone(),
        },
        history: History { sends: sends.clone(), keys: keys.clone() },
        earnings: ReadEarnings { sends: sends.clone(), clock: clock.clone() },
        drafts,
        entropy: entropy.clone(),
        settlement_url: messaging.settlement_url.clone(),
        withdrawal_url: messaging.withdrawal_url.clone(),
    })
}

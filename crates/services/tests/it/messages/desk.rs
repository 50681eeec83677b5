//! The use cases of messages over a world with two providers.

use std::collections::BTreeMap;
use std::sync::Arc;

use bonin_domain::messages::{Image, MessageKind, SenderId};
use bonin_domain::{Destinations, PhoneNumber, Region};
use bonin_ports::{Abilities, Encoding};
use bonin_services::dispatch::{Carrier, Provider as Named};
use bonin_services::messages::{
    AskedKind, CancelGroup, Fault, ListMessages, MessagePage, Place, ReadGroup, ReadMessage, Recipient, Rule,
    SendMessages, SendMessagesError, SendRequest, SentGroup,
};

use crate::support::{Process, Provider, World, named};

/// The use cases, and the providers behind them: `sens` carries every kind within Korea, from `02-123-4567`;
/// `nexmo` carries short texts in any alphabet everywhere, from `Bonin`.
pub struct Desk {
    pub world: World,
    pub process: Process,
    pub sens: Arc<Provider>,
    pub nexmo: Arc<Provider>,
    pub send: SendMessages,
    pub list: ListMessages,
    pub read: ReadMessage,
    pub read_group: ReadGroup,
    pub cancel: CancelGroup,
}

impl Desk {
    pub fn new() -> Self {
        let world = World::new();
        let provider = |kinds, domestic_only, encoding, sender: &str| {
            let senders = vec![SenderId::parse(sender).expect("a sender")];
            let abilities = Abilities { kinds, domestic_only, encoding, senders };
            Arc::new(Provider::able_to(world.clock.clone(), abilities))
        };
        let sens = provider(&MessageKind::ALL, true, Encoding::EucKr, "02-123-4567");
        let nexmo = provider(&[MessageKind::Sms], false, Encoding::Unicode, "Bonin");
        let named = |name: &str, provider: &Arc<Provider>| Named {
            name: named(name),
            carrier: Carrier::Sender(provider.clone()),
            bulk: None,
            reports: Some(provider.clone()),
            prices: BTreeMap::new(),
        };
        let process = world.process_of(vec![named("sens", &sens), named("nexmo", &nexmo)]);
        let japan = "JP".parse().expect("a country");
        Self {
            send: SendMessages {
                groups: world.store.memory.clone(),
                dispatcher: process.dispatcher.clone(),
                router: process.router.clone(),
                budget: process.budget.clone(),
                destinations: Destinations { regions: vec![Region::KR, japan] },
                keys: world.keys.clone(),
                clock: world.clock.clone(),
                entropy: world.entropy.clone(),
            },
            list: ListMessages {
                groups: world.store.memory.clone(),
                keys: world.keys.clone(),
                clock: world.clock.clone(),
            },
            read: ReadMessage {
                groups: world.store.memory.clone(),
                keys: world.keys.clone(),
                clock: world.clock.clone(),
            },
            read_group: ReadGroup { groups: world.store.memory.clone(), clock: world.clock.clone() },
            cancel: CancelGroup { groups: world.store.memory.clone(), clock: world.clock.clone() },
            sens,
            nexmo,
            process,
            world,
        }
    }

    /// Takes what is asked for and has what is due sent.
    pub async fn sent(&self, request: SendRequest) -> SentGroup {
        let sent = self.send.execute(request).await.unwrap_or_else(|error| panic!("{error:?}"));
        self.settled().await;
        sent
    }

    /// Lets the look at the outbox that a sending asks for happen, and what it begins come to its end.
    pub async fn settled(&self) {
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
        self.process.dispatcher.drained().await;
    }

    /// Everything that is wrong with a request, which must have left no trace.
    pub async fn faults(&self, request: SendRequest) -> Vec<(Place, Rule)> {
        let Err(SendMessagesError::Faults(faults)) = self.send.execute(request).await else {
            panic!("it is not refused")
        };
        self.settled().await;
        assert!(self.page(100).await.messages.is_empty(), "nothing is stored");
        assert_eq!((self.sens.sent(), self.nexmo.sent()), (0, 0), "nothing is sent");
        faults.into_iter().map(|Fault { place, rule }| (place, rule)).collect()
    }

    pub async fn page(&self, limit: u16) -> MessagePage {
        self.list.execute(&self.world.tenant, None, None, limit).await.expect("the memory works")
    }

    /// A short text to these numbers.
    pub fn request(&self, to: &[&str]) -> SendRequest {
        SendRequest {
            tenant: self.world.tenant.clone(),
            recipients: to.iter().map(|to| recipient(to)).collect(),
            text: Some("예약이 확정되었습니다.".to_owned()),
            subject: None,
            from: None,
            kind: AskedKind::Exactly(MessageKind::Sms),
            images: Vec::new(),
            scheduled_at: None,
            provider: None,
            idempotency: None,
        }
    }
}

/// A recipient with nothing of its own.
pub fn recipient(to: &str) -> Recipient {
    let to = PhoneNumber::parse(to, Region::KR).expect("a number");
    Recipient { to, text: None, subject: None }
}

/// A JPEG of 10 x 10 pixels, as far as anybody looks.
pub fn image() -> Image {
    let jpeg = [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 10, 0, 10, 1, 1, 0x11, 0, 0xff, 0xd9];
    Image::parse(jpeg.to_vec()).expect("an image")
}

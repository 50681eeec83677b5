//! What a message costs: what the provider tells, else what the operator says when it is taken.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bonin_domain::Amount;
use bonin_domain::messages::{MessageKind, Price};
use bonin_ports::{Abilities, Accepted, Message, MessageSender, SendError};
use bonin_services::dispatch::{Carrier, Provider};
use bonin_testkit::SendStep;

use crate::support::{Process, World, named};

/// A provider that tells a price with each message.
struct Telling(Arc<dyn MessageSender>);

#[async_trait]
impl MessageSender for Telling {
    fn abilities(&self) -> &Abilities {
        self.0.abilities()
    }

    async fn send(&self, message: &Message) -> Result<Accepted, SendError> {
        let accepted = self.0.send(message).await?;
        Ok(Accepted { price: Price::parse("0.0333", "EUR"), ..accepted })
    }
}

/// A process whose provider's short messages cost so much.
fn process(world: &World, carrier: Arc<dyn MessageSender>, price: &str) -> Process {
    let price = Amount::parse(price).expect("an amount");
    world.process_of(vec![Provider {
        name: named("sens"),
        carrier: Carrier::Sender(carrier),
        bulk: None,
        reports: Some(world.provider.clone()),
        prices: BTreeMap::from([(MessageKind::Sms, price)]),
    }])
}

async fn price_of(world: &World, process: &Process) -> Option<(String, String)> {
    let begun = process.begun(world).await;
    let attempts = world.attempts(begun.id).await;
    let price = attempts.last().expect("an attempt").price.as_ref()?;
    Some((price.amount().to_owned(), price.currency().to_owned()))
}

fn won(amount: &str) -> (String, String) {
    (amount.to_owned(), "KRW".to_owned())
}

#[tokio::test]
async fn a_price_that_nobody_tells_is_the_operators_of_that_moment() {
    let world = World::new();
    let before = process(&world, world.provider.clone(), "9.5");
    let begun = before.begun(&world).await;
    // The operator's prices change.
    world.pass(120);
    let after = process(&world, world.provider.clone(), "11.25");
    assert_eq!(price_of(&world, &after).await, Some(won("11.25")));
    let attempts = world.attempts(begun.id).await;
    let kept = attempts[0].price.as_ref().map(|price| (price.amount(), price.currency()));
    assert_eq!(kept, Some(("9.5", "KRW")), "exact, and as it was");
}

#[tokio::test]
async fn a_price_that_the_provider_tells_goes_before_the_operators() {
    let world = World::new();
    let telling = process(&world, Arc::new(Telling(world.provider.clone())), "9.5");
    assert_eq!(price_of(&world, &telling).await, Some(("0.0333".to_owned(), "EUR".to_owned())));
}

#[tokio::test]
async fn what_is_not_taken_costs_nothing_and_what_was_taken_after_all_costs_its_price() {
    let world = World::new();
    let process = process(&world, world.provider.clone(), "9.5");
    world.provider.script.will_answer([SendStep::Unauthorized]);
    assert_eq!(price_of(&world, &process).await, None);
    world.pass(120);
    world.provider.script.will_answer([SendStep::UnclearTaken]);
    let begun = process.begun(&world).await;
    assert_eq!(world.attempts(begun.id).await[0].price, None, "nobody knows yet");
    world.pass(15);
    assert_eq!(process.take_over().await, 1);
    let [found] = &world.attempts(begun.id).await[..] else { panic!("one attempt") };
    assert_eq!(found.price, Price::parse("9.5", "KRW"));
}

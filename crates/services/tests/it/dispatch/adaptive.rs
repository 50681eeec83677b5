//! Adaptive routing, from the codes that people typed to the next choice.

use std::collections::BTreeMap;

use bonin_domain::PhoneNumber;
use bonin_domain::Region;
use bonin_domain::codes::RuleMode;
use bonin_domain::routing::{ProviderShare, RouteMode, RoutePlan, RouteTable};
use bonin_services::codes::StartRequest;
use bonin_services::dispatch::{Carrier, Provider as Named};

use crate::support::{Process, World, code_in, named};

const NAMES: [&str; 2] = ["sens", "cafe24"];

/// A process that learns which of two providers to ask.
fn process(world: &World) -> Process {
    let provider = |name: &str| if name == "sens" { &world.provider } else { &world.others[0].1 }.clone();
    let providers = NAMES.map(|name| Named {
        name: named(name),
        carrier: Carrier::Sender(provider(name)),
        bulk: None,
        reports: None,
        prices: BTreeMap::new(),
    });
    let shares = NAMES.map(|name| ProviderShare { name: named(name), weight: 1 });
    let plan = RoutePlan::new(RouteMode::Adaptive, shares.into()).expect("a plan");
    world.process_with(providers.into(), RouteTable::new(Vec::new(), plan))
}

#[tokio::test]
async fn a_provider_that_loses_four_in_ten_gets_under_a_tenth_of_three_hundred_codes() {
    let mut world = World::with_policy(|policy| policy.limits = policy.limits.clone().in_mode(RuleMode::Off));
    world.others =
        vec![(named("cafe24"), std::sync::Arc::new(crate::support::Provider::new(world.clock.clone())))];
    let process = process(&world);
    let mut lost = 0;
    for place in 0..300 {
        let phone_number = PhoneNumber::parse(&format!("010-3000-{place:04}"), Region::KR).expect("a number");
        let started = process.try_begin(StartRequest { phone_number, ..world.request() }).await;
        let started = started.expect("it starts");
        process.dispatcher.drained().await;
        let attempts = world.attempts(started.verification.id).await;
        let [attempt] = &attempts[..] else { panic!("one attempt") };
        let lossy = attempt.provider.as_str() == "sens";
        let sender = if lossy { &*world.provider } else { world.other("cafe24") };
        lost += usize::from(lossy);
        // Of what the lossy provider takes, four in ten never arrive; of what arrives, one in ten is not typed.
        let (arrives, typed) = (!lossy || place % 5 > 1, place % 10 != 9);
        if arrives && typed {
            let code = code_in(&sender.script.messages().last().expect("it was sent").text);
            let id = started.verification.id;
            process.check.execute(&world.tenant, id, &started.token, &code).await.expect("it is right");
        }
        // Twenty codes are under way at any time: nobody knows yet what becomes of them.
        world.pass(9);
        process.router.learn().await.expect("the store works");
    }
    assert!(lost < 30, "{lost} of 300 went to the provider that loses messages");
    assert!(lost > 0, "and it is tried all the same");
}

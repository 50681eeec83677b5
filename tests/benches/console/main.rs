//! How long the server takes for the console's pages with 10,000 verifications on file (half of them of the last day), and
//! for figures of 90 days with 600,000, on both databases: the time of a request on loopback, so that it holds all of the
//! server's. Days that are settled are counted for the first question alone.

use std::time::Instant;

use bonin_tests::{Administrator, Engine, Server};

#[expect(dead_code, reason = "the test that compares figures with SQL uses all of it")]
#[path = "../../it/console_figures/seed.rs"]
mod seed;

use seed::{Extent, FORTY_DAYS};

/// What pages say instead of figures while others are counted.
const BUSY: &str = "집계가 바빠요";

/// Requests of each page.
const CALLS: usize = 50;

/// Pages that count.
const PAGES: [&str; 5] = [
    "/console",
    "/console/analytics?range=24h",
    "/console/analytics?range=7",
    "/console/analytics?range=90",
    "/console/providers",
];

/// What is looked at after 90 days of many verifications.
const SPAN: &str = "/console/analytics?range=90";

/// So many, about 6,700 a day.
const NINETY_DAYS: Extent = Extent { count: 600_000, live: 90, days: 88 };

/// Questions after the first one.
const AGAIN: usize = 20;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    println!("| page | database | requests | median | slowest |");
    println!("|---|---|---|---|---|");
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let (_server, keeper) = seeded(engine, FORTY_DAYS).await;
        for page in PAGES {
            measured(&keeper, engine, (page, page), CALLS).await;
        }
    }
    println!();
    println!("| {} verifications | database | requests | median | slowest |", NINETY_DAYS.count);
    println!("|---|---|---|---|---|");
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let (_server, keeper) = seeded(engine, NINETY_DAYS).await;
        measured(&keeper, engine, (SPAN, "first question"), 1).await;
        measured(&keeper, engine, (SPAN, "the same again"), AGAIN).await;
    }
}

async fn seeded(engine: Engine, extent: Extent) -> (Server, Administrator) {
    let server = Server::on(engine).set("RUST_LOG", "warn").start().await;
    let now = server.database().number(seed::Dialect(engine).now());
    seed::write(server.database(), extent, now);
    let keeper = server.administrator().await;
    (server, keeper)
}

async fn measured(keeper: &Administrator, engine: Engine, (page, name): (&str, &str), calls: usize) {
    let mut took = Vec::new();
    for _ in 0..calls {
        let begun = Instant::now();
        let answer = keeper.get(page).await;
        took.push(begun.elapsed());
        let answer = answer.expect(200);
        assert!(!answer.text.contains(BUSY), "{page} shows its figures");
    }
    took.sort_unstable();
    let millis = |place: usize| took[place].as_secs_f64() * 1_000.0;
    let (median, slowest) = (millis(calls / 2), millis(calls - 1));
    println!("| {name} | {engine:?} | {calls} | {median:.0} ms | {slowest:.0} ms |");
}

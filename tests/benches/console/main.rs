//! How long the server takes for the console's pages with 10,000 verifications on file (half of them of the last day),
//! on both databases: the time of a request on loopback, so that it holds all of the server's.

use std::time::Instant;

use bonin_tests::{Administrator, Engine, Server};

#[expect(dead_code, reason = "the test that compares figures with SQL uses all of it")]
#[path = "../../it/console_figures/seed.rs"]
mod seed;

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

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    println!("| page | database | requests | median | slowest |");
    println!("|---|---|---|---|---|");
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let server = Server::on(engine).set("RUST_LOG", "warn").start().await;
        let now = server.database().number(seed::Dialect(engine).now());
        seed::write(server.database(), now);
        let keeper = server.administrator().await;
        for page in PAGES {
            measured(&keeper, engine, page).await;
        }
    }
}

async fn measured(keeper: &Administrator, engine: Engine, page: &str) {
    let mut took = Vec::new();
    for _ in 0..CALLS {
        let begun = Instant::now();
        let answer = keeper.get(page).await;
        took.push(begun.elapsed());
        let _ = answer.expect(200);
    }
    took.sort_unstable();
    let millis = |place: usize| took[place].as_secs_f64() * 1_000.0;
    let (median, slowest) = (millis(CALLS / 2), millis(CALLS - 1));
    println!("| `{page}` | {engine:?} | {CALLS} | {median:.0} ms | {slowest:.0} ms |");
}

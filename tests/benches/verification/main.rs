//! Verifications per second over HTTP, beside the least durable work on the same machine in the same run.
//!
//! `make bench` prints a table: our starts and checks with the sandbox's SENS answering at once, `pgbench` with
//! one prepared `INSERT` and one prepared conditional `UPDATE` by id (16 clients, each its own transaction,
//! durable defaults), and SQLite with the same two writes one by one (`synchronous = FULL`). All variants take
//! turns, round by round, so that the machine's mood hits them alike; figures are medians, with the range.
#![expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]

mod client;
mod floors;
mod load;
mod report;
mod usage;

use bonin_tests::{Engine, SandboxProcess, Server};

use report::{Ours, Round};

const CLIENTS: usize = 16;

fn main() {
    // `cargo bench` hands its own words over; these are ours.
    let [quick, ceiling] = ["--quick", "--ceiling"].map(|ours| std::env::args().any(|word| word == ours));
    let (rounds, verifications, seconds) = if quick { (1, 1_000, 3) } else { (5, 4_000, 8) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let table = runtime.block_on(async {
        let sandbox = SandboxProcess::start().await;
        let postgres = quiet(Engine::Postgres, &sandbox, ceiling).await;
        let sqlite = quiet(Engine::Sqlite, &sandbox, ceiling).await;
        let mut table = Vec::new();
        for round in 1..=rounds {
            eprintln!("round {round} of {rounds}");
            table.push(Round {
                pgbench: floors::pgbench(CLIENTS, seconds),
                postgres: measure(&postgres, &sandbox, verifications).await,
                sqlite_floor: floors::sqlite(verifications),
                sqlite: measure(&sqlite, &sandbox, verifications).await,
            });
        }
        table
    });
    println!("{}", report::render(&table, CLIENTS, verifications));
}

/// A server as in production: limits recorded nowhere near, logs of warnings only. Under a ceiling of spending, which is never
/// reached, all starts are one tenant's.
async fn quiet(engine: Engine, sandbox: &SandboxProcess, ceiling: bool) -> Server {
    let server = Server::on(engine).using(sandbox).set("RUST_LOG", "warn");
    let server = if ceiling {
        server
            .set("BONIN__ROUTING__ORDER", "sens")
            .set("BONIN__LIMITS__SPENDING", "block")
            .set("BONIN__LIMITS__DAILY_WON", "4000000000")
    } else {
        server
    };
    server.start().await
}

/// One round: `count` starts, then the codes from the handset (not timed), then `count` checks.
async fn measure(server: &Server, sandbox: &SandboxProcess, count: usize) -> Ours {
    let admin = floors::environment("BONIN_TEST_POSTGRES_URL");
    let (before, postgres_before) = (usage::of(server.id()), usage::of_postgres(&admin));
    let starts = load::starts(server.api().base(), CLIENTS, count).await;
    let codes = load::codes(sandbox.url(), &starts.answers).await;
    let checks = load::checks(server.api().base(), CLIENTS, codes).await;
    let (after, postgres_after) = (usage::of(server.id()), usage::of_postgres(&admin));
    Ours {
        starts: starts.timing,
        checks: checks.timing,
        cpu_ms: (after.cpu_ms - before.cpu_ms) / count as f64,
        postgres_cpu_ms: (postgres_after - postgres_before) / count as f64,
        memory_mib: after.memory_mib,
        count,
    }
}

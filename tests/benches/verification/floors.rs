//! The least durable work: what every figure is a ratio of.

use std::path::Path;
use std::process::Command;

use bonin_tests::{Scratch, psql};

/// Verifications a second that `pgbench` makes of two prepared statements, each its own transaction.
pub fn pgbench(clients: usize, seconds: u32) -> f64 {
    let admin = environment("BONIN_TEST_POSTGRES_URL");
    let folder = Scratch::new();
    let script = folder.path().join("verification.sql");
    std::fs::write(
        &script,
        "\\set id random(1, 9000000000000000)\n\
         INSERT INTO bench_verifications (id, digest, checks, expires_at) \
         VALUES (:id, 'digest', 0, now() + interval '3 minutes') ON CONFLICT DO NOTHING;\n\
         UPDATE bench_verifications SET checks = checks + 1, status = 'verified' \
         WHERE id = :id AND status = 'pending' AND checks < 5 AND expires_at > now();\n",
    )
    .expect("the script can be written");
    psql(
        &admin,
        "DROP TABLE IF EXISTS bench_verifications; CREATE TABLE bench_verifications (id bigint PRIMARY KEY, \
         digest text NOT NULL, status text NOT NULL DEFAULT 'pending', checks int NOT NULL, \
         expires_at timestamptz NOT NULL)",
    );
    let output = Command::new(environment("BONIN_TEST_PGBENCH"))
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", &format!("--client={clients}")])
        .args([&format!("--time={seconds}"), "--file", &script.display().to_string(), &admin])
        .output()
        .expect("pgbench runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let tps =
        text.lines().find_map(|line| line.strip_prefix("tps = ")).and_then(|rest| rest.split(' ').next());
    tps.and_then(|tps| tps.parse().ok()).unwrap_or_else(|| panic!("pgbench said {text}"))
}

/// Verifications a second of SQLite writing one by one with `synchronous = FULL`.
pub fn sqlite(count: usize) -> f64 {
    let folder = Scratch::new();
    let program = Path::new(&environment("BONIN_TEST_BIN")).with_file_name("examples").join("sqlite_floor");
    let output = Command::new(&program)
        .arg(folder.path().join("floor.db"))
        .arg(count.to_string())
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}; `make bench` builds it", program.display()));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.trim().parse().unwrap_or_else(|_| panic!("sqlite_floor said {text}"))
}

/// A value that `make bench` sets.
pub fn environment(name: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "what `make bench` sets")]
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `make bench`"))
}

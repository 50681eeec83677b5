//! The table that is printed.

use std::fmt::Write as _;

use crate::load::Timing;

/// One round of all variants.
pub struct Round {
    pub pgbench: f64,
    pub postgres: Ours,
    pub sqlite_floor: f64,
    pub sqlite: Ours,
}

/// One round of ours.
pub struct Ours {
    pub starts: Timing,
    pub checks: Timing,
    pub cpu_ms: f64,
    pub postgres_cpu_ms: f64,
    pub memory_mib: f64,
    pub count: usize,
}

impl Ours {
    fn starts_per_second(&self) -> f64 {
        self.count as f64 / self.starts.seconds
    }

    fn checks_per_second(&self) -> f64 {
        self.count as f64 / self.checks.seconds
    }

    /// A verification is a start and a check.
    fn verifications_per_second(&self) -> f64 {
        self.count as f64 / (self.starts.seconds + self.checks.seconds)
    }
}

fn p99(timing: &Timing) -> f64 {
    timing.millis[timing.millis.len() * 99 / 100]
}

/// The median and the range.
fn spread(rounds: &[Round], of: impl Fn(&Round) -> f64) -> (f64, f64, f64) {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[0], values[values.len() - 1])
}

/// The table in Markdown.
pub fn render(rounds: &[Round], clients: usize, count: usize) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} rounds in turns, {count} verifications a round, {clients} clients; median (least to most)\n",
        rounds.len()
    );
    let _ = writeln!(out, "| | Postgres | SQLite |\n|---|--:|--:|");
    let mut row =
        |name: &str, digits: usize, postgres: &dyn Fn(&Round) -> f64, sqlite: &dyn Fn(&Round) -> f64| {
            let cell = |of: &dyn Fn(&Round) -> f64| {
                let (median, least, most) = spread(rounds, of);
                format!("{median:.digits$} ({least:.digits$} to {most:.digits$})")
            };
            let _ = writeln!(out, "| {name} | {} | {} |", cell(postgres), cell(sqlite));
        };
    row("floor: pgbench / one-by-one writes, verifications/s", 0, &|r| r.pgbench, &|r| r.sqlite_floor);
    row("Bonin, verifications/s", 0, &|r| r.postgres.verifications_per_second(), &|r| {
        r.sqlite.verifications_per_second()
    });
    row(
        "**ratio to the floor of the same round**",
        2,
        &|r| r.postgres.verifications_per_second() / r.pgbench,
        &|r| r.sqlite.verifications_per_second() / r.sqlite_floor,
    );
    row("starts/s", 0, &|r| r.postgres.starts_per_second(), &|r| r.sqlite.starts_per_second());
    row("checks/s", 0, &|r| r.postgres.checks_per_second(), &|r| r.sqlite.checks_per_second());
    row("p99 of a start, ms", 1, &|r| p99(&r.postgres.starts), &|r| p99(&r.sqlite.starts));
    row("p99 of a check, ms", 1, &|r| p99(&r.postgres.checks), &|r| p99(&r.sqlite.checks));
    row("server CPU, ms a verification", 2, &|r| r.postgres.cpu_ms, &|r| r.sqlite.cpu_ms);
    row(
        "server and Postgres CPU, ms a verification",
        2,
        &|r| r.postgres.cpu_ms + r.postgres.postgres_cpu_ms,
        &|r| r.sqlite.cpu_ms,
    );
    row("server memory, MiB", 0, &|r| r.postgres.memory_mib, &|r| r.sqlite.memory_mib);
    out
}

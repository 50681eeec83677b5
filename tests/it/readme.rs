//! The tour of the README, as printed.

use std::path::Path;
use std::process::{Command, Stdio};

use bonin_tests::{Engine, Server, on_both_databases};

on_both_databases!(the_tour_of_the_readme_works_as_printed);

const MARK: &str = "<!-- tour -->";
/// The addresses that the README prints, those of a server with nothing configured.
const PUBLIC: [&str; 2] = ["127.0.0.1:8080", "localhost:8080"];
const SANDBOX: [&str; 2] = ["127.0.0.1:8090", "localhost:8090"];
const ADMIN: [&str; 2] = ["127.0.0.1:8081", "localhost:8081"];

async fn the_tour_of_the_readme_works_as_printed(engine: Engine) {
    let script = tour();
    let server = Server::on(engine).with_limits().start().await;
    let listeners =
        [(PUBLIC, server.api().base()), (SANDBOX, server.sandbox().url()), (ADMIN, server.admin().base())];
    let script = listeners.into_iter().fold(script, |script, (printed, base)| {
        let address = base.strip_prefix("http://").expect("the server listens without TLS");
        printed.into_iter().fold(script, |script, printed| script.replace(printed, address))
    });

    let folder = server.folder().to_owned();
    let output = tokio::task::spawn_blocking(move || run(&script, &folder)).await.expect("bash can be run");

    let printed = String::from_utf8_lossy(&output.stdout);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n--- it printed:\n{printed}\n--- and:\n{log}", output.status);
    assert!(printed.contains("verified"), "a number is proved on the way; it printed:\n{printed}");
    assert!(printed.contains("minsu@example.com"), "the tour ends with an account; it printed:\n{printed}");
}

fn run(script: &str, folder: &Path) -> std::process::Output {
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", script]).current_dir(folder).stdin(Stdio::null());
    bash.env("NO_PROXY", "*").output().expect("bash can be run")
}

/// The `sh` blocks that follow the mark, in one script.
fn tour() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let readme = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let blocks = marked_blocks(&readme);
    assert!(!blocks.is_empty(), "README.md has no ```sh block that follows a line `{MARK}`");
    blocks.join("\n")
}

fn marked_blocks(text: &str) -> Vec<String> {
    let mut lines = text.lines();
    let mut blocks = Vec::new();
    while lines.any(|line| line.trim() == MARK) {
        let opening = lines.by_ref().find(|line| !line.trim().is_empty());
        assert_eq!(opening.map(str::trim), Some("```sh"), "the line `{MARK}` stands right before its block");
        let block: Vec<_> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
        blocks.push(block.join("\n"));
    }
    blocks
}

#[test]
fn only_marked_blocks_belong_to_the_tour() {
    let text = "```sh\nmake run\n```\n<!-- tour -->\n\n```sh\none\ntwo\n```\ntext\n<!-- tour -->\n```sh\nthree\n```\n";
    assert_eq!(marked_blocks(text), ["one\ntwo", "three"]);
}

//! Who may import whom, read from the manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// A kind of crate, and what it may build on.
struct Rule {
    /// Crates of ours that it may import.
    ours: &'static [&'static str],
    /// Whether it may import every adapter.
    adapters: bool,
    /// Crates of others that it may import although they are [`HELD`].
    held: &'static [&'static str],
    /// Beginnings of the names of crates that it must do without.
    banned: &'static [&'static str],
}

const NOTHING: Rule = Rule { ours: &[], adapters: false, held: &[], banned: &[] };

/// Crates of others that belong to those crates of ours alone whose rule names them.
const HELD: [&str; 5] = ["diesel", "libsqlite3-sys", "pq-sys", "actix", "reqwest"];

/// What only tests may use.
const FOR_TESTS: [&str; 2] = ["bonin-testkit", "bonin-sandbox"];

fn rule_of(package: &Package) -> Option<Rule> {
    if package.folder.contains("/crates/adapters/") {
        return Some(match package.name.as_str() {
            "bonin-http" => Rule { held: &["reqwest"], ..NOTHING },
            _ => Rule { ours: &["bonin-ports", "bonin-domain", "bonin-http"], ..NOTHING },
        });
    }
    let rule = match package.name.as_str() {
        "bonin-domain" => Rule {
            banned: &[
                "async", "futures", "tokio", "serde", "http", "hyper", "url", "tower", "chrono", "time",
                "quanta",
            ],
            ..NOTHING
        },
        "bonin-ports" => Rule { ours: &["bonin-domain"], ..NOTHING },
        "bonin-services" | "bonin-testkit" => Rule { ours: &["bonin-ports", "bonin-domain"], ..NOTHING },
        "bonin-persistence" => Rule {
            ours: &["bonin-ports", "bonin-domain"],
            held: &["diesel", "libsqlite3-sys", "pq-sys"],
            ..NOTHING
        },
        "bonin-design" => NOTHING,
        "bonin-sandbox" => Rule { ours: &["bonin-domain", "bonin-design"], held: &["actix"], ..NOTHING },
        "bonin-client" => Rule { ours: &["bonin-domain"], held: &["reqwest"], ..NOTHING },
        // The end-to-end tests count the rows of a file for themselves.
        "bonin-tests" => {
            Rule { ours: &["bonin-client", "bonin-domain"], held: &["diesel", "reqwest"], ..NOTHING }
        }
        "bonin-browser-tests" => Rule { ours: &["bonin-tests"], ..NOTHING },
        "bonin-app" => Rule {
            ours: &[
                "bonin-services",
                "bonin-ports",
                "bonin-domain",
                "bonin-persistence",
                "bonin-sandbox",
                "bonin-design",
            ],
            adapters: true,
            held: &["actix"],
            ..NOTHING
        },
        _ => return None,
    };
    Some(rule)
}

struct Package {
    name: String,
    folder: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    for_tests: bool,
}

impl Package {
    fn read(package: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text in cargo's metadata").to_owned();
        let dependencies = package["dependencies"].as_array().expect("a list of dependencies");
        Self {
            name: text(&package["name"]),
            folder: text(&package["manifest_path"]),
            dependencies: dependencies
                .iter()
                .map(|dependency| Dependency {
                    name: text(&dependency["name"]),
                    for_tests: dependency["kind"] == "dev",
                })
                .collect(),
        }
    }

    fn is_adapter(&self) -> bool {
        self.folder.contains("/crates/adapters/")
    }
}

fn packages() -> BTreeMap<String, Package> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path", manifest])
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages").iter().map(Package::read);
    packages.map(|package| (package.name.clone(), package)).collect()
}

#[test]
fn every_crate_has_a_rule_and_keeps_it() {
    let packages = packages();
    let mut broken = BTreeSet::new();
    for package in packages.values() {
        let Some(rule) = rule_of(package) else {
            broken
                .insert(format!("{} has no rule: add one, and say in the docs what it is for", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if !may_import(&packages, &rule, dependency) {
                let kind = if dependency.for_tests { " in its tests" } else { "" };
                broken.insert(format!("{} imports {name}{kind}", package.name));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

fn may_import(packages: &BTreeMap<String, Package>, rule: &Rule, dependency: &Dependency) -> bool {
    let name = dependency.name.as_str();
    let begins_with = |beginning: &&str| name == *beginning || is_of_family(name, beginning);
    if let Some(package) = packages.get(name) {
        return rule.ours.contains(&name)
            || (rule.adapters && package.is_adapter())
            || (dependency.for_tests && FOR_TESTS.contains(&name));
    }
    if dependency.for_tests {
        // Whatever a crate's own tests use; only the databases stay where they are.
        return !is_of_family(name, "diesel") || rule.held.contains(&"diesel");
    }
    let held_elsewhere = HELD.iter().any(|held| begins_with(held) && !rule.held.contains(held));
    !held_elsewhere && !rule.banned.iter().any(begins_with)
}

/// `serde_json` and `serde` are of the family `serde`, `timeline` is not of the family `time`.
fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

#[test]
fn only_tests_use_the_testkit() {
    for package in packages().values() {
        for dependency in &package.dependencies {
            assert!(dependency.name != "bonin-testkit" || dependency.for_tests, "{}", package.name);
        }
    }
}

#[test]
fn a_broken_rule_is_seen() {
    let packages = packages();
    let normal = |name: &str| Dependency { name: name.to_owned(), for_tests: false };
    let breaks = |crate_name: &str, import: &str| {
        let rule = rule_of(&packages[crate_name]).expect("it has a rule");
        !may_import(&packages, &rule, &normal(import))
    };
    assert!(breaks("bonin-domain", "serde_json") && breaks("bonin-domain", "bonin-ports"));
    assert!(breaks("bonin-services", "diesel") && breaks("bonin-services", "bonin-persistence"));
    assert!(breaks("bonin-services", "actix-web") && breaks("bonin-app", "diesel_migrations"));
    assert!(breaks("bonin-sens", "reqwest") && breaks("bonin-sens", "bonin-sens"));
    assert!(breaks("bonin-iamport", "reqwest") && breaks("bonin-iamport", "bonin-nexmo"));
    assert!(breaks("bonin-app", "bonin-testkit") && breaks("bonin-domain", "async-trait"));
    assert!(!breaks("bonin-app", "bonin-sens") && !breaks("bonin-sens", "bonin-http"));
}

//! Whether the time of an answer tells if there is an account: medians of 1,000 calls for members and 1,000 for nobody,
//! in turns, for each call that must not tell (requirement G04: within 5 ms).

use std::time::{Duration, Instant};

use bonin_tests::{Engine, Member, SandboxProcess, Server, numbers};
use serde_json::{Value, json};

/// Calls of each kind.
const CALLS: usize = 1_000;
/// Members whose passwords are guessed: ten wrong ones from one address make a login id wait, so each gets nine.
const GUESSED: usize = CALLS.div_ceil(9);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let sandbox = SandboxProcess::start().await;
    println!("| call | database | calls of each | median, member | median, nobody | difference |");
    println!("|---|---|---|---|---|---|");
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let server = Server::on(engine)
            .set("RUST_LOG", "warn")
            .set("BONIN__ROUTING__ORDER", "nexmo_verify,sens")
            .using(&sandbox)
            .start()
            .await;
        let member = Member::fresh();
        let _ = server.join(&member).await;
        starts(&server, engine, &member, "find_id").await;
        starts(&server, engine, &member, "reset_password").await;
        let members = imported(&server);
        checks(&server, engine, &members).await;
        opening_resets(&server, engine, &member).await;
        log_ins(&server, engine, &members).await;
    }
}

/// Starts for a number with an account and for numbers without.
async fn starts(server: &Server, engine: Engine, member: &Member, purpose: &str) {
    let mut took = [Vec::new(), Vec::new()];
    for call in 0..2 * CALLS {
        let known = call % 2 == 0;
        let number = if known { member.number.clone() } else { numbers::fresh() };
        let body = json!({ "phone_number": number, "purpose": purpose, "login_id": member.login_id });
        took[usize::from(!known)].push(timed(server, "/v1/verifications", &body, 201).await);
    }
    print(&format!("start of {purpose}"), engine, took);
}

/// Wrong codes for a number with an account and for numbers without. The first provider would compare its own codes, where
/// it may run such a verification.
async fn checks(server: &Server, engine: Engine, members: &[Member]) {
    let mut took = [Vec::new(), Vec::new()];
    for call in 0..2 * CALLS / 4 {
        let known = call % 2 == 0;
        // Twenty wrong codes a day are a number's budget.
        let number = if known { members[call / 2 % GUESSED].number.clone() } else { numbers::fresh() };
        let body = json!({ "phone_number": number, "purpose": "find_id" });
        let started = server.api().post("/v1/verifications", &body).await.expect(201).verification(&number);
        let path = format!("/v1/verifications/{}/check", started.id);
        for _ in 0..4 {
            let body = json!({ "token": started.token, "code": "000000" });
            took[usize::from(!known)].push(timed(server, &path, &body, 422).await);
        }
    }
    print("check of find_id", engine, took);
}

/// Resets by a proof of one's own number: for a stranger's login id and for nobody's.
async fn opening_resets(server: &Server, engine: Engine, stranger: &Member) {
    let own = Member::fresh();
    let _ = server.join(&own).await;
    let mut proof = String::new();
    let mut took = [Vec::new(), Vec::new()];
    for call in 0..2 * CALLS {
        let known = call % 2 == 0;
        // The fifth refusal spends a proof.
        if call % 4 == 0 {
            proof = server.proof(&own.number, "reset_password").await;
        }
        let login_id = if known { stranger.login_id.clone() } else { Member::fresh().login_id };
        let body = json!({ "login_id": login_id, "proof": proof });
        took[usize::from(!known)].push(timed(server, "/v1/password-resets", &body, 422).await);
    }
    print("reset with another's login id", engine, took);
}

/// Members who are guessed at. All have the hash of one password: joining a hundred times would only take longer.
fn imported(server: &Server) -> Vec<Member> {
    let members: Vec<Member> = (0..GUESSED).map(|_| Member::fresh()).collect();
    let hash = server.database().text("SELECT password AS text FROM accounts LIMIT 1");
    let line = |member: &Member| {
        json!({ "login_id": member.login_id, "phone_number": member.number, "password_hash": hash })
            .to_string()
    };
    let lines: Vec<String> = members.iter().map(line).collect();
    let file = server.folder().join("members.jsonl");
    std::fs::write(&file, lines.join("\n")).expect("the file can be written");
    let _ = server.run(&["accounts", "import", file.to_str().expect("a path")]);
    members
}

/// Wrong passwords for login ids that exist and that do not.
async fn log_ins(server: &Server, engine: Engine, members: &[Member]) {
    let unknown: Vec<Member> = (0..GUESSED).map(|_| Member::fresh()).collect();
    let mut took = [Vec::new(), Vec::new()];
    for call in 0..2 * CALLS {
        let known = call % 2 == 0;
        let whose = if known { members } else { &unknown };
        let login_id = &whose[call / 2 % GUESSED].login_id;
        let body = json!({ "login_id": login_id, "password": "not the password of anybody" });
        took[usize::from(!known)].push(timed(server, "/v1/sessions", &body, 401).await);
    }
    print("log in with a wrong password", engine, took);
}

async fn timed(server: &Server, path: &str, body: &Value, status: u16) -> Duration {
    let begun = Instant::now();
    let answer = server.api().post(path, body).await;
    let took = begun.elapsed();
    let _ = answer.expect(status);
    took
}

fn print(call: &str, engine: Engine, took: [Vec<Duration>; 2]) {
    let [known, unknown] = took.map(|mut took| {
        took.sort_unstable();
        took[took.len() / 2].as_secs_f64() * 1_000.0
    });
    let difference = known - unknown;
    println!("| {call} | {engine:?} | {CALLS} | {known:.2} ms | {unknown:.2} ms | {difference:+.2} ms |");
}

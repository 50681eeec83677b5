//! Many sign-ups for one number, login id or person at the same moment (requirement G08).

use std::collections::BTreeMap;

use bonin_tests::{Answer, Engine, Member, Server, on_both_databases, turn};
use serde_json::{Value, json};
use tokio::task::JoinSet;

on_both_databases!(
    two_hundred_sign_ups_with_one_number_give_one_account,
    two_hundred_sign_ups_with_one_login_id_give_one_account,
    two_hundred_sign_ups_of_one_person_give_one_account,
    two_hundred_sign_ups_with_one_proof_give_one_account,
);

const TIMES: usize = 200;

/// Sends all at once; what became of them, by status and code. A refusal because too many passwords are being hashed
/// is tried again, as a client does.
async fn all_at_once(server: &Server, bodies: Vec<Value>) -> BTreeMap<(u16, String), usize> {
    let mut sign_ups = JoinSet::new();
    for body in bodies {
        let api = server.api().clone();
        sign_ups.spawn(async move {
            loop {
                let answer: Answer = api.post("/v1/accounts", &body).await;
                if answer.status == 503 {
                    assert!(answer.retry_after() >= 1, "{}", answer.text);
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    continue;
                }
                let code = if answer.status == 201 { "created".to_owned() } else { answer.code() };
                return (answer.status, code);
            }
        });
    }
    let mut outcomes = BTreeMap::new();
    while let Some(outcome) = sign_ups.join_next().await {
        *outcomes.entry(outcome.expect("a sign-up is answered")).or_default() += 1;
    }
    outcomes
}

fn one_of(refusal: (u16, &str)) -> BTreeMap<(u16, String), usize> {
    BTreeMap::from([((201, "created".to_owned()), 1), ((refusal.0, refusal.1.to_owned()), TIMES - 1)])
}

async fn bodies(server: &Server, member: impl Fn() -> Member) -> Vec<Value> {
    let mut bodies = Vec::new();
    for _ in 0..TIMES {
        let member = member();
        let proof = server.proof(&member.number, "sign_up").await;
        bodies.push(server.sign_up_body(&member, &proof).await);
    }
    bodies
}

async fn two_hundred_sign_ups_with_one_number_give_one_account(engine: Engine) {
    let _turn = turn().await;
    let server = Server::on(engine).start().await;
    let number = Member::fresh().number;
    let bodies = bodies(&server, || Member { number: number.clone(), ..Member::fresh() }).await;
    assert_eq!(all_at_once(&server, bodies).await, one_of((409, "phone_number_taken")));
    assert_eq!(server.database().count("accounts"), 1);
}

async fn two_hundred_sign_ups_with_one_login_id_give_one_account(engine: Engine) {
    let _turn = turn().await;
    let server = Server::on(engine).start().await;
    let login_id = Member::fresh().login_id;
    let bodies = bodies(&server, || Member { login_id: login_id.clone(), ..Member::fresh() }).await;
    assert_eq!(all_at_once(&server, bodies).await, one_of((409, "login_id_taken")));
    assert_eq!(server.database().count("accounts"), 1);
}

async fn two_hundred_sign_ups_of_one_person_give_one_account(engine: Engine) {
    let _turn = turn().await;
    let server = Server::on(engine).set("BONIN__ACCOUNTS__ONE_PER_PERSON", "true").start().await;
    let people = server.sandbox().api().get("/sandbox/people").await.expect(200).json();
    let person = people["people"][0]["id"].as_str().expect("a name").to_owned();
    let mut bodies = bodies(&server, Member::fresh).await;
    for body in &mut bodies {
        body["identity_proof"] = json!(server.identity_proof("sign_up", &person).await);
    }
    assert_eq!(all_at_once(&server, bodies).await, one_of((409, "person_taken")));
    assert_eq!(server.database().count("accounts"), 1);
}

async fn two_hundred_sign_ups_with_one_proof_give_one_account(engine: Engine) {
    let _turn = turn().await;
    let server = Server::on(engine).start().await;
    let member = Member::fresh();
    let proof = server.proof(&member.number, "sign_up").await;
    let mut bodies = Vec::new();
    for _ in 0..TIMES {
        let other = Member { number: member.number.clone(), ..Member::fresh() };
        bodies.push(server.sign_up_body(&other, &proof).await);
    }
    let outcomes = all_at_once(&server, bodies).await;
    // Who looks after the winner is done sees a used proof; who looks before, a number that was taken meanwhile.
    let refused = |(status, code): &(u16, String)| {
        matches!((*status, code.as_str()), (410, "proof_used") | (409, "phone_number_taken"))
    };
    assert_eq!(outcomes.get(&(201, "created".to_owned())), Some(&1), "{outcomes:?}");
    assert!(outcomes.keys().all(|outcome| outcome.0 == 201 || refused(outcome)), "{outcomes:?}");
    assert_eq!(outcomes.values().sum::<usize>(), TIMES);
    assert_eq!(server.database().count("accounts"), 1);
    let consents = server.required_consents().await.as_array().expect("a list").len();
    assert_eq!(server.database().count("consents"), i64::try_from(consents).expect("a small number"));
}

//! Starts and checks from several clients at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::Value;

use crate::client::Client;

static NEXT_NUMBER: AtomicUsize = AtomicUsize::new(0);

/// How long it took.
#[derive(Clone)]
pub struct Timing {
    pub seconds: f64,
    /// Of each request, in milliseconds, sorted.
    pub millis: Vec<f64>,
}

/// A started verification.
#[derive(Clone)]
pub struct Started {
    pub number: String,
    pub id: String,
    pub token: String,
}

/// What a phase gave.
pub struct Phase<T> {
    pub timing: Timing,
    pub answers: Vec<T>,
}

/// Starts `count` verifications of as many numbers.
pub async fn starts(base: &str, clients: usize, count: usize) -> Phase<Started> {
    let jobs: Vec<String> = (0..count)
        .map(|_| format!("+8210{:08}", 20_000_000 + NEXT_NUMBER.fetch_add(1, Ordering::Relaxed)))
        .collect();
    spread(base, clients, jobs, async |client, number: String| {
        let body = format!(r#"{{"phone_number":"{number}","purpose":"sign_up"}}"#);
        let (status, text) = client.post("/v1/verifications", &body).await;
        assert_eq!(status, 201, "{text}");
        Started { id: member(&text, "id"), token: member(&text, "token"), number }
    })
    .await
}

/// Checks each verification with its code.
pub async fn checks(base: &str, clients: usize, jobs: Vec<(Started, String)>) -> Phase<()> {
    spread(base, clients, jobs, async |client, (started, code): (Started, String)| {
        let body = format!(r#"{{"token":"{}","code":"{code}"}}"#, started.token);
        let (status, text) = client.post(&format!("/v1/verifications/{}/check", started.id), &body).await;
        assert_eq!(status, 200, "{text}");
    })
    .await
}

/// The codes of `started`, from the handset, once all have arrived; the inbox is emptied.
pub async fn codes(sandbox: &str, started: &[Started]) -> Vec<(Started, String)> {
    let mut client = Client::connect(sandbox).await;
    let begun = Instant::now();
    loop {
        let (status, text) = client.get("/handset/messages").await;
        assert_eq!(status, 200, "{text}");
        let inbox: Value = serde_json::from_str(&text).expect("the handset's JSON");
        let arrived: HashMap<&str, &str> = inbox["messages"]
            .as_array()
            .expect("messages")
            .iter()
            .filter_map(|message| Some((message["to"].as_str()?, message["code"].as_str()?)))
            .collect();
        let found: Vec<_> = started
            .iter()
            .filter_map(|one| Some((one.clone(), (*arrived.get(one.number.as_str())?).to_owned())))
            .collect();
        if found.len() == started.len() {
            return found;
        }
        assert!(begun.elapsed().as_secs() < 30, "{} of {} arrived", found.len(), started.len());
        tokio::task::yield_now().await;
    }
}

async fn spread<J, T>(
    base: &str,
    clients: usize,
    jobs: Vec<J>,
    work: impl AsyncFn(&mut Client, J) -> T,
) -> Phase<T>
where
    J: Clone,
{
    let jobs = Arc::new(jobs);
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let workers = (0..clients).map(async |_| {
        let mut client = Client::connect(base).await;
        let mut done = Vec::new();
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let asked = Instant::now();
            let answer = work(&mut client, job.clone()).await;
            done.push((asked.elapsed().as_secs_f64() * 1_000.0, answer));
        }
        done
    });
    let done: Vec<(f64, T)> = futures_util::future::join_all(workers).await.into_iter().flatten().collect();
    let seconds = begun.elapsed().as_secs_f64();
    let (mut millis, answers): (Vec<f64>, Vec<T>) = done.into_iter().unzip();
    millis.sort_by(f64::total_cmp);
    Phase { timing: Timing { seconds, millis }, answers }
}

/// A text member of a flat JSON object; parsing whole answers would be the generator's own cost.
fn member(json: &str, name: &str) -> String {
    let key = format!("\"{name}\":\"");
    let begin = json.find(&key).expect("the member") + key.len();
    let end = json[begin..].find('"').expect("its end") + begin;
    json[begin..end].to_owned()
}

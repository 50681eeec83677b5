//! A provider on loopback that answers well or badly.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use crate::support::{TOKEN, token};

/// Between two bytes of a drip.
const DRIP: Duration = Duration::from_millis(50);

/// What the server does with each call but that for a token, which it answers well.
#[derive(Clone)]
pub enum Behaviour {
    /// Answers with this status and body.
    Reply(u16, Vec<u8>),
    /// Answers 200 without announcing how long the answer is.
    UntilClosed(Vec<u8>),
    /// Sends the client to another path of its own.
    Redirect(u16),
    /// Closes the connection.
    Cut,
    /// Announces more of the answer than it writes.
    CutWithin(Vec<u8>),
    /// Says nothing until the client goes.
    Silent,
    /// Writes a byte now and then, without an end.
    Drip(Vec<u8>),
}

/// The server; it ends when it is dropped.
pub struct Server {
    base_url: String,
    calls: Arc<Mutex<u32>>,
    task: AbortHandle,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::default();
        let counted = Arc::clone(&calls);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, behaviour.clone(), Arc::clone(&counted)));
            }
        });
        Self { base_url, calls, task: task.abort_handle() }
    }

    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How many calls came, those for a token aside.
    pub fn calls(&self) -> u32 {
        *self.calls.lock().unwrap()
    }
}

/// An address where nobody listens.
pub async fn refusing() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour, calls: Arc<Mutex<u32>>) {
    let Some(line) = read_request(&mut stream).await else { return };
    if line.starts_with("POST /users/getToken ") {
        let body = token(TOKEN, 1800).to_string();
        return write(&mut stream, &head(200, Some(body.len())), body.as_bytes()).await;
    }
    *calls.lock().unwrap() += 1;
    match behaviour {
        Behaviour::Reply(status, body) => write(&mut stream, &head(status, Some(body.len())), &body).await,
        Behaviour::UntilClosed(body) => write(&mut stream, &head(200, None), &body).await,
        Behaviour::Redirect(status) => {
            let head = head(status, Some(0)).replace("\r\n\r\n", "\r\nlocation: /elsewhere\r\n\r\n");
            write(&mut stream, &head, b"").await;
        }
        Behaviour::Cut => {}
        Behaviour::CutWithin(body) => {
            write(&mut stream, &head(200, Some(body.len())), &body[..body.len() / 2]).await;
        }
        Behaviour::Silent => {
            stream.read_u8().await.ok();
        }
        Behaviour::Drip(body) => drip(&mut stream, &body).await,
    }
}

/// The head of an answer after which the connection is closed.
fn head(status: u16, length: Option<usize>) -> String {
    let length = length.map(|length| format!("content-length: {length}\r\n")).unwrap_or_default();
    format!("HTTP/1.1 {status} Reply\r\ncontent-type: application/json\r\n{length}connection: close\r\n\r\n")
}

async fn write(stream: &mut TcpStream, head: &str, body: &[u8]) {
    // The client may hang up at any time.
    stream.write_all(head.as_bytes()).await.ok();
    stream.write_all(body).await.ok();
    stream.shutdown().await.ok();
}

/// The answer followed by blanks for as long as the client listens.
async fn drip(stream: &mut TcpStream, body: &[u8]) {
    stream.write_all(head(200, None).as_bytes()).await.ok();
    let mut beat = tokio::time::interval(DRIP);
    let mut bytes = body.iter().copied();
    loop {
        beat.tick().await;
        if stream.write_u8(bytes.next().unwrap_or(b' ')).await.is_err() {
            return;
        }
    }
}

/// Reads one request and returns its first line; `None` where the connection brings no HTTP, a greeting of TLS say.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut received = Vec::new();
    loop {
        if stream.read_buf(&mut received).await.ok()? == 0 || !received[0].is_ascii_uppercase() {
            return None;
        }
        let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&received[..end]).into_owned();
        let lower = head.to_ascii_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length = length.map_or(Some(0), |length| length.trim().parse().ok())?;
        if received.len() - end - 4 >= length {
            return head.lines().next().map(str::to_owned);
        }
    }
}

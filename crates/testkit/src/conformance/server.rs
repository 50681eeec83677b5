//! A provider on loopback that answers well or badly, and remembers what it was asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bonin_ports::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use super::provider::{Accept, Reply};

/// Between two bytes of a drip: several of them within any patience.
const DRIP: Duration = Duration::from_millis(50);

/// What the server does with each request that it has read.
#[derive(Clone)]
pub(super) enum Behaviour {
    /// Answers like this.
    Reply(Reply),
    /// Answers what is made of the messages and the request, see [`Server::will_take`].
    Made,
    /// Answers like this without announcing how long the answer is.
    UntilClosed(Reply),
    /// Sends the client to another path of its own.
    Redirect(u16),
    /// Closes the connection.
    Cut,
    /// Announces more of the answer than it writes.
    CutWithin(Reply),
    /// Says nothing until the client goes.
    Silent,
    /// Writes a byte now and then, without an end.
    Drip(Reply),
}

type Made = Box<dyn Fn(&str) -> Reply + Send + Sync>;

#[derive(Default)]
struct Inner {
    requests: Mutex<Vec<String>>,
    made: Mutex<Option<Made>>,
}

/// The server; it ends when it is dropped.
pub(super) struct Server {
    base_url: String,
    inner: Arc<Inner>,
    task: AbortHandle,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(super) async fn start(behaviour: Behaviour) -> Self {
        let (listener, base_url) = listen().await;
        let inner = Arc::new(Inner::default());
        let serving = Arc::clone(&inner);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, behaviour.clone(), Arc::clone(&serving)));
            }
        });
        Self { base_url, inner, task: task.abort_handle() }
    }

    /// An address where nobody listens.
    pub(super) async fn refusing() -> String {
        listen().await.1
    }

    pub(super) fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// The bodies of the requests so far.
    pub(super) fn requests(&self) -> Vec<String> {
        lock(&self.inner.requests).clone()
    }

    /// Makes the answers of [`Behaviour::Made`].
    pub(super) fn will_take(&self, make: Accept, messages: &[Message]) {
        let messages = messages.to_vec();
        *lock(&self.inner.made) = Some(Box::new(move |request| make(&messages, request)));
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
    let address = listener.local_addr().expect("the address that was just bound");
    (listener, format!("http://{address}"))
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour, inner: Arc<Inner>) {
    let Some(request) = read_request(&mut stream).await else { return };
    let made = lock(&inner.made).as_ref().map(|make| make(&request));
    lock(&inner.requests).push(request);
    // The client may hang up at any time: whether it was content with what it got is for the case to say.
    match behaviour {
        Behaviour::Reply(reply) => {
            write(&mut stream, &head(&reply, Some(reply.body.len())), &reply.body).await;
        }
        Behaviour::Made => {
            let reply = made.expect("a case says what is taken before it sends");
            write(&mut stream, &head(&reply, Some(reply.body.len())), &reply.body).await;
        }
        Behaviour::UntilClosed(reply) => write(&mut stream, &head(&reply, None), &reply.body).await,
        Behaviour::Redirect(status) => {
            let head = format!(
                "HTTP/1.1 {status} Moved\r\nlocation: /elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
            write(&mut stream, &head, b"").await;
        }
        Behaviour::Cut => {}
        Behaviour::CutWithin(reply) => {
            let half = &reply.body[..reply.body.len() / 2];
            write(&mut stream, &head(&reply, Some(reply.body.len())), half).await;
        }
        Behaviour::Silent => {
            stream.read_u8().await.ok();
        }
        Behaviour::Drip(reply) => drip(&mut stream, &reply).await,
    }
}

/// The head of an answer after which the connection is closed.
fn head(reply: &Reply, length: Option<usize>) -> String {
    let length = length.map(|length| format!("content-length: {length}\r\n")).unwrap_or_default();
    format!(
        "HTTP/1.1 {} Reply\r\ncontent-type: {}\r\n{length}connection: close\r\n\r\n",
        reply.status, reply.content_type
    )
}

async fn write(stream: &mut TcpStream, head: &str, body: &[u8]) {
    stream.write_all(head.as_bytes()).await.ok();
    stream.write_all(body).await.ok();
    stream.shutdown().await.ok();
}

/// The answer followed by blanks for as long as the client listens.
async fn drip(stream: &mut TcpStream, reply: &Reply) {
    stream.write_all(head(reply, None).as_bytes()).await.ok();
    let mut beat = tokio::time::interval(DRIP);
    let mut bytes = reply.body.iter().copied();
    loop {
        beat.tick().await;
        if stream.write_u8(bytes.next().unwrap_or(b' ')).await.is_err() {
            return;
        }
    }
}

/// The body of one request; `None` where the connection brings no HTTP, a greeting of TLS say.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut received = Vec::new();
    loop {
        if stream.read_buf(&mut received).await.ok()? == 0 || !received[0].is_ascii_uppercase() {
            return None;
        }
        let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length = length.map_or(Some(0), |length| length.trim().parse().ok())?;
        let body = &received[end + 4..];
        if body.len() >= length {
            return Some(String::from_utf8_lossy(body).into_owned());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Servers that answer one connection, well or badly.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server; dropping it does not end its one connection.
pub struct Server {
    pub address: SocketAddr,
    task: Option<JoinHandle<String>>,
}

impl Server {
    /// What the one connection brought.
    pub async fn received(self) -> String {
        self.task.unwrap().await.unwrap()
    }
}

/// An address where nobody listens.
pub async fn refusing() -> Server {
    let (_, address) = listen().await;
    Server { address, task: None }
}

/// Accepts and never answers.
pub async fn hanging() -> Server {
    let (listener, address) = listen().await;
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut received = Vec::new();
        // Ends when the client gives up.
        stream.read_to_end(&mut received).await.ok();
        String::from_utf8_lossy(&received).into_owned()
    });
    Server { address, task: Some(task) }
}

/// Reads one request, writes `answer` and closes.
pub async fn serve(answer: &str) -> Server {
    let (listener, address) = listen().await;
    let answer = answer.to_owned();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let received = read_request(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.ok();
        stream.shutdown().await.ok();
        received
    });
    Server { address, task: Some(task) }
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Reads until the head and the announced body are there; what is no HTTP (a TLS greeting) counts as read.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut received = Vec::new();
    loop {
        stream.read_buf(&mut received).await.unwrap();
        let text = String::from_utf8_lossy(&received).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if received.first().is_some_and(u8::is_ascii_uppercase) {
                continue;
            }
            return text;
        };
        let announced = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if body.len() >= announced {
            return text;
        }
    }
}

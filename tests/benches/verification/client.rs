//! A keep-alive HTTP/1.1 client that costs next to nothing: the load generator shares two cores with what it
//! measures.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects to `base`, such as `http://127.0.0.1:8080`.
    pub async fn connect(base: &str) -> Self {
        let address = base.strip_prefix("http://").expect("an http address");
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a TCP socket");
        Self { stream, buffer: Vec::with_capacity(4096) }
    }

    /// Posts JSON; the answer's status and body.
    pub async fn post(&mut self, path: &str, body: &str) -> (u16, String) {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.exchange(&request).await
    }

    /// Gets; the answer's status and body.
    pub async fn get(&mut self, path: &str) -> (u16, String) {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n")).await
    }

    async fn exchange(&mut self, request: &str) -> (u16, String) {
        self.stream.write_all(request.as_bytes()).await.expect("the connection stays");
        self.buffer.clear();
        let (mut head, mut length) = (None, 0);
        loop {
            if let Some(end) = head
                && self.buffer.len() >= end + length
            {
                let text = String::from_utf8_lossy(&self.buffer[end..end + length]).into_owned();
                let status = std::str::from_utf8(&self.buffer[9..12]).ok().and_then(|code| code.parse().ok());
                return (status.expect("a status line"), text);
            }
            let read = self.stream.read_buf(&mut self.buffer).await.expect("the connection stays");
            assert!(read > 0, "the server closed the connection");
            if head.is_none()
                && let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n")
            {
                head = Some(end + 4);
                length = content_length(&self.buffer[..end]);
            }
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let value = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    value.and_then(|text| text.trim().parse().ok()).expect("an answer with a length")
}

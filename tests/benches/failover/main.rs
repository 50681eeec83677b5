//! How long a code takes from the start to the handset while the first provider is dead.
//!
//! Two ways to be dead: nothing listens at its address, and nothing answers there at all (the time-out of the
//! connection ends the wait). Each server first gets a crowd of starts at once, all of which meet the dead
//! provider before its circuit breaker opens; then one start after the other, with the breaker open. Figures
//! that requirement D07 asks for: p99 under 6 s at first, under 300 ms afterwards.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bonin_tests::{Engine, SandboxProcess, Server, numbers};
use futures_util::future::join_all;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Starts at once, while the breaker is still closed.
const CROWD: usize = 100;
/// Starts one by one, with the breaker open.
const AFTER: usize = 300;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let sandbox = SandboxProcess::start().await;
    println!("| first provider | database | breaker | codes | p50 | p99 | longest |");
    println!("|---|---|---|---|---|---|---|");
    let silent = Silent::new().await;
    for (name, address) in [("nothing listens", unused()), ("nothing answers", silent.address)] {
        for engine in [Engine::Postgres, Engine::Sqlite] {
            let server = Server::on(engine)
                .set("RUST_LOG", "warn")
                .set("BONIN__ROUTING__ORDER", "sens,cafe24")
                .set("BONIN__PROVIDERS__SENS__BASE_URL", &format!("http://{address}"))
                .using(&sandbox)
                .start()
                .await;
            let crowd = join_all((0..CROWD).map(|_| until_handset(&server))).await;
            print(name, engine, "closed at first", crowd);
            let mut after = Vec::with_capacity(AFTER);
            for _ in 0..AFTER {
                after.push(until_handset(&server).await);
            }
            print(name, engine, "open", after);
        }
    }
}

/// From the request to the message on the handset.
async fn until_handset(server: &Server) -> Duration {
    let number = numbers::fresh();
    let begun = Instant::now();
    let _ = server.api().start(&number).await;
    let message = server.handset().message(&number).await;
    let took = begun.elapsed();
    assert_eq!(message.provider, "cafe24");
    took
}

fn print(name: &str, engine: Engine, breaker: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let shown = |took: Duration| format!("{:.1} ms", took.as_secs_f64() * 1_000.0);
    let at = |share: usize| shown(took[(took.len() * share / 100).min(took.len() - 1)]);
    println!(
        "| {name} | {engine:?} | {breaker} | {} | {} | {} | {} |",
        took.len(),
        at(50),
        at(99),
        shown(took[took.len() - 1])
    );
}

/// An address where nothing listens.
fn unused() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

/// An address whose queue of connections is full: a further one gets no answer.
struct Silent {
    address: SocketAddr,
    _listener: TcpListener,
    _queued: Vec<TcpStream>,
}

impl Silent {
    async fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let listener = socket.listen(1).expect("it listens");
        let address = listener.local_addr().expect("an address");
        let mut queued = Vec::new();
        while let Ok(Ok(stream)) =
            tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await
        {
            queued.push(stream);
        }
        Self { address, _listener: listener, _queued: queued }
    }
}

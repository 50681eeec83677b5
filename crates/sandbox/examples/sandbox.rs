//! Serves the sandbox alone: `cargo run -p bonin-sandbox --example sandbox -- 8090`

use actix_web::{App, HttpServer};
use bonin_sandbox::Sandbox;
use jiff::Timestamp;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8090_u16);
    #[expect(clippy::disallowed_methods, reason = "an example is its own clock")]
    let sandbox = Sandbox::new(Timestamp::now);
    let server = HttpServer::new(move || App::new().configure(sandbox.routes())).bind(("127.0.0.1", port))?;
    println!("listening sandbox=http://{}/handset", server.addrs()[0]);
    server.run().await
}

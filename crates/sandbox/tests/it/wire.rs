//! Over a real connection: what a test service cannot show.

use actix_web::{App, HttpServer};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{World, service_path, sign, sms};

#[actix_web::test]
async fn a_reset_cuts_the_connection_before_the_first_byte() {
    let world = World::new();
    let sandbox = world.sandbox.clone();
    let server = HttpServer::new(move || App::new().configure(sandbox.routes()))
        .workers(1)
        .bind("127.0.0.1:0")
        .unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    world.fault(json!({ "provider": "sens", "reset": true, "count": 1 })).await;

    let target = format!("{}/messages", service_path());
    let signature = sign("POST", &target, world.now().as_millisecond());
    let body = sms(&["01012345678"], "hello").to_string();
    let request = format!(
        "POST {target} HTTP/1.1\r\nHost: sandbox\r\nContent-Length: {}\r\nx-ncp-apigw-timestamp: {}\r\n\
         x-ncp-iam-access-key: {}\r\nx-ncp-apigw-signature-v2: {}\r\n\r\n{body}",
        body.len(),
        signature.timestamp,
        signature.access_key,
        signature.tag,
    );
    for (expected, texts) in [("", 0), ("HTTP/1.1 202", 1)] {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 12];
        // An orderly end and a reset are both a cut.
        let read = connection.read(&mut answer).await.unwrap_or(0);
        assert_eq!(String::from_utf8_lossy(&answer[..read]), expected);
        assert_eq!(world.texts("").await.len(), texts);
    }
    handle.stop(false).await;
}

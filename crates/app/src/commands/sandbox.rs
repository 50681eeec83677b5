//! `bonin sandbox`

use std::path::Path;

use actix_web::dev::Server;
use actix_web::{App, HttpServer};
use bonin_ports::Clock as _;
use bonin_sandbox::Sandbox;

use super::{on_runtime, settings};
use crate::settings::{Mode, Settings};
use crate::system::SystemClock;
use crate::wiring::Failure;

/// Runs the sandbox alone.
pub fn run(file: Option<&Path>) -> Result<(), Failure> {
    let settings = settings(file)?;
    if settings.mode == Mode::Production {
        return Err("there is no sandbox in production mode".into());
    }
    crate::telemetry::start(settings.json_logs);
    on_runtime(async {
        let sandbox = Sandbox::new(|| SystemClock.now());
        let (server, url) = bind(&settings, &sandbox)?;
        println!("listening sandbox={url}");
        println!("the handset is at {url}/handset");
        let handle = server.handle();
        let running = tokio::spawn(server);
        super::serve::stop_signal().await?;
        sandbox.close();
        handle.stop(true).await;
        running.await??;
        Ok(())
    })
}

/// Binds the sandbox's listener and tells its address.
pub fn bind(settings: &Settings, sandbox: &Sandbox) -> Result<(Server, String), Failure> {
    let routes = sandbox.routes();
    let server = HttpServer::new(move || App::new().configure(routes.clone()))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(2)
        .bind(settings.sandbox_bind)
        .map_err(|error| format!("BONIN__SANDBOX__BIND {}: {error}", settings.sandbox_bind))?;
    let address = server.addrs().first().copied().ok_or("the sandbox has no address")?;
    Ok((server.run(), format!("http://{address}")))
}

//! `bonin serve`

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, HttpServer, web};
use bonin_persistence::StoreHandle;
use bonin_ports::Clock as _;
use bonin_sandbox::Sandbox;
use tokio::signal::unix::{SignalKind, signal};
use tracing_actix_web::TracingLogger;

use super::{on_runtime, sandbox, settings};
use crate::controllers::openapi::PublicUrl;
use crate::controllers::verifications::Verifications;
use crate::http::spans::RequestSpans;
use crate::http::{limits, problems};
use crate::settings::{Mode, ProviderTarget, Settings};
use crate::system::SystemClock;
use crate::wiring::{
    Application, Failure, System, agree_on_keys, application, key_ring, open_database, sens_client,
};
use crate::{routers, telemetry};

/// How often the outbox is looked at for messages that nobody sends, and for attempts to ask after.
const LOOK: Duration = Duration::from_millis(500);

/// How often what has outlived its use is removed. The digest of a code must be gone 60 s after its end, and is
/// due 45 s after it.
const PURGE: Duration = Duration::from_secs(10);

/// Rows of a kind that are removed in one go.
const PURGE_LIMIT: u16 = 500;

/// How long a stop waits for what is under way.
const DRAIN: Duration = Duration::from_secs(10);

/// Runs everything until a signal to stop.
pub fn run(file: Option<&Path>) -> Result<(), Failure> {
    let settings = settings(file)?;
    telemetry::start(settings.json_logs);
    // Loading the numbering plans takes a while; it goes on beside everything else.
    std::thread::spawn(bonin_domain::warm_up_phone_metadata);
    on_runtime(serve(settings))
}

async fn serve(settings: Settings) -> Result<(), Failure> {
    let system = System::new();
    let keys = key_ring(&settings, &system)?;
    let store = open_database(&settings)?;
    if settings.migrate {
        store.database.migrate().await?;
    } else if let Some(missing) = store.database.pending_migrations().await?.first() {
        return Err(format!("migration {missing} is missing; run `bonin migrate`").into());
    }
    agree_on_keys(&store, &keys).await?;

    let simulated = sandboxed(&settings)?;
    let sandbox_url = simulated.as_ref().map(|simulated| simulated.url.clone());
    let sandbox_url = sandbox_url.or(settings.sandbox_url.clone()).unwrap_or_default();
    let sens = sens_client(&settings.sens, &sandbox_url, &system)?;
    let application = application(&settings, &system, &store, &keys, sens);

    let (public, public_url) = bind_public(&settings, &application.verifications)?;
    let (admin, admin_url) = bind_admin(&settings, &store)?;
    let handles = [public.handle(), admin.handle()];
    let mut servers = vec![tokio::spawn(public), tokio::spawn(admin)];
    println!("listening public={public_url}");
    println!("listening admin={admin_url}");
    let mut sandbox = None;
    if let Some(simulated) = simulated {
        println!("listening sandbox={}", simulated.url);
        println!("\nAsk for a code, it will arrive at {}/handset:\n", simulated.url);
        println!(
            "  curl -s {public_url}/v1/verifications -H 'content-type: application/json' \\\n    \
             -d '{{\"phone_number\": \"010-1234-5678\", \"purpose\": \"sign_up\"}}'\n"
        );
        sandbox = Some((simulated.sandbox, simulated.server.handle()));
        servers.push(tokio::spawn(simulated.server));
    }

    let upkeep = spawn_upkeep(&application, &store);
    stop_signal().await?;
    tracing::info!("stopping");
    if let Some((sandbox, _)) = &sandbox {
        sandbox.close();
    }
    for task in upkeep {
        task.abort();
    }
    // New requests first, the sandbox last: messages under way still need their provider.
    for handle in handles {
        handle.stop(true).await;
    }
    if tokio::time::timeout(DRAIN, application.dispatcher.drained()).await.is_err() {
        tracing::warn!("some messages were still under way; another process takes them over");
    }
    if let Some((_, handle)) = sandbox {
        handle.stop(true).await;
    }
    for server in servers {
        server.await??;
    }
    Ok(())
}

/// The sandbox inside this process.
struct Simulated {
    sandbox: Sandbox,
    server: Server,
    url: String,
}

/// Starts a sandbox in development, unless every provider is elsewhere or another sandbox is named.
fn sandboxed(settings: &Settings) -> Result<Option<Simulated>, Failure> {
    if settings.mode == Mode::Production || settings.sandbox_url.is_some() {
        return Ok(None);
    }
    let sandbox = Sandbox::new(|| SystemClock.now());
    let (server, url) = sandbox::bind(settings, &sandbox)?;
    if settings.sens.target != ProviderTarget::Sandbox {
        tracing::info!("messages go to BONIN__PROVIDERS__SENS__BASE_URL, not to the sandbox");
    }
    Ok(Some(Simulated { sandbox, server, url }))
}

fn bind_public(settings: &Settings, verifications: &Arc<Verifications>) -> Result<(Server, String), Failure> {
    let shared = web::Data::new(verifications.clone());
    let origins = settings.cors_origins.clone();
    let url = web::Data::new(PublicUrl(settings.public_url.clone()));
    let clock = web::Data::new(verifications.clock.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .app_data(url.clone())
            .app_data(clock.clone())
            .configure(routers::public)
            .wrap(from_fn(limits::refuse_oversized))
            .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
            .wrap(from_fn(problems::render))
            .wrap(TracingLogger::<RequestSpans>::new())
    });
    let server = server
        .disable_signals()
        .keep_alive(Duration::from_secs(15))
        .client_request_timeout(Duration::from_secs(5))
        .shutdown_timeout(DRAIN.as_secs())
        .bind(settings.public_bind)
        .map_err(|error| format!("BONIN__PUBLIC__BIND {}: {error}", settings.public_bind))?;
    let address = server.addrs().first().copied().ok_or("the public listener has no address")?;
    Ok((server.run(), format!("http://{address}")))
}

/// Closed unless origins are listed; then JSON calls from these, without cookies.
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "DELETE"])
        .allowed_headers(["content-type", "verification-token", "idempotency-key", "prefer"])
        .expose_headers(["retry-after", "x-request-id", "idempotency-replayed"])
        .max_age(3_600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

fn bind_admin(settings: &Settings, store: &StoreHandle) -> Result<(Server, String), Failure> {
    let database = web::Data::new(store.database.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(database.clone())
            .configure(routers::admin)
            .wrap(from_fn(problems::render))
            .wrap(TracingLogger::<RequestSpans>::new())
    });
    let server = server
        .workers(1)
        .disable_signals()
        .shutdown_timeout(2)
        .bind(settings.admin_bind)
        .map_err(|error| format!("BONIN__ADMIN__BIND {}: {error}", settings.admin_bind))?;
    let address = server.addrs().first().copied().ok_or("the admin listener has no address")?;
    Ok((server.run(), format!("http://{address}")))
}

/// What goes on beside requests: taking messages over, asking what became of them, removing what is old.
fn spawn_upkeep(application: &Application, store: &StoreHandle) -> Vec<tokio::task::JoinHandle<()>> {
    let dispatcher = application.dispatcher.clone();
    let poll_reports = application.poll_reports.clone();
    let (database, verifications) = (store.database.clone(), application.verifications.clone());
    vec![
        tokio::spawn(async move {
            loop {
                match dispatcher.take_over().await {
                    Ok(taken) if taken > 0 => tracing::info!(messages = taken, "took messages over"),
                    Ok(_) => {}
                    Err(error) => tracing::warn!(error = %error, "the outbox could not be looked at"),
                }
                tokio::time::sleep(LOOK).await;
            }
        }),
        tokio::spawn(async move {
            loop {
                if let Err(error) = poll_reports.execute().await {
                    tracing::warn!(error = %error, "reports could not be asked for or recorded");
                }
                tokio::time::sleep(LOOK).await;
            }
        }),
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(PURGE).await;
                verifications.flood.tidy();
                // A full batch says that there is more; between batches others get their turn.
                loop {
                    match database.purge(SystemClock.now(), PURGE_LIMIT).await {
                        Ok(rows) if rows >= usize::from(PURGE_LIMIT) => {
                            tracing::debug!(rows, "removed what had outlived its use");
                        }
                        Ok(_) => break,
                        Err(error) => {
                            tracing::warn!(error = %error, "nothing could be removed");
                            break;
                        }
                    }
                }
            }
        }),
    ]
}

/// Returns when the process is asked to stop.
pub async fn stop_signal() -> std::io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

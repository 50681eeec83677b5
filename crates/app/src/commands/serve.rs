//! `bonin serve`

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, HttpServer, web};
use bonin_http::Http;
use bonin_persistence::StoreHandle;
use bonin_ports::Clock as _;
use bonin_sandbox::Sandbox;
use bonin_services::spending::WatchSpending;
use tokio::signal::unix::{SignalKind, signal};
use tracing_actix_web::TracingLogger;

use super::{on_runtime, sandbox, settings};
use crate::controllers::hooks::Hooks;
use crate::controllers::openapi::PublicUrl;
use crate::http::spans::RequestSpans;
use crate::http::{limits, problems};
use crate::providers::{self, Addresses};
use crate::settings::{Mode, Settings};
use crate::system::SystemClock;
use crate::wiring::console::{self, Console};
use crate::wiring::{Application, Failure, System, agree_on_keys, application, key_ring, open_database};
use crate::{routers, telemetry};

/// How often the outbox is looked at for messages that nobody sends, and for attempts to ask after.
const LOOK: Duration = Duration::from_millis(500);

/// How often adaptive routing looks at what became of earlier codes, and templates are looked up.
const LEARN: Duration = Duration::from_secs(5);

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
    if let Some(without_sender) = &settings.routing.without_sender {
        tracing::warn!("{without_sender}");
    }

    let simulated = sandboxed(&settings)?;
    let sandbox_url = simulated.as_ref().map(|simulated| simulated.url.clone());
    let sandbox_url = sandbox_url.or(settings.sandbox_url.clone()).unwrap_or_default();
    let (listener, public_url) = listen("PUBLIC", settings.public_bind)?;
    // The sandbox next door reaches us where we listen; real providers only where people see us.
    let development = (settings.mode == Mode::Development).then_some(public_url.as_str());
    let addresses =
        Addresses { sandbox: &sandbox_url, public: settings.public_url.as_deref().or(development) };
    let http = Http::default();
    let mut connected = providers::connect(&settings.providers, addresses, &http, &system)?;
    if let Some(identity) = &settings.identity {
        let least_age = settings.accounts.least_age;
        connected.identity = Some(providers::identity(identity, least_age, &sandbox_url, &http, &system)?);
    }
    if let Some(messaging) = &settings.messaging {
        connected.messaging = Some(providers::messaging(messaging, &sandbox_url, &http, &system)?);
    }
    let application = application(&settings, &system, &store, &keys, &connected, &public_url)?;
    application.texts.learn().await?;

    let public = bind_public(&settings, &application, listener)?;
    let (admin_listener, admin_url) = listen("ADMIN", settings.admin_bind)?;
    let console = console::console(console::Parts {
        settings: &settings,
        system: &system,
        store: &store,
        keys: &keys,
        application: &application,
        addresses,
        http: &http,
        listening: &admin_url,
    });
    let admin = bind_admin(&store, &console, admin_listener)?;
    let handles = [public.handle(), admin.handle()];
    let mut servers = vec![tokio::spawn(public), tokio::spawn(admin)];
    println!("listening public={public_url}");
    println!("listening admin={admin_url}");
    if settings.mode == Mode::Development && store.admins.list().await?.is_empty() {
        println!("\nThe console at {admin_url}/console has no administrator yet. To become one, type:\n");
        println!("  bonin admin invite\n");
    }
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

    if settings.mode == Mode::Development
        && let Err(error) =
            providers::register_with_sandbox(&settings.providers, addresses, &http, &system).await
    {
        tracing::warn!(error = %error, "no receipts from the simulated CoolSMS: its webhook is not registered");
    }
    let upkeep = spawn_upkeep(&application, &store, &console);
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
    if !settings.providers.any_simulated() {
        tracing::info!("every provider has an address of its own: none is simulated");
    }
    Ok(Some(Simulated { sandbox, server, url }))
}

/// Opens a listener: providers and pages are told its address before it serves.
fn listen(name: &str, bind: SocketAddr) -> Result<(TcpListener, String), Failure> {
    let listener = TcpListener::bind(bind).map_err(|error| format!("BONIN__{name}__BIND {bind}: {error}"))?;
    let address = listener.local_addr()?;
    Ok((listener, format!("http://{address}")))
}

fn bind_public(
    settings: &Settings,
    application: &Application,
    listener: TcpListener,
) -> Result<Server, Failure> {
    let verifications = &application.verifications;
    let shared = web::Data::new(verifications.clone());
    let hooks = Hooks { receive: application.receipts.clone(), clock: verifications.clock.clone() };
    let hooks = web::Data::new(Arc::new(hooks));
    let messages = web::Data::new(application.messages.clone());
    let templates = web::Data::new(application.templates.clone());
    let accounts = web::Data::new(application.accounts.clone());
    let sessions = web::Data::new(application.own.sessions.clone());
    let own_accounts = web::Data::new(application.own.own_accounts.clone());
    let account_lookups = web::Data::new(application.own.account_lookups.clone());
    let password_resets = web::Data::new(application.own.password_resets.clone());
    let identities = web::Data::new(application.identities.clone());
    let classic = web::Data::new(application.classic.clone());
    let analytics = web::Data::new(application.analytics.clone());
    let app = application.app.clone();
    let origins = settings.cors_origins.clone();
    let url = web::Data::new(PublicUrl(settings.public_url.clone()));
    let clock = web::Data::new(verifications.clock.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .app_data(hooks.clone())
            .app_data(messages.clone())
            .app_data(templates.clone())
            .app_data(accounts.clone())
            .app_data(sessions.clone())
            .app_data(own_accounts.clone())
            .app_data(account_lookups.clone())
            .app_data(password_resets.clone())
            .app_data(identities.clone())
            .app_data(classic.clone())
            .app_data(analytics.clone())
            .app_data(url.clone())
            .app_data(clock.clone())
            .configure(|config| routers::messaging_app(config, &app))
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
        .listen(listener)?;
    Ok(server.run())
}

/// Closed unless origins are listed; then JSON calls from these. Cookies go along where the browser sends them: to
/// sites of one domain.
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "DELETE"])
        .allowed_headers([
            "authorization",
            "content-type",
            "form-token",
            "idempotency-key",
            "prefer",
            "verification-token",
        ])
        .expose_headers(["retry-after", "x-request-id", "idempotency-replayed"])
        .supports_credentials()
        .max_age(3_600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

fn bind_admin(store: &StoreHandle, console: &Console, listener: TcpListener) -> Result<Server, Failure> {
    let (database, console) = (web::Data::new(store.database.clone()), console.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(database.clone())
            .configure(|config| console.data(config))
            .configure(routers::admin)
            .wrap(from_fn(limits::refuse_oversized))
            .wrap(from_fn(problems::render))
            .wrap(TracingLogger::<RequestSpans>::new())
    });
    let server = server
        .workers(1)
        .disable_signals()
        .client_request_timeout(Duration::from_secs(5))
        .shutdown_timeout(2)
        .listen(listener)?;
    Ok(server.run())
}

/// What goes on beside requests: taking messages over, asking what became of them, removing what is old.
fn spawn_upkeep(
    application: &Application,
    store: &StoreHandle,
    console: &Console,
) -> Vec<tokio::task::JoinHandle<()>> {
    let dispatcher = application.dispatcher.clone();
    let poll_reports = application.poll_reports.clone();
    let receipts = application.receipts.clone();
    let (router, texts) = (application.router.clone(), application.texts.clone());
    let spending = WatchSpending { read: application.spending.clone() };
    let (database, verifications) = (store.database.clone(), application.verifications.clone());
    let (identities, erase) = (application.identities.clone(), application.erase.clone());
    let sessions = application.own.sessions.sessions.clone();
    let (log_ins, app) = (console.log_ins.clone(), application.app.offered.clone());
    vec![
        tokio::spawn(async move {
            // Without anything to erase there is nothing to do here.
            let Some(erase) = erase else { return };
            loop {
                if let Err(error) = erase.execute().await {
                    tracing::warn!(error = %error, "results could not be erased at the identity provider");
                }
                tokio::time::sleep(PURGE).await;
            }
        }),
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
                if let Err(error) = receipts.join_due().await {
                    tracing::warn!(error = %error, "receipts could not be looked at");
                }
                tokio::time::sleep(LOOK).await;
            }
        }),
        tokio::spawn(async move {
            loop {
                if let Err(error) = router.learn().await {
                    tracing::warn!(error = %error, "routing could not look at what became of earlier codes");
                }
                if let Err(error) = texts.learn().await {
                    tracing::warn!(error = %error, "templates could not be looked up");
                }
                if let Err(error) = spending.execute().await {
                    tracing::warn!(error = %error, "what messages cost today could not be looked at");
                }
                tokio::time::sleep(LEARN).await;
            }
        }),
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(PURGE).await;
                verifications.flood.tidy();
                identities.flood.tidy();
                sessions.passwords.tidy();
                if let Some(app) = &app {
                    app.pages.flood.tidy();
                }
                log_ins.flood.tidy();
                // A full batch says that there is more; between batches others get their turn.
                loop {
                    match database.purge(SystemClock.now(), PURGE_LIMIT).await {
                        Ok(rows) if rows >= usize::from(PURGE_LIMIT) => {
                            tracing::debug!(rows, "removed what had outlived its use");
                        }
                        Ok(_) => break,
                        Err(error) => {
                            tracing::warn!(error = %error, "not all that has outlived its use could be removed");
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

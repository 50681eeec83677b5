//! The server under test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use crate::api::{Api, ApiKey};
use crate::binary::bonin;
use crate::database::{Database, Engine};
use crate::environment;
use crate::handset::Handset;
use crate::process::{Exit, Process};
use crate::sandbox::Sandbox;
use crate::scratch::Scratch;

/// What a server is started with.
#[derive(Debug)]
pub struct ServerBuilder {
    database: Source,
    keys: Option<PathBuf>,
    settings: Vec<(String, String)>,
    file: Option<String>,
    sandbox: Option<Sandbox>,
}

#[derive(Debug)]
enum Source {
    New(Engine),
    Shared(Arc<Database>),
}

impl ServerBuilder {
    /// Sets an environment variable of the server, such as `BONIN__BRAND`.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives the server a configuration file with this content.
    #[must_use]
    pub fn with_file(mut self, content: &str) -> Self {
        self.file = Some(content.to_owned());
        self
    }

    /// Applies all limits, as a server does that is not told otherwise.
    #[must_use]
    pub fn with_limits(mut self) -> Self {
        self.settings.retain(|(name, _)| name != "BONIN__LIMITS__MODE");
        self
    }

    /// Uses a sandbox that runs elsewhere instead of one inside the server's process.
    #[must_use]
    pub fn using(mut self, sandbox: &Sandbox) -> Self {
        self.sandbox = Some(sandbox.clone());
        self
    }

    /// Starts the server and waits until it listens.
    ///
    /// # Panics
    /// When it does not within 30 s.
    pub async fn start(self) -> Server {
        let folder = Scratch::new();
        let database = match self.database {
            Source::New(engine) => Arc::new(Database::create(engine, folder.path())),
            Source::Shared(database) => database,
        };
        let mut settings = vec![("BONIN__DATABASE__URL".to_owned(), database.url())];
        for listener in ["PUBLIC", "ADMIN", "SANDBOX"] {
            settings.push((format!("BONIN__{listener}__BIND"), "127.0.0.1:0".to_owned()));
        }
        if let Some(keys) = &self.keys {
            settings.push(("BONIN__KEYS__FILE".to_owned(), keys.display().to_string()));
        }
        if let Some(sandbox) = &self.sandbox {
            settings.push(("BONIN__SANDBOX__URL".to_owned(), sandbox.url().to_owned()));
        }
        settings.extend(self.settings);
        if let Some(content) = &self.file {
            std::fs::write(folder.path().join(FILE), content).expect("the file can be written");
        }
        let running = Running::start(folder.path(), &settings, self.sandbox.as_ref()).await;
        Server { running, settings, foreign_sandbox: self.sandbox, keys: self.keys, database, folder }
    }
}

/// A running server in a folder of its own. Field order is drop order: the process goes first.
#[derive(Debug)]
pub struct Server {
    running: Running,
    settings: Vec<(String, String)>,
    foreign_sandbox: Option<Sandbox>,
    keys: Option<PathBuf>,
    database: Arc<Database>,
    folder: Scratch,
}

#[derive(Debug)]
struct Running {
    process: Process,
    public: Api,
    admin: Api,
    sandbox: Sandbox,
}

impl Running {
    async fn start(folder: &Path, settings: &[(String, String)], foreign: Option<&Sandbox>) -> Self {
        let mut command = bonin_in(folder);
        command
            .arg("serve")
            .args(file_arguments(folder))
            .envs(settings.iter().map(|(name, value)| (name, value)));
        let mut process = Process::start("server", command, folder);
        let (mut public, mut admin, mut sandbox) = (None, None, None);
        // The lines come in no order that anything promises.
        while public.is_none() || admin.is_none() || (sandbox.is_none() && foreign.is_none()) {
            let line = process.line("listening ").await;
            match line.split_once('=') {
                Some(("public", url)) => public = Some(Api::new(url)),
                Some(("admin", url)) => admin = Some(Api::new(url)),
                Some(("sandbox", url)) => sandbox = Some(Sandbox::at(url)),
                _ => panic!("an unknown listener: `{line}`"),
            }
        }
        Self {
            process,
            public: public.expect("the loop ends with it"),
            admin: admin.expect("the loop ends with it"),
            sandbox: foreign.cloned().or(sandbox).expect("the loop ends with it"),
        }
    }
}

impl Server {
    /// A server on a new database, with its sandbox inside, and with the counting limits off.
    pub fn on(engine: Engine) -> ServerBuilder {
        ServerBuilder::new(Source::New(engine))
    }

    /// Another server on this one's database and key file, in a folder of its own, with the limits off.
    pub fn beside(&self) -> ServerBuilder {
        let mut builder = ServerBuilder::new(Source::Shared(Arc::clone(&self.database)));
        builder.keys = Some(self.keys.clone().unwrap_or_else(|| self.folder.path().join("data/keys.json")));
        builder
    }

    /// Its public listener.
    pub fn api(&self) -> &Api {
        &self.running.public
    }

    /// Its admin listener.
    pub fn admin(&self) -> &Api {
        &self.running.admin
    }

    /// The sandbox that it uses.
    pub fn sandbox(&self) -> &Sandbox {
        &self.running.sandbox
    }

    /// The phone of the sandbox that it uses.
    pub fn handset(&self) -> Handset {
        self.running.sandbox.handset()
    }

    /// Its database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The folder it runs in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs another command of the binary, with this server's settings and in its folder, and gives what it
    /// prints.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, arguments: &[&str]) -> String {
        let mut command = bonin_in(self.folder.path());
        command
            .args(arguments)
            .args(file_arguments(self.folder.path()))
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        let output = command.output().expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "bonin {arguments:?}: {said}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs a command of the binary in the server's folder which fails; what it says of that.
    ///
    /// # Panics
    /// When it succeeds.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let mut command = bonin_in(self.folder.path());
        command
            .args(arguments)
            .args(file_arguments(self.folder.path()))
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        let output = command.output().expect("the binary runs");
        assert!(!output.status.success(), "bonin {arguments:?} succeeds");
        String::from_utf8(output.stderr).expect("text")
    }

    /// Makes an API key of `tenant` that may do what `scopes` say.
    ///
    /// # Panics
    /// When none is made.
    pub fn key(&self, tenant: &str, scopes: &[&str]) -> ApiKey {
        let mut arguments = vec!["keys", "create", "--json", "--tenant", tenant];
        for scope in scopes {
            arguments.extend(["--scope", scope]);
        }
        ApiKey::read(&self.run(&arguments))
    }

    /// All that it has printed and logged since its first start.
    ///
    /// # Panics
    /// When the files cannot be read.
    pub fn output(&self) -> Vec<u8> {
        ["server.out", "server.err"]
            .into_iter()
            .flat_map(|file| std::fs::read(self.folder.path().join(file)).expect("the output can be read"))
            .collect()
    }

    /// The server's process id.
    pub fn id(&self) -> u32 {
        self.running.process.id()
    }

    /// `kill -9`
    pub fn kill(&mut self) {
        self.running.process.kill();
    }

    /// `kill -TERM`, without waiting for what follows.
    pub fn terminate(&self) {
        self.running.process.terminate();
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it still runs after so many seconds.
    pub async fn exit(&mut self, seconds: u64) -> Exit {
        self.running.process.exit(seconds).await
    }

    /// Starts it again, killing it first if it still runs: in the same folder, on the same database, on new ports.
    ///
    /// # Panics
    /// When it does not listen within 30 s.
    pub async fn restart(&mut self) {
        self.kill();
        self.running =
            Running::start(self.folder.path(), &self.settings, self.foreign_sandbox.as_ref()).await;
    }
}

impl ServerBuilder {
    fn new(database: Source) -> Self {
        let settings = vec![("BONIN__LIMITS__MODE".to_owned(), "off".to_owned())];
        Self { database, keys: None, settings, file: None, sandbox: None }
    }
}

/// The name of a server's configuration file in its folder.
const FILE: &str = "bonin.toml";

/// What tells the binary of the configuration file, where there is one.
fn file_arguments(folder: &Path) -> Vec<&'static str> {
    if folder.join(FILE).is_file() { vec!["--config", FILE] } else { Vec::new() }
}

/// The binary, run in `folder` with nothing of the developer's environment but where programs are.
pub(crate) fn bonin_in(folder: &Path) -> Command {
    let mut command = Command::new(bonin());
    command.current_dir(folder).env_clear().env("HOME", folder);
    // LLVM_PROFILE_FILE: coverage runs.
    for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "LLVM_PROFILE_FILE"] {
        if let Some(value) = environment::read(name) {
            command.env(name, value);
        }
    }
    command
}

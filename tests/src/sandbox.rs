//! The simulated providers, inside a server's process or in one of their own.

use std::process::Command;

use serde_json::Value;

use crate::api::{Answer, Api};
use crate::handset::Handset;
use crate::process::Process;
use crate::scratch::Scratch;
use crate::server;

/// A running sandbox.
#[derive(Clone, Debug)]
pub struct Sandbox(Api);

impl Sandbox {
    pub(crate) fn at(base: &str) -> Self {
        Self(Api::new(base))
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        self.0.base()
    }

    /// Its calls.
    pub fn api(&self) -> &Api {
        &self.0
    }

    /// Its phone.
    pub fn handset(&self) -> Handset {
        Handset::new(self.0.clone())
    }

    /// Replaces the fault of the provider that `fault` names.
    ///
    /// # Panics
    /// When the sandbox does not take it.
    pub async fn set_fault(&self, fault: &Value) {
        let request = self.0.request(reqwest::Method::PUT, "/sandbox/faults").json(fault);
        let _ = Answer::to(request).await.expect(200);
    }

    /// Removes all faults.
    ///
    /// # Panics
    /// When the sandbox does not answer.
    pub async fn clear_faults(&self) {
        let _ = Answer::to(self.0.request(reqwest::Method::DELETE, "/sandbox/faults")).await.expect(204);
    }
}

/// A sandbox in a process of its own, which outlives the servers that use it.
#[derive(Debug)]
pub struct SandboxProcess {
    sandbox: Sandbox,
    _process: Process,
    _folder: Scratch,
}

impl SandboxProcess {
    /// Starts `bonin sandbox`.
    ///
    /// # Panics
    /// When it does not come up within 30 s.
    pub async fn start() -> Self {
        let folder = Scratch::new();
        let mut command: Command = server::bonin_in(folder.path());
        command.arg("sandbox").env("BONIN__SANDBOX__BIND", "127.0.0.1:0");
        let mut process = Process::start("sandbox", command, folder.path());
        let sandbox = Sandbox::at(&process.line("listening sandbox=").await);
        Self { sandbox, _process: process, _folder: folder }
    }
}

impl std::ops::Deref for SandboxProcess {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

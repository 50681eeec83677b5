//! A program under test: its output, its signals, its end.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::wait::{Deadline, until};

/// How much of a program's log is shown when a test fails.
const SHOWN_LINES: usize = 30;
const LONGEST_SHOWN: usize = 600;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit(ExitStatus);

impl Exit {
    /// Its exit code; `None` when a signal ended it.
    pub fn code(self) -> Option<i32> {
        self.0.code()
    }
}

/// A running program. It is killed, by its own process id, when this value is dropped.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    child: Child,
    lines: UnboundedReceiver<String>,
    stderr: PathBuf,
}

impl Process {
    /// Starts `command`; what it prints is appended to `NAME.out` and `NAME.err` in `folder`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(name: &'static str, mut command: Command, folder: &Path) -> Self {
        let stderr = folder.join(format!("{name}.err"));
        let mut stdout_file = append_to(&folder.join(format!("{name}.out")));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(append_to(&stderr))
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stdout = child.stdout.take().expect("stdout is piped");
        let (sender, lines) = unbounded_channel();
        // Ends with the program, which holds the other end of the pipe.
        thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                let _ = writeln!(stdout_file, "{line}");
                let _ = sender.send(line);
            }
        });
        Self { name, child, lines, stderr }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The rest of the next line on its standard output that begins with `prefix`; other lines are passed over.
    ///
    /// # Panics
    /// When the program ends, or 30 s pass, without such a line.
    pub async fn line(&mut self, prefix: &str) -> String {
        let found = self.line_if_it_lives(prefix).await;
        found.unwrap_or_else(|| panic!("{} ended before it printed `{prefix}`", self.name))
    }

    /// The same; nothing where the program ends first.
    ///
    /// # Panics
    /// When 30 s pass without such a line.
    pub async fn line_if_it_lives(&mut self, prefix: &str) -> Option<String> {
        let deadline = Deadline::secs(30);
        loop {
            match tokio::time::timeout(deadline.left(), self.lines.recv()).await {
                Ok(Some(line)) => {
                    if let Some(rest) = line.strip_prefix(prefix) {
                        return Some(rest.trim_end().to_owned());
                    }
                }
                Ok(None) => return None,
                Err(late) => panic!("{} has not printed `{prefix}` within 30 s: {late}", self.name),
            }
        }
    }

    /// Kills it at once, as `kill -9` does, and waits for its end. One that has ended stays as it is.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child of ours can be killed");
        self.child.wait().expect("a child of ours can be waited for");
    }

    /// Asks it to stop, as `kill -TERM` does, without waiting.
    ///
    /// # Panics
    /// When the signal cannot be sent.
    pub fn terminate(&self) {
        let status = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        assert!(status.expect("kill can be run").success(), "{} takes no signal", self.name);
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it still runs after so many seconds.
    pub async fn exit(&mut self, seconds: u64) -> Exit {
        let child = &mut self.child;
        until("the end of a program", Deadline::secs(seconds), async || {
            child.try_wait().expect("a child of ours can be waited for").map(Exit)
        })
        .await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let log = std::fs::read(&self.stderr).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            let lines: Vec<_> = log.lines().collect();
            eprintln!("--- the last log lines of {}:", self.name);
            for line in &lines[lines.len().saturating_sub(SHOWN_LINES)..] {
                eprintln!("{}", line.chars().take(LONGEST_SHOWN).collect::<String>());
            }
            eprintln!("---");
        }
    }
}

fn append_to(path: &Path) -> File {
    let file = File::options().create(true).append(true).open(path);
    file.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

//! Database threads: a fixed set for each process, one connection each, fed by a bounded queue.
//!
//! A full queue and a wait of over a second are answered with [`RepositoryError::Busy`], so that an overloaded
//! or hanging database sheds load instead of piling it up.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use bonin_ports::RepositoryError;
use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::failure::Failure;

/// Jobs that may wait for each set of threads.
const QUEUE: usize = 1024;

/// How long a job may wait for a thread before it is refused unseen.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How long a caller waits for a job that has begun; statements end by themselves long before.
const LONGEST_RUN: Duration = Duration::from_secs(15);

/// How long migrations may take: one may write every row of a large table anew.
pub const LONGEST_MIGRATION: Duration = Duration::from_hours(1);

/// A piece of work for a thread that holds a connection `C`.
pub trait Job<C>: Send {
    /// Begins the job; `false` when its caller has given it up.
    fn begin(&self) -> bool;
    /// Does the work. On an error the surrounding transaction or savepoint is rolled back.
    fn run(&mut self, connection: &mut C) -> Result<(), Failure>;
    /// Answers the caller, once whatever surrounded `run` has ended.
    fn finish(self: Box<Self>, ended: Result<(), RepositoryError>);
}

struct Call<T, F> {
    work: Option<F>,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, RepositoryError>>,
    span: tracing::Span,
    /// Set by whoever is first: the thread that begins, or the caller that gives up.
    taken: Arc<AtomicBool>,
}

impl<C, T, F> Job<C> for Call<T, F>
where
    T: Send,
    F: FnOnce(&mut C) -> Result<T, Failure> + Send,
{
    fn begin(&self) -> bool {
        !self.taken.swap(true, Ordering::AcqRel)
    }

    fn run(&mut self, connection: &mut C) -> Result<(), Failure> {
        let Some(work) = self.work.take() else {
            return Err(Failure::BadRow("a job was run twice"));
        };
        let _entered = self.span.enter();
        // A panic in one job must not take its thread, or its neighbours in a shared commit, with it.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(connection)));
        self.result = Some(outcome.map_err(|_| Failure::BadRow("a database function panicked"))??);
        Ok(())
    }

    fn finish(self: Box<Self>, ended: Result<(), RepositoryError>) {
        let missing = || RepositoryError::Internal("a job ended without a result".to_owned());
        let Self { result, reply, .. } = *self;
        // A caller that hung up no longer wants the answer.
        let _ = reply.send(ended.and_then(|()| result.ok_or_else(missing)));
    }
}

/// The sending side of a set of database threads.
pub struct Threads<C> {
    queue: Sender<Box<dyn Job<C>>>,
}

impl<C: 'static> Threads<C> {
    /// Starts `count` threads that each run `serve` over the shared queue.
    pub fn start(
        name: &str,
        count: u32,
        serve: impl Fn(&Receiver<Box<dyn Job<C>>>) + Clone + Send + 'static,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = bounded(QUEUE);
        for number in 0..count {
            let (jobs, serve) = (jobs.clone(), serve.clone());
            thread::Builder::new().name(format!("{name}-{number}")).spawn(move || serve(&jobs))?;
        }
        Ok(Self { queue })
    }

    /// Runs `work` on one of the threads.
    pub async fn run<T, F>(&self, work: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: FnOnce(&mut C) -> Result<T, Failure> + Send + 'static,
    {
        self.run_for(LONGEST_RUN, work).await
    }

    /// Runs `work`, which may take up to `longest`, on one of the threads.
    pub async fn run_for<T, F>(&self, longest: Duration, work: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: FnOnce(&mut C) -> Result<T, Failure> + Send + 'static,
    {
        let (reply, mut answer) = oneshot::channel();
        let taken = Arc::new(AtomicBool::new(false));
        let call = Call {
            work: Some(work),
            result: None,
            reply,
            span: tracing::Span::current(),
            taken: taken.clone(),
        };
        self.queue.try_send(Box::new(call)).map_err(|_| RepositoryError::Busy)?;
        let answer = match timeout(LONGEST_WAIT, &mut answer).await {
            Ok(answer) => answer,
            Err(_) if !taken.swap(true, Ordering::AcqRel) => return Err(RepositoryError::Busy),
            Err(_) => timeout(longest, answer).await.unwrap_or(Ok(Err(RepositoryError::Unavailable))),
        };
        answer.unwrap_or(Err(RepositoryError::Unavailable))
    }
}

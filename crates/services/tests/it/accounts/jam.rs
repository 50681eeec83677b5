//! Hashing threads that stand still while a test wants them to.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use bonin_domain::accounts::{Password, PasswordHash};
use bonin_ports::Entropy;
use bonin_services::accounts::{Hashing, HashingBusy};
use bonin_testkit::SeededEntropy;
use futures_util::FutureExt as _;

type Hashed<'a> = Pin<Box<dyn Future<Output = Result<PasswordHash, HashingBusy>> + 'a>>;

/// Every hashing thread busy, and their queue full, until this is dropped.
pub struct Jam<'a> {
    gate: &'a Gate,
    open: Option<Sender<()>>,
    queue: Vec<Hashed<'a>>,
}

impl<'a> Jam<'a> {
    pub fn of(hashing: &'a Hashing, gate: &'a Gate) -> Self {
        let (open, opens) = channel();
        let (begun, begins) = channel();
        *gate.ways.lock().expect("no test panics holding it") = Some((begun, Arc::new(Mutex::new(opens))));
        gate.shut.store(true, Ordering::SeqCst);
        let waits = Password::parse("waits").expect("a password");
        let threads = std::thread::available_parallelism().expect("a number of processors").get();
        let mut queue: Vec<Hashed<'_>> = Vec::new();
        for number in 0.. {
            let mut next: Hashed<'_> = {
                let waits = waits.clone();
                Box::pin(async move { hashing.hash(&waits).await })
            };
            match next.as_mut().now_or_never() {
                None => queue.push(next),
                Some(full) => {
                    assert_eq!(full, Err(HashingBusy));
                    break;
                }
            }
            if number < threads {
                begins.recv().expect("a thread stands there");
            }
        }
        Self { gate, open: Some(open), queue }
    }

    /// Lets everything through.
    pub async fn clear(mut self) {
        self.gate.shut.store(false, Ordering::SeqCst);
        self.open.take();
        for waiting in std::mem::take(&mut self.queue) {
            waiting.await.expect("its turn came");
        }
    }
}

impl Drop for Jam<'_> {
    fn drop(&mut self) {
        self.gate.shut.store(false, Ordering::SeqCst);
    }
}

type Ways = (Sender<()>, Arc<Mutex<Receiver<()>>>);

/// Salts for the hashes: none while it is shut, so that threads stand there, and say that they do.
pub struct Gate {
    shut: AtomicBool,
    ways: Mutex<Option<Ways>>,
    entropy: SeededEntropy,
}

impl Default for Gate {
    fn default() -> Self {
        Self { shut: AtomicBool::new(false), ways: Mutex::default(), entropy: SeededEntropy::new(6) }
    }
}

impl Entropy for Gate {
    fn fill(&self, bytes: &mut [u8]) {
        if self.shut.load(Ordering::SeqCst) {
            let (begun, opens) =
                self.ways.lock().expect("no test panics holding it").clone().expect("it was shut");
            begun.send(()).unwrap_or_default();
            opens.lock().unwrap_or_else(PoisonError::into_inner).recv().expect_err("nothing is ever sent");
        }
        self.entropy.fill(bytes);
    }
}

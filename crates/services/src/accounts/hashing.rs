use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use bonin_domain::accounts::{HashCost, Password, PasswordHash};
use bonin_ports::Entropy;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Passwords that may wait for a thread (security 26); beyond it callers are told to come back.
const QUEUE: usize = 64;

type Job = Box<dyn FnOnce() + Send>;

/// Hashes and checks passwords on threads of its own, one a processor: each takes tens of milliseconds and 19 MiB,
/// which neither requests nor database threads may wait for. Cheap to clone.
#[derive(Clone)]
pub struct Hashing {
    queue: Sender<Job>,
    places: Arc<Semaphore>,
    cost: HashCost,
    entropy: Arc<dyn Entropy>,
    /// Checked where there is no account, so that this takes as long.
    nobody: PasswordHash,
}

/// A place at the hashing threads, taken before something is charged for the password that comes.
pub struct HashingPlace {
    hashing: Hashing,
    permit: OwnedSemaphorePermit,
}

/// So many passwords wait already that this one was not taken. Nothing was done; the same call may be made again in a
/// second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being hashed")]
pub struct HashingBusy;

impl Hashing {
    /// Starts the threads; they end when the last clone is dropped.
    ///
    /// # Errors
    /// The system's, when it gives no thread.
    pub fn start(cost: HashCost, entropy: Arc<dyn Entropy>) -> std::io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (queue, jobs) = channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..threads {
            let jobs = jobs.clone();
            std::thread::Builder::new().name(format!("hashing-{number}")).spawn(move || serve(&jobs))?;
        }
        let fill = &mut |bytes: &mut [u8]| entropy.fill(bytes);
        let mut random = [0; 16];
        fill(&mut random);
        let unknown = format!("{:032x}", u128::from_be_bytes(random));
        let unknown = Password::parse(&unknown).map_err(std::io::Error::other)?;
        let nobody = PasswordHash::compute(&unknown, cost, fill);
        Ok(Self { queue, places: Arc::new(Semaphore::new(threads + QUEUE)), cost, entropy, nobody })
    }

    /// What a hash costs here.
    pub fn cost(&self) -> HashCost {
        self.cost
    }

    /// Takes a place for one password; it is free again when the password is done with, or when it is dropped.
    ///
    /// # Errors
    /// [`HashingBusy`].
    pub fn reserve(&self) -> Result<HashingPlace, HashingBusy> {
        let permit = self.places.clone().try_acquire_owned().map_err(|_| HashingBusy)?;
        Ok(HashingPlace { hashing: self.clone(), permit })
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`HashingBusy`].
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash, HashingBusy> {
        let (password, cost, entropy) = (password.clone(), self.cost, self.entropy.clone());
        let place = self.reserve()?;
        place.run(move || PasswordHash::compute(&password, cost, &mut |bytes| entropy.fill(bytes))).await
    }

    /// Whether `password` is the one of `hash`; where there is no hash, it takes as long and is not.
    ///
    /// # Errors
    /// [`HashingBusy`].
    pub async fn matches(
        &self,
        password: &Password,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, HashingBusy> {
        self.reserve()?.matches(password, hash).await
    }

    /// Checked by nobody, for an account that is none.
    pub(super) fn nobody(&self) -> &PasswordHash {
        &self.nobody
    }
}

impl HashingPlace {
    /// See [`Hashing::matches`].
    ///
    /// # Errors
    /// [`HashingBusy`], where the hash could not be computed.
    pub async fn matches(
        self,
        password: &Password,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, HashingBusy> {
        let known = hash.is_some();
        let (password, hash) = (password.clone(), hash.unwrap_or(&self.hashing.nobody).clone());
        self.run(move || hash.matches(&password) && known).await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingBusy> {
        // A job that panicked dropped its end: nothing was done, as when the queue is full.
        self.submit(work)?.await.map_err(|_| HashingBusy)
    }

    fn submit<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<oneshot::Receiver<T>, HashingBusy> {
        let (done, result) = oneshot::channel();
        let Self { hashing, permit } = self;
        let job: Job = Box::new(move || {
            let _place = permit;
            // Whoever asked may be gone by now; those behind are not made to wait for an answer to nobody.
            if !done.is_closed() {
                drop(done.send(work()));
            }
        });
        hashing.queue.send(job).map_err(|_| HashingBusy)?;
        Ok(result)
    }
}

fn serve(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("hashing a password failed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that count up: no salt repeats.
    struct Counting(Mutex<u8>);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            let mut next = self.0.lock().unwrap();
            for byte in bytes {
                *next = next.wrapping_add(1);
                *byte = *next;
            }
        }
    }

    fn hashing() -> Hashing {
        let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
        Hashing::start(cost, Arc::new(Counting(Mutex::new(0)))).unwrap()
    }

    /// Gives every thread something that takes until the returned end is dropped.
    fn occupied(hashing: &Hashing) -> (Sender<()>, Vec<oneshot::Receiver<()>>) {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (free, wait) = channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let (begun, begins) = channel();
        let mut standing = Vec::new();
        for _ in 0..threads {
            let (wait, begun) = (wait.clone(), begun.clone());
            let stands = hashing.reserve().unwrap().submit(move || {
                begun.send(()).unwrap();
                // Ends, for each thread in its turn, when the sender is dropped.
                wait.lock().unwrap().recv().unwrap_err();
            });
            standing.push(stands.unwrap());
        }
        (0..threads).for_each(|_| begins.recv().unwrap());
        (free, standing)
    }

    #[tokio::test]
    async fn the_password_beyond_the_queue_is_told_to_come_back() {
        let hashing = hashing();
        let (free, _standing) = occupied(&hashing);
        let waiting: Vec<_> =
            (0..QUEUE).map(|number| hashing.reserve().unwrap().submit(move || number).unwrap()).collect();
        assert_eq!(hashing.reserve().err(), Some(HashingBusy));
        let password = Password::parse("one too many").unwrap();
        assert_eq!(hashing.hash(&password).await.err(), Some(HashingBusy));
        assert_eq!(hashing.matches(&password, None).await.err(), Some(HashingBusy));

        drop(free);
        for (number, waiting) in waiting.into_iter().enumerate() {
            assert_eq!(waiting.await, Ok(number));
        }
        assert!(hashing.hash(&password).await.is_ok());
    }

    #[tokio::test]
    async fn nothing_is_computed_for_somebody_who_left() {
        let hashing = hashing();
        let (free, _standing) = occupied(&hashing);
        let (done, notes) = channel();
        let left = done.clone();
        drop(hashing.reserve().unwrap().submit(move || left.send("left")).unwrap());
        let stays = hashing.reserve().unwrap().submit(move || done.send("stays")).unwrap();
        drop(free);
        stays.await.unwrap().unwrap();
        drop(hashing);
        assert_eq!(notes.iter().collect::<Vec<_>>(), ["stays"]);
    }

    #[tokio::test]
    async fn the_password_of_nobody_opens_nothing() {
        let hashing = hashing();
        // The first bytes that were drawn.
        let nobodys = Password::parse("0102030405060708090a0b0c0d0e0f10").unwrap();
        assert!(hashing.nobody().matches(&nobodys));
        assert_eq!(hashing.matches(&nobodys, None).await, Ok(false));
    }

    #[tokio::test]
    async fn a_hash_that_fails_takes_no_thread_with_it() {
        let hashing = hashing();
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        for _ in 0..=threads {
            let failed = hashing.reserve().unwrap().run(|| -> u8 { panic!("no memory, say") }).await;
            assert_eq!(failed, Err(HashingBusy));
        }
        assert_eq!(hashing.reserve().unwrap().run(|| 7).await, Ok(7));
    }
}

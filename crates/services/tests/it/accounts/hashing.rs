//! Hashing passwords, and when a sign-up does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use bonin_domain::accounts::{Password, PasswordHash};
use bonin_domain::codes::Purpose;
use bonin_ports::{Entropy, ProofRefusal};
use bonin_services::accounts::{Hashing, HashingBusy, SignUpError, SignUpPolicy, SignUpRequest};
use bonin_testkit::SeededEntropy;
use futures_util::FutureExt as _;

use super::office::{CHEAP, GOOD, Office};

fn password(raw: &str) -> Password {
    Password::parse(raw).expect("well written")
}

fn hashing() -> Hashing {
    Hashing::start(CHEAP, Arc::new(SeededEntropy::new(3))).expect("threads")
}

#[tokio::test]
async fn a_password_matches_its_own_hash_alone() {
    let hashing = hashing();
    let (one, other) = (password(GOOD), password("correct horse battery "));
    let hash = hashing.hash(&one).await.unwrap();
    assert_eq!(hashing.matches(&one, Some(&hash)).await, Ok(true));
    assert_eq!(hashing.matches(&other, Some(&hash)).await, Ok(false));
    assert_ne!(hashing.hash(&one).await.unwrap(), hash, "each with a salt of its own");
    assert!(!hash.is_outdated(hashing.cost()));
}

#[tokio::test]
async fn where_there_is_no_hash_no_password_matches() {
    let hashing = hashing();
    assert_eq!(hashing.matches(&password(GOOD), None).await, Ok(false));
}

#[tokio::test]
async fn hashes_of_other_systems_are_checked_too() {
    // Made by Python's bcrypt of `correct horse`.
    let hash = PasswordHash::parse("$2b$04$KmOOm7G1IZz7PB7Z1xz4Ku.QWa5zxXOCSawdtwTK3bKfWTre6AfEC").unwrap();
    assert!(hash.is_outdated(CHEAP));
    assert_eq!(hashing().matches(&password("correct horse"), Some(&hash)).await, Ok(true));
    assert_eq!(hashing().matches(&password("correct horse "), Some(&hash)).await, Ok(false));
}

/// Draws no salt while its gate is shut: threads stand there, and say that they do.
struct Gate {
    shut: AtomicBool,
    begun: Mutex<Sender<()>>,
    opens: Mutex<Receiver<()>>,
    entropy: SeededEntropy,
}

impl Entropy for Gate {
    fn fill(&self, bytes: &mut [u8]) {
        if self.shut.load(Ordering::SeqCst) {
            self.begun.lock().expect("nobody panicked").send(()).expect("the other end");
            self.opens.lock().expect("nobody panicked").recv().expect_err("the end of waiting");
        }
        self.entropy.fill(bytes);
    }
}

#[tokio::test]
async fn a_sign_up_hashes_last_and_only_what_will_be_stored() {
    let (begun, begins) = channel();
    let (open, opens) = channel::<()>();
    let gate = Arc::new(Gate {
        shut: AtomicBool::new(false),
        begun: Mutex::new(begun),
        opens: Mutex::new(opens),
        entropy: SeededEntropy::new(4),
    });
    let hashing = Hashing::start(CHEAP, gate.clone()).unwrap();
    let office = Office::with(SignUpPolicy::default(), hashing.clone());
    office.join().await;
    gate.shut.store(true, Ordering::SeqCst);

    // Every thread stands at the gate, and the queue behind them is full.
    let (threads, waiting) = (std::thread::available_parallelism().unwrap().get(), password("waits"));
    let mut queue: Vec<_> = (0..threads).map(|_| Box::pin(hashing.hash(&waiting))).collect();
    for standing in &mut queue {
        assert!(standing.as_mut().now_or_never().is_none());
        begins.recv().unwrap();
    }
    loop {
        let mut next = Box::pin(hashing.hash(&waiting));
        match next.as_mut().now_or_never() {
            None => queue.push(next),
            Some(full) => break assert_eq!(full, Err(HashingBusy)),
        }
    }
    assert_eq!(queue.len(), threads + 64);

    let another = office.scene.another_phone();
    let refusal = async |request| office.sign_up.execute(request).await.unwrap_err();
    let fresh = office.proof_of(&another, Purpose::SignUp).await;
    let error = refusal(SignUpRequest { agreed: Vec::new(), ..office.request(&fresh) }).await;
    assert!(matches!(error, SignUpError::Faults(_)), "{error}");
    let error = refusal(office.request(&fresh)).await;
    assert!(matches!(error, SignUpError::LoginIdTaken), "{error}");
    let login_id = bonin_domain::accounts::LoginId::parse("new@example.com").unwrap();
    let again = office.proof().await;
    let error = refusal(SignUpRequest { login_id: login_id.clone(), ..office.request(&again) }).await;
    assert!(matches!(error, SignUpError::PhoneTaken), "{error}");
    let nobodys = bonin_domain::codes::Proof::draw(&mut |bytes| office.entropy.fill(bytes));
    let error = refusal(office.request(&nobodys)).await;
    assert!(matches!(error, SignUpError::Proof(ProofRefusal::Unknown)), "{error}");

    // Only one that nothing stands against wants to be hashed, and loses nothing by being told to come back.
    let before = office.memory.sign_ups();
    let error = refusal(SignUpRequest { login_id: login_id.clone(), ..office.request(&fresh) }).await;
    assert!(matches!(error, SignUpError::Busy(HashingBusy)), "{error}");
    assert_eq!((office.memory.sign_ups(), office.standing(&fresh).await), (before, Ok(())));

    gate.shut.store(false, Ordering::SeqCst);
    drop(open);
    for waiting in queue {
        waiting.await.unwrap();
    }
    let request = SignUpRequest { login_id, ..office.request(&fresh) };
    assert!(office.sign_up.execute(request).await.is_ok());
}

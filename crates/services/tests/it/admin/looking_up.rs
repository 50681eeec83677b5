//! Looking at what people did: each look is recorded first, and what cannot be recorded is not shown.

use std::sync::Arc;

use async_trait::async_trait;
use bonin_domain::admin::{AuditAction, AuditEntry, NewAuditEntry};
use bonin_domain::codes::{Status, VerificationId};
use bonin_ports::{AuditFilter, AuditLog, RepositoryError};
use bonin_services::admin::{
    Actor, LookUpVerifications, LookedUp, ReadStory, Reason, Record, RevealError, RevealNumber,
};
use jiff::SignedDuration;

use crate::support::World;

/// A record that takes nothing.
struct Closed;

#[async_trait]
impl AuditLog for Closed {
    async fn append(&self, _: NewAuditEntry) -> Result<AuditEntry, RepositoryError> {
        Err(RepositoryError::Busy)
    }

    async fn list(&self, _: AuditFilter, _: u16) -> Result<Vec<AuditEntry>, RepositoryError> {
        Err(RepositoryError::Busy)
    }
}

/// What an administrator may look at, in a world with a verification.
struct Desk {
    world: World,
    started: VerificationId,
    look_up: LookUpVerifications,
    story: ReadStory,
    reveal: RevealNumber,
}

impl Desk {
    async fn new() -> Self {
        let world = World::new();
        let log = world.store.memory.clone();
        Self::recording_in(world, log).await
    }

    async fn recording_in(world: World, log: Arc<dyn AuditLog>) -> Self {
        let started = world.process().begun(&world).await.id;
        let (stories, keys, clock) = (world.store.memory.clone(), world.keys.clone(), world.clock.clone());
        let (entropy, outbox) = (world.entropy.clone(), world.store.clone());
        let record = Record { log, keys: keys.clone(), clock: clock.clone(), entropy };
        Self {
            look_up: LookUpVerifications {
                stories: stories.clone(),
                record: record.clone(),
                keys: keys.clone(),
                clock: clock.clone(),
            },
            story: ReadStory {
                stories: stories.clone(),
                outbox,
                record: record.clone(),
                keys: keys.clone(),
                clock: clock.clone(),
            },
            reveal: RevealNumber { stories, record, keys, clock },
            world,
            started,
        }
    }

    /// What was recorded, oldest first: action, subject, whether with a reason.
    async fn recorded(&self) -> Vec<(AuditAction, Option<String>, bool)> {
        let entries =
            self.world.store.memory.list(AuditFilter::default(), 10).await.expect("the memory works");
        let entries = entries.into_iter().rev();
        entries.map(|entry| (entry.action, entry.subject, entry.reason.is_some())).collect()
    }
}

fn somebody() -> Actor {
    Actor::Somebody { address: "203.0.113.9".parse().expect("an address") }
}

fn reason() -> Reason {
    Reason::parse("민원 1234").expect("a reason")
}

#[tokio::test]
async fn looks_are_recorded_with_their_reasons_and_subjects() {
    let desk = Desk::new().await;
    let number = desk.world.request().phone_number;
    let found = desk.look_up.execute(&somebody(), &number, &reason()).await.expect("it works");
    let [LookedUp::Verification(found)] = &found[..] else { panic!("one verification") };
    assert_eq!((found.id, found.status), (desk.started, Status::Pending));
    let story = desk.story.execute(&somebody(), desk.started).await.expect("it works").expect("a story");
    assert_eq!(story.masked.as_deref(), Some("+8210****5678"));
    assert_eq!((story.messages.len(), story.decision.is_some()), (1, true));
    let shown = desk.reveal.execute(&somebody(), desk.started, &reason()).await.expect("a number");
    assert_eq!(shown, number);

    let phone = desk.world.keys.phone_index(&number).reference();
    let verification = format!("verification:{}", desk.started);
    assert_eq!(
        desk.recorded().await,
        [
            (AuditAction::NumberLookedUp, Some(format!("phone:{phone}")), true),
            (AuditAction::VerificationViewed, Some(verification.clone()), false),
            (AuditAction::NumberRevealed, Some(verification), true),
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_shown() {
    let desk = Desk::recording_in(World::new(), Arc::new(Closed)).await;
    let number = desk.world.request().phone_number;
    assert_eq!(desk.look_up.execute(&somebody(), &number, &reason()).await, Err(RepositoryError::Busy));
    let story = desk.story.execute(&somebody(), desk.started).await;
    assert!(matches!(story, Err(RepositoryError::Busy)));
    let shown = desk.reveal.execute(&somebody(), desk.started, &reason()).await;
    assert!(matches!(shown, Err(RevealError::Repository(RepositoryError::Busy))));
}

#[tokio::test]
async fn what_is_not_there_is_neither_shown_nor_recorded() {
    let desk = Desk::new().await;
    desk.world.clock.advance(SignedDuration::from_secs(1));
    let unknown = VerificationId::draw(desk.world.now(), &mut |bytes| bytes.fill(7));
    assert!(desk.story.execute(&somebody(), unknown).await.expect("it works").is_none());
    let shown = desk.reveal.execute(&somebody(), unknown, &reason()).await;
    assert!(matches!(shown, Err(RevealError::NotFound)));
    assert_eq!(desk.recorded().await, []);
}

//! The scripted provider, with calls that take their time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use async_trait::async_trait;
use bonin_domain::messages::ProviderReference;
use bonin_ports::{
    Abilities, Accepted, DeliveryReport, DeliveryReports, Message, MessageSender, ReportError, SendError,
    SentMessage, TakenMessage,
};
use bonin_testkit::{FixedClock, ScriptedSender};
use jiff::SignedDuration;
use tokio::sync::Semaphore;

/// A [`ScriptedSender`] whose answers can be held back.
pub struct Provider {
    pub script: ScriptedSender,
    clock: Arc<FixedClock>,
    /// How long sending takes by the clock.
    seconds: AtomicI64,
    /// Sends wait here for a place while `holds` is set.
    gate: Semaphore,
    holds: AtomicBool,
    find_hangs: AtomicBool,
    report_hangs: AtomicBool,
}

impl Provider {
    pub fn new(clock: Arc<FixedClock>) -> Self {
        Self::over(clock, ScriptedSender::default())
    }

    /// One with these abilities.
    pub fn able_to(clock: Arc<FixedClock>, abilities: Abilities) -> Self {
        Self::over(clock, ScriptedSender::able_to(abilities))
    }

    fn over(clock: Arc<FixedClock>, script: ScriptedSender) -> Self {
        Self {
            script,
            clock,
            seconds: AtomicI64::new(0),
            gate: Semaphore::new(0),
            holds: AtomicBool::new(false),
            find_hangs: AtomicBool::new(false),
            report_hangs: AtomicBool::new(false),
        }
    }

    /// From now on sending takes so many seconds.
    pub fn takes(&self, seconds: i64) {
        self.seconds.store(seconds, Ordering::SeqCst);
    }

    /// Calls to send wait until they are let through.
    pub fn hold(&self) {
        self.holds.store(true, Ordering::SeqCst);
    }

    /// Lets so many calls to send through.
    pub fn let_through(&self, calls: usize) {
        self.gate.add_permits(calls);
    }

    /// From now on looking for a message takes for ever.
    pub fn find_hangs(&self) {
        self.find_hangs.store(true, Ordering::SeqCst);
    }

    /// From now on a report takes for ever.
    pub fn report_hangs(&self) {
        self.report_hangs.store(true, Ordering::SeqCst);
    }

    /// How many messages were sent.
    pub fn sent(&self) -> usize {
        self.script.messages().len()
    }
}

#[async_trait]
impl MessageSender for Provider {
    fn abilities(&self) -> &Abilities {
        self.script.abilities()
    }

    async fn send(&self, message: &Message) -> Result<Accepted, SendError> {
        if self.holds.load(Ordering::SeqCst) {
            self.gate.acquire().await.expect("the gate is never closed").forget();
        }
        let answer = self.script.send(message).await;
        self.clock.advance(SignedDuration::from_secs(self.seconds.load(Ordering::SeqCst)));
        answer
    }
}

#[async_trait]
impl DeliveryReports for Provider {
    async fn report(&self, taken: &TakenMessage<'_>) -> Result<DeliveryReport, ReportError> {
        if self.report_hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        self.script.report(taken).await
    }

    async fn find(&self, sent: &SentMessage<'_>) -> Result<Option<ProviderReference>, ReportError> {
        if self.find_hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        self.script.find(sent).await
    }
}

//! The API-only way, without a window: a code by text message (sheet, sections 6 and 11).
//!
//! Tries and lifetime of a code are not documented; here it is five tries in three minutes.

use jiff::{SignedDuration, Timestamp};

use super::attempt::{Attempt, Failure, Status, Version};
use super::people::{self, Person};
use crate::handset::Incoming;
use crate::ids;

/// How long a code lives.
const LIFE: SignedDuration = SignedDuration::from_mins(3);
/// The wrong codes that end an attempt.
const TRIES: u8 = 5;
/// The agency's number, as the phone shows it.
const FROM: &str = "0255550103";

/// How a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Sms,
    /// A question in the carrier's app, which the simulated people say yes to.
    App,
}

/// What went out to a person.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) person: &'static Person,
    method: Method,
    code: String,
    at: Timestamp,
    misses: u8,
    company: String,
}

/// Why a call does not do what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    NotFound,
    NotSent,
    AlreadySent,
    AlreadyVerified,
    /// The code is missing.
    Missing,
    Wrong,
    /// The code was wrong too often.
    TooMany,
    /// The code is too old.
    Late,
}

impl Sent {
    pub(super) fn new(
        person: &'static Person,
        method: Method,
        company: String,
        turn: u64,
        now: Timestamp,
    ) -> Self {
        Self { person, method, code: code(turn), at: now, misses: 0, company }
    }

    /// The message with the code, unless the app asks.
    pub(super) fn message(&self, version: Version) -> Option<Incoming> {
        let provider = match version {
            Version::V1 => "iamport",
            Version::V2 => "portone",
        };
        (self.method == Method::Sms).then_some(())?;
        Some(Incoming {
            provider,
            from: FROM.to_owned(),
            to: self.person.e164()?,
            subject: None,
            text: format!(
                "[{}] 본인확인 인증번호 [{}]입니다. 타인에게 알려주지 마세요.",
                self.company, self.code
            ),
            kind: "sms",
        })
    }

    /// Whether it can still be answered.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) < LIFE && self.misses < TRIES
    }
}

impl Attempt {
    /// Sends another code in place of the last one.
    pub(super) fn resend(&mut self, turn: u64, now: Timestamp) -> Result<Option<Incoming>, Refused> {
        if self.is_certified() {
            return Err(Refused::AlreadyVerified);
        }
        let sent = self.sent.as_mut().filter(|sent| sent.method == Method::Sms).ok_or(Refused::NotSent)?;
        *sent = Sent::new(sent.person, sent.method, std::mem::take(&mut sent.company), turn, now);
        self.status = Status::Ready;
        self.changed_at = now;
        Ok(sent.message(self.version))
    }

    /// Compares a typed code, and identifies the person when it is right.
    pub(super) fn confirm(&mut self, typed: Option<&str>, now: Timestamp) -> Result<(), Refused> {
        if self.is_certified() {
            return Err(Refused::AlreadyVerified);
        }
        let sent = self.sent.as_mut().ok_or(Refused::NotSent)?;
        if sent.misses >= TRIES {
            return Err(Refused::TooMany);
        }
        if !sent.is_live(now) {
            return Err(Refused::Late);
        }
        if sent.method == Method::Sms {
            let typed = typed.filter(|typed| !typed.is_empty()).ok_or(Refused::Missing)?;
            if typed != sent.code {
                sent.misses += 1;
                if sent.misses == TRIES {
                    let message = "인증번호를 여러 번 잘못 입력했습니다.".to_owned();
                    self.status = Status::Failed(Failure { code: "TOO_MANY_CODES", message });
                    self.changed_at = now;
                }
                return Err(Refused::Wrong);
            }
        }
        let facts = sent.person.facts(self.pg, people::today(now));
        self.status = Status::Certified { facts: Box::new(facts), at: now };
        self.changed_at = now;
        Ok(())
    }
}

/// Six digits that look drawn at random; nothing in the sandbox is worth guessing.
fn code(turn: u64) -> String {
    let number =
        ids::scrambled(turn).bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(byte.into()));
    format!("{:06}", number % 1_000_000)
}

//! A story as a timeline: what happened, oldest first. Nothing in it is a code, a token, a text or a whole number.

use bonin_domain::codes::Status;
use bonin_domain::messages::{Attempt, DeliveryState};
use bonin_domain::routing::RouteChoice;
use bonin_ports::{FiledDecision, FiledFinding, FiledVerification};
use bonin_services::admin::Story;
use jiff::{SignedDuration, Timestamp};

use super::failure_words;
use super::names::{self, Badge};
use crate::pages::{Frame, format};

/// Something that happened.
pub struct Entry {
    at: Timestamp,
    /// When, in Korean time.
    pub time: String,
    /// What.
    pub title: String,
    /// How it went.
    pub badge: Option<Badge>,
    /// More about it.
    pub facts: Vec<(&'static str, String)>,
    /// What the rules found, for the decision.
    pub findings: Vec<Finding>,
    /// Who could have been asked, for an attempt.
    pub candidates: Vec<Choice>,
}

/// What a rule found.
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// `3 / 5 (10분)`
    pub figures: String,
    /// Whether it stood in the way.
    pub badge: Badge,
}

/// A provider of the plan.
pub struct Choice {
    /// Who.
    pub provider: String,
    /// Comparable within the choice.
    pub score: String,
    /// Why it stands where it stands.
    pub reason: &'static str,
}

/// The entries of a story, oldest first.
pub fn of(frame: &Frame, story: &Story) -> Vec<Entry> {
    let mut entries = Vec::new();
    if let Some(decision) = &story.decision {
        let title = frame.say("시작 요청을 판단", "The start was judged");
        entries.push(decided(frame, decision, title));
    }
    let title = frame.say("다시 보내기 요청을 판단", "A resend was judged");
    entries.extend(story.refused_resends.iter().map(|decision| decided(frame, decision, title)));
    for (place, message) in story.messages.iter().enumerate() {
        let number = place + 1;
        let title = if frame.korean() {
            format!("메시지 {number} 준비")
        } else {
            format!("Message {number} was written")
        };
        entries.push(Entry::new(frame, message.created_at, title));
        let mut before = None;
        for attempt in &message.attempts {
            entries.extend(attempted(frame, attempt, before));
            before = Some(attempt);
        }
    }
    if let Some(verification) = &story.verification {
        entries.push(ended(frame, verification));
    }
    // What happened at one moment stays in the order of the parts.
    entries.sort_by_key(|entry| entry.at);
    entries
}

impl Entry {
    fn new(frame: &Frame, at: Timestamp, title: String) -> Self {
        Self {
            at,
            time: format::moment(at, frame.locale),
            title,
            badge: None,
            facts: Vec::new(),
            findings: Vec::new(),
            candidates: Vec::new(),
        }
    }
}

fn decided(frame: &Frame, decision: &FiledDecision, title: &str) -> Entry {
    Entry {
        badge: Some(names::outcome(frame, &decision.outcome)),
        findings: decision.findings.iter().map(|finding| found(frame, finding)).collect(),
        ..Entry::new(frame, decision.created_at, title.to_owned())
    }
}

fn found(frame: &Frame, finding: &FiledFinding) -> Finding {
    let window = finding.window_secs.map(|seconds| {
        let minutes = u64::try_from(seconds / 60).unwrap_or(0);
        match (minutes, frame.korean()) {
            (0, true) => format!(" ({seconds}초)"),
            (0, false) => format!(" ({seconds} s)"),
            (minutes, true) if minutes % 60 != 0 => format!(" ({minutes}분)"),
            (minutes, false) if minutes % 60 != 0 => format!(" ({minutes} min)"),
            (minutes, true) => format!(" ({}시간)", minutes / 60),
            (minutes, false) => format!(" ({} h)", minutes / 60),
        }
    });
    let mode = names::rule_mode(frame, &finding.mode);
    let badge = match finding.until {
        None => Badge::new("good", frame.say("통과", "passed")),
        Some(until) => {
            let until = format::moment(until, frame.locale);
            let kind = if finding.mode == "block" { "bad" } else { "warn" };
            let text = if frame.korean() {
                format!("걸림, {until}까지 ({mode})")
            } else {
                format!("hit until {until} ({mode})")
            };
            Badge { kind, text }
        }
    };
    Finding {
        rule: names::rule(frame, &finding.rule).to_owned(),
        // Where nothing is counted there is nothing to compare.
        figures: match finding.threshold {
            0 => "–".to_owned(),
            threshold => format!("{} / {threshold}{}", finding.value, window.unwrap_or_default()),
        },
        badge,
    }
}

/// An attempt: that it was made, that the provider took it, and how far it came.
fn attempted(frame: &Frame, attempt: &Attempt, before: Option<&Attempt>) -> Vec<Entry> {
    let provider = names::provider(attempt.provider.as_str());
    let number = attempt.number;
    let title = if frame.korean() {
        format!("{number}번째 시도: {provider}")
    } else {
        format!("Attempt {number}: {provider}")
    };
    let mut asked = Entry::new(frame, attempt.started_at, title);
    let known = |choice: &RouteChoice| {
        before.and_then(|before| before.route.as_deref()).is_some_and(|earlier| earlier == choice)
    };
    if let Some(choice) = attempt.route.as_deref().filter(|choice| !known(choice)) {
        let mode = names::route_mode(frame, choice.mode).to_owned();
        asked.facts.push((frame.say("고른 방식", "Chosen by"), mode));
        asked.candidates = choice
            .candidates
            .iter()
            .map(|candidate| Choice {
                provider: names::provider(candidate.provider.as_str()).to_owned(),
                score: format!("{:.3}", candidate.score),
                reason: names::reason(frame, candidate.reason),
            })
            .collect();
    }
    if attempt.possible_duplicate {
        let maybe = frame.say("앞선 시도도 도착했을 수 있어요", "an earlier one may have arrived, too");
        asked.facts.push((frame.say("중복 가능", "Possible duplicate"), maybe.to_owned()));
    }
    let taken = went_on(attempt).then(|| taken(frame, attempt));
    [Some(asked), taken, Some(reached(frame, attempt))].into_iter().flatten().collect()
}

/// Whether the provider took an attempt and told more of it later.
fn went_on(attempt: &Attempt) -> bool {
    let beyond = DeliveryState::Accepted.may_become(attempt.state);
    // What it refused has no reference, and what it told at once is one answer.
    beyond && attempt.reference.is_some() && attempt.updated_at != attempt.accepted_at
}

fn taken(frame: &Frame, attempt: &Attempt) -> Entry {
    let provider = names::provider(attempt.provider.as_str());
    let title = if frame.korean() { format!("{provider} 접수") } else { format!("{provider} took it") };
    let took = after(frame, attempt, attempt.accepted_at);
    Entry {
        badge: Some(names::delivery(frame, DeliveryState::Accepted)),
        facts: vec![took],
        ..Entry::new(frame, attempt.accepted_at, title)
    }
}

/// How long something came after the provider was asked.
fn after(frame: &Frame, attempt: &Attempt, at: Timestamp) -> (&'static str, String) {
    let took = at.duration_since(attempt.started_at).as_millis() / 100;
    (frame.say("요청 뒤", "After"), format::duration(u32::try_from(took).ok(), frame.locale))
}

fn reached(frame: &Frame, attempt: &Attempt) -> Entry {
    let provider = names::provider(attempt.provider.as_str());
    let title = if frame.korean() { format!("{provider} 결과") } else { format!("What {provider} said") };
    let mut entry = Entry {
        badge: Some(names::delivery(frame, attempt.state)),
        ..Entry::new(frame, attempt.updated_at, title)
    };
    if let Some(class) = attempt.failure.filter(|_| attempt.state != DeliveryState::Delivered) {
        let text = format!("{}: {}", names::failure(frame, class), failure_words::failure(frame, class));
        entry.facts.push((frame.say("이유", "Why"), text));
    }
    if let Some(code) = &attempt.provider_code {
        entry.facts.push((frame.say("발송사 코드", "Provider's code"), code.clone()));
    }
    if let Some(reference) = &attempt.reference {
        entry.facts.push((frame.say("발송사 참조", "Reference"), reference.as_str().to_owned()));
    }
    if let Some(price) = &attempt.price {
        let amount = bonin_domain::Amount::of(price);
        let written = format::money(amount, price.currency(), frame.locale);
        entry.facts.push((frame.say("비용", "Price"), written));
    }
    entry.facts.push(after(frame, attempt, attempt.updated_at));
    entry
}

/// The end, or that there is none yet.
fn ended(frame: &Frame, verification: &FiledVerification) -> Entry {
    let title = match verification.status {
        Status::Pending => frame.say("만료 예정", "Runs out"),
        Status::Verified => frame.say("인증 완료", "Verified"),
        Status::Expired => frame.say("시간이 다 됨", "Time ran out"),
        Status::Cancelled => frame.say("취소함", "Cancelled"),
        Status::Locked => frame.say("확인 횟수를 다 씀", "The checks were used up"),
    };
    let took = verification.ended_at.duration_since(verification.created_at).max(SignedDuration::ZERO);
    let took = u32::try_from(took.as_millis() / 100).ok();
    let checks = format!("{} / {}", verification.checks, verification.max_checks);
    Entry {
        badge: Some(names::status(frame, verification.status)),
        facts: vec![
            (frame.say("입력한 횟수", "Checks"), checks),
            (frame.say("시작부터", "Since the start"), format::duration(took, frame.locale)),
        ],
        ..Entry::new(frame, verification.ended_at, title.to_owned())
    }
}

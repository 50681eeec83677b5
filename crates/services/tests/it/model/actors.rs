//! Who does what.

/// One of the two who start a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starter {
    Owner,
    Second,
}

/// A code that is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The latest that was sent.
    Latest,
    /// The first that was sent.
    First,
    /// None of those sent.
    Wrong,
}

/// One step of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Start(Starter),
    Resend(Starter),
    Check(Starter, Typed),
    Cancel(Starter),
    /// The stranger tries the owner's verification with a token of its own.
    StrangerResends,
    StrangerChecks(Typed),
    StrangerCancels,
    /// Time passes, in seconds: until a resend is due, or until a code has died.
    Wait(i64),
}

/// Every step there is.
pub fn steps() -> Vec<Step> {
    let mut steps = Vec::new();
    for who in [Starter::Owner, Starter::Second] {
        steps.extend([Step::Start(who), Step::Resend(who), Step::Cancel(who)]);
        let typed = [Typed::Latest, Typed::First, Typed::Wrong];
        steps.extend(typed.map(|typed| Step::Check(who, typed)));
    }
    steps.extend([Step::StrangerResends, Step::StrangerCancels]);
    steps.extend([Typed::Latest, Typed::Wrong].map(Step::StrangerChecks));
    steps.extend([Step::Wait(60), Step::Wait(180)]);
    steps
}

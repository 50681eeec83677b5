//! How far tenants' ceilings of spending are used up.

use bonin_domain::Amount;
use bonin_domain::spending::SpendingStep;
use bonin_services::spending::TenantSpending;

use super::names::Badge;
use crate::pages::{Frame, format};

/// A tenant's day, as pages show it.
pub struct Ceiling {
    /// Whose.
    pub tenant: String,
    /// What its messages come to, in whole won.
    pub spent: u32,
    /// What they may come to.
    pub most: u32,
    /// Both in words.
    pub text: String,
    /// How near they are.
    pub badge: Badge,
}

impl Ceiling {
    pub fn of(frame: &Frame, of: &TenantSpending) -> Self {
        let won = |won: u32| format::money(Amount::whole(won.into()), "KRW", frame.locale);
        let (spent, ceiling) = (of.spent.whole_won(), of.ceiling.whole_won());
        let (all, some) = (won(ceiling), won(spent));
        let text = if frame.korean() { format!("{all} 중 {some}") } else { format!("{some} of {all}") };
        Self {
            tenant: of.tenant.to_string(),
            spent,
            most: ceiling,
            text,
            badge: badge(frame, of.step(), of.applied),
        }
    }

    /// Half of the ceiling.
    pub fn half(&self) -> u32 {
        self.most / 2
    }

    /// Four fifths of it.
    pub fn near(&self) -> u32 {
        self.most / 5 * 4
    }
}

fn badge(frame: &Frame, step: Option<SpendingStep>, applied: bool) -> Badge {
    if !applied {
        return Badge::new("mute", frame.say("기록만 해요", "Recorded only"));
    }
    let (kind, ko, en) = match step {
        None => ("good", "여유", "Room left"),
        Some(SpendingStep::Half) => ("mute", "50% 이상", "Half or more"),
        Some(SpendingStep::Most) => ("warn", "80% 이상", "80% or more"),
        Some(SpendingStep::All) => ("bad", "상한 도달", "Reached"),
    };
    Badge::new(kind, frame.say(ko, en))
}

//! What messages cost, in words.

use bonin_services::analytics::{Cost, Overview};

use super::figures::{NOTHING, joined};
use crate::pages::{Frame, format};

/// Sums of all currencies, KRW first. Where attempts were made and no price is known, that is no zero.
pub fn sum(frame: &Frame, cost: &Cost) -> String {
    let written = |(currency, amount)| format::money(amount, currency, frame.locale);
    let (won, others): (Vec<_>, Vec<_>) = cost.amounts().partition(|(currency, _)| *currency == "KRW");
    let sums: Vec<String> = won.into_iter().chain(others).map(written).collect();
    match sums.is_empty() {
        false => sums.join(" + "),
        true if cost.is_unknown() => NOTHING.to_owned(),
        true => format::money(cost.of("KRW"), "KRW", frame.locale),
    }
}

/// What a sum leaves out.
pub fn left_out(frame: &Frame, cost: &Cost) -> Option<String> {
    let many = Some(cost.unpriced()).filter(|many| *many > 0).map(format::number)?;
    Some(match (cost.is_unknown(), frame.korean()) {
        (true, _) => frame.say("가격이 설정되지 않았어요", "no price is set").to_owned(),
        (false, true) => format!("가격을 모르는 {many}건 제외"),
        (false, false) => format!("without {many} of unknown price"),
    })
}

/// A sum, and what it leaves out.
pub fn noted(frame: &Frame, cost: &Cost) -> String {
    joined([Some(sum(frame, cost)), left_out(frame, cost)])
}

/// What each verified user cost, and what that leaves out.
pub fn notes(frame: &Frame, overview: &Overview) -> String {
    joined([per_user(frame, overview), left_out(frame, &overview.cost)])
}

/// `None` where nobody was verified, or it cannot be told.
fn per_user(frame: &Frame, overview: &Overview) -> Option<String> {
    let each = overview.cost_per_verified.as_ref().filter(|each| each.amounts().next().is_some())?;
    let each = sum(frame, each);
    Some(if frame.korean() { format!("인증 1건에 {each}") } else { format!("{each} a verified user") })
}

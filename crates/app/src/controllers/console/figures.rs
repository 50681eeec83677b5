//! What the pages with figures share.

use bonin_domain::analytics::Spread;
use bonin_ports::RepositoryError;
use bonin_services::analytics::{FailureCount, Figures, Overview, ReadToday, Today};

use super::{failure_words, names};
use crate::pages::{Frame, format};
use crate::problem::Problem;

/// What stands where there is no figure.
pub const NOTHING: &str = "–";

/// A figure.
pub struct Stat {
    /// Of what.
    pub name: &'static str,
    /// The figure.
    pub value: String,
    /// What goes with it.
    pub note: String,
}

/// A step of the funnel.
pub struct FunnelStep {
    /// Which.
    pub name: &'static str,
    /// How many came so far.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The same in words.
    pub text: String,
}

/// Attempts of one provider that failed in one way.
pub struct Failure {
    /// Why.
    pub class: &'static str,
    /// What it means.
    pub text: &'static str,
    /// Who was asked.
    pub provider: String,
    /// How many.
    pub count: String,
}

/// Today's figures; `None` where the store has no time to count them, which keeps nobody from what else a page tells.
///
/// # Errors
/// What trying again does not help.
pub async fn today(read: &ReadToday) -> Result<Option<Today>, Problem> {
    match read.execute().await {
        Ok(today) => Ok(Some(today)),
        Err(error @ RepositoryError::Internal(_)) => Err(Problem::from(&error)),
        Err(error) => {
            tracing::warn!(error = %error, "a page is shown without figures");
            Ok(None)
        }
    }
}

/// Whether nothing happened. Where all attempts failed, the starts may count for another provider.
pub fn quiet(overview: &Overview) -> bool {
    overview.outcomes.starts() == 0 && overview.attempts == 0 && overview.refused.unwrap_or(0) == 0
}

/// Notes beside one another.
pub fn joined(notes: impl IntoIterator<Item = Option<String>>) -> String {
    let notes = notes.into_iter().flatten().filter(|note| !note.is_empty());
    notes.collect::<Vec<_>>().join(" · ")
}

/// Which share of the attempts failed, where there were any.
pub fn failed_share(frame: &Frame, overview: &Overview) -> Option<String> {
    let share = (overview.attempts > 0).then(|| format::share(overview.failed, overview.attempts))?;
    Some(if frame.korean() { format!("시도의 {share}") } else { format!("{share} of attempts") })
}

/// How long nearly all of them took at most, where there are any.
pub fn nearly_all(frame: &Frame, times: &Spread) -> Option<String> {
    let most = format::duration(Some(times.percentile(95)?), frame.locale);
    Some(if frame.korean() { format!("95%는 {most} 안에") } else { format!("95% within {most}") })
}

/// The steps of the funnel.
pub fn steps(frame: &Frame, figures: &Figures) -> Vec<FunnelStep> {
    let funnel = figures.funnel();
    let step = |name: &'static str, count: u64| FunnelStep {
        name,
        count,
        of: funnel.started.max(1),
        text: format!("{} ({})", format::number(count), format::share(count, funnel.started)),
    };
    vec![
        step(frame.say("시작", "Started"), funnel.started),
        step(frame.say("발송사 접수", "Taken by a provider"), funnel.accepted),
        step(frame.say("도착 확인", "Known to be delivered"), funnel.delivered),
        step(frame.say("번호 입력", "Code typed"), funnel.typed),
        step(frame.say("인증 완료", "Verified"), funnel.verified),
    ]
}

/// The most frequent failures.
pub fn failures(frame: &Frame, failures: &[FailureCount], most: usize) -> Vec<Failure> {
    let shown = failures.iter().take(most).map(|failure| Failure {
        class: names::failure(frame, failure.class),
        text: failure_words::failure(frame, failure.class),
        provider: names::provider(failure.provider.as_str()).to_owned(),
        count: format::number(failure.count),
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_whose_attempts_all_failed_is_not_quiet() {
        assert!(quiet(&Overview::default()));
        assert!(quiet(&Overview { refused: Some(0), ..Overview::default() }));
        assert!(!quiet(&Overview { refused: Some(2), ..Overview::default() }));
        assert!(!quiet(&Overview { attempts: 3, failed: 3, ..Overview::default() }));
    }
}

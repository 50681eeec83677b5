//! The choice of a route, as the document that is stored with an attempt.

use bonin_domain::routing::{Candidate, Reason, RouteChoice, RouteMode};
use serde_json::{Value, json};

use super::provider;
use crate::failure::Failure;
use crate::sql::Document;

/// A choice as it is stored.
pub fn route_document(choice: &RouteChoice) -> Document {
    let candidate = |candidate: &Candidate| {
        let (provider, reason) = (candidate.provider.as_str(), candidate.reason.as_str());
        json!({ "provider": provider, "score": candidate.score, "reason": reason })
    };
    let candidates: Vec<Value> = choice.candidates.iter().map(candidate).collect();
    Document(json!({ "mode": choice.mode.as_str(), "candidates": candidates }))
}

/// Reads a stored choice.
pub fn route(stored: &Value) -> Result<RouteChoice, Failure> {
    read(stored).ok_or(Failure::BadRow("attempts.route"))
}

fn read(stored: &Value) -> Option<RouteChoice> {
    let candidate = |stored: &Value| {
        Some(Candidate {
            provider: provider(stored.get("provider")?.as_str()?).ok()?,
            score: stored.get("score")?.as_f64()?,
            reason: Reason::from_name(stored.get("reason")?.as_str()?)?,
        })
    };
    Some(RouteChoice {
        mode: RouteMode::from_name(stored.get("mode")?.as_str()?)?,
        candidates: stored.get("candidates")?.as_array()?.iter().map(candidate).collect::<Option<_>>()?,
    })
}

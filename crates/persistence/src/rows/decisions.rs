//! Decisions on starts and resends.

use bonin_domain::codes::{Finding, RuleMode};
use serde_json::json;

use crate::sql::{Document, Instant, Uid};

/// The decision on a start or a resend.
pub struct DecisionRow<'a> {
    pub id: Uid,
    pub tenant: &'a str,
    pub purpose: &'a str,
    pub phone_index: &'a [u8],
    pub test_number: bool,
    pub address: Option<&'a [u8]>,
    pub network: Option<&'a [u8]>,
    pub outcome: &'a str,
    pub findings: Document,
    pub created_at: Instant,
    /// Of a resend.
    pub verification_id: Option<Uid>,
}

/// Findings as the document that is stored.
pub fn findings_document(findings: &[Finding]) -> Document {
    let entries: Vec<_> = findings
        .iter()
        .map(|finding| {
            json!({
                "rule": finding.rule.as_str(),
                "value": finding.value,
                "threshold": finding.threshold,
                "window_secs": finding.window_secs,
                "until": finding.until.map(|at| at.to_string()),
                "mode": match finding.mode {
                    RuleMode::Off => "off",
                    RuleMode::Record => "record",
                    RuleMode::Block => "block",
                },
            })
        })
        .collect();
    Document(serde_json::Value::Array(entries))
}

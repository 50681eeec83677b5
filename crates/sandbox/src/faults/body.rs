//! Reads the body of `PUT /sandbox/faults`, and says of each wrong member what is wrong.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::{Fault, On, Provider, Receipt};
use crate::numbers;
use crate::problem::{FieldError, Problem};

/// Longer than any client waits; a typing error must not hold a connection for a year.
const LONGEST_DELAY_MS: u64 = 10 * 60 * 1000;
const LONGEST_RECEIPT_DELAY_MS: u64 = 24 * 60 * 60 * 1000;

type Wrong = (&'static str, String);

/// Reads a fault from a JSON object.
pub(super) fn read(body: &Map<String, Value>) -> Result<Fault, Problem> {
    let mut errors = Vec::new();
    let mut known = false;
    let mut fault = Fault::none(Provider::Sens);
    for (name, value) in body {
        if name == "provider" {
            known = true;
        }
        if let Err((code, message)) = member(&mut fault, name, value) {
            errors.push(FieldError { field: name.clone(), code, message });
        }
    }
    if !known {
        errors.push(FieldError {
            field: "provider".to_owned(),
            code: "missing",
            message: "names the provider, such as \"sens\"".to_owned(),
        });
    }
    if errors.is_empty() && !has_effect(&fault) {
        errors.push(FieldError {
            field: "status".to_owned(),
            code: "missing",
            message: "no fault is given: add status, reset, malformed, delay_ms, drip_ms, drop, receipt, \
                      receipt_delay_ms, duplicate_receipts or reorder_receipts"
                .to_owned(),
        });
    }
    if errors.is_empty() { Ok(fault) } else { Err(Problem::Invalid(errors)) }
}

fn member(fault: &mut Fault, name: &str, value: &Value) -> Result<(), Wrong> {
    match name {
        "provider" => fault.provider = provider(value)?,
        "on" => fault.on = on(value)?,
        "status" => {
            let status = number(value, 400..=599)?;
            fault.status = u16::try_from(status).ok();
        }
        "reset" => fault.reset = boolean(value)?,
        "malformed" => fault.malformed = boolean(value)?,
        "delay_ms" => fault.delay_ms = number(value, 0..=LONGEST_DELAY_MS)?,
        "drip_ms" => fault.drip_ms = number(value, 0..=LONGEST_DELAY_MS)?,
        "drop" => fault.drop = boolean(value)?,
        "receipt" => fault.receipt = Some(receipt(value)?),
        "receipt_code" => fault.receipt_code = Some(receipt_code(value)?),
        "receipt_delay_ms" => fault.receipt_delay_ms = Some(number(value, 0..=LONGEST_RECEIPT_DELAY_MS)?),
        "duplicate_receipts" => fault.duplicate_receipts = number(value, 0..=100)?,
        "reorder_receipts" => fault.reorder_receipts = boolean(value)?,
        "count" => fault.count = Some(number(value, 1..=1_000_000)?),
        "to" => fault.to = Some(to(value)?),
        _ => return Err(("unknown", "is not a member of a fault".to_owned())),
    }
    Ok(())
}

fn has_effect(fault: &Fault) -> bool {
    let plain =
        Fault { on: fault.on, count: fault.count, to: fault.to.clone(), ..Fault::none(fault.provider) };
    *fault != plain
}

fn text(value: &Value) -> Result<&str, Wrong> {
    value.as_str().ok_or_else(|| ("type", "must be a string".to_owned()))
}

fn boolean(value: &Value) -> Result<bool, Wrong> {
    value.as_bool().ok_or_else(|| ("type", "must be true or false".to_owned()))
}

fn number(value: &Value, range: RangeInclusive<u64>) -> Result<u64, Wrong> {
    let (low, high) = (*range.start(), *range.end());
    let number =
        value.as_u64().ok_or_else(|| ("type", format!("must be a whole number, {low} to {high}")))?;
    if range.contains(&number) { Ok(number) } else { Err(("range", format!("must be {low} to {high}"))) }
}

fn provider(value: &Value) -> Result<Provider, Wrong> {
    Provider::find(text(value)?).ok_or_else(|| ("unknown", "is not a simulated provider".to_owned()))
}

fn on(value: &Value) -> Result<On, Wrong> {
    match text(value)? {
        "send" => Ok(On::Send),
        "read" => Ok(On::Read),
        "all" => Ok(On::All),
        _ => Err(("unknown", "must be \"send\", \"read\" or \"all\"".to_owned())),
    }
}

fn receipt(value: &Value) -> Result<Receipt, Wrong> {
    match text(value)? {
        "delivered" => Ok(Receipt::Delivered),
        "failed" => Ok(Receipt::Failed),
        _ => Err(("unknown", "must be \"failed\" or \"delivered\"".to_owned())),
    }
}

fn receipt_code(value: &Value) -> Result<String, Wrong> {
    let code = text(value)?;
    let plausible = (1..=16).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plausible && code != "0" {
        Ok(code.to_owned())
    } else {
        Err(("range", "must be a provider's code for a failed delivery, such as \"3012\"".to_owned()))
    }
}

fn to(value: &Value) -> Result<String, Wrong> {
    numbers::parse(text(value)?).ok_or_else(|| ("number_malformed", "is not a phone number".to_owned()))
}

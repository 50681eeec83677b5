//! Statements with a text of their own that never changes, so that both engines keep them prepared.

use diesel::prelude::*;
use diesel::query_builder::AstPass;

use super::super::engine::{Backend, VALUE};

/// Pushes `text`. `:n` in it stands for the n-th value, which `value` pushes; values appear in order the first
/// time, and again where they are needed again.
pub fn push<'b>(
    text: &str,
    mut out: AstPass<'_, 'b, Backend>,
    value: impl Fn(usize, &mut AstPass<'_, 'b, Backend>) -> QueryResult<()>,
) -> QueryResult<()> {
    let mut pieces = text.split(':');
    out.push_sql(pieces.next().unwrap_or_default());
    let mut pushed = 0;
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (number, text) = piece.split_at(digits);
        if number.parse() == Ok(pushed + 1) {
            pushed += 1;
            value(pushed, &mut out)?;
        } else {
            out.push_sql(VALUE);
            out.push_sql(number);
        }
        out.push_sql(text);
    }
    Ok(())
}

//! Statements with a text of their own that never changes, so that both engines keep them prepared.

use diesel::prelude::*;
use diesel::query_builder::AstPass;

use super::super::engine::{Backend, VALUE};

/// Pushes `text`. `:n` in it stands for the value of number n, which `value` pushes where it appears first; where it is
/// needed again, the one that stands there already is referred to.
pub fn push<'b>(
    text: &str,
    mut out: AstPass<'_, 'b, Backend>,
    value: impl Fn(usize, &mut AstPass<'_, 'b, Backend>) -> QueryResult<()>,
) -> QueryResult<()> {
    let mut pieces = text.split(':');
    out.push_sql(pieces.next().unwrap_or_default());
    let mut pushed = Vec::new();
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (number, text) = piece.split_at(digits);
        if let Some(place) = pushed.iter().position(|known| *known == number) {
            out.push_sql(VALUE);
            out.push_sql(&(place + 1).to_string());
        } else {
            pushed.push(number);
            value(number.parse().unwrap_or_default(), &mut out)?;
        }
        out.push_sql(text);
    }
    Ok(())
}

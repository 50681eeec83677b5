//! The ceilings of spending (requirement B11).

use bonin_domain::spending::{Ceilings, Charge};

use super::providers::ProviderSettings;
use super::reader::{Reader, filled};
use super::resolve::rule_mode;
use super::tenants::Tenants;
use super::tree;

/// A ceiling in whole won.
pub(super) fn daily_won(reader: &mut Reader, name: &str, written: Option<&String>) -> Option<u32> {
    let text = filled(written)?;
    let won = text.parse().ok().filter(|won| *won > 0);
    reader.read(name, won.ok_or("must be whole won, 1 to 4294967295"))
}

/// The ceilings, where each provider has a price for whatever it carries: what has none would pass under any ceiling.
pub(super) fn read(
    reader: &mut Reader,
    written: &tree::Limits,
    tenants: &Tenants,
    providers: &ProviderSettings,
) -> Option<Ceilings> {
    let mode = written.spending.as_ref().map(|mode| ("LIMITS__SPENDING", mode));
    let (name, mode) = mode.unwrap_or(("LIMITS__MODE", &written.mode));
    let mode = rule_mode(reader, name, mode)?;
    let general = daily_won(reader, "LIMITS__DAILY_WON", written.daily_won.as_ref()).map(Charge::won);
    let own = tenants.all.iter().filter_map(|(name, of)| Some((name.clone(), Charge::won(of.daily_won?))));
    let ceilings = Ceilings { mode, general, own: own.collect() };
    if ceilings.any() {
        for name in providers.without_price() {
            reader.complain(&name, "is missing: a ceiling of spending has to know what each message costs");
        }
    }
    Some(ceilings)
}

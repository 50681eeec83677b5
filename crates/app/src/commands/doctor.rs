//! `bonin doctor`
pub fn run(_file: Option<&std::path::Path>) -> Result<(), crate::wiring::Failure> {
    Err("not yet".into())
}

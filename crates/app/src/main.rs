//! The `bonin` binary.

fn main() -> std::process::ExitCode {
    bonin_app::cli::run()
}

//! Reading files and the environment. The one place that does.

use std::path::Path;

use config::{Config, Environment, File, FileFormat};

use super::tree::Tree;

/// The defaults, compiled in.
const DEFAULTS: &str = include_str!("../../../../config/default.toml");

/// Why the configuration cannot be read. The text names the setting, never its value.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file named with `--config` is missing.
    #[error("the configuration file {0} cannot be read")]
    Missing(String),
    /// A name or a value is wrong.
    #[error("the configuration cannot be read: {0}")]
    Wrong(String),
}

/// Reads the configuration; `file` is what `--config` names.
///
/// # Errors
/// [`LoadError`] when a file is missing, or a name or a type is wrong.
pub fn load(file: Option<&Path>) -> Result<Tree, LoadError> {
    if let Some(file) = file
        && !file.is_file()
    {
        return Err(LoadError::Missing(file.display().to_string()));
    }
    // What the mode is decides which file is read; so the mode is looked up first.
    let mode: String = build(None, file)?.get("mode").map_err(|error| wrong(&error))?;
    let mode_file = (mode.chars().all(char::is_alphanumeric)).then(|| format!("config/{mode}.toml"));
    build(mode_file.as_deref(), file)?.try_deserialize().map_err(|error| wrong(&error))
}

fn build(mode_file: Option<&str>, file: Option<&Path>) -> Result<Config, LoadError> {
    // Values of the environment stay text until their typed field parses them: a sender number keeps its
    // leading zero.
    let environment =
        Environment::with_prefix("BONIN").prefix_separator("__").separator("__").try_parsing(false);
    let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
    if let Some(path) = mode_file {
        builder = builder.add_source(File::new(path, FileFormat::Toml).required(false));
    }
    if let Some(path) = file {
        builder = builder.add_source(File::from(path).format(FileFormat::Toml));
    }
    builder.add_source(environment).build().map_err(|error| wrong(&error))
}

/// The library's texts may quote a value that has the wrong type; only the name and the kind of fault are kept.
fn wrong(error: &config::ConfigError) -> LoadError {
    use config::ConfigError;
    LoadError::Wrong(match error {
        ConfigError::NotFound(key) => format!("{key} is missing"),
        ConfigError::Type { key: Some(key), expected, .. } => format!("{key} must be {expected}"),
        ConfigError::At { error, key, .. } => match (key, &**error) {
            (Some(key), ConfigError::Type { expected, .. }) => format!("{key} must be {expected}"),
            (Some(key), inner) => format!("{key}: {}", unquoted(inner)),
            (None, inner) => unquoted(inner),
        },
        ConfigError::FileParse { uri, .. } => {
            format!("{} is not valid TOML", uri.as_deref().unwrap_or("a file"))
        }
        other => unquoted(other),
    })
}

fn unquoted(error: &config::ConfigError) -> String {
    match error {
        config::ConfigError::Message(text) if text.starts_with("unknown field") => text.clone(),
        config::ConfigError::NotFound(key) => format!("{key} is missing"),
        _ => "a value has the wrong type".to_owned(),
    }
}

//! What every adapter is given in its settings: where the provider is, and who we are there.

use reqwest::Url;

/// Reads a provider's address: scheme (`http` for simulators, or `https`) and host, nothing more. A path of its own
/// would be signed here and be gone when a proxy has cut it off.
///
/// # Errors
/// What is wrong, to follow the setting's name; the value is never repeated.
pub fn base_url(raw: &str) -> Result<Url, &'static str> {
    let url = Url::parse(raw).map_err(|_| "is not a URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("is neither http nor https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or password");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("holds more than scheme and host");
    }
    Ok(url)
}

/// Whether a text can be a key, an id or a secret: visible ASCII.
///
/// # Errors
/// What is wrong, to follow the setting's name; the value is never repeated.
pub fn check_key(raw: &str) -> Result<(), &'static str> {
    if raw.is_empty() {
        return Err("is empty");
    }
    // A line feed at the end of a secrets file is the usual cause.
    if !raw.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("holds a blank, a line break or a character that is not ASCII");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_scheme_and_host() {
        for good in ["https://sens.apigw.ntruss.com", "http://127.0.0.1:8090/"] {
            assert!(base_url(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api.example.com",
            "ftp://api.example.com",
            "https://a.b/c",
            "https://a.b?c",
            "https://a.b#c",
            "https://me:pw@a.b",
        ] {
            assert!(base_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_is_visible_ascii() {
        assert!(check_key("key-1_=").is_ok());
        for bad in ["", "key\n", "a key", "키"] {
            assert!(check_key(bad).is_err(), "{bad:?}");
        }
    }
}

//! A call as one `curl` line that can be pasted into a shell. Secrets and names are variables of the shell.

use serde_json::Value;

/// What a call is made of.
pub struct Call {
    pub method: &'static str,
    pub path: String,
    /// What goes into `Authorization: Bearer`, as a variable of the shell.
    pub bearer: Option<&'static str>,
    /// The headers that it cannot do without.
    pub headers: Vec<String>,
    pub body: Option<Value>,
}

impl Call {
    /// The line, for the server at `address` (`https://bonin.example`).
    pub fn line(&self, address: &str) -> String {
        let quoted = self.path.contains('{');
        let path = self.path.split('{').map(variable).collect::<String>();
        let address = address.trim_end_matches('/');
        let target = if quoted { format!("\"{address}{path}\"") } else { format!("{address}{path}") };
        let mut parts = vec![match (self.method, &self.body) {
            ("GET", _) | ("POST", Some(_)) => format!("curl {target}"),
            (method, _) => format!("curl -X {method} {target}"),
        }];
        if let Some(bearer) = self.bearer {
            parts.push(format!("-H \"Authorization: Bearer ${bearer}\""));
        }
        let headers = self.headers.iter();
        parts
            .extend(headers.map(|name| format!("-H \"{name}: ${}\"", name.replace('-', "_").to_uppercase())));
        if let Some(body) = &self.body {
            parts.push("-H 'Content-Type: application/json'".to_owned());
            let body = serde_json::to_string_pretty(body).unwrap_or_default().replace('\'', "'\\''");
            parts.push(format!("-d '{body}'"));
        }
        parts.join(" \\\n  ")
    }
}

/// `id}/check` becomes `$ID/check`.
fn variable(piece: &str) -> String {
    match piece.split_once('}') {
        Some((name, rest)) => format!("${}{rest}", name.to_uppercase()),
        None => piece.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_can_be_pasted_into_a_shell() {
        let call = Call {
            method: "PUT",
            path: "/v1/templates/{purpose}/{locale}".to_owned(),
            bearer: Some("KEY"),
            headers: vec!["Verification-Token".to_owned()],
            body: Some(json!({"text": "it's"})),
        };
        assert_eq!(
            call.line("https://bonin.example/"),
            "curl -X PUT \"https://bonin.example/v1/templates/$PURPOSE/$LOCALE\" \\\n  \
             -H \"Authorization: Bearer $KEY\" \\\n  -H \"Verification-Token: $VERIFICATION_TOKEN\" \\\n  \
             -H 'Content-Type: application/json' \\\n  -d '{\n  \"text\": \"it'\\''s\"\n}'"
        );
        let plain =
            Call { method: "GET", path: "/v1/terms".to_owned(), bearer: None, headers: vec![], body: None };
        assert_eq!(plain.line("http://127.0.0.1:8080"), "curl http://127.0.0.1:8080/v1/terms");
    }
}

//! Somebody who runs the deployment, in a browser without scripts.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, COOKIE};
use ring::hmac;

use crate::api::{Answer, Api};
use crate::server::Server;
use crate::visitor::{field_of, urlencoded};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// The console's cookie.
const NAME: &str = "__Host-bonin-console";

/// An administrator, with what they know and have.
#[derive(Clone, Debug)]
pub struct Administrator {
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
    /// The secret of their authenticator app, in base32.
    pub secret: String,
    /// The step of 30 seconds in which they confirmed the app: its one-time password is used, the next one's is not.
    pub step: i64,
    /// The session's token, once they are logged in.
    pub session: Option<String>,
    /// The admin listener.
    pub console: Api,
}

impl Server {
    /// An invitation, as the terminal prints it; for setting anew what `reset` has.
    ///
    /// # Panics
    /// When none is printed.
    pub fn invitation(&self, reset: Option<&str>) -> String {
        let mut arguments = vec!["admin", "invite"];
        arguments.extend(reset.iter().flat_map(|name| ["--reset", name]));
        let printed = self.run(&arguments);
        let token = printed.lines().find_map(|line| line.strip_prefix("token: "));
        token.expect("a token").to_owned()
    }

    /// Somebody who became an administrator and is logged in.
    ///
    /// # Panics
    /// When that fails.
    pub async fn administrator(&self) -> Administrator {
        let mut administrator = Administrator::invited(self).await;
        let code = administrator.code(1);
        let _ = administrator.log_in(&code).await.expect(303);
        administrator
    }
}

impl Administrator {
    /// Somebody who became an administrator and is not logged in.
    ///
    /// # Panics
    /// When they are not taken.
    pub async fn invited(server: &Server) -> Self {
        let name = format!("keeper{:03}", NEXT.fetch_add(1, Ordering::Relaxed));
        Self::join(server, &name, &server.invitation(None)).await
    }

    /// Somebody who becomes an administrator under an invitation, or sets everything anew.
    ///
    /// # Panics
    /// When they are not taken.
    pub async fn join(server: &Server, name: &str, token: &str) -> Self {
        let mut administrator = Self {
            name: name.to_owned(),
            password: format!("quiet lighthouse {}", NEXT.fetch_add(1, Ordering::Relaxed)),
            secret: String::new(),
            step: 0,
            session: None,
            console: server.admin().clone(),
        };
        let choice = [("token", token), ("name", name), ("password", administrator.password.as_str())];
        let page = administrator.send("/console/join", &choice).await.expect(200).text;
        let (_, typed) = page.split_once("<dd class=\"mono\">").expect("a secret to type");
        administrator.secret = typed.split('<').next().unwrap_or_default().replace(' ', "");
        administrator.step = step_now();
        let (chosen, code) = (field_of(&page, "chosen"), administrator.code(0));
        let confirmed = [("token", token), ("chosen", chosen.as_str()), ("code", code.as_str())];
        let joined = administrator.send("/console/join/confirm", &confirmed).await.expect(303);
        assert_eq!(joined.header("location"), "/console/login?joined=1");
        administrator
    }

    /// The one-time password of a step, counted from the one that confirmed the app. That of 1 is good at once.
    ///
    /// # Panics
    /// When the secret is no base32.
    pub fn code(&self, step: i64) -> String {
        of_step(&self.secret, self.step + step)
    }

    /// Logs in with a one-time password; where that leads, or the form again.
    pub async fn log_in(&mut self, code: &str) -> Answer {
        let fields = [("name", self.name.as_str()), ("password", self.password.as_str()), ("code", code)];
        let answer = self.send("/console/login", &fields).await;
        if let Some(cookie) = answer.header("set-cookie").strip_prefix(&format!("{NAME}=")) {
            self.session = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }

    /// The same person, not logged in, about to confirm an app or to log in now.
    #[must_use]
    pub fn of_now(server: &Server, like: &Self) -> Self {
        Self { step: step_now(), session: None, ..like.at(server) }
    }

    /// The same person at another server's console.
    #[must_use]
    pub fn at(&self, server: &Server) -> Self {
        Self { console: server.admin().clone(), ..self.clone() }
    }

    /// The bytes of the app's secret.
    pub fn secret_bytes(&self) -> Vec<u8> {
        unbase32(&self.secret)
    }

    /// `GET path`
    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// The token that forms of the session show.
    ///
    /// # Panics
    /// When nobody is logged in.
    pub async fn form_token(&self) -> String {
        field_of(&self.get("/console/tenants").await.expect(200).text, "form_token")
    }

    /// `POST path` with a form of these fields and the form token.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token().await;
        let mut all = vec![("form_token", token.as_str())];
        all.extend(fields);
        self.send(path, &all).await
    }

    /// `POST path` with a form of these fields alone, as our own page sends it.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = self.console.base().to_owned();
        self.send_from(path, fields, &[("origin", &origin), ("sec-fetch-site", "same-origin")]).await
    }

    /// `POST path` with a form of these fields alone, and these headers.
    pub async fn send_from(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body = urlencoded(fields);
        let mut request = self.request(Method::POST, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::to(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.console.request(method, path);
        match &self.session {
            Some(session) => request.header(COOKIE, format!("{NAME}={session}")),
            None => request,
        }
    }
}

/// What an authenticator app shows for a secret (base32), so many steps of 30 seconds from now.
///
/// # Panics
/// When the secret is no base32.
pub fn one_time_password(secret: &str, ahead: i64) -> String {
    of_step(&secret.replace(' ', ""), step_now() + ahead)
}

/// RFC 6238, written from there and not from ours.
fn of_step(secret: &str, step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &unbase32(secret));
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 0xf);
    let number = u32::from_be_bytes(tag[at..at + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The bytes that a base32 text stands for.
fn unbase32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => panic!("not base32"),
        };
        (bits, held) = (bits << 5 | u32::from(value), held + 5);
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).expect("eight bits"));
        }
    }
    bytes
}

/// The step of 30 seconds of now.
#[expect(clippy::disallowed_methods, reason = "an authenticator app goes by the time of day")]
fn step_now() -> i64 {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    i64::try_from(seconds / 30).expect("a step")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_read_as_published() {
        assert_eq!(unbase32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), b"12345678901234567890");
    }
}

//! Somebody who has to log in first: where they were, and what they had typed. Of that nothing is lost, and nothing stands
//! in an address or a log: the pages keep it.

use super::session::{HOME, LOG_IN};
use crate::pages::form::{Form, TOKEN};
use crate::pages::{Frame, encode};

/// What stands before the names of the fields that are kept.
const KEPT: &str = "kept.";

/// Fields that people type into, with their names in both languages.
const TYPED: [(&str, &str, &str); 4] = [
    ("text", "문구", "Text"),
    ("id", "인증 ID", "ID"),
    ("number", "휴대폰 번호", "Phone number"),
    ("reason", "사유", "Reason"),
];

/// An address of one of the console's own pages, as they are written: nothing that leads anywhere else.
pub fn own_page(address: &str) -> Option<&str> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let below = path.strip_prefix(HOME)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte);
    let written = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%&=".contains(&byte);
    let ours = (below.is_empty() || below.starts_with('/')) && !below.contains("//");
    let stays = path != LOG_IN && path != "/console/logout";
    let right =
        ours && stays && address.len() <= 2_000 && path.bytes().all(plain) && query.bytes().all(written);
    right.then_some(address)
}

/// Where somebody logs in who asked for the page of `frame`; `ended` where their session is over.
pub fn way_in(frame: &Frame, ended: bool) -> String {
    address(frame, ended.then_some("ended=1"))
}

/// Where somebody logs in whose session was over when they pressed something on the page of `frame`: it was not done.
pub fn way_in_after(frame: &Frame) -> String {
    address(frame, Some("ended=1&undone=1"))
}

fn address(frame: &Frame, why: Option<&str>) -> String {
    let page = frame.address();
    let back = own_page(&page).filter(|page| *page != HOME).map(|page| format!("back={}", encode(page)));
    let lang = frame.chosen_language().map(|lang| format!("lang={lang}"));
    let parts: Vec<String> = why.map(str::to_owned).into_iter().chain(back).chain(lang).collect();
    if parts.is_empty() { LOG_IN.to_owned() } else { format!("{LOG_IN}?{}", parts.join("&")) }
}

/// A form that came when its session was over, with what was typed.
pub struct Unfinished {
    /// Where it was sent.
    pub path: String,
    fields: Vec<(String, String)>,
}

/// A field of a form that goes on.
pub struct Field<'a> {
    /// Its name in the form.
    pub name: &'a str,
    /// Its name for people; `None` for what nobody typed.
    pub label: Option<&'static str>,
    /// What it holds.
    pub value: &'a str,
}

impl Unfinished {
    /// The form that was sent to `path`; `None` where nothing was typed, so that nothing is lost.
    pub fn of(path: &str, form: &Form) -> Option<Self> {
        let typed = TYPED.iter().any(|(name, ..)| !form.text(name).is_empty());
        let path = own_page(path).filter(|_| typed)?.to_owned();
        let fields = form.fields().filter(|(name, _)| *name != TOKEN);
        Some(Self { path, fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect() })
    }

    /// What a form of the log in kept, if it kept anything.
    pub fn kept(form: &Form) -> Option<Self> {
        let path = own_page(form.text("resume"))?.to_owned();
        let kept = form.fields().filter_map(|(name, value)| Some((name.strip_prefix(KEPT)?, value)));
        Some(Self { path, fields: kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect() })
    }

    /// What the form of the log in keeps.
    pub fn keeping(&self) -> Vec<(String, &str)> {
        self.fields.iter().map(|(name, value)| (format!("{KEPT}{name}"), value.as_str())).collect()
    }

    /// The fields of the form that goes on.
    pub fn going_on(&self, frame: &Frame) -> Vec<Field<'_>> {
        let label = |name: &str| {
            let (_, ko, en) = TYPED.iter().find(|(other, ..)| *other == name)?;
            Some(frame.say(ko, en))
        };
        let fields = self.fields.iter();
        fields.map(|(name, value)| Field { name, label: label(name), value }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_our_own_pages_alone() {
        for page in [
            "/console",
            "/console/keys",
            "/console/verifications/01a1fe5cab187a56a965588848b0e515",
            "/console/templates/default/sign_up/ko",
            "/console/analytics?range=30&tenant=default&provider=",
            "/console/audit?actor=%ED%84%B0&before=12",
        ] {
            assert_eq!(own_page(page), Some(page));
        }
        for other in [
            "",
            "/",
            "/app",
            "//evil.example/console",
            "https://evil.example/console",
            "/console@evil.example",
            "/consolex",
            "/console.evil.example/",
            "/console//evil.example",
            "/console/../app",
            "/console/%2e%2e/app",
            "/console/\\evil.example",
            "/console/keys#x",
            "/console/keys\r\nset-cookie: a=b",
            "/console/keys?a=\"<script>",
            "/console/login",
            "/console/login?back=/console",
            "/console/logout",
        ] {
            assert_eq!(own_page(other), None, "{other}");
        }
    }

    #[test]
    fn what_was_typed_goes_through_the_log_in_and_nothing_else_is_kept() {
        let form = |fields: &[(&str, &str)]| {
            Form::of(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
                .unwrap()
        };
        let path = "/console/templates/default/sign_up/ko";
        let sent = form(&[("form_token", "x"), ("text", "문구"), ("do", "save")]);
        let unfinished = Unfinished::of(path, &sent).unwrap();
        let keeping = unfinished.keeping();
        assert_eq!(keeping, [("kept.text".to_owned(), "문구"), ("kept.do".to_owned(), "save")]);

        let mut log_in = vec![("resume", path), ("name", "min")];
        log_in.extend(keeping.iter().map(|(name, value)| (name.as_str(), *value)));
        let kept = Unfinished::kept(&form(&log_in)).unwrap();
        assert_eq!((kept.path, kept.fields), (unfinished.path, unfinished.fields));
        assert!(Unfinished::of(path, &form(&[("form_token", "x"), ("text", ""), ("what", "key")])).is_none());
        assert!(
            Unfinished::kept(&form(&[("resume", "https://evil.example/"), ("kept.text", "x")])).is_none()
        );
    }
}

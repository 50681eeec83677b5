use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::test::TestRequest;
use serde_json::Value;

use super::*;
use crate::system::{SystemClock, SystemEntropy};

fn document() -> Value {
    serde_json::to_value(openapi::description()).unwrap()
}

async fn shown(language: &'static str, url: Option<&str>) -> (HttpResponse, String) {
    let frames = FrameParts {
        entropy: Arc::new(SystemEntropy::new()),
        clock: Arc::new(SystemClock),
        locale: Locale::Ko,
    };
    let request =
        TestRequest::with_uri("/docs").insert_header(("accept-language", language)).to_http_request();
    let url = web::Data::new(PublicUrl(url.map(str::to_owned)));
    let (head, body) = page(web::Data::new(frames), url, request).await.into_parts();
    let html = String::from_utf8(to_bytes(body).await.unwrap().to_vec()).unwrap();
    (head.set_body(actix_web::body::BoxBody::new(())), html)
}

#[actix_web::test]
async fn every_call_of_the_description_is_on_the_page() {
    let document = document();
    let (_, html) = shown("en", None).await;
    let mut calls = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            calls += 1;
            let heading = format!("<code>{path}</code>");
            assert!(html.contains(&heading), "{method} {path}");
        }
    }
    assert!(calls > 30, "{calls}");
    assert_eq!(html.matches("<article").count(), calls);
    for call in &REFERENCE.calls {
        assert!(html.contains(&format!("id=\"{}\"", call.anchor)), "{}", call.anchor);
        assert!(html.contains(&format!("href=\"#{}\"", call.anchor)), "{}", call.anchor);
    }
}

#[actix_web::test]
async fn every_anchor_stands_once_and_every_link_within_the_page_leads_somewhere() {
    let (_, html) = shown("ko", None).await;
    let named = |marker: &str| -> Vec<String> {
        let parts = html.split(marker).skip(1);
        parts.map(|part| part.split('"').next().unwrap_or_default().to_owned()).collect()
    };
    let mut anchors = named(" id=\"");
    let links = named("href=\"#");
    assert!(links.len() > 80, "{}", links.len());
    for link in links {
        assert!(anchors.contains(&link), "{link}");
    }
    let all = anchors.len();
    anchors.sort();
    anchors.dedup();
    assert_eq!(anchors.len(), all);
}

#[actix_web::test]
async fn every_group_has_a_name_and_every_name_a_group() {
    let document = document();
    let known: Vec<&str> = GROUPS.iter().map(|group| group.tag).collect();
    for call in &REFERENCE.calls {
        assert!(known.contains(&call.tag.as_str()), "{} has no name", call.tag);
    }
    for tag in known {
        assert!(!REFERENCE.group(tag).is_empty(), "{tag} has no calls");
    }
    let paths = document["paths"].as_object().unwrap();
    let calls: usize = paths.values().map(|item| item.as_object().unwrap().len()).sum();
    assert_eq!(REFERENCE.calls.len(), calls);
}

#[actix_web::test]
async fn nothing_of_the_page_comes_from_elsewhere_or_runs() {
    for (language, url) in [("ko", None), ("en", Some("https://bonin.example"))] {
        let (response, html) = shown(language, url).await;
        let policy = response.headers().get("content-security-policy").unwrap().to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(response.headers().get("content-language").unwrap(), language);
        for banned in ["<script", "style=", "src=", "onclick", "<iframe", "href=\"http", "href=\"//", "url("]
        {
            assert!(!html.contains(banned), "{banned}");
        }
        let ours = url.unwrap_or(ADDRESS);
        assert!(html.contains(&format!("curl {ours}/v1/verifications")));
        for scheme in ["http://", "https://"] {
            for place in html.split(scheme).skip(1) {
                let found =
                    format!("{scheme}{}", place.split(['/', '<', '&', '"', ' ']).next().unwrap_or_default());
                assert!(ours.starts_with(&found), "{found}");
            }
        }
    }
}

#[actix_web::test]
async fn every_member_and_every_code_is_told() {
    let document = document();
    let (_, html) = shown("en", None).await;
    for body in ["StartBody", "SendBody", "SignUpBody", "VerifiedView", "SdkView"] {
        let schema = &document["components"]["schemas"][body];
        let kinds = schema["oneOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
        for kind in kinds {
            for member in kind["properties"].as_object().unwrap().keys() {
                let told = html.contains(&format!("<code>{member}</code>"))
                    || html.contains(&format!(".{member}</code>"));
                assert!(told, "{body}.{member}");
            }
        }
    }
    for code in ProblemCode::ALL {
        assert!(html.contains(&format!("<code>{}</code>", code.as_str())), "{}", code.as_str());
    }
    for call in &REFERENCE.calls {
        for status in &call.problems {
            assert!(html.contains(&format!("id=\"status-{status}\"")), "{status}");
        }
    }
}

#[actix_web::test]
async fn calls_say_what_they_want() {
    use super::reference::Wanted;

    let of = |anchor: &str| &REFERENCE.calls.iter().find(|call| call.anchor == anchor).unwrap().wanted;
    assert_eq!(*of("post-v1-verifications"), Wanted::Nothing);
    assert_eq!(*of("post-v1-sessions"), Wanted::Nothing);
    assert_eq!(*of("get-v1-sessions"), Wanted::Session);
    assert_eq!(*of("get-v1-accounts-me"), Wanted::Session);
    for call in &REFERENCE.calls {
        // What the sentence says is what is marked.
        let sentence: String = call.text.runs().iter().map(|run| run.text.as_str()).collect();
        if let Some(scope) = sentence.split("Needs a key with the scope ").nth(1) {
            assert_eq!(call.wanted, Wanted::Key(scope.trim_end_matches('.').to_owned()), "{}", call.anchor);
        } else {
            assert!(call.scope().is_none(), "{}", call.anchor);
        }
    }
}

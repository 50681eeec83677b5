//! `/storage/v1/files`: pictures for MMS. Only what is said about them is kept.

use std::collections::VecDeque;
use std::sync::Mutex;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_domain::messages::Image;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::access::admit;
use super::body::{self, Payload};
use super::{errors, store, view};
use crate::answer::Answer;
use crate::lock::lock;
use crate::sandbox::State;

/// How many files are kept.
const CAPACITY: usize = 10_000;

struct File {
    id: String,
    account: &'static str,
    name: String,
    kind: String,
    size: usize,
    created_at: Timestamp,
}

/// What was uploaded.
#[derive(Default)]
pub(super) struct Files {
    inner: Mutex<(u64, VecDeque<File>)>,
}

impl Files {
    /// Whether there is such a picture.
    pub(super) fn has(&self, id: &str) -> bool {
        lock(&self.inner).1.iter().rev().any(|file| file.id == id && file.kind == "MMS")
    }
}

impl File {
    fn view(&self) -> Value {
        json!({
            "fileId": self.id,
            "_id": self.id,
            "accountId": self.account,
            "name": self.name,
            "originalName": self.name,
            "url": format!("https://storage.invalid/{}", self.id),
            "type": self.kind,
            "link": null,
            "width": null,
            "height": null,
            "fileSize": self.size,
            "references": [],
            "kakao": { "daou": null, "biztalk": null },
            "dateCreated": view::iso(self.created_at),
            "dateUpdated": view::iso(self.created_at),
        })
    }
}

/// `POST /storage/v1/files`
pub(super) async fn upload(state: Data<State>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let stored = admit(&state, &request, "storage:write").and_then(|account| {
        let body = body::object(payload)?;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let file = text("file").ok_or_else(|| errors::invalid("file"))?;
        let bytes = STANDARD.decode(file).map_err(|_| errors::invalid("file"))?;
        let name = text("name").unwrap_or("file");
        if name.chars().count() > 100 {
            return Err(errors::invalid("name"));
        }
        let kind = text("type").ok_or_else(|| errors::invalid("type"))?;
        let size = bytes.len();
        let limit = match kind {
            "MMS" => {
                Image::parse(bytes).map_err(|why| errors::invalid(&why.to_string()))?;
                size
            }
            "KAKAO" => 500_000,
            "RCS" => 1_000_000,
            "DOCUMENT" => 5_000_000,
            "FAX" => 20_000_000,
            _ => return Err(errors::invalid("type")),
        };
        if size > limit {
            return Err(errors::invalid("file"));
        }
        let now = state.now();
        let mut inner = lock(&state.coolsms.files.inner);
        inner.0 += 1;
        let id = store::id("ST01FZ", inner.0, now);
        let (name, kind) = (name.to_owned(), kind.to_owned());
        let file = File { id, account, name, kind, size, created_at: now };
        let shown = file.view();
        inner.1.push_back(file);
        if inner.1.len() > CAPACITY {
            inner.1.pop_front();
        }
        Ok(Answer::json(StatusCode::OK, &shown))
    });
    stored.unwrap_or_else(|refusal| refusal).into_response()
}

/// `GET /storage/v1/files`
pub(super) async fn list(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let answer = admit(&state, &request, "storage:read").map(|account| {
        let inner = lock(&state.coolsms.files.inner);
        let own = inner.1.iter().rev().filter(|file| file.account == account);
        let files: Vec<_> = own.take(100).map(File::view).collect();
        let shown = json!({ "startKey": null, "nextKey": null, "limit": 100, "fileList": files });
        Answer::json(StatusCode::OK, &shown)
    });
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

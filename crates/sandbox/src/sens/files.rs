//! Images of MMS: `POST …/files`, and what is kept of them.

use std::collections::VecDeque;
use std::sync::Mutex;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_domain::messages::{Image, ImageError};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{admit, errors, request, time};
use crate::answer::Answer;
use crate::ids;
use crate::lock::lock;
use crate::sandbox::State;

/// How many files are kept.
const CAPACITY: usize = 1_000;
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(6 * 24);
const MOST_BYTES: usize = 300 * 1024;
const MOST_NAME: usize = 40;

/// A file that a message can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileRef {
    pub(super) id: String,
    pub(super) name: String,
}

/// A file that is kept. Its bytes are not: no phone here shows them.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) file: FileRef,
    size: usize,
    created_at: Timestamp,
}

impl Kept {
    fn expires_at(&self) -> Timestamp {
        self.created_at.saturating_add(KEPT_FOR).unwrap_or(Timestamp::MAX)
    }
}

/// A file as a call brings it.
#[derive(Debug)]
pub(super) struct Upload {
    name: String,
    size: usize,
}

/// A file that the service does not take, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidFile {
    #[error("the name must have 1 to 40 characters without spaces and end in .jpg or .jpeg")]
    Name,
    #[error("the body must be Base64")]
    Base64,
    #[error("the body must have at most 300 KB")]
    Size,
    #[error("the body must be a JPEG")]
    NotJpeg,
    #[error("the image must have at most 1500 x 1440 pixels")]
    Pixels,
    #[error("there is no file with this fileId")]
    Unknown,
}

impl Upload {
    /// Checks a name and a body in Base64.
    pub(super) fn read(name: &str, body: &str) -> Result<Self, InvalidFile> {
        let lower = name.to_ascii_lowercase();
        let stem = lower.strip_suffix(".jpg").or_else(|| lower.strip_suffix(".jpeg"));
        let named = stem.is_some_and(|stem| !stem.is_empty())
            && name.chars().count() <= MOST_NAME
            && !name.contains(char::is_whitespace);
        if !named {
            return Err(InvalidFile::Name);
        }
        let bytes = STANDARD.decode(body).map_err(|_| InvalidFile::Base64)?;
        if bytes.len() > MOST_BYTES {
            return Err(InvalidFile::Size);
        }
        // SENS takes larger files than our own limit, but a picture's size stands near the beginning.
        match Image::parse(bytes[..bytes.len().min(Image::BYTES)].to_vec()) {
            Ok(_) => Ok(Self { name: name.to_owned(), size: bytes.len() }),
            Err(ImageError::TooLarge(..)) => Err(InvalidFile::Pixels),
            Err(ImageError::NotJpeg | ImageError::TooManyBytes(_)) => Err(InvalidFile::NotJpeg),
        }
    }
}

/// The files that are kept, the newest 1,000.
#[derive(Default)]
pub(super) struct Files {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    kept: VecDeque<Kept>,
    uploads: u64,
}

impl Files {
    /// Keeps a file. One of the same name and size counts as the same file, whatever it shows.
    pub(super) fn keep(&self, upload: Upload, now: Timestamp) -> Kept {
        let mut inner = lock(&self.inner);
        let same = |kept: &&Kept| {
            kept.file.name == upload.name && kept.size == upload.size && kept.expires_at() > now
        };
        if let Some(kept) = inner.kept.iter().find(same) {
            return kept.clone();
        }
        inner.uploads += 1;
        let id = ids::ordered(ids::millisecond(now), inner.uploads).to_string();
        let kept = Kept { file: FileRef { id, name: upload.name }, size: upload.size, created_at: now };
        inner.kept.push_back(kept.clone());
        if inner.kept.len() > CAPACITY {
            inner.kept.pop_front();
        }
        kept
    }

    /// Finds a file that has not expired.
    pub(super) fn find(&self, id: &str, now: Timestamp) -> Option<FileRef> {
        let inner = lock(&self.inner);
        let found = inner.kept.iter().find(|kept| kept.file.id == id && kept.expires_at() > now);
        found.map(|kept| kept.file.clone())
    }
}

/// Uploads an image.
pub(super) async fn upload(
    state: Data<State>,
    request: HttpRequest,
    payload: Result<Bytes, Error>,
) -> HttpResponse {
    let upload = admit(&state, &request).and_then(|()| read(payload));
    match upload {
        Ok(upload) => {
            let kept = state.sens.files.keep(upload, state.now());
            let body = json!({
                "fileId": kept.file.id,
                "createTime": time::precise(kept.created_at),
                "expireTime": time::precise(kept.expires_at()),
            });
            Answer::json(StatusCode::OK, &body).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn read(payload: Result<Bytes, Error>) -> Result<Upload, Answer> {
    let body = super::object(payload)?;
    let part = |name| request::required(&body, name).map_err(|invalid| errors::invalid(&invalid.to_string()));
    Upload::read(part("fileName")?, part("fileBody")?)
        .map_err(|invalid| errors::invalid(&invalid.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(name: &str) -> Upload {
        Upload { name: name.to_owned(), size: 10 }
    }

    #[test]
    fn a_file_of_the_same_name_and_size_is_the_same_until_it_expires() {
        let files = Files::default();
        let now = Timestamp::UNIX_EPOCH;
        let first = files.keep(upload("a.jpg"), now).file;
        assert_eq!(files.keep(upload("a.jpg"), now).file, first);
        assert_ne!(files.keep(upload("b.jpg"), now).file, first);
        assert_ne!(files.keep(Upload { size: 11, ..upload("a.jpg") }, now).file, first);
        assert_eq!(files.find(&first.id, now + KEPT_FOR - SignedDuration::from_secs(1)), Some(first.clone()));
        assert_eq!(files.find(&first.id, now + KEPT_FOR), None);
        assert_ne!(files.keep(upload("a.jpg"), now + KEPT_FOR).file, first);
    }

    #[test]
    fn only_the_newest_files_are_kept() {
        let files = Files::default();
        for index in 0..=CAPACITY {
            files.keep(upload(&format!("{index}.jpg")), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(lock(&files.inner).kept.len(), CAPACITY);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        for (name, body, expected) in [
            ("a.png", "", InvalidFile::Name),
            ("a b.jpg", "", InvalidFile::Name),
            (".jpg", "", InvalidFile::Name),
            (&format!("{}.jpg", "a".repeat(37)), "", InvalidFile::Name),
            ("a.jpg", "%", InvalidFile::Base64),
            ("a.jpg", "data:image/jpeg;base64,AAAA", InvalidFile::Base64),
            ("a.jpg", &STANDARD.encode(vec![0; MOST_BYTES + 1]), InvalidFile::Size),
            ("a.jpg", &STANDARD.encode(b"GIF89a"), InvalidFile::NotJpeg),
            ("a.jpg", &STANDARD.encode(jpeg(1501, 10)), InvalidFile::Pixels),
        ] {
            assert_eq!(Upload::read(name, body).unwrap_err(), expected, "{name}");
        }
        let mut large = jpeg(1500, 1440);
        large.resize(MOST_BYTES, 0);
        assert_eq!(Upload::read("사진.JPEG", &STANDARD.encode(large)).unwrap().size, MOST_BYTES);
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xc0, 0, 11, 8];
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.extend([1, 1, 0x11, 0, 0xff, 0xd9]);
        bytes
    }
}

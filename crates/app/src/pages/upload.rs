//! Forms with a file: bounded in size and time as a whole, each field known, each once.

use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web::{Bytes, Payload};
use futures_util::{StreamExt as _, stream};

use super::form::Form;
use crate::http::body::collect;
use crate::http::origin::Origins;
use crate::problem::{Problem, ProblemCode};

/// The most bytes of the file (security 40). What it may have is less by far, and told at its field.
const LARGEST_FILE: usize = 2 * 1024 * 1024;

/// The most bytes of the fields besides.
const LARGEST_FIELDS: usize = 64 * 1024;

/// The most bytes as a whole, with what stands around the fields.
const LARGEST: usize = LARGEST_FILE + LARGEST_FIELDS + 8 * 1024;

/// The bytes that the parser is given at a time.
const PIECE: usize = 16 * 1024;

/// How long it may take.
const LONGEST: Duration = Duration::from_secs(10);

/// A form (`multipart/form-data`) with one file at the most.
pub struct Upload {
    /// The fields besides the file.
    pub form: Form,
    /// The file's bytes; `None` where nobody chose one.
    pub file: Option<Vec<u8>>,
}

impl Upload {
    /// Reads a form that one of our own pages sent. `known` are its fields, `file` is the one that holds a file.
    ///
    /// # Errors
    /// 403 for one that another site's page sent; 415, 413, 408 or 400.
    pub async fn read(
        origins: &Origins,
        request: &HttpRequest,
        payload: Payload,
        known: &[&str],
        file: &str,
    ) -> Result<Self, Problem> {
        origins.check(request)?;
        let essence = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = essence.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("multipart/form-data") {
            return Err(Problem::new(ProblemCode::UnsupportedMediaType));
        }
        let bytes = tokio::time::timeout(LONGEST, collect(payload, LARGEST))
            .await
            .map_err(|_| Problem::new(ProblemCode::BodyTimeout))??;
        Self::parse(multipart(request.headers(), &bytes), known, file).await
    }

    async fn parse(mut parts: Multipart, known: &[&str], file: &str) -> Result<Self, Problem> {
        let bad = || Problem::new(ProblemCode::BadRequest);
        let (mut fields, mut uploaded) = (Vec::new(), None);
        let mut typed = 0;
        while let Some(part) = parts.next().await {
            let mut part = part.map_err(|_| bad())?;
            let name = part.name().map(str::to_owned).ok_or_else(bad)?;
            let mut bytes = Vec::new();
            while let Some(chunk) = part.next().await {
                bytes.extend_from_slice(&chunk.map_err(|_| bad())?);
            }
            if name != file {
                typed += bytes.len();
            }
            if typed > LARGEST_FIELDS || bytes.len() > LARGEST_FILE {
                return Err(Problem::new(ProblemCode::BodyTooLarge));
            }
            if name == file {
                if uploaded.replace(bytes).is_some() {
                    return Err(bad());
                }
            } else if known.contains(&name.as_str()) {
                fields.push((name, String::from_utf8(bytes).map_err(|_| bad())?));
            } else {
                return Err(bad());
            }
        }
        // Browsers send an empty file where none was chosen.
        Ok(Self { form: Form::of(fields)?, file: uploaded.filter(|bytes| !bytes.is_empty()) })
    }
}

/// The parts of a body, which is handed over in pieces that the parser's buffer holds.
fn multipart(headers: &HeaderMap, body: &Bytes) -> Multipart {
    let pieces: Vec<_> = body.chunks(PIECE).map(|piece| Ok(body.slice_ref(piece))).collect();
    Multipart::new(headers, stream::iter::<Vec<Result<Bytes, PayloadError>>>(pieces))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn headers() -> HeaderMap {
        let request = TestRequest::post().insert_header((CONTENT_TYPE, "multipart/form-data; boundary=b"));
        request.to_http_request().headers().clone()
    }

    /// What is read of these parts, each a name and a value.
    async fn read(parts: &[(&str, &[u8])]) -> Result<Upload, Problem> {
        let mut body = Vec::new();
        for (name, value) in parts {
            let head = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(value);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b--\r\n");
        Upload::parse(multipart(&headers(), &body.into()), &["to", "text"], "image").await
    }

    #[actix_web::test]
    async fn fields_and_a_file_are_read() {
        let upload = read(&[("to", b"010"), ("text", "가\r\n나".as_bytes()), ("image", b"\xff\xd8")]).await;
        let upload = upload.unwrap();
        assert_eq!((upload.form.text("to"), upload.form.text("text")), ("010", "가\r\n나"));
        assert_eq!(upload.file.as_deref(), Some(&b"\xff\xd8"[..]));
        assert_eq!(read(&[("to", b"1"), ("image", b"")]).await.unwrap().file, None);
        let large = vec![7; 200_000];
        assert_eq!(read(&[("image", &large)]).await.unwrap().file, Some(large));
    }

    #[actix_web::test]
    async fn unknown_repeated_and_damaged_parts_are_refused() {
        for wrong in [
            &[("to", &b"1"[..]), ("to", b"2")][..],
            &[("image", b"1"), ("image", b"2")],
            &[("other", b"1")],
            &[("text", b"\xff\xfe")],
            &[("text", b"a\0b")],
        ] {
            assert!(read(wrong).await.is_err(), "{wrong:?}");
        }
        let cut = Bytes::from_static(b"--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\n01");
        assert!(Upload::parse(multipart(&headers(), &cut), &["to"], "image").await.is_err());
    }
}

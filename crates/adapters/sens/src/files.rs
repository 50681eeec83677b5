//! Images of MMS (section 8).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_http::Method;
use serde::{Deserialize, Serialize};

use crate::client::{SensClient, json};
use crate::error::SensError;
use crate::invalid::InvalidRequest;
use crate::wire;

/// The most bytes of an image; SENS says 300 KB.
pub const FILE_LIMIT: usize = 300_000;

const MOST_NAME: usize = 40;

/// An image that SENS keeps for messages to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedFile {
    /// What [`crate::SendRequest::file`] takes; never empty.
    pub file_id: String,
    /// When it was taken, as written: `2025-11-25T09:39:40.535`, presumably Korean time.
    pub create_time: Option<String>,
    /// When SENS forgets it, in the same form: some days later.
    pub expire_time: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UploadBody<'a> {
    file_name: &'a str,
    file_body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UploadAnswer {
    #[serde(default, deserialize_with = "wire::text")]
    file_id: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    create_time: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    expire_time: Option<String>,
}

impl SensClient {
    /// Uploads an image, `POST …/files`: a JPEG of at most [`FILE_LIMIT`] bytes and 1500 x 1440 pixels.
    ///
    /// SENS takes a file of the same name and size for the same file and keeps the first: give different
    /// images different names.
    ///
    /// # Errors
    /// [`SensError`]. After [`SensError::Unclear`] it may be uploaded again.
    #[tracing::instrument(name = "sens.upload_file", skip_all)]
    pub async fn upload_file(&self, name: &str, jpeg: &[u8]) -> Result<UploadedFile, SensError> {
        check_name(name)?;
        if !(1..=FILE_LIMIT).contains(&jpeg.len()) {
            return Err(InvalidRequest::FileSize(jpeg.len()).into());
        }
        let body = json(&UploadBody { file_name: name, file_body: STANDARD.encode(jpeg) })?;
        let (answer, signed_at) = self.call(Method::POST, self.url("files"), Some(body)).await?;
        if answer.status != 200 {
            return Err(SensError::from_answer(&answer, signed_at));
        }
        let file: UploadAnswer = wire::read(200, &answer.body)?;
        let Some(file_id) = file.file_id.filter(|id| !id.is_empty()) else {
            return Err(SensError::unclear("200".into(), "no file id"));
        };
        Ok(UploadedFile { file_id, create_time: file.create_time, expire_time: file.expire_time })
    }
}

fn check_name(name: &str) -> Result<(), InvalidRequest> {
    let lower = name.to_ascii_lowercase();
    let stem = lower.strip_suffix(".jpg").or_else(|| lower.strip_suffix(".jpeg"));
    let good = stem.is_some_and(|stem| !stem.is_empty())
        && name.chars().count() <= MOST_NAME
        && !name.contains(|c: char| c.is_whitespace() || c.is_control());
    if good { Ok(()) } else { Err(InvalidRequest::FileName) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_as_a_jpeg() {
        for name in ["a.jpg", "A.JPEG", "사진.jpg", &format!("{}.jpg", "a".repeat(36))] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", ".jpg", "a.png", "a b.jpg", "a\n.jpg", &format!("{}.jpg", "a".repeat(37))] {
            assert_eq!(check_name(name), Err(InvalidRequest::FileName), "{name}");
        }
    }
}

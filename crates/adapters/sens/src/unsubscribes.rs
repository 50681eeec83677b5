//! Numbers that want no advertising from us (section 8).

use std::fmt;

use bonin_http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::{SensClient, json};
use crate::error::SensError;
use crate::invalid::{InvalidRequest, is_number};
use crate::query;
use crate::wire;

const MOST_NUMBERS: usize = 1_000;

/// Which of the numbers to list; all of them where nothing is said.
#[derive(Clone, Default)]
pub struct UnsubscribeQuery {
    pairs: Vec<(&'static str, String)>,
}

impl UnsubscribeQuery {
    /// Only this number, digits as they were registered.
    #[must_use]
    pub fn number(self, digits: &str) -> Self {
        self.with("clientTelNo", digits.to_owned())
    }

    /// Only those registered from `since` to `until`.
    #[must_use]
    pub fn registered(self, since: Timestamp, until: Timestamp) -> Self {
        self.with("startTime", since.as_millisecond().to_string())
            .with("endTime", until.as_millisecond().to_string())
    }

    /// The page at this place, from 0, of so many rows, up to 100.
    #[must_use]
    pub fn page(self, index: u32, rows: u8) -> Self {
        self.with("pageSize", rows.to_string()).with("pageIndex", index.to_string())
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.pairs.retain(|(other, _)| *other != name);
        self.pairs.push((name, value));
        self
    }
}

/// One such number. `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    /// The number, digits only.
    pub number: String,
    /// When it was registered, as written: a time of day in Korea.
    pub register_time: Option<String>,
    /// How: `M` by us, `C` by a call of theirs.
    pub register_type: Option<String>,
}

impl fmt::Debug for Unsubscribe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Unsubscribe")
            .field("register_time", &self.register_time)
            .field("register_type", &self.register_type)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NumberItem<'a> {
    client_tel_no: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnsubscribeItem {
    client_tel_no: String,
    #[serde(default, deserialize_with = "wire::text")]
    register_time: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    register_type: Option<String>,
}

impl SensClient {
    /// Lists such numbers, `GET …/unsubscribes`. An account without any answers 404 with an empty body: that
    /// is an empty list.
    ///
    /// # Errors
    /// [`SensError`].
    #[tracing::instrument(name = "sens.unsubscribes", skip_all)]
    pub async fn unsubscribes(&self, query: &UnsubscribeQuery) -> Result<Vec<Unsubscribe>, SensError> {
        let mut url = self.url("unsubscribes");
        if !query.pairs.is_empty() {
            query::write(&query.pairs, &mut url);
        }
        let (answer, signed_at) = self.call(Method::GET, url, None).await?;
        let items: Vec<UnsubscribeItem> = match answer.status {
            200 => wire::read(200, &answer.body)?,
            404 if answer.body.is_empty() => Vec::new(),
            _ => return Err(SensError::from_answer(&answer, signed_at)),
        };
        let read = |item: UnsubscribeItem| Unsubscribe {
            number: item.client_tel_no,
            register_time: item.register_time,
            register_type: item.register_type,
        };
        Ok(items.into_iter().map(read).collect())
    }

    /// Registers 1 to 1000 numbers, digits only, `POST …/unsubscribes`.
    ///
    /// # Errors
    /// [`SensError`]; it may be called again.
    #[tracing::instrument(name = "sens.add_unsubscribes", skip_all)]
    pub async fn add_unsubscribes(&self, numbers: &[&str]) -> Result<(), SensError> {
        self.change_unsubscribes(Method::POST, numbers).await
    }

    /// Removes 1 to 1000 numbers, digits only, `DELETE …/unsubscribes`.
    ///
    /// # Errors
    /// [`SensError`]; it may be called again.
    #[tracing::instrument(name = "sens.remove_unsubscribes", skip_all)]
    pub async fn remove_unsubscribes(&self, numbers: &[&str]) -> Result<(), SensError> {
        self.change_unsubscribes(Method::DELETE, numbers).await
    }

    async fn change_unsubscribes(&self, method: Method, numbers: &[&str]) -> Result<(), SensError> {
        if !(1..=MOST_NUMBERS).contains(&numbers.len()) {
            return Err(InvalidRequest::NumberCount(numbers.len()).into());
        }
        if let Some(index) = numbers.iter().position(|number| !is_number(number)) {
            return Err(InvalidRequest::Recipient(index).into());
        }
        let items: Vec<_> = numbers.iter().map(|client_tel_no| NumberItem { client_tel_no }).collect();
        let (answer, signed_at) = self.call(method, self.url("unsubscribes"), Some(json(&items)?)).await?;
        match answer.status {
            // Which success it is, is not confirmed.
            200..=299 => Ok(()),
            _ => Err(SensError::from_answer(&answer, signed_at)),
        }
    }
}

//! Messages that wait for their time (section 7).

use bonin_http::Method;
use jiff::Timestamp;
use serde::Deserialize;

use crate::client::SensClient;
use crate::error::SensError;
use crate::invalid::check_id;
use crate::time::{SEOUL_NAME, moment};
use crate::wire;

/// How far a reservation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReservationState {
    /// `READY`: waiting; the only state in which it can be cancelled.
    Ready,
    /// `PROCESSING`: its time has come.
    Processing,
    /// `CANCELED`.
    Canceled,
    /// `DONE`: its messages are on their way, [`SensClient::list`] knows them.
    Done,
    /// `FAIL`: its messages were not sent.
    Fail,
    /// `STALE`: it was too late to send them.
    Stale,
    /// `SKIP`: the service does not exist any more.
    Skip,
    /// Missing, or a word that nobody documents.
    Unknown,
}

impl ReservationState {
    /// Whether it stays so.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Ready | Self::Processing | Self::Unknown)
    }
}

/// A reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Its name, which is the request id of its messages.
    pub reserve_id: String,
    /// When it goes, as written: `2025-11-25 13:19` or `2025-11-25T13:19:00+09:00`.
    pub reserve_time: Option<String>,
    /// The zone of a time without an offset, such as `Asia/Seoul`.
    pub reserve_time_zone: Option<String>,
    /// How far it is.
    pub state: ReservationState,
}

impl Reservation {
    /// When it goes, where that can be told without a table of time zones.
    pub fn moment(&self) -> Option<Timestamp> {
        let written = self.reserve_time.as_deref()?;
        let zone = self.reserve_time_zone.as_deref().unwrap_or(SEOUL_NAME);
        if zone == SEOUL_NAME { moment(written) } else { written.parse().ok() }
    }
}

#[derive(Deserialize)]
struct ReservationAnswer {
    #[serde(default, deserialize_with = "wire::text", rename = "reserveId")]
    id: Option<String>,
    #[serde(default, deserialize_with = "wire::text", rename = "reserveTime")]
    time: Option<String>,
    #[serde(default, deserialize_with = "wire::text", rename = "reserveTimeZone")]
    time_zone: Option<String>,
    #[serde(default, deserialize_with = "wire::text", rename = "reserveStatus")]
    status: Option<String>,
}

impl SensClient {
    /// Asks how far a reservation is, `GET …/reservations/{reserveId}/reserve-status`.
    ///
    /// # Errors
    /// [`SensError`]; an unknown reservation is [`SensError::NotFound`].
    #[tracing::instrument(name = "sens.reservation", skip_all)]
    pub async fn reservation(&self, reserve_id: &str) -> Result<Reservation, SensError> {
        check_id(reserve_id)?;
        let url = self.url(&format!("reservations/{reserve_id}/reserve-status"));
        let (answer, signed_at) = self.call(Method::GET, url, None).await?;
        if answer.status != 200 {
            return Err(SensError::from_answer(&answer, signed_at));
        }
        let read: ReservationAnswer = wire::read(200, &answer.body)?;
        Ok(Reservation {
            reserve_id: read.id.unwrap_or_else(|| reserve_id.to_owned()),
            reserve_time: read.time,
            reserve_time_zone: read.time_zone,
            state: match read.status.as_deref() {
                Some("READY") => ReservationState::Ready,
                Some("PROCESSING") => ReservationState::Processing,
                Some("CANCELED") => ReservationState::Canceled,
                Some("DONE") => ReservationState::Done,
                Some("FAIL") => ReservationState::Fail,
                Some("STALE") => ReservationState::Stale,
                Some("SKIP") => ReservationState::Skip,
                _ => ReservationState::Unknown,
            },
        })
    }

    /// Cancels a reservation that is still [`ReservationState::Ready`], `DELETE …/reservations/{reserveId}`.
    ///
    /// # Errors
    /// [`SensError`]; after [`SensError::Unclear`], ask [`SensClient::reservation`].
    #[tracing::instrument(name = "sens.cancel_reservation", skip_all)]
    pub async fn cancel_reservation(&self, reserve_id: &str) -> Result<(), SensError> {
        check_id(reserve_id)?;
        let url = self.url(&format!("reservations/{reserve_id}"));
        let (answer, signed_at) = self.call(Method::DELETE, url, None).await?;
        match answer.status {
            204 => Ok(()),
            _ => Err(SensError::from_answer(&answer, signed_at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_its_time_are_read() {
        let at: Timestamp = "2025-11-25T04:19:00Z".parse().unwrap();
        for (time, zone, expected) in [
            ("2025-11-25 13:19", Some("Asia/Seoul"), Some(at)),
            ("2025-11-25 13:19", None, Some(at)),
            ("2025-11-25T13:19:00+09:00", Some("Asia/Tokyo"), Some(at)),
            ("2025-11-25 13:19", Some("America/New_York"), None),
        ] {
            let reservation = Reservation {
                reserve_id: "a".into(),
                reserve_time: Some(time.into()),
                reserve_time_zone: zone.map(str::to_owned),
                state: ReservationState::Ready,
            };
            assert_eq!(reservation.moment(), expected, "{time} {zone:?}");
        }
    }
}

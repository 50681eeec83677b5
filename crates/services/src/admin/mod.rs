//! What administrators do in the console; each deed is recorded.

mod chain;
mod check_record;
mod enrol;
mod enrolment;
mod invite;
mod join;
mod log_in;
mod log_out;
mod look_up;
mod read_record;
mod reason;
mod record;
mod remove;
mod reveal;
mod session;
mod story;
mod waits;

pub use chain::Chain;
pub use check_record::{CheckRecord, CheckedRecord};
pub use enrol::{EnrolAdmin, EnrolAdminError, Enrolled};
pub use enrolment::Enrolment;
pub use invite::{InviteAdmin, InviteAdminError, Invited};
pub use join::{JoinAdmins, JoinAdminsError};
pub use log_in::{AdminLogIn, LogInAdmin, LogInAdminError};
pub use log_out::LogOutAdmin;
pub use look_up::{LookUpVerifications, LookedUp};
pub use read_record::{ReadRecord, RecordPage, Typed};
pub use reason::{Reason, ReasonError};
pub use record::{Actor, Record};
pub use remove::{RemoveAdmin, RemoveAdminError};
pub use reveal::{RevealError, RevealNumber};
pub use session::FindAdminSession;
pub use story::{ReadStory, Story};
pub use waits::Waits;

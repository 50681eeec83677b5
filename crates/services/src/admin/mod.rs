//! What administrators do in the console; each deed is recorded.

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
mod reveal;
mod session;
mod story;

pub use enrol::{EnrolAdmin, EnrolAdminError, Enrolled};
pub use enrolment::Enrolment;
pub use invite::{InviteAdmin, InviteAdminError, Invited};
pub use join::{JoinAdmins, JoinAdminsError};
pub use log_in::{AdminLogIn, LogInAdmin, LogInAdminError};
pub use log_out::LogOutAdmin;
pub use look_up::{LookUpVerifications, LookedUp};
pub use read_record::{Chain, ReadRecord, RecordPage, Typed};
pub use reason::{Reason, ReasonError};
pub use record::{Actor, Record};
pub use reveal::{RevealError, RevealNumber};
pub use session::FindAdminSession;
pub use story::{ReadStory, Story};

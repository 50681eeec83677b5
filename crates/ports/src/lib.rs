//! The traits through which Bonin's use cases reach the world, and their errors.
//!
//! Each method is one whole operation, so no transaction crosses a port; domain types go in and come out.
//! `bonin-testkit` holds an in-memory implementation of each and the contract suites that every
//! implementation passes.

mod accounts;
mod admins;
mod analytics;
mod api_keys;
mod clock;
mod connections;
mod conversions;
mod delivery_reports;
mod entropy;
mod identities;
mod identity_verifier;
mod key_check_repository;
mod message_groups;
mod message_sender;
mod messaging;
mod oauth_provider;
mod outbox;
mod passwords;
mod receipt_reader;
mod receipts;
mod repository_error;
mod sessions;
mod spending;
mod stories;
mod templates;
mod verification_repository;
mod verify_provider;
mod web_sends;

pub use accounts::{
    AccountImport, AccountKey, AccountQuery, AccountRepository, AnyProof, ConsentRepository, Notice,
    PhoneChange, PhoneChanged, ProofRefusal, ProofRepository, SignUp, SignedUp, same_person,
};
pub use admins::{AdminRepository, AdminSessionRepository, AuditFilter, AuditLog, Joined, NewAdminSession};
pub use analytics::{
    AnalyticsQuery, AnalyticsRepository, AttemptCell, Latency, LatencyCell, RefusalCell, TimeCell,
    VerificationCell,
};
pub use api_keys::{ApiKeyRepository, KeyVerdict, Revoke, Rotated};
pub use clock::Clock;
pub use connections::{
    AppSessionRepository, ConnectionRepository, NewConnection, OAuthLogin, OAuthLoginRepository,
};
pub use conversions::{ConversionLog, SentCode};
pub use delivery_reports::{DeliveryReport, DeliveryReports, ReportError, SentMessage, TakenMessage};
pub use entropy::Entropy;
pub use identities::{
    DueErasure, IdentityCompleted, IdentityProved, IdentityRepository, IdentityResult,
    IdentityResultRepository, IdentityStarted, NewIdentity, OtpCharge, OtpCharged, OtpRepository,
};
pub use identity_verifier::{IdentityError, IdentityVerifier, OtpIdentityVerifier};
pub use key_check_repository::{KeyCheckRepository, KeyCheckVerdict};
pub use message_groups::{
    GroupCancelled, GroupCreated, GroupMessage, MessageGroup, MessageGroupRepository, MessageQuery, NewGroup,
    NewGroupMessage,
};
pub use message_sender::{
    Abilities, Accepted, BatchLimit, BoxError, BulkSender, Encoding, Message, MessageSender, SendError,
};
pub use messaging::{
    AccountBalance, FollowedMessage, GroupRelease, GroupReport, MessagingAccount, MessagingError,
    MessagingGroups, PreparedGroup, PreparedMessage, WebContent,
};
pub use oauth_provider::{Authorization, OAuthError, OAuthProvider, OAuthTokens};
pub use outbox::{DispatchOutcome, LeasedMessage, MessageHistory, Next, Outbox, PolledAttempt, Report};
pub use passwords::{
    FinishReset, LoginAttemptRepository, LoginVerdict, OpenReset, PasswordChange, PasswordRepository,
};
pub use receipt_reader::{Inbound, NotAuthentic, Receipt, ReceiptReader, UnreadableReceipt};
pub use receipts::{ReceiptRepository, StoredReceipt};
pub use repository_error::RepositoryError;
pub use sessions::{NewSession, SessionEnd, SessionRepository, StepUp};
pub use spending::{DaySpending, SpendingLog};
pub use stories::{FiledDecision, FiledFinding, FiledVerification, StoryRepository};
pub use templates::{TemplateRepository, TemplateVersion};
pub use verification_repository::{
    Cancelled, Check, ClientOrigin, Holder, Idempotency, NewCode, OutboxEntry, ProvedPhone, Resend, Resent,
    Settlement, Spent, Start, Started, VerificationRepository,
};
pub use verify_provider::{ProviderVerdict, VerifyCheckError, VerifyProvider, VerifyRequest};
pub use web_sends::{NewWebMessage, NewWebSend, WebSendBegun, WebSendNews, WebSendRepository};

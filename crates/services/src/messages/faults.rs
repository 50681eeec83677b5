//! What can be wrong with messages that a caller asks for.

use std::collections::HashSet;

use bonin_domain::DestinationRefusal;
use bonin_domain::LineType;
use bonin_domain::messages::MessageKind;

/// Where in a request a rule is broken. Recipients count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The list of recipients.
    Recipients,
    /// A recipient's number.
    Recipient(usize),
    /// A recipient's own text.
    RecipientText(usize),
    /// A recipient's own subject.
    RecipientSubject(usize),
    /// The text that recipients share.
    Text,
    /// The subject that recipients share.
    Subject,
    /// The sender.
    From,
    /// The kind that was asked for.
    Kind,
    /// The images.
    Images,
    /// The time of a reservation.
    ScheduledAt,
    /// The provider that was named.
    Provider,
}

/// A rule that a request breaks. No variant holds a number, a text or a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// It must be there, with something in it.
    Missing,
    /// More than so many.
    TooMany(usize),
    /// The same number stands in the list before.
    Repeated,
    /// The number's country is not sent to.
    CountryNotAllowed,
    /// Not a mobile number but a line of this kind.
    NotMobile(LineType),
    /// It holds a control character, or a subject a line feed.
    ControlCharacter,
    /// Korean text messages do not have this character.
    Unencodable(char),
    /// More bytes than this kind of message takes.
    TooLong {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        limit: usize,
        /// The kind.
        kind: MessageKind,
    },
    /// Short messages have no subject.
    NoSubject,
    /// Images go by MMS alone.
    ImagesNeedMms,
    /// Not in the future.
    Past,
    /// Later than reservations are taken.
    TooFar,
    /// No provider has this sender among its registered ones.
    SenderUnknown,
    /// There is no such provider.
    ProviderUnknown,
    /// The named provider cannot carry this message.
    ProviderUnable,
    /// No provider of the plan can carry this message.
    NoRoute,
}

impl Rule {
    /// The rule that a destination breaks; `line` is what the number is.
    pub(super) fn of(refusal: DestinationRefusal, line: LineType) -> Self {
        match refusal {
            DestinationRefusal::Country => Self::CountryNotAllowed,
            DestinationRefusal::NotMobile => Self::NotMobile(line),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What.
    pub rule: Rule,
}

/// Collects faults in the order in which they are found, each once: a text that a thousand recipients share is
/// wrong once.
#[derive(Default)]
pub(super) struct Faults {
    found: Vec<Fault>,
    known: HashSet<Fault>,
    noted: usize,
}

impl Faults {
    pub(super) fn add(&mut self, place: Place, rule: Rule) {
        let fault = Fault { place, rule };
        self.noted += 1;
        if self.known.insert(fault) {
            self.found.push(fault);
        }
    }

    /// How often a rule was found broken, the same one included.
    pub(super) fn noted(&self) -> usize {
        self.noted
    }

    pub(super) fn none_or_all(self) -> Result<(), Vec<Fault>> {
        if self.found.is_empty() { Ok(()) } else { Err(self.found) }
    }
}

//! What a message in the outbox holds: recipient and text, and what choosing a provider takes, sealed together.

use std::sync::Arc;

use bonin_domain::codes::{Purpose, VerificationId};
use bonin_domain::keys::{KeyRing, Sealed, SealedField};
use bonin_domain::messages::{
    Brand, Locale, MessageId, MessageKind, ProviderName, ProviderReference, SenderId,
};
use bonin_domain::{PhoneNumber, Region, TenantId};
use bonin_ports::Message;
use zeroize::Zeroizing;

/// A message that waits to be sent.
#[derive(Clone)]
pub struct Waiting {
    /// The message. Images are kept with its group.
    pub message: Message,
    /// What it is for.
    pub errand: Errand,
    /// Providers that are asked only when no other is left.
    pub avoid: Vec<ProviderName>,
}

/// What a message is for.
#[derive(Clone)]
pub enum Errand {
    /// It carries the code of a verification.
    Code(CodeErrand),
    /// It is one of a group's; a provider may have been named for it.
    Group(Option<ProviderName>),
    /// It tells the owner of an account what was done with it.
    Notice,
}

/// What a provider that runs verifications needs besides the number.
#[derive(Clone)]
pub struct CodeErrand {
    /// The verification.
    pub verification: VerificationId,
    /// What the verification is for.
    pub purpose: Purpose,
    /// The language of the message.
    pub locale: Locale,
    /// The name in the message.
    pub brand: Brand,
    /// The provider that runs the verification already, and what it calls it.
    pub running: Option<(ProviderName, ProviderReference)>,
    /// Whether it is never sent: there is nobody who may be told (security 22).
    pub withheld: bool,
}

/// Why a waiting message cannot be read any more.
#[derive(Debug, thiserror::Error)]
#[error("the sealed message cannot be read: {0}")]
pub struct WaitingError(&'static str);

/// Lines before the text: number, kind, sender, subject, avoided providers, errand, its name, what runs.
const HEAD: usize = 8;

impl Waiting {
    /// Whether it is only there to look like one that is sent: it is closed without an attempt.
    pub fn is_withheld(&self) -> bool {
        matches!(&self.errand, Errand::Code(code) if code.withheld)
    }

    /// Whether it is tried again while no provider takes it. Nobody waits for a notice, and nobody repeats it; a code
    /// is worth little a moment later, and the sender of a group is told.
    pub fn is_tried_again(&self) -> bool {
        match self.errand {
            Errand::Notice => true,
            Errand::Code(_) | Errand::Group(_) => false,
        }
    }

    /// Seals it: one line for each of its values, the text last. None of them holds a line feed.
    pub fn seal(
        &self,
        keys: &KeyRing,
        tenant: &TenantId,
        id: MessageId,
        fill: &mut dyn FnMut(&mut [u8]),
    ) -> Sealed {
        let Message { to, from, kind, subject, text, images: _ } = &self.message;
        let avoid: Vec<&str> = self.avoid.iter().map(ProviderName::as_str).collect();
        let (errand, name, running) = match &self.errand {
            Errand::Code(code) => (
                format!(
                    "code {} {} {} {}",
                    code.verification,
                    code.purpose.as_str(),
                    code.locale.as_str(),
                    // Of one length, so that how long the sealed message is tells nothing.
                    if code.withheld { "kept" } else { "sent" }
                ),
                code.brand.as_str(),
                code.running.as_ref().map(|(name, reference)| format!("{name} {}", reference.as_str())),
            ),
            Errand::Group(named) => {
                ("group".to_owned(), named.as_ref().map_or("", ProviderName::as_str), None)
            }
            Errand::Notice => ("notice".to_owned(), "", None),
        };
        let lines = [
            to.e164(),
            kind.as_str(),
            from.as_ref().map_or("", SenderId::as_str),
            subject.as_deref().unwrap_or(""),
            &avoid.join(","),
            &errand,
            name,
            running.as_deref().unwrap_or(""),
            text,
        ];
        let plaintext = Zeroizing::new(lines.join("\n"));
        keys.seal(tenant, SealedField::Message, id.as_row(), plaintext.as_bytes(), fill)
    }

    /// Opens what [`Waiting::seal`] closed.
    pub fn unseal(
        keys: &KeyRing,
        tenant: &TenantId,
        id: MessageId,
        sealed: &Sealed,
    ) -> Result<Self, WaitingError> {
        let bytes = keys
            .unseal(tenant, SealedField::Message, id.as_row(), sealed)
            .map_err(|_| WaitingError("its seal does not open"))?;
        let plaintext = std::str::from_utf8(&bytes).map_err(|_| WaitingError("not text"))?;
        let mut lines = plaintext.splitn(HEAD + 1, '\n');
        let mut line = || lines.next().ok_or(WaitingError("a line is missing"));
        let to = PhoneNumber::parse(line()?, Region::KR).map_err(|_| WaitingError("its number"))?;
        let kind = MessageKind::from_name(line()?).ok_or(WaitingError("its kind"))?;
        let from =
            filled(line()?).map(SenderId::parse).transpose().map_err(|_| WaitingError("its sender"))?;
        let subject = filled(line()?).map(str::to_owned);
        let avoid = filled(line()?).map(names).transpose()?.unwrap_or_default();
        let errand = errand(line()?, line()?, line()?)?;
        let text = line()?.into();
        Ok(Self { message: Message { to, from, kind, subject, text, images: Arc::new([]) }, errand, avoid })
    }
}

fn filled(line: &str) -> Option<&str> {
    Some(line).filter(|line| !line.is_empty())
}

fn provider(name: &str) -> Result<ProviderName, WaitingError> {
    ProviderName::parse(name).ok_or(WaitingError("a provider's name"))
}

fn names(line: &str) -> Result<Vec<ProviderName>, WaitingError> {
    line.split(',').map(provider).collect()
}

fn errand(line: &str, name: &str, running: &str) -> Result<Errand, WaitingError> {
    if line == "group" {
        return Ok(Errand::Group(filled(name).map(provider).transpose()?));
    }
    if line == "notice" {
        return Ok(Errand::Notice);
    }
    let mut words = line.split(' ').skip(1);
    let mut word = || words.next().ok_or(WaitingError("its errand"));
    let running = filled(running).map(|running| {
        let (name, reference) = running.split_once(' ').ok_or(WaitingError("what runs"))?;
        Ok((provider(name)?, ProviderReference::parse(reference).ok_or(WaitingError("what runs"))?))
    });
    Ok(Errand::Code(CodeErrand {
        verification: word()?.parse().map_err(|_| WaitingError("its verification"))?,
        purpose: word()?.parse().map_err(|_| WaitingError("its purpose"))?,
        locale: word()?.parse().map_err(|_| WaitingError("its language"))?,
        withheld: match word()? {
            "kept" => true,
            "sent" => false,
            _ => return Err(WaitingError("whether it is sent")),
        },
        brand: Brand::parse(name).map_err(|_| WaitingError("its brand"))?,
        running: running.transpose()?,
    }))
}

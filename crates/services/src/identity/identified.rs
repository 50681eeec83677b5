use std::fmt;

use bonin_domain::TenantId;
use bonin_domain::accounts::AccountId;
use bonin_domain::identity::{
    AgeFacts, Gender, Identified, IdentityId, IdentityReference, PersonKey, PersonName,
};
use bonin_domain::keys::{KeyRing, Sealed, SealedField};
use jiff::Timestamp;
use zeroize::Zeroizing;

/// What is kept of an identified person until the proof is spent or dead: no birth date, no number (security 39).
/// `Debug` shows nothing personal.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentifiedNote {
    /// The real name.
    pub name: PersonName,
    /// What is told of the age.
    pub age: AgeFacts,
    /// Male or female, where the provider told it.
    pub gender: Option<Gender>,
    /// Whether a foreigner, where the contract tells it.
    pub foreigner: Option<bool>,
    /// The company behind the result, such as `danal`.
    pub provider: String,
    /// When the person was certified.
    pub certified_at: Timestamp,
    /// CI, where keys are kept.
    pub ci: Option<PersonKey>,
    /// DI, where keys are kept.
    pub di: Option<PersonKey>,
    /// The provider's name of the result, where keys are kept.
    pub reference: Option<IdentityReference>,
}

/// A note that cannot be read any more: sealed with a missing key, moved, or damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what was kept of an identified person cannot be read")]
pub struct IdentifiedNoteError;

/// Lines of a note: name, age, gender, foreigner, time, CI, DI, reference, company.
const LINES: usize = 9;

impl IdentifiedNote {
    /// What is kept of a person; `keep_keys`: with CI, DI and the provider's name of the result.
    pub fn of(identified: &Identified, keep_keys: bool) -> Self {
        Self {
            name: identified.name.clone(),
            age: identified.age,
            gender: identified.gender,
            foreigner: identified.foreigner,
            provider: identified.provider.clone(),
            certified_at: identified.certified_at,
            ci: identified.ci.clone().filter(|_| keep_keys),
            di: identified.di.clone().filter(|_| keep_keys),
            reference: keep_keys.then(|| identified.reference.clone()),
        }
    }

    /// Seals it for the row of its identity verification; `fill` writes random bytes.
    pub fn seal(
        &self,
        keys: &KeyRing,
        tenant: &TenantId,
        id: IdentityId,
        fill: &mut dyn FnMut(&mut [u8]),
    ) -> Sealed {
        let AgeFacts { over_14, over_19 } = self.age;
        let certified_at = self.certified_at.as_microsecond().to_string();
        let age = [flag(Some(over_14)), flag(Some(over_19))].concat();
        let (ci, di) = (self.ci.as_ref(), self.di.as_ref());
        // The company comes last: it is the only text whose characters nobody has looked at.
        let lines: [&str; LINES] = [
            self.name.reveal(),
            &age,
            match self.gender {
                Some(Gender::Male) => "male",
                Some(Gender::Female) => "female",
                None => "",
            },
            flag(self.foreigner),
            &certified_at,
            ci.map_or("", PersonKey::reveal),
            di.map_or("", PersonKey::reveal),
            self.reference.as_ref().map_or("", IdentityReference::as_str),
            &self.provider,
        ];
        let text = joined(&lines);
        keys.seal(tenant, SealedField::Identified, id.as_row(), text.as_bytes(), fill)
    }

    /// Opens what [`IdentifiedNote::seal`] closed for the same tenant and identity verification.
    ///
    /// # Errors
    /// [`IdentifiedNoteError`].
    pub fn unseal(
        keys: &KeyRing,
        tenant: &TenantId,
        id: IdentityId,
        sealed: &Sealed,
    ) -> Result<Self, IdentifiedNoteError> {
        let bytes = keys.unseal(tenant, SealedField::Identified, id.as_row(), sealed);
        let bytes = bytes.map_err(|_| IdentifiedNoteError)?;
        std::str::from_utf8(&bytes).ok().and_then(read).ok_or(IdentifiedNoteError)
    }

    /// CI, DI and the provider's name of the result, sealed for the row of an account; `None` where no keys are
    /// kept. The opened form has the company, CI, DI and name of the result, a line each.
    pub fn seal_person_keys(
        &self,
        keys: &KeyRing,
        tenant: &TenantId,
        account: AccountId,
        fill: &mut dyn FnMut(&mut [u8]),
    ) -> Option<Sealed> {
        let reference = self.reference.as_ref()?;
        let (ci, di) = (self.ci.as_ref(), self.di.as_ref());
        let company: String = self.provider.chars().filter(|letter| !letter.is_control()).collect();
        let text = joined(&[
            &company,
            ci.map_or("", PersonKey::reveal),
            di.map_or("", PersonKey::reveal),
            reference.as_str(),
        ]);
        Some(keys.seal(tenant, SealedField::PersonKeys, account.as_row(), text.as_bytes(), fill))
    }
}

impl fmt::Debug for IdentifiedNote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IdentifiedNote(…)")
    }
}

/// Lines in one text that is wiped; its room is taken at once, so that no copy is left behind.
fn joined(lines: &[&str]) -> Zeroizing<String> {
    let room = lines.iter().map(|line| line.len() + 1).sum();
    let mut text = Zeroizing::new(String::with_capacity(room));
    for (place, line) in lines.iter().enumerate() {
        if place > 0 {
            text.push('\n');
        }
        text.push_str(line);
    }
    text
}

fn flag(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "y",
        Some(false) => "n",
        None => "",
    }
}

fn read(text: &str) -> Option<IdentifiedNote> {
    let mut lines = text.splitn(LINES, '\n');
    let name = PersonName::parse(lines.next()?)?;
    let (over_14, over_19) = match lines.next()? {
        "yy" => (true, true),
        "yn" => (true, false),
        "nn" => (false, false),
        _ => return None,
    };
    let gender = match lines.next()? {
        "male" => Some(Gender::Male),
        "female" => Some(Gender::Female),
        "" => None,
        _ => return None,
    };
    let foreigner = match lines.next()? {
        "y" => Some(true),
        "n" => Some(false),
        "" => None,
        _ => return None,
    };
    let certified_at = Timestamp::from_microsecond(lines.next()?.parse().ok()?).ok()?;
    let ci = maybe(lines.next()?, |text| PersonKey::parse(text).ok()).ok()?;
    let di = maybe(lines.next()?, |text| PersonKey::parse(text).ok()).ok()?;
    let reference = maybe(lines.next()?, |text| IdentityReference::parse(text).ok()).ok()?;
    let provider = lines.next()?.to_owned();
    let age = AgeFacts { over_14, over_19 };
    Some(IdentifiedNote { name, age, gender, foreigner, provider, certified_at, ci, di, reference })
}

/// An empty line is nothing; a line that cannot be read is damage.
fn maybe<T>(line: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, IdentifiedNoteError> {
    if line.is_empty() { Ok(None) } else { parse(line).map(Some).ok_or(IdentifiedNoteError) }
}

#[cfg(test)]
mod tests {
    use bonin_domain::keys::{KeyId, RootKey};

    use super::*;

    fn ring() -> KeyRing {
        let id = KeyId::new(1).unwrap();
        KeyRing::new(vec![RootKey::new(id, Zeroizing::new([7; 32]))], id, id).unwrap()
    }

    fn note() -> IdentifiedNote {
        IdentifiedNote {
            name: PersonName::parse("홍길동").unwrap(),
            age: AgeFacts { over_14: true, over_19: false },
            gender: Some(Gender::Female),
            foreigner: Some(false),
            provider: "danal".to_owned(),
            certified_at: Timestamp::from_second(1_790_000_000).unwrap(),
            ci: Some(PersonKey::parse("CI+/=").unwrap()),
            di: Some(PersonKey::parse("DI+/=").unwrap()),
            reference: Some(IdentityReference::parse("imp_123456789012").unwrap()),
        }
    }

    fn bare() -> IdentifiedNote {
        IdentifiedNote { gender: None, foreigner: None, ci: None, di: None, reference: None, ..note() }
    }

    fn id(byte: u8) -> IdentityId {
        IdentityId::draw(Timestamp::UNIX_EPOCH, &mut |bytes| bytes.fill(byte))
    }

    #[test]
    fn a_note_opens_for_its_own_row_and_tenant_only() {
        let (keys, tenant) = (ring(), TenantId::default_tenant());
        for note in [note(), bare(), IdentifiedNote { provider: "a\nb".to_owned(), ..note() }] {
            let sealed = note.seal(&keys, &tenant, id(1), &mut |bytes| bytes.fill(3));
            assert_eq!(IdentifiedNote::unseal(&keys, &tenant, id(1), &sealed), Ok(note));
            let other = TenantId::parse("other").unwrap();
            for (tenant, id) in [(&tenant, id(2)), (&other, id(1))] {
                assert_eq!(IdentifiedNote::unseal(&keys, tenant, id, &sealed), Err(IdentifiedNoteError));
            }
        }
    }

    #[test]
    fn what_is_no_note_is_damaged() {
        for text in [
            "",
            "name",
            "홍\nyy\nmale\ny\n0\n\n\n",
            "홍\nny\n\n\n0\n\n\n\ndanal",
            "홍\nyy\n\n\n0\n\n\n../\nd",
        ] {
            assert!(read(text).is_none(), "{text:?}");
        }
        assert!(read("홍\nyy\n\n\n0\n\n\n\ndanal").is_some());
    }

    #[test]
    fn the_keys_of_an_account_are_sealed_for_it_only_where_they_are_kept() {
        let (keys, tenant) = (ring(), TenantId::default_tenant());
        let account = AccountId::draw(Timestamp::UNIX_EPOCH, &mut |bytes| bytes.fill(9));
        let fill = &mut |bytes: &mut [u8]| bytes.fill(3);
        let sealed = note().seal_person_keys(&keys, &tenant, account, fill).unwrap();
        let opened = keys.unseal(&tenant, SealedField::PersonKeys, account.as_row(), &sealed).unwrap();
        assert_eq!(&**opened, b"danal\nCI+/=\nDI+/=\nimp_123456789012");
        assert!(bare().seal_person_keys(&keys, &tenant, account, fill).is_none());
    }

    #[test]
    fn debug_output_holds_nothing_personal() {
        assert_eq!(format!("{:?}", note()), "IdentifiedNote(…)");
    }
}

use bonin_domain::TenantId;
use bonin_domain::accounts::PasswordHash;
use bonin_domain::admin::{AdminName, InvitationSecret, TotpSecret};
use bonin_domain::keys::{KeyRing, Sealed, SealedField};
use bonin_ports::Entropy;
use zeroize::Zeroizing;

/// What somebody chose who is about to become an administrator, between the page that asks for it and the one that
/// confirms the second factor.
///
/// The browser keeps it, sealed to the invitation: nothing half is stored, nobody has to clean up after those who leave,
/// and it is worth nothing without the invitation, once that is spent or over. It holds the password's hash, not the
/// password.
#[derive(Debug)]
pub struct Enrolment {
    /// The name.
    pub name: AdminName,
    /// The password's hash.
    pub password: PasswordHash,
    /// The secret of the second factor.
    pub totp: TotpSecret,
}

impl Enrolment {
    /// Seals it for the browser.
    pub(super) fn seal(
        &self,
        keys: &KeyRing,
        entropy: &dyn Entropy,
        invitation: &InvitationSecret,
    ) -> Sealed {
        let names = format!("{}\n{}", self.name, self.password.as_str());
        let plain = Zeroizing::new([&self.totp.as_bytes()[..], names.as_bytes()].concat());
        let fill = &mut |bytes: &mut [u8]| entropy.fill(bytes);
        keys.seal(&TenantId::default_tenant(), SealedField::Enrolment, &row(invitation), &plain, fill)
    }

    /// Opens what the browser brought; `None` where it is not what was sealed for this invitation.
    pub(super) fn unseal(keys: &KeyRing, invitation: &InvitationSecret, sealed: &Sealed) -> Option<Self> {
        let tenant = TenantId::default_tenant();
        let plain = keys.unseal(&tenant, SealedField::Enrolment, &row(invitation), sealed).ok()?;
        let (totp, names) = plain.split_at_checked(20)?;
        let (name, password) = std::str::from_utf8(names).ok()?.split_once('\n')?;
        Some(Self {
            name: AdminName::parse(name).ok()?,
            password: PasswordHash::parse(password).ok()?,
            totp: TotpSecret::from_bytes(totp)?,
        })
    }
}

/// The invitation's digest, cut: to this it is sealed.
fn row(invitation: &InvitationSecret) -> [u8; 16] {
    let mut row = [0; 16];
    row.copy_from_slice(&invitation.digest().as_bytes()[..16]);
    row
}

//! Stored passwords: Argon2id, and bcrypt as other systems left it (security 26).

use std::fmt;
use std::ops::RangeInclusive;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::accounts::Password;

/// Bytes of a new salt (RFC 9106, 3.1).
const SALT: usize = 16;

/// Bytes of a new output (RFC 9106, 4).
const OUTPUT: usize = 32;

/// Salts and outputs that are read: from the least that Argon2 takes to twice what we write.
const READ_LENGTHS: RangeInclusive<usize> = 8..=64;

/// The most memory of one hash, in KiB: 1 GiB.
const MOST_MEMORY: u32 = 1024 * 1024;

/// The most passes of one hash.
const MOST_PASSES: u32 = 100;

/// The most lanes of one hash; they are computed one after another.
const MOST_LANES: u32 = 64;

/// The most memory times passes, in KiB: 4 GiB, some seconds of work. One damaged row must not stop a hashing thread.
const MOST_WORK: u64 = 4 * 1024 * 1024;

/// The bytes of a password that bcrypt looks at.
const BCRYPT_BYTES: usize = 72;

/// Costs of bcrypt that are read: 14 takes about a second.
const BCRYPT_COSTS: RangeInclusive<u32> = 4..=14;

/// What one Argon2id hash costs: up to 1 GiB, 100 passes, 64 lanes, and 4 GiB of memory times passes. What lies
/// outside is brought inside when it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, in KiB; at least 8 for each lane.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for HashCost {
    /// 19 MiB, two passes, one lane: the least that requirement G06 allows.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

impl HashCost {
    /// The nearest cost that can be computed and that [`PasswordHash::parse`] takes.
    fn bounded(self) -> Self {
        let lanes = self.lanes.clamp(1, MOST_LANES);
        let memory_kib = self.memory_kib.clamp(8 * lanes, MOST_MEMORY);
        let most_passes = u32::try_from(MOST_WORK / u64::from(memory_kib)).unwrap_or(MOST_PASSES);
        Self { memory_kib, passes: self.passes.clamp(1, most_passes.min(MOST_PASSES)), lanes }
    }

    fn argon2(self) -> Option<Argon2<'static>> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, None).ok()?;
        Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

/// What a password is checked against: an Argon2id string in PHC form, or a bcrypt string (`$2a$`, `$2b$`, `$2y$`).
/// `Debug` shows which of the two.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// A text that is neither an Argon2id nor a bcrypt hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is neither an Argon2id nor a bcrypt hash")]
pub struct UnknownHash;

impl PasswordHash {
    /// Hashes a password with Argon2id; `fill` draws the salt. Takes tens of milliseconds.
    ///
    /// # Panics
    /// When the memory that `cost` asks for cannot be had.
    pub fn compute(password: &Password, cost: HashCost, fill: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut salt = [0; SALT];
        fill(&mut salt);
        let cost = cost.bounded();
        let output = digest(password, cost, &salt, OUTPUT).expect("a bounded cost can be computed");
        let HashCost { memory_kib, passes, lanes } = cost;
        let (salt, output) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(output));
        Self(format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${output}"))
    }

    /// Reads a stored hash: Argon2id of version 19 without key or data, with salt and output of 8 to 64 bytes and a
    /// cost within the bounds of [`HashCost`]; or bcrypt of cost 4 to 14.
    ///
    /// # Errors
    /// [`UnknownHash`].
    pub fn parse(raw: &str) -> Result<Self, UnknownHash> {
        let known = if raw.starts_with("$2") { is_bcrypt(raw) } else { Stored::read(raw).is_some() };
        if known { Ok(Self(raw.to_owned())) } else { Err(UnknownHash) }
    }

    /// Whether `password` is the one that was hashed. Takes as long as hashing. Of a bcrypt hash only the first 72
    /// bytes of a password count, and a password with NUL never matches: as Python's `bcrypt.checkpw` has it.
    pub fn matches(&self, password: &Password) -> bool {
        if self.is_bcrypt() {
            let text = password.reveal();
            // bcrypt repeats the password, each time ended by NUL: `a` and `a\0a` would be one.
            return bcrypt::verify(text, &self.0).unwrap_or(false) && !text.contains('\0');
        }
        let Some(stored) = Stored::read(&self.0) else { return false };
        digest(password, stored.cost, &stored.salt, stored.output.len())
            .is_some_and(|output| output.ct_eq(&stored.output).into())
    }

    /// Whether it is of another kind or cheaper than `cost`, so that it is replaced at the next log in.
    pub fn is_outdated(&self, cost: HashCost) -> bool {
        let wanted = cost.bounded();
        Stored::read(&self.0).is_none_or(|Stored { cost, salt, output }| {
            cost.memory_kib < wanted.memory_kib
                || cost.passes < wanted.passes
                || cost.lanes < wanted.lanes
                || salt.len() < SALT
                || output.len() < OUTPUT
        })
    }

    /// Whether all of `password` was looked at when it matched: bcrypt sees its first 72 bytes, and what follows may be
    /// a typing error that must not become the password.
    pub fn covers(&self, password: &Password) -> bool {
        !self.0.starts_with("$2") || password.reveal().len() <= BCRYPT_BYTES
    }

    /// The stored form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_bcrypt(&self) -> bool {
        self.0.starts_with("$2")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_bcrypt() { "bcrypt" } else { "argon2id" };
        write!(formatter, "PasswordHash({kind})")
    }
}

/// An Argon2id string, taken apart.
struct Stored {
    cost: HashCost,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Stored {
    /// Reads `$argon2id$v=19$m=19456,t=2,p=1$salt$output` (PHC string format), parameters in this order.
    fn read(raw: &str) -> Option<Self> {
        let mut parts = raw.strip_prefix("$argon2id$v=19$")?.split('$');
        let (costs, salt, output) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let mut costs = costs.split(',');
        let cost = HashCost {
            memory_kib: decimal(costs.next()?.strip_prefix("m=")?)?,
            passes: decimal(costs.next()?.strip_prefix("t=")?)?,
            lanes: decimal(costs.next()?.strip_prefix("p=")?)?,
        };
        let (salt, output) = (bytes(salt)?, bytes(output)?);
        (costs.next().is_none() && cost == cost.bounded()).then_some(Self { cost, salt, output })
    }
}

/// A number of PHC: no sign, no leading zero.
fn decimal(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text).ok().filter(|bytes| READ_LENGTHS.contains(&bytes.len()))
}

/// `None` only where the memory cannot be had: costs and lengths were looked at before.
fn digest(password: &Password, cost: HashCost, salt: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut output = vec![0; length];
    cost.argon2()?.hash_password_into(password.reveal().as_bytes(), salt, &mut output).ok()?;
    Some(output)
}

/// `$2b$12$`, 22 characters of salt, 31 of output.
fn is_bcrypt(raw: &str) -> bool {
    let known = ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| raw.starts_with(prefix));
    // The crate's own reading takes `+5` for a number.
    let digits = raw.as_bytes().get(4..6).is_some_and(|cost| cost.iter().all(u8::is_ascii_digit));
    known
        && digits
        && raw.parse::<bcrypt::HashParts>().is_ok_and(|parts| BCRYPT_COSTS.contains(&parts.get_cost()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Costs nothing: 64 KiB, one pass.
    const CHEAP: HashCost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };

    fn password(raw: &str) -> Password {
        Password::parse(raw).unwrap()
    }

    fn stored(raw: &str) -> PasswordHash {
        PasswordHash::parse(raw).unwrap()
    }

    fn count(bytes: &mut [u8]) {
        for (place, byte) in (0..).zip(bytes) {
            *byte = place;
        }
    }

    /// Made by argon2-cffi 25.1 (the C reference implementation), salt 00 01 02 …
    const ARGON2: [(&str, &str); 4] = [
        (
            "비밀번호486!",
            "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$dld0KbTjnmNuUvKTh2vVr1G/W0ETWedgHmtN7AMnR3w",
        ),
        (
            "비밀번호486!",
            "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$UFrQpdDaZ0F/8g7Ee+yN+XT5vQdoChnoWlEltaQrmjY",
        ),
        (
            "correct horse",
            "$argon2id$v=19$m=256,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$a9EwaF6CGehkLnS2hcZTEh6IX7+UW8l3UvV48fCEo30",
        ),
        ("correct horse", "$argon2id$v=19$m=64,t=1,p=2$AAECAwQFBgc$vBM/NtHNCyIX/IiuwRQ8Sg"),
    ];

    /// Made by Python's bcrypt 5.0; the last with its prefix changed to the one that PHP writes.
    const BCRYPT: [(&str, &str); 5] = [
        ("correct horse", "$2b$04$KmOOm7G1IZz7PB7Z1xz4Ku.QWa5zxXOCSawdtwTK3bKfWTre6AfEC"),
        ("비밀번호486!", "$2b$04$UCZR7MZcdPiQH5q96Zc.V.BwAPzLyA3YPbxT9RXlVG.Qn6u7CmFI2"),
        ("correct horse", "$2a$04$95e0ORG0CWubN6U0.XoS2..5Cms2z5wMn5EaODCY1CBwbmZ3nEeL6"),
        ("correct horse", "$2b$12$Be4XnPni/LzZH5mH.Z4iduTqq/tBnJEmwxif6mdRPQhfD9FL8rMVK"),
        ("correct horse", "$2y$04$KmOOm7G1IZz7PB7Z1xz4Ku.QWa5zxXOCSawdtwTK3bKfWTre6AfEC"),
    ];

    #[test]
    fn hashes_of_other_implementations_match_their_passwords_and_no_others() {
        for (right, hash) in ARGON2.into_iter().chain(BCRYPT) {
            let hash = stored(hash);
            assert!(hash.matches(&password(right)), "{}", hash.as_str());
            let wrong =
                [format!("{right} "), right.replace(['4', 'h'], "x"), right[..right.len() - 1].to_owned()];
            for wrong in wrong {
                assert!(!hash.matches(&password(&wrong)), "{wrong} and {}", hash.as_str());
            }
        }
    }

    #[test]
    fn a_new_hash_is_what_the_reference_implementation_makes() {
        let (right, expected) = ARGON2[1];
        assert_eq!(PasswordHash::compute(&password(right), CHEAP, &mut count).as_str(), expected);
        let (right, expected) = ARGON2[0];
        assert_eq!(
            PasswordHash::compute(&password(right), HashCost::default(), &mut count).as_str(),
            expected
        );
    }

    #[test]
    fn a_new_hash_reads_back_whatever_cost_was_asked_for() {
        for cost in [
            HashCost { memory_kib: 0, passes: 0, lanes: 0 },
            HashCost { memory_kib: 8, passes: 1, lanes: u32::MAX },
            HashCost { memory_kib: 8, passes: u32::MAX, lanes: 1 },
        ] {
            let hash = PasswordHash::compute(&password("correct horse"), cost, &mut count);
            let read = stored(hash.as_str());
            assert!(read.matches(&password("correct horse")));
            assert!(!read.is_outdated(cost), "{cost:?}");
        }
        let most = HashCost { memory_kib: u32::MAX, passes: u32::MAX, lanes: 1 }.bounded();
        assert_eq!(most, HashCost { memory_kib: 1024 * 1024, passes: 4, lanes: 1 });
    }

    #[test]
    fn the_salt_is_what_was_drawn() {
        let one = PasswordHash::compute(&password("correct horse"), CHEAP, &mut |salt| salt.fill(1));
        let two = PasswordHash::compute(&password("correct horse"), CHEAP, &mut |salt| salt.fill(2));
        assert_ne!(one, two);
    }

    #[test]
    fn of_a_bcrypt_hash_72_bytes_count() {
        let hash = stored("$2b$05$aNpfTQioFcbonfoG.PqzNes64jNCAHlryTJZlRTin1eyopL2Ja5TW");
        assert!(hash.matches(&password(&"x".repeat(72))));
        let longer = password(&format!("{}and more", "x".repeat(72)));
        assert!(hash.matches(&longer) && !hash.covers(&longer), "what follows was not looked at");
        assert!(hash.covers(&password(&"x".repeat(72))));
        assert!(!hash.matches(&password(&"x".repeat(71))));
        let hangul = stored("$2b$04$1Drd.QFdmBGPsuI9/IrVOugfGb5zxWLE5WjdUnqwrdF9LVLXdcvQe");
        assert!(hangul.matches(&password(&"가".repeat(24))));
        assert!(hangul.matches(&password(&"가".repeat(25))));
    }

    #[test]
    fn a_password_with_nul_never_matches_a_bcrypt_hash() {
        let hash = stored("$2b$04$6XTqwLUuDTB6InPddLWrsuK8WLnvp3/JAuouJDcqnNeC.NHflXfsO");
        assert!(hash.matches(&password("a")));
        for wrong in ["a\0", "a\0a", "a\0b", "\0a"] {
            assert!(!hash.matches(&password(wrong)), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_damaged_or_of_another_kind_is_refused() {
        let (argon2, bcrypt) = (ARGON2[1].1, BCRYPT[0].1);
        let with = |hash: &str, from: &str, to: &str| {
            assert!(hash.contains(from));
            hash.replacen(from, to, 1)
        };
        for bad in [
            String::new(),
            "$".to_owned(),
            "correct horse".to_owned(),
            "$1$abcdefgh$G9h9Pz2BAm8a.0xyTBzUc/".to_owned(),
            argon2[1..].to_owned(),
            argon2[..argon2.len() - 1].to_owned(),
            format!("{argon2}$"),
            format!("{argon2}="),
            format!("{argon2}\n"),
            with(argon2, "$argon2id", "$argon2i"),
            with(argon2, "$argon2id", "$argon2d"),
            with(argon2, "v=19", "v=16"),
            with(argon2, "v=19$", ""),
            with(argon2, "m=64", "m=064"),
            with(argon2, "m=64", "m=+64"),
            with(argon2, "m=64", "m=7"),
            with(argon2, "t=1", "t=0"),
            with(argon2, "p=1", "p=0"),
            with(argon2, "p=1", "p=9"),
            with(argon2, "p=1", "p=1,keyid=AAEC"),
            with(argon2, "m=64,t=1", "t=1,m=64"),
            with(argon2, "AAECAwQFBgcICQoLDA0ODw", "AAEC"),
            with(argon2, "AAEC", "AA!C"),
            argon2.rsplit_once('$').unwrap().0.to_owned(),
            bcrypt[1..].to_owned(),
            bcrypt[..59].to_owned(),
            format!("{bcrypt}a"),
            with(bcrypt, "$2b$", "$2x$"),
            with(bcrypt, "$2b$", "$2$"),
            with(bcrypt, "$04$", "$+4$"),
            with(bcrypt, "$04$", "$03$"),
            with(bcrypt, "$04$", "$15$"),
            with(bcrypt, "KmOO", "Km가"),
            with(bcrypt, "KmOO", "Km!O"),
        ] {
            assert_eq!(PasswordHash::parse(&bad), Err(UnknownHash), "{bad:?}");
        }
    }

    #[test]
    fn a_row_that_would_take_minutes_or_all_memory_is_refused() {
        let with = |costs: &str| PasswordHash::parse(&ARGON2[1].1.replace("m=64,t=1,p=1", costs));
        for bad in ["m=1048577,t=1,p=1", "m=64,t=101,p=1", "m=1048576,t=5,p=1", "m=4294967296,t=1,p=1"] {
            assert_eq!(with(bad), Err(UnknownHash), "{bad}");
        }
        for good in ["m=1048576,t=4,p=4", "m=64,t=100,p=1", "m=65536,t=3,p=4"] {
            assert!(with(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn bcrypt_and_what_is_cheaper_in_any_way_is_outdated() {
        let cost = HashCost { memory_kib: 64, passes: 2, lanes: 2 };
        let hash = |memory_kib, passes, lanes| {
            PasswordHash::compute(
                &password("correct horse"),
                HashCost { memory_kib, passes, lanes },
                &mut count,
            )
        };
        assert!(!hash(64, 2, 2).is_outdated(cost));
        assert!(!hash(128, 3, 4).is_outdated(cost));
        for cheaper in
            [hash(63, 2, 2), hash(64, 1, 2), hash(64, 2, 1), stored(BCRYPT[3].1), stored(ARGON2[3].1)]
        {
            assert!(cheaper.is_outdated(cost), "{}", cheaper.as_str());
        }
        assert!(stored(ARGON2[3].1).is_outdated(CHEAP), "short salt and output");
    }

    #[test]
    fn debug_output_names_the_kind_alone() {
        assert_eq!(format!("{:?}", stored(ARGON2[0].1)), "PasswordHash(argon2id)");
        assert_eq!(format!("{:?}", stored(BCRYPT[0].1)), "PasswordHash(bcrypt)");
    }
}

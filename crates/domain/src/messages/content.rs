//! What a message is made of besides its text.

use std::fmt;
use std::sync::Arc;

/// The kind of a message, as Korean carriers price it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum MessageKind {
    /// A short text: 90 bytes in EUC-KR.
    Sms,
    /// A long text: 2,000 bytes, with an optional subject of 40.
    Lms,
    /// A long text with images.
    Mms,
}

impl MessageKind {
    /// Every kind, cheapest first.
    pub const ALL: [Self; 3] = [Self::Sms, Self::Lms, Self::Mms];

    /// The name used on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Lms => "lms",
            Self::Mms => "mms",
        }
    }

    /// Reads the stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether it carries images.
    pub fn has_images(self) -> bool {
        self == Self::Mms
    }

    /// The most bytes of a text, counted in EUC-KR.
    pub fn text_limit(self) -> usize {
        match self {
            Self::Sms => 90,
            Self::Lms | Self::Mms => 2_000,
        }
    }
}

/// The most bytes of a subject, counted in EUC-KR; only long messages have one.
pub const SUBJECT_LIMIT: usize = 40;

/// Who a message is from: a registered number as digits (4 to 15), or abroad 1 to 11 letters and digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SenderId(String);

/// Why a text is not a sender.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sender is a number such as 02-123-4567, or 1 to 11 letters and digits")]
pub struct SenderIdError;

impl SenderId {
    /// Reads a sender; hyphens and blanks within a number are dropped, so `02-123-4567` is `021234567`.
    ///
    /// # Errors
    /// [`SenderIdError`] when `raw` has another form.
    pub fn parse(raw: &str) -> Result<Self, SenderIdError> {
        let raw = raw.trim();
        let digits: String = raw.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        if digits.bytes().all(|b| b.is_ascii_digit()) {
            return if (4..=15).contains(&digits.len()) { Ok(Self(digits)) } else { Err(SenderIdError) };
        }
        let named = (1..=11).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_alphanumeric());
        if named { Ok(Self(raw.to_owned())) } else { Err(SenderIdError) }
    }

    /// The sender as text: digits alone for a number.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        self.0.bytes().all(|b| b.is_ascii_digit())
    }
}

impl fmt::Display for SenderId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A picture that every provider of long messages takes: JPEG, at most 200 KB and 1,500 x 1,440 pixels (the
/// strictest figures, those of CoolSMS, so that a message can go by any route).
#[derive(Clone, PartialEq, Eq)]
pub struct Image(Arc<[u8]>);

/// Why bytes are not an image that can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Not a JPEG, or a damaged one.
    #[error("an image is a JPEG")]
    NotJpeg,
    /// More than [`Image::BYTES`].
    #[error("an image has at most 200 KB, this one has {0} bytes")]
    TooManyBytes(usize),
    /// Wider or higher than [`Image::PIXELS`].
    #[error("an image has at most 1500 x 1440 pixels, this one has {0} x {1}")]
    TooLarge(u16, u16),
}

impl Image {
    /// The most bytes.
    pub const BYTES: usize = 200_000;
    /// The greatest width and height.
    pub const PIXELS: (u16, u16) = (1_500, 1_440);

    /// Looks at the bytes of a JPEG; its size is read from its frame header, the picture is not decoded.
    ///
    /// # Errors
    /// The rule that `bytes` breaks.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, ImageError> {
        if bytes.len() > Self::BYTES {
            return Err(ImageError::TooManyBytes(bytes.len()));
        }
        let (width, height) = jpeg_size(&bytes).ok_or(ImageError::NotJpeg)?;
        if width > Self::PIXELS.0 || height > Self::PIXELS.1 {
            return Err(ImageError::TooLarge(width, height));
        }
        Ok(Self(bytes.into()))
    }

    /// The JPEG file.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Image({} bytes)", self.0.len())
    }
}

/// Width and height from the first frame header (ITU-T T.81, B.2.2).
fn jpeg_size(bytes: &[u8]) -> Option<(u16, u16)> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let (&[fill, marker], after) = rest.split_first_chunk::<2>()?;
        if fill != 0xff {
            return None;
        }
        match marker {
            // Fill bytes before a marker.
            0xff => rest = &rest[1..],
            // Markers without a segment.
            0x01 | 0xd0..=0xd7 => rest = after,
            // The picture's data begins, or ends, before any frame header.
            0xd9 | 0xda => return None,
            _ => {
                let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
                let segment = after.get(2..length)?;
                // C4, C8 and CC are tables and a reserved marker among the frame headers.
                if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
                    let &[_, h1, h2, w1, w2, ..] = segment else { return None };
                    let (width, height) = (u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2]));
                    return (width > 0 && height > 0).then_some((width, height));
                }
                rest = after.get(length..)?;
            }
        }
    }
}

/// A price as a provider says it: a decimal number and a currency, such as `0.0333 EUR`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Price {
    amount: String,
    currency: String,
}

impl Price {
    /// Reads a price: up to 12 digits with at most one point, and three capital letters; `None` otherwise.
    pub fn parse(amount: &str, currency: &str) -> Option<Self> {
        let amount = amount.trim();
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, "0"));
        let digits = |text: &str| (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let known = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
        (digits(whole) && digits(fraction) && known)
            .then(|| Self { amount: amount.to_owned(), currency: currency.to_owned() })
    }

    /// The amount, as the provider wrote it.
    pub fn amount(&self) -> &str {
        &self.amount
    }

    /// The currency (ISO 4217).
    pub fn currency(&self) -> &str {
        &self.currency
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a JPEG of this size: start, one application segment, frame header.
    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8];
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.extend([1, 1, 0x11, 0, 0xff, 0xd9]);
        bytes
    }

    #[test]
    fn an_image_is_a_jpeg_within_the_limits() {
        assert!(Image::parse(jpeg(1500, 1440)).is_ok());
        assert_eq!(Image::parse(jpeg(1501, 1)), Err(ImageError::TooLarge(1501, 1)));
        assert_eq!(Image::parse(jpeg(1, 1441)), Err(ImageError::TooLarge(1, 1441)));
        let mut heavy = jpeg(10, 10);
        heavy.resize(Image::BYTES + 1, 0);
        assert_eq!(Image::parse(heavy), Err(ImageError::TooManyBytes(200_001)));
        for wrong in [&b""[..], b"\x89PNG\r\n", &[0xff, 0xd8], &[0xff, 0xd8, 0xff, 0xd9], &jpeg(0, 9)] {
            assert_eq!(Image::parse(wrong.to_vec()), Err(ImageError::NotJpeg));
        }
        let whole = jpeg(10, 10);
        for length in 0..17 {
            assert_eq!(Image::parse(whole[..length].to_vec()), Err(ImageError::NotJpeg), "cut at {length}");
        }
    }

    #[test]
    fn a_sender_is_a_number_or_a_short_name() {
        for (raw, read) in [("02-123-4567", "021234567"), ("1588-0000", "15880000"), (" Bonin ", "Bonin")] {
            assert_eq!(SenderId::parse(raw).unwrap().as_str(), read);
        }
        for wrong in ["", "12", "+8221234567", "본인", "abcdefghijkl", "a-b", "1234567890123456"] {
            assert!(SenderId::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_price_is_a_decimal_number_and_a_currency() {
        assert_eq!(Price::parse("0.10000000", "EUR").unwrap().amount(), "0.10000000");
        assert!(Price::parse("20", "KRW").is_some());
        for (amount, currency) in [("", "EUR"), ("-1", "EUR"), ("1e3", "EUR"), ("1.2.3", "EUR"), ("1", "eu")]
        {
            assert!(Price::parse(amount, currency).is_none());
        }
    }
}

//! A JSON number.

/// A JSON number (RFC 8259 §6): every `i64` and `u64` exactly, and every finite `f64`.
///
/// A whole number and a number with a fraction are different, as they are in text: `1` is not
/// `1.0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JsonNumber(Representation);

/// One number has one representation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Representation {
    /// Finite.
    Fraction(f64),
    /// Below zero.
    Negative(i64),
    Natural(u64),
}

impl JsonNumber {
    /// Returns a number with a fraction, which may be zero; `None` for NaN and infinity, which JSON
    /// does not have.
    #[must_use]
    pub fn from_f64(number: f64) -> Option<Self> {
        number
            .is_finite()
            .then_some(Self(Representation::Fraction(number)))
    }

    /// Returns the number, if it is a whole one of that range.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        match self.0 {
            Representation::Fraction(_) => None,
            Representation::Natural(number) => number.try_into().ok(),
            Representation::Negative(number) => Some(number),
        }
    }

    /// Returns the number, if it is a whole one of that range.
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        match self.0 {
            Representation::Natural(number) => Some(number),
            Representation::Fraction(_) | Representation::Negative(_) => None,
        }
    }

    /// Returns the number, or the nearest to it of that type.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest is what is promised"
    )]
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Representation::Fraction(number) => number,
            Representation::Natural(number) => number as f64,
            Representation::Negative(number) => number as f64,
        }
    }

    pub(super) fn representation(self) -> Representation {
        self.0
    }
}

/// It is never NaN.
impl Eq for JsonNumber {}

impl From<i64> for JsonNumber {
    fn from(number: i64) -> Self {
        Self(match u64::try_from(number) {
            Ok(number) => Representation::Natural(number),
            Err(_) => Representation::Negative(number),
        })
    }
}

impl From<u64> for JsonNumber {
    fn from(number: u64) -> Self {
        Self(Representation::Natural(number))
    }
}

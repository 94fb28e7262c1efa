//! Numbers with all of their digits: compared by value, however long they are.

use std::cmp::Ordering;

/// How far apart the first and the last place of two numbers may be that are subtracted: `1e999999999` is a few letters.
const PLACES_MAX: i64 = 10_000;
/// The same for what is written without an exponent.
const WRITTEN_PLACES_MAX: i64 = 60;

/// Digits times a power of ten. There are no zeros at either end, so that the same value is the same here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    pub const ZERO: Self = Self { negative: false, digits: Vec::new(), exponent: 0 };

    /// A number as JSON writes it. `0081` is none.
    pub fn of_json(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let starts_well = match unsigned.as_bytes() {
            [b'0', b'0'..=b'9', ..] => false,
            [first, ..] => first.is_ascii_digit(),
            [] => false,
        };
        starts_well.then(|| Self::read(text)).flatten()
    }

    /// A number as people write it: `฿ 1,234.50`, `(12.00)`, `๑๒.๕`, `007`.
    pub fn of_text(text: &str) -> Option<Self> {
        Self::read(&model::money::bookkept(text)?)
    }

    fn read(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, i64::from(exponent.parse::<i32>().ok()?)),
            None => (text, 0),
        };
        let unsigned = number.strip_prefix('-').unwrap_or(number);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((_, "")) => return None,
            parts => parts.unwrap_or((unsigned, "")),
        };
        let all = || whole.bytes().chain(fraction.bytes());
        if whole.is_empty() || !all().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let exponent = exponent - i64::try_from(fraction.len()).ok()?;
        Some(Self::of(number.len() > unsigned.len(), all().map(|byte| byte - b'0').collect(), exponent))
    }

    fn of(negative: bool, digits: Vec<u8>, exponent: i64) -> Self {
        let leading = digits.iter().take_while(|digit| **digit == 0).count();
        let kept = digits.iter().rposition(|digit| *digit != 0).map_or(leading, |last| last + 1);
        let cut = digits.len() - kept;
        match leading == digits.len() {
            true => Self::ZERO,
            false => Self {
                negative,
                digits: digits[leading..kept].to_vec(),
                exponent: exponent.saturating_add_unsigned(cut as u64),
            },
        }
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The place before the first digit: `0.05` begins at -1, `123` at 3.
    fn top(&self) -> i64 {
        self.exponent.saturating_add_unsigned(self.digits.len() as u64)
    }

    /// Which is larger, whatever their signs.
    pub fn cmp_size(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            // The digits begin at the same place, and none ends in a zero: they sort like texts.
            (false, false) => self.top().cmp(&other.top()).then_with(|| self.digits.cmp(&other.digits)),
        }
    }

    /// How far apart two numbers are; nothing where they are of sizes that nobody compares.
    pub fn distance(&self, other: &Self) -> Option<Self> {
        let (larger, smaller) = match self.cmp_size(other) {
            Ordering::Less => (other, self),
            _ => (self, other),
        };
        if smaller.digits.is_empty() {
            return Some(Self { negative: false, ..larger.clone() });
        }
        let exponent = larger.exponent.min(smaller.exponent);
        let places = larger.top().saturating_sub(exponent).saturating_add(1);
        if places > PLACES_MAX {
            return None;
        }
        let places = usize::try_from(places).ok()?;
        let (larger_digits, smaller_digits) =
            (larger.laid_out(exponent, places)?, smaller.laid_out(exponent, places)?);
        let digits = match larger.negative == smaller.negative {
            true => difference(larger_digits, &smaller_digits),
            false => sum(larger_digits, &smaller_digits),
        };
        Some(Self::of(false, digits, exponent))
    }

    /// So many digits, of which the last is worth ten to the exponent.
    fn laid_out(&self, exponent: i64, places: usize) -> Option<Vec<u8>> {
        let behind = usize::try_from(self.exponent - exponent).ok()?;
        let before = places.checked_sub(self.digits.len() + behind)?;
        let mut digits = vec![0; places];
        digits[before..before + self.digits.len()].copy_from_slice(&self.digits);
        Some(digits)
    }

    pub fn times(&self, other: &Self) -> Self {
        let mut product = vec![0_u32; self.digits.len() + other.digits.len()];
        for (i, one) in self.digits.iter().enumerate().rev() {
            let mut carry = 0;
            for (j, two) in other.digits.iter().enumerate().rev() {
                let sum = product[i + j + 1] + u32::from(*one) * u32::from(*two) + carry;
                product[i + j + 1] = sum % 10;
                carry = sum / 10;
            }
            product[i] += carry;
        }
        let digits = product.into_iter().map(|digit| digit as u8).collect();
        let exponent = self.exponent.saturating_add(other.exponent);
        Self::of(self.negative != other.negative, digits, exponent)
    }

    /// Times ten to so much.
    pub fn shifted(mut self, places: i64) -> Self {
        if !self.digits.is_empty() {
            self.exponent = self.exponent.saturating_add(places);
        }
        self
    }

    /// With so many digits behind the point at most; a half is rounded away from nothing.
    pub fn rounded(&self, places: u32) -> Self {
        let last = -i64::from(places);
        if self.exponent >= last {
            return self.clone();
        }
        // What is kept ends with the digit that is worth ten to `last`.
        let Ok(kept) = usize::try_from(self.top().saturating_sub(last)) else { return Self::ZERO };
        let mut digits = vec![0];
        digits.extend(&self.digits[..kept]);
        if self.digits[kept] >= 5 {
            let one = digits.len() - 1;
            let mut unit = vec![0; digits.len()];
            unit[one] = 1;
            digits = sum(digits, &unit);
        }
        Self::of(self.negative, digits, last)
    }
}

/// Both are of the same length; the first is not smaller.
fn difference(mut larger: Vec<u8>, smaller: &[u8]) -> Vec<u8> {
    let mut borrowed = 0;
    for (digit, other) in larger.iter_mut().zip(smaller).rev() {
        let taken = other + borrowed;
        borrowed = u8::from(*digit < taken);
        *digit = *digit + 10 * borrowed - taken;
    }
    larger
}

/// Both are of the same length, and begin with a place for what is carried.
fn sum(mut larger: Vec<u8>, smaller: &[u8]) -> Vec<u8> {
    let mut carried = 0;
    for (digit, other) in larger.iter_mut().zip(smaller).rev() {
        let sum = *digit + other + carried;
        (*digit, carried) = (sum % 10, sum / 10);
    }
    larger
}

/// Without zeros that do not count, and without an exponent as long as people would write none.
impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let sign = if self.negative { "-" } else { "" };
        let written = |places: i64| usize::try_from(places).ok().filter(|_| places <= WRITTEN_PLACES_MAX);
        if self.digits.is_empty() {
            return write!(f, "0");
        }
        if let Some(zeros) = written(self.exponent) {
            return write!(f, "{sign}{text}{}", "0".repeat(zeros));
        }
        if let Some(whole) = usize::try_from(self.top()).ok().filter(|whole| *whole > 0 && self.exponent < 0)
        {
            return write!(f, "{sign}{}.{}", &text[..whole], &text[whole..]);
        }
        match written(-self.top()) {
            Some(zeros) => write!(f, "{sign}0.{}{text}", "0".repeat(zeros)),
            None => write!(f, "{sign}{text}e{}", self.exponent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Decimal {
        Decimal::of_json(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn the_same_value_is_the_same_however_it_is_written() {
        for (one, other) in
            [("1.50", "1.5"), ("0", "-0.000"), ("1e3", "1000"), ("12.5e-1", "1.25"), ("100", "1E+2")]
        {
            assert_eq!(number(one), number(other), "{one} {other}");
        }
        assert_ne!(number("90071992547409.93"), number("90071992547409.94"));
        assert_ne!(number("1"), number("-1"));
    }

    #[test]
    fn what_people_write_is_a_number_and_what_json_does_not_write_is_none_of_json() {
        assert_eq!(Decimal::of_text("฿ 1,234.50"), Some(number("1234.5")));
        assert_eq!(Decimal::of_text("(๑๒.๕๐)"), Some(number("-12.5")));
        assert_eq!(Decimal::of_text("0081"), Some(number("81")));
        for text in ["0081", "", "-", ".5", "5.", "1,000", "๑๐", "--1", "1e", "1e99999999999", "NaN", "1 "]
        {
            assert_eq!(Decimal::of_json(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        for (text, wanted) in [
            ("1234.50", "1234.5"),
            ("-0.050", "-0.05"),
            ("1e3", "1000"),
            ("12345678901234567890.10", "12345678901234567890.1"),
            ("1e-100", "1e-100"),
            ("15e100", "15e100"),
            ("0.0", "0"),
        ] {
            assert_eq!(number(text).to_string(), wanted);
        }
    }

    #[test]
    fn half_a_satang_is_rounded_away_from_nothing() {
        for (text, wanted) in [
            ("10.505", "10.51"),
            ("-10.505", "-10.51"),
            ("10.5049", "10.5"),
            ("9.999", "10"),
            ("0.004", "0"),
            ("0.005", "0.01"),
            ("0.0005", "0"),
            ("7", "7"),
        ] {
            assert_eq!(number(text).rounded(2), number(wanted), "{text}");
        }
    }

    #[test]
    fn sizes_that_nobody_compares_are_not_laid_out() {
        assert_eq!(number("1e999999999").distance(&number("1")), None);
        assert!(number("1e999999999").distance(&number("1e999999999")).is_some());
    }

    fn scaled() -> impl Strategy<Value = (i64, u32)> {
        (-1_000_000_000_000_i64..1_000_000_000_000, 0_u32..5)
    }

    fn decimal((value, places): (i64, u32)) -> Decimal {
        Decimal::of(value < 0, value.unsigned_abs().to_string().bytes().map(|b| b - b'0').collect(), 0)
            .shifted(-i64::from(places))
    }

    /// The same in units of the fifth place.
    fn units((value, places): (i64, u32)) -> i128 {
        i128::from(value) * 10_i128.pow(5 - places)
    }

    proptest! {
        #[test]
        fn distances_products_and_sizes_are_those_of_whole_numbers(one in scaled(), two in scaled()) {
            let (a, b) = (decimal(one), decimal(two));
            let (x, y) = (units(one), units(two));
            let apart = a.distance(&b).unwrap().shifted(5).to_string();
            prop_assert_eq!(apart, (x - y).abs().to_string());
            prop_assert_eq!(a.times(&b).shifted(10).to_string(), (x * y).to_string());
            prop_assert_eq!(a.cmp_size(&b), x.abs().cmp(&y.abs()));
            prop_assert_eq!(a == b, x == y);
            let satang = (x.abs() + 500) / 1000 * x.signum();
            prop_assert_eq!(a.rounded(2).shifted(2).to_string(), satang.to_string());
            prop_assert_eq!(Decimal::of_json(&a.to_string()), Some(a));
        }
    }
}

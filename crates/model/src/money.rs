//! Amounts of money: how they are written, and how many places a currency has.
//!
//! Nothing is computed here, and no amount ever becomes a binary number: most amounts are none.

use crate::template::has_expression;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Digits that all who compute with an amount hold exactly.
pub const DIGITS_MAX: usize = 28;

/// Currencies without hundredths, and those with thousandths (ISO 4217). All others have two places.
const NO_PLACES: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
    "XPF",
];
const THREE_PLACES: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// How many digits an amount in this currency has after the point; nothing where it is not three letters.
pub fn places(currency: &str) -> Option<u32> {
    let code = currency.to_ascii_uppercase();
    let is_code = code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    is_code.then(|| match &*code {
        code if NO_PLACES.contains(&code) => 0,
        code if THREE_PLACES.contains(&code) => 3,
        _ => 2,
    })
}

/// What the amounts of a field are in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Currency {
    /// Three letters, such as `THB`.
    Fixed(String),
    /// What another field says: a name, or names with points between. It is looked for beside the amount, and then in what
    /// that is in, so that the lines of an order need not repeat the order's.
    Field(String),
}

impl Currency {
    /// The currency of the amount that a JSON pointer into a node's fields leads to, where that is known before a run.
    pub fn of<'v>(&'v self, fields: &'v Map<String, Value>, at: &str) -> Option<&'v str> {
        let path = match self {
            Self::Fixed(code) => return Some(code),
            Self::Field(path) => path.replace('.', "/"),
        };
        let mut around = at;
        while let Some((outer, _)) = around.rsplit_once('/') {
            around = outer;
            if let Some(said) = find(fields, &format!("{outer}/{path}")).and_then(Value::as_str) {
                let code = said.trim();
                return (!code.is_empty() && !has_expression(code)).then_some(code);
            }
        }
        None
    }
}

fn find<'v>(fields: &'v Map<String, Value>, at: &str) -> Option<&'v Value> {
    let inside = at.strip_prefix('/')?;
    let (name, rest) = inside.split_at(inside.find('/').unwrap_or(inside.len()));
    fields.get(name)?.pointer(rest)
}

/// Why a text is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMoney {
    /// It is not digits with at most one point in them.
    Unreadable,
    /// It has more than [`DIGITS_MAX`] digits.
    TooLong,
    /// It has more places than its currency.
    TooFine,
}

/// An amount as it is written, without what does not count: `-0070.50` is minus, `70` and `5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
}

impl<'t> Amount<'t> {
    pub fn read(text: &'t str) -> Result<Self, NotMoney> {
        let text = text.trim();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(NotMoney::Unreadable),
            parts => parts.unwrap_or((digits, "")),
        };
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return Err(NotMoney::Unreadable);
        }
        if whole.len() + fraction.len() > DIGITS_MAX {
            return Err(NotMoney::TooLong);
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let is_nothing = whole.is_empty() && fraction.is_empty();
        Ok(Self { negative: text.starts_with('-') && !is_nothing, whole, fraction })
    }

    /// The amount, if a currency with so many places has it. Zeros at the end are no places.
    pub fn of_places(self, places: Option<u32>) -> Result<Self, NotMoney> {
        match places {
            Some(may) if self.fraction.len() > may as usize => Err(NotMoney::TooFine),
            _ => Ok(self),
        }
    }

    pub fn is_within(self, least: Option<u64>, most: Option<u64>) -> bool {
        // At most 28 digits, which 128 bits hold.
        let whole = self.whole.parse::<u128>().unwrap_or_default();
        let at_least = least.is_none_or(|least| !self.negative && whole >= u128::from(least));
        let is_whole = self.fraction.is_empty();
        let at_most = most.is_none_or(|most| {
            self.negative || whole < u128::from(most) || (whole == u128::from(most) && is_whole)
        });
        at_least && at_most
    }
}

/// Whether both are the same amount, however many zeros they are written with.
pub fn is_same(one: &str, other: &str) -> bool {
    Amount::read(one).is_ok_and(|one| Amount::read(other) == Ok(one))
}

/// With ๐–๙ as 0–9.
pub fn arabic_digits(text: &str) -> String {
    let arabic = |letter: char| {
        let digit = (letter as u32).checked_sub('๐' as u32).filter(|digit| *digit < 10);
        digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(letter)
    };
    text.chars().map(arabic).collect()
}

/// An amount as people write it, `฿ 1,234.50`, as digits; nothing where commas are not where they belong.
pub fn plain(text: &str) -> Option<String> {
    let digits = arabic_digits(text.trim());
    let digits = digits.trim_start_matches(['฿', '$', '€', '£', '¥']).trim();
    let digits = digits.trim_end_matches("บาท").trim_end_matches("THB").trim();
    if !digits.contains(',') {
        return Some(digits.to_owned());
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?.trim_start_matches('-');
    let fine =
        (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3) && !fraction.contains(',');
    fine.then(|| digits.replace(',', ""))
}

/// The same where accountants write: what is below nothing in brackets, `(1,250.00)`, or with a plus before the rest.
pub fn bookkept(text: &str) -> Option<String> {
    let plain = plain(text)?;
    if let Some(inner) = plain.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        return Some(format!("-{inner}"));
    }
    Some(plain.strip_prefix('+').map(str::to_owned).unwrap_or(plain))
}

/// Digits with a comma between thousands, for people to read.
pub fn grouped(digits: &str) -> String {
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let whole = unsigned.find('.').unwrap_or(unsigned.len());
    let mut written = String::with_capacity(digits.len() + whole / 3 + 1);
    if unsigned.len() < digits.len() {
        written.push('-');
    }
    for (at, digit) in unsigned.char_indices() {
        if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_amount_is_digits_and_nothing_else() {
        for text in ["0", "535", "535.00", "-1.5", " 007.250 ", "1234567890123456789012345678"] {
            assert!(Amount::read(text).is_ok(), "{text}");
        }
        for text in ["", "-", ".", ".5", "5.", "1e3", "1,000", "๑๐", "12 THB", "NaN", "+5", "--5", "1.2.3"]
        {
            assert_eq!(Amount::read(text), Err(NotMoney::Unreadable), "{text}");
        }
        assert_eq!(Amount::read("0.12345678901234567890123456789"), Err(NotMoney::TooLong));
    }

    #[test]
    fn zeros_at_the_ends_change_no_amount_and_a_satang_does() {
        assert!(is_same("1070.0", "01070.000") && is_same("-0.00", "0"));
        assert!(!is_same("1070.00", "1070.01") && !is_same("5", "-5") && !is_same("x", "x"));
        // A binary number could not tell these two apart.
        assert!(!is_same("90071992547409.93", "90071992547409.94"));
    }

    #[test]
    fn a_currency_has_its_places_and_zeros_are_none() {
        let read = |text: &'static str, code: &str| Amount::read(text)?.of_places(places(code));
        assert!(
            read("10.50", "THB").is_ok() && read("10.500", "thb").is_ok() && read("10.125", "KWD").is_ok()
        );
        assert_eq!(read("10.005", "THB"), Err(NotMoney::TooFine));
        assert_eq!(read("10.5", "JPY"), Err(NotMoney::TooFine));
        assert_eq!((places("baht"), places("฿"), places("B4T")), (None, None, None));
    }

    #[test]
    fn bounds_are_kept_to_the_last_place() {
        let within = |text| Amount::read(text).is_ok_and(|amount| amount.is_within(Some(1), Some(100)));
        assert!(within("1") && within("99.99") && within("100.00"));
        assert!(!within("0.99") && !within("100.01") && !within("-5"));
        assert!(!within("340282366920938463463374607"));
    }

    #[test]
    fn the_currency_is_looked_for_beside_the_amount_and_then_further_out() {
        let with = json!({"order": {"currency": " THB ", "lines": [{"price": "1"}, {"price": "1", "currency": "JPY"}]}});
        let fields = with.as_object().expect("fields");
        let beside = Currency::Field("currency".into());
        assert_eq!(beside.of(fields, "/order/lines/0/price"), Some("THB"));
        assert_eq!(beside.of(fields, "/order/lines/1/price"), Some("JPY"));
        assert_eq!(beside.of(fields, "/total"), None);
        assert_eq!(Currency::Field("order.currency".into()).of(fields, "/total"), Some("THB"));
        assert_eq!(Currency::Fixed("EUR".into()).of(fields, "/total"), Some("EUR"));
        let computed = json!({"currency": "${input.currency}", "outer": 1});
        assert_eq!(beside.of(computed.as_object().expect("fields"), "/total"), None);
    }

    #[test]
    fn what_people_write_is_read_and_shown_with_commas() {
        for (typed, digits) in
            [("฿1,234.50", "1234.50"), ("๑,๒๓๔", "1234"), ("99 บาท", "99"), ("-1,000", "-1000")]
        {
            assert_eq!(plain(typed).as_deref(), Some(digits), "{typed}");
        }
        assert_eq!((plain("12,34"), plain("1.234,50")), (None, None));
        for (typed, digits) in [("(1,250.00)", "-1250.00"), ("+5", "5"), ("-5", "-5")] {
            assert_eq!(bookkept(typed).as_deref(), Some(digits), "{typed}");
        }
        for (digits, shown) in
            [("1234567.8901", "1,234,567.8901"), ("-1000", "-1,000"), ("999", "999"), ("", "")]
        {
            assert_eq!(grouped(digits), shown);
        }
    }
}

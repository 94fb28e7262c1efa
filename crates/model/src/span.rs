//! A length of time as people write it: `500ms`, `2s`, `10m`, `1h`, `7d`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// A length of time in whole milliseconds; a flow file spells it with one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    ms: u64,
}

impl Span {
    /// No wait, time-out or retention is longer: ten years.
    pub const MAX: Span = Span { ms: 3_650 * 86_400_000 };

    pub const fn from_ms(ms: u64) -> Self {
        Self { ms }
    }

    pub const fn from_secs(secs: u64) -> Self {
        Self { ms: secs * 1_000 }
    }

    pub const fn as_ms(self) -> u64 {
        self.ms
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, size)| self.ms != 0 && self.ms.is_multiple_of(*size)) {
            Some((unit, size)) => write!(f, "{}{unit}", self.ms / size),
            None => f.write_str("0s"),
        }
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let size = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size);
        let ms = number.parse::<u64>().ok().zip(size).and_then(|(n, size)| n.checked_mul(size));
        ms.map(Span::from_ms).filter(|span| *span <= Span::MAX).ok_or_else(|| {
            format!("\"{text}\" is not a length of time; write a number and ms, s, m, h or d, such as 10m")
        })
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl schemars::JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9]+(ms|s|m|h|d)$",
            "description": "A length of time: a number and one of ms, s, m, h, d. Ten years at most."
        })
    }
}

//! What can be made of a value on its way to the target.

use crate::xref::{Way, name_trouble};
use serde_json::{Map, Number, Value};

#[derive(Clone, Debug, PartialEq)]
pub enum Conversion {
    Text,
    Integer,
    Decimal,
    /// So many digits after the point, half up.
    Round(u32),
    /// An amount with the digits of a currency, which may be an expression.
    Money(String),
    Date(DateForm),
    /// Words for yes and for no; without any, the usual ones of both languages.
    Boolean {
        yes: Vec<String>,
        no: Vec<String>,
    },
    Trim,
    Upper,
    Lower,
    /// No more characters than this.
    Cut(u64),
    /// Instead of what is missing or blank.
    Default(Value),
    /// A list as one text; what is blank is left out.
    Join(String),
    /// A text as a list, without blanks around its parts.
    Split(String),
    /// A price with VAT of a price without; the rate is in percent.
    WithVat(Number),
    WithoutVat(Number),
    /// The VAT in a price with VAT.
    VatOf(Number),
    Lookup(Lookup),
}

/// How a date is read and written. A pattern is that of `format_date`; nothing is ISO 8601.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateForm {
    pub read: Option<String>,
    /// A pattern, or `date`, `utc`, `odoo`.
    pub write: Option<String>,
    pub zone: Option<String>,
}

/// What goes on in place of what comes, and what becomes of that which is not found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lookup {
    pub within: Within,
    pub otherwise: Otherwise,
}

/// Where a lookup looks.
#[derive(Clone, Debug, PartialEq)]
pub enum Within {
    /// A table of its own.
    Table(Map<String, Value>),
    /// The cross-references that all flows share.
    Xref(Xref),
}

impl Default for Within {
    fn default() -> Self {
        Self::Table(Map::new())
    }
}

/// Which cross-references.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Xref {
    /// What kind of record: `customer`.
    pub entity: String,
    pub system: String,
    pub way: Way,
}

impl Xref {
    /// What is still wrong with it: a line that somebody is about to write can be read, and cannot run.
    pub fn trouble(&self) -> Option<String> {
        let of = |what: &str, name: &str| {
            Some(format!("The {what} of the cross-reference {}", name_trouble(name)?))
        };
        of("entity", &self.entity).or_else(|| of("system", &self.system))
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Otherwise {
    /// The step fails and says which entry is missing.
    #[default]
    Fail,
    Value(Value),
    /// What came goes on.
    Keep,
}

/// What kind of value a conversion gives, where that is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    Text,
    Number,
    Bool,
    List,
}

/// How a conversion is written that has nothing to be set.
pub(super) const WORDS: [(&str, Conversion); 8] = [
    ("text", Conversion::Text),
    ("integer", Conversion::Integer),
    ("decimal", Conversion::Decimal),
    ("date", Conversion::Date(DateForm { read: None, write: None, zone: None })),
    ("boolean", Conversion::Boolean { yes: Vec::new(), no: Vec::new() }),
    ("trim", Conversion::Trim),
    ("upper", Conversion::Upper),
    ("lower", Conversion::Lower),
];

impl Conversion {
    /// Every name, for advice and for choosing.
    pub const NAMES: [&'static str; 18] = [
        "text",
        "integer",
        "decimal",
        "round",
        "money",
        "date",
        "boolean",
        "trim",
        "upper",
        "lower",
        "cut",
        "default",
        "join",
        "split",
        "with_vat",
        "without_vat",
        "vat_of",
        "lookup",
    ];

    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Round(_) => "round",
            Self::Money(_) => "money",
            Self::Date(_) => "date",
            Self::Boolean { .. } => "boolean",
            Self::Trim => "trim",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Cut(_) => "cut",
            Self::Default(_) => "default",
            Self::Join(_) => "join",
            Self::Split(_) => "split",
            Self::WithVat(_) => "with_vat",
            Self::WithoutVat(_) => "without_vat",
            Self::VatOf(_) => "vat_of",
            Self::Lookup(_) => "lookup",
        }
    }

    /// The conversion of a name, set as it is most often wanted.
    pub fn named(name: &str) -> Option<Self> {
        let vat = || Number::from(7);
        if let Some((_, found)) = WORDS.iter().find(|(word, _)| *word == name) {
            return Some(found.clone());
        }
        Some(match name {
            "round" => Self::Round(2),
            "money" => Self::Money("THB".into()),
            "cut" => Self::Cut(64),
            "default" => Self::Default(Value::from("-")),
            "join" => Self::Join(", ".into()),
            "split" => Self::Split(",".into()),
            "with_vat" => Self::WithVat(vat()),
            "without_vat" => Self::WithoutVat(vat()),
            "vat_of" => Self::VatOf(vat()),
            "lookup" => Self::Lookup(Lookup::default()),
            _ => return None,
        })
    }

    /// What comes out, where it does not depend on what comes in.
    pub fn gives(&self) -> Option<Gives> {
        Some(match self {
            Self::Text
            | Self::Date(_)
            | Self::Trim
            | Self::Upper
            | Self::Lower
            | Self::Cut(_)
            | Self::Join(_) => Gives::Text,
            Self::Integer
            | Self::Decimal
            | Self::Round(_)
            | Self::Money(_)
            | Self::WithVat(_)
            | Self::WithoutVat(_)
            | Self::VatOf(_) => Gives::Number,
            Self::Boolean { .. } => Gives::Bool,
            Self::Split(_) => Gives::List,
            Self::Default(_) | Self::Lookup(_) => return None,
        })
    }
}

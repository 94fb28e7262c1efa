//! What kind of document it is and how it is said.

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    TaxInvoice,
    ReceiptTaxInvoice,
    Invoice,
    Receipt,
    DeliveryNote,
}

impl Kind {
    /// Whether section 86/4 of the Revenue Code says what has to stand on it.
    pub fn is_tax_invoice(self) -> bool {
        matches!(self, Self::TaxInvoice | Self::ReceiptTaxInvoice)
    }

    pub fn has_prices(self) -> bool {
        self != Self::DeliveryNote
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    Th,
    En,
    #[default]
    Both,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Copies {
    #[default]
    Original,
    Copy,
    OriginalAndCopy,
}

impl Copies {
    /// What each of them is called.
    pub fn marks(self) -> &'static [Mark] {
        match self {
            Self::Original => &[Mark::Original],
            Self::Copy => &[Mark::Copy],
            Self::OriginalAndCopy => &[Mark::Original, Mark::Copy],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Original,
    Copy,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calendar {
    /// As the language has it.
    #[default]
    Auto,
    Buddhist,
    Common,
}

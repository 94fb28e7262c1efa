//! The kinds of documents.

/// A kind, as its path and the letters before its numbers say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub path: &'static str,
    pub letters: &'static str,
    /// A tax document has a number that must not be lost: it can be made void, never deleted.
    pub is_tax_document: bool,
}

const fn kind(path: &'static str, letters: &'static str, is_tax_document: bool) -> Kind {
    Kind { path, letters, is_tax_document }
}

const KINDS: [Kind; 5] = [
    kind("quotations", "QT", false),
    kind("billing-notes", "BL", false),
    kind("tax-invoices", "INV", true),
    kind("receipts", "RE", true),
    kind("cash-invoices", "CA", true),
];

pub(super) fn of(path: &str) -> Option<Kind> {
    KINDS.into_iter().find(|kind| kind.path == path)
}

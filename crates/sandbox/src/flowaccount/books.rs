//! What the company keeps: contacts, products, documents.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::answer::Refused;
use super::kinds::Kind;
use crate::goods::ARTICLES;
use crate::money::number;

/// Documents, contacts, products: each at most so many.
const KEPT_MAX: usize = 20_000;
const FIRST_DOCUMENT: u64 = 881;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Awaiting,
    Delivered,
    Paid,
    Void,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Awaiting => "awaiting",
            Self::Delivered => "invoicedelivered",
            Self::Paid => "paid",
            Self::Void => "void",
        }
    }

    fn number(self) -> u32 {
        match self {
            Self::Awaiting => 1,
            Self::Delivered => 3,
            Self::Void => 5,
            Self::Paid => 7,
        }
    }
}

/// One document as it was sent, with its number and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub kind: Kind,
    pub serial: String,
    pub status: Status,
    pub body: Value,
}

impl Document {
    pub(super) fn show(&self, id: u64) -> Value {
        let mut shown = self.body.clone();
        for (name, value) in [
            ("recordId", json!(id)),
            ("documentId", json!(id)),
            ("documentSerial", json!(self.serial)),
            ("status", json!(self.status.number())),
            ("statusString", json!(self.status.name())),
        ] {
            shown[name] = value;
        }
        shown
    }
}

pub(super) struct Books {
    pub contacts: Rows,
    pub products: Rows,
    documents: BTreeMap<u64, Document>,
    next_document: u64,
    /// The last number of each kind in each month, such as `CA202611`.
    numbers: HashMap<String, u32>,
    pub tokens_issued: u64,
}

impl Books {
    /// With the shop's articles as products.
    pub(super) fn opened() -> Self {
        let mut products = Rows::default();
        for article in &ARTICLES {
            let row = json!({
                "code": article.sku,
                "name": article.title,
                "type": 5,
                "unitName": "ชิ้น",
                "sellPrice": number(article.satang),
                "sellVatType": 1,
                "remainingStock": 100,
            });
            let _ = products.add(row); // there are fewer articles than rows
        }
        Self {
            contacts: Rows::default(),
            products,
            documents: BTreeMap::new(),
            next_document: FIRST_DOCUMENT,
            numbers: HashMap::new(),
            tokens_issued: 0,
        }
    }

    /// Numbers the document within its month and keeps it.
    pub(super) fn add(&mut self, kind: Kind, status: Status, body: Value) -> Result<u64, Refused> {
        if self.documents.len() >= KEPT_MAX {
            return Err(Refused::new(500, "The books are full."));
        }
        let published = body["publishedOn"].as_str().unwrap_or_default();
        let month: String = published.chars().filter(char::is_ascii_digit).take(6).collect();
        let row = format!("{}{month}", kind.letters);
        let number = self.numbers.entry(row.clone()).or_default();
        *number += 1;
        let serial = format!("{row}{number:04}");
        let id = self.next_document;
        self.next_document += 1;
        self.documents.insert(id, Document { kind, serial, status, body });
        Ok(id)
    }

    pub(super) fn document(&self, kind: Kind, id: u64) -> Result<&Document, Refused> {
        let found = self.documents.get(&id).filter(|document| document.kind == kind);
        found.ok_or_else(|| Refused::missing("Document"))
    }

    pub(super) fn document_mut(&mut self, kind: Kind, id: u64) -> Result<&mut Document, Refused> {
        let found = self.documents.get_mut(&id).filter(|document| document.kind == kind);
        found.ok_or_else(|| Refused::missing("Document"))
    }

    /// Newest first.
    pub(super) fn documents(&self, kind: Kind) -> impl Iterator<Item = Value> {
        let of_kind = self.documents.iter().rev().filter(move |(_, document)| document.kind == kind);
        of_kind.map(|(id, document)| document.show(*id))
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.documents.remove(&id);
    }
}

/// Rows of one table, by their ids.
#[derive(Default)]
pub(super) struct Rows {
    rows: BTreeMap<u64, Value>,
    last: u64,
}

impl Rows {
    /// Gives the row with its id.
    pub(super) fn add(&mut self, row: Value) -> Result<Value, Refused> {
        if self.rows.len() >= KEPT_MAX {
            return Err(Refused::new(500, "The books are full."));
        }
        self.last += 1;
        self.put(self.last, row)
    }

    pub(super) fn change(&mut self, id: u64, row: Value) -> Result<Value, Refused> {
        self.get(id)?;
        self.put(id, row)
    }

    fn put(&mut self, id: u64, mut row: Value) -> Result<Value, Refused> {
        row["id"] = json!(id);
        self.rows.insert(id, row.clone());
        Ok(row)
    }

    pub(super) fn get(&self, id: u64) -> Result<&Value, Refused> {
        self.rows.get(&id).ok_or_else(|| Refused::missing("Record"))
    }

    /// Newest first.
    pub(super) fn all(&self) -> impl Iterator<Item = Value> {
        self.rows.values().rev().cloned()
    }
}

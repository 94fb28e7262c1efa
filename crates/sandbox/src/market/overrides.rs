//! What shall be different from an ordinary sale.

use serde::Deserialize;
use serde_json::{Map, Value};

/// Lines an override may ask for.
const LINES_MAX: usize = 100;
/// Pieces of one line an override may ask for: keeps every sum far inside an i64 of satang.
const QUANTITY_MAX: u32 = 10_000;

/// The wishes of one request; everything may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Overrides {
    /// Paid on arrival at the shop (the usual case), or still waiting for the money.
    pub paid: Option<bool>,
    /// Cash on delivery: to be shipped before it is paid.
    pub cod: bool,
    pub cancelled: bool,
    /// One unit of the first line was paid back.
    pub partial_refund: bool,
    /// The buyer asks to cancel, and the seller has not answered.
    pub cancel_asked: bool,
    /// The buyer asks to send one unit back, and the seller has not answered.
    pub return_asked: bool,
    /// Names and telephones as they are, where the vendor masks them.
    pub unmasked: bool,
    /// The seller ships with a courier of his own choice, where the vendor allows both.
    pub own_courier: bool,
    pub missing_postcode: bool,
    /// One line is an article the ERP does not know.
    pub unknown_sku: bool,
    pub sku: Option<String>,
    pub quantity: Option<u32>,
    pub lines: Option<usize>,
    /// A discount of the seller, spread over the lines.
    pub discount_percent: Option<u8>,
    /// In satang.
    pub shipping: Option<u32>,
    /// A known buyer, to see one come back.
    pub customer: Option<u64>,
    pub note: Option<String>,
    /// The buyer's Thai tax id, where the vendor has a place for it.
    pub tax_id: Option<String>,
    /// A JSON merge patch on the order's detail as the vendor shows it, for what the others do not reach.
    pub merge: Option<Value>,
}

impl Overrides {
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.lines.is_some_and(|lines| !(1..=LINES_MAX).contains(&lines)) {
            return Err(format!("`lines` is from 1 to {LINES_MAX}"));
        }
        if self.quantity.is_some_and(|quantity| !(1..=QUANTITY_MAX).contains(&quantity)) {
            return Err(format!("`quantity` is from 1 to {QUANTITY_MAX}"));
        }
        if self.discount_percent.is_some_and(|percent| percent > 100) {
            return Err("`discount_percent` is from 0 to 100".to_owned());
        }
        Ok(())
    }

    pub(crate) fn patch(&self, order: &mut Value) {
        if let Some(patch) = &self.merge {
            merge(order, patch);
        }
    }
}

/// RFC 7396: objects are merged, `null` removes, anything else replaces.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            target.shift_remove(name);
        } else {
            merge(target.entry(name.as_str()).or_insert(Value::Null), value);
        }
    }
}

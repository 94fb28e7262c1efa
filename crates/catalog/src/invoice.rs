//! A sale as accounting systems are told of it, and what it comes to, to the satang.
//!
//! FlowAccount and PEAK refuse a document whose totals do not add up, and nobody may correct a numbered tax invoice. So the
//! totals are computed here, once for the whole document, and compared with what the shop says that the buyer has paid.

mod check;
mod input;
mod shape;
mod totals;

pub use check::{VAT_RATE, check_made, vat_rate};
pub use input::{Amount, Buyer, Line, Sale, day};
pub use shape::{buyer_shape, field};
pub use totals::{LineTotal, Totals, number};

//! Invoices, tax invoices, receipts and delivery notes as PDF.

mod amount;
mod checks;
mod compose;
mod draw;
mod ending;
mod facts;
mod fields;
mod heading;
mod labels;
mod letters;
pub mod make;
mod sale;
mod sheet;
mod table;
mod totals;

//! Texts between delimiters, as RFC 4180 describes and spreadsheets practise them.

mod delimiter;
mod parse;
pub mod read;
pub mod write;

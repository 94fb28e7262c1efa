//! Texts between delimiters, as RFC 4180 describes and spreadsheets practise them.

pub mod delimiter;
pub mod parse;
pub mod read;
pub mod write;

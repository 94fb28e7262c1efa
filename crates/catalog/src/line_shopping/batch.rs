//! What comes of many records that are pushed at once.

use super::failure;
use connector::Error;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Items in one step.
pub const ITEMS_MAX: usize = 1_000;
/// SKUs that an error names.
const NAMED_MAX: usize = 20;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    #[default]
    Fail,
    Report,
}

#[derive(Default)]
pub struct Outcome {
    pub updated: usize,
    failed: Vec<(String, &'static str, String)>,
}

impl Outcome {
    /// Counts a record, or keeps why it failed. What is not about the record alone ends the step.
    pub fn add(&mut self, sku: &str, result: Result<(), Error>) -> Result<(), Error> {
        match result {
            Ok(()) => self.updated += 1,
            Err(error) if failure::is_of_record(&error) => self.fail(sku, error.code(), error.to_string()),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    pub fn fail(&mut self, sku: &str, code: &'static str, message: String) {
        self.failed.push((sku.to_owned(), code, message));
    }

    pub fn end(self, on_failure: OnFailure) -> Result<Value, Error> {
        if on_failure == OnFailure::Fail && !self.failed.is_empty() {
            return Err(self.refusal());
        }
        let told = |(sku, code, message): &(String, &str, String)| json!({"sku": sku, "code": code, "message": message});
        Ok(json!({"updated": self.updated, "failed": self.failed.iter().map(told).collect::<Vec<_>>()}))
    }

    fn refusal(&self) -> Error {
        let skus: Vec<&str> = self.failed.iter().take(NAMED_MAX).map(|(sku, ..)| sku.as_str()).collect();
        let first = self.failed.first().map(|(.., message)| message.as_str()).unwrap_or_default();
        let count = self.failed.len();
        Error::Refused {
            message: format!(
                "{count} not done, {} done: {}. The first: {first}",
                self.updated,
                skus.join(", ")
            ),
            advice:
                "Correct these SKUs here or in LINE SHOPPING, then retry: what was done is not harmed by it."
                    .into(),
        }
    }
}

/// Not too many, and each SKU once: of two levels nobody could say which is meant.
pub fn check_skus<'i>(skus: impl ExactSizeIterator<Item = &'i str>) -> Result<(), Error> {
    let count = skus.len();
    if count > ITEMS_MAX {
        return Err(Error::Input {
            message: format!("{count} items are more than {ITEMS_MAX}"),
            advice: "Send them in several steps, such as with a for-each over parts of the list.".into(),
        });
    }
    let mut seen = HashSet::with_capacity(count);
    for sku in skus {
        if !seen.insert(sku) {
            return Err(Error::Input {
                message: format!("the SKU {sku} is there twice"),
                advice: "Leave one of the two out before this node, then retry.".into(),
            });
        }
    }
    Ok(())
}

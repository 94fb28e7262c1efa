//! What came of pushing many SKUs: some were taken, some refused, each for its own reason.

use super::{Said, mistake};
use connector::Error;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;

/// SKUs that one step may push.
pub const ITEMS_MAX: usize = 1_000;
/// SKUs that an error names; the rest are counted.
const NAMED_MAX: usize = 20;

/// What becomes of a step in which some SKUs were refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// It fails, after all were tried.
    #[default]
    Fail,
    /// It succeeds and tells which.
    Report,
}

#[derive(Debug, Default)]
pub struct Outcome {
    updated: usize,
    failed: Vec<(String, Said)>,
}

impl Outcome {
    pub fn done(&mut self, count: usize) {
        self.updated += count;
    }

    pub fn fail(&mut self, sku: &str, said: Said) {
        self.failed.push((sku.to_owned(), said));
    }

    /// A SKU that the marketplace does not know.
    pub fn unknown(&mut self, sku: &str) {
        self.fail(sku, Said::new("unknown_sku", "no product of the shop has this SKU"));
    }

    pub fn finish(self, on_failure: OnFailure, vendor: &str) -> Result<Value, Error> {
        if on_failure == OnFailure::Fail && !self.failed.is_empty() {
            return Err(self.error(vendor));
        }
        let row =
            |(sku, said): &(String, Said)| json!({"sku": sku, "code": said.code, "message": said.message});
        let failed: Vec<Value> = self.failed.iter().map(row).collect();
        Ok(json!({"updated": self.updated, "failed": failed}))
    }

    fn error(&self, vendor: &str) -> Error {
        let named = self.failed.iter().take(NAMED_MAX);
        let named: Vec<String> =
            named.map(|(sku, said)| format!("{sku}: {} ({})", said.message, said.code)).collect();
        let more = self.failed.len().saturating_sub(NAMED_MAX);
        let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
        Error::Refused {
            message: format!(
                "{vendor} refused {} SKUs, {} were updated. {}{rest}",
                self.failed.len(),
                self.updated,
                named.join("; ")
            ),
            advice:
                "Correct these SKUs there or in the data, then retry; what was updated may be sent again."
                    .into(),
        }
    }
}

/// Refuses a list that is empty, too long, or says two things of one SKU.
pub fn check<'a>(keys: impl Iterator<Item = (&'a str, &'a str)>) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for (sku, place) in keys {
        if sku.is_empty() {
            return Err(mistake("an item has no SKU", "Give each item the SKU that the shop knows it by."));
        }
        if !seen.insert((sku, place)) {
            return Err(mistake(format!("the SKU {sku} comes twice"), "Send each SKU once."));
        }
    }
    match seen.len() {
        0 => Err(mistake(
            "there are no items",
            "Put a filter before this node, so that it runs only where there are some.",
        )),
        many if many > ITEMS_MAX => {
            Err(mistake(format!("{many} items are too many for one step"), "Send 1,000 at a time."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(failed: usize) -> Outcome {
        let mut outcome = Outcome::default();
        outcome.done(3);
        (0..failed).for_each(|number| outcome.fail(&format!("S{number}"), Said::new("501", "no")));
        outcome
    }

    #[test]
    fn refused_skus_fail_the_step_by_name_unless_it_is_to_report() {
        let error = outcome(25).finish(OnFailure::Fail, "Lazada").unwrap_err().to_string();
        assert!(error.contains("S0: no (501)") && error.contains("and 5 more"), "{error}");
        let report = outcome(1).finish(OnFailure::Report, "Lazada").unwrap();
        assert_eq!(report, json!({"updated": 3, "failed": [{"sku": "S0", "code": "501", "message": "no"}]}));
        assert!(outcome(0).finish(OnFailure::Fail, "Lazada").is_ok());
    }

    #[test]
    fn a_sku_twice_or_none_at_all_is_refused_before_anything_is_sent() {
        assert!(check([("A", ""), ("B", "")].into_iter()).is_ok());
        assert!(check([("A", "w1"), ("A", "w2")].into_iter()).is_ok());
        assert!(check([("A", ""), ("A", "")].into_iter()).is_err());
        assert!(check([("", "")].into_iter()).is_err());
        assert!(check(std::iter::empty()).is_err());
    }
}

//! What becomes of a list that is pushed to a shop: what it took, and what it did not take and why.

mod found;

pub use found::{Found, Unclear};

use connector::Error;
use connector::http::shorten;
use model::Field;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Entries of one push.
pub const ITEMS_MAX: usize = 1_000;
/// A message names so many SKUs; the others are counted.
const NAMED_MAX: usize = 20;

/// What it means that the shop did not take everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The step fails, after everything was tried.
    #[default]
    Fail,
    /// The step is done, and its output names what was not taken.
    Report,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Failed {
    sku: String,
    code: String,
    message: String,
}

#[derive(Debug, Default)]
pub struct Pushed {
    updated: usize,
    failed: Vec<Failed>,
}

impl Pushed {
    pub fn took(&mut self, count: usize) {
        self.updated += count;
    }

    pub fn refused(&mut self, sku: &str, code: &str, message: &str) {
        self.failed.push(Failed { sku: sku.to_owned(), code: code.to_owned(), message: shorten(message) });
    }

    /// The SKU does not lead to one product of the shop.
    pub fn unclear(&mut self, sku: &str, why: Unclear) {
        let (code, message) = why.said();
        self.refused(sku, code, message);
    }

    /// Counts what was tried for one SKU. What is not about this SKU alone ends the push.
    pub fn tried(&mut self, sku: &str, result: Result<(), Error>) -> Result<(), Error> {
        match result {
            Ok(()) => self.took(1),
            Err(error @ (Error::Refused { .. } | Error::Input { .. })) => {
                self.refused(sku, error.code(), &error.to_string());
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The step's output, or its failure.
    pub fn tell(self, shop: &str, on_failure: OnFailure) -> Result<Value, Error> {
        if self.failed.is_empty() || on_failure == OnFailure::Report {
            return Ok(json!({"updated": self.updated, "failed": self.failed}));
        }
        let all = self.updated + self.failed.len();
        let named: Vec<String> = self.failed.iter().take(NAMED_MAX).map(Failed::named).collect();
        let more = match self.failed.len().saturating_sub(NAMED_MAX) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let count = self.failed.len();
        Err(Error::Refused {
            message: format!("{shop} did not take {count} of {all}: {}{more}", named.join("; ")),
            advice: "Correct the SKUs here or the products in the shop, then retry: what was taken stays as it is.".into(),
        })
    }
}

impl Failed {
    fn named(&self) -> String {
        format!("{}: {} ({})", self.sku, self.message, self.code)
    }
}

/// Refuses what cannot be pushed before the shop is asked anything. Two entries for one thing would depend on who is last.
pub fn check<'s>(keys: impl Iterator<Item = (&'s str, &'s str)>) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for (index, (sku, place)) in keys.enumerate() {
        if index >= ITEMS_MAX {
            return Err(mistake(format!("there are more than {ITEMS_MAX} entries")));
        }
        if sku.is_empty() {
            return Err(mistake(format!("entry {} has no SKU", index + 1)));
        }
        if !seen.insert((sku, place)) {
            return Err(mistake(format!("the SKU {} is there twice", shorten(sku))));
        }
    }
    Ok(())
}

fn mistake(message: String) -> Error {
    Error::Input { message, advice: "Correct the data or the script before this node, then retry.".into() }
}

pub fn on_failure() -> Field {
    Field::choice(
        "on_failure",
        &[("fail", "The step fails", "ให้ขั้นตอนล้มเหลว"), ("report", "Go on and report", "ทำต่อและรายงาน")],
        "If some are not taken",
        "หากบางรายการไม่สำเร็จ",
    )
    .about(
        "All entries are tried in any case. The step fails then and names the SKUs, or goes on with them in its output.",
        "ระบบจะลองทุกรายการเสมอ จากนั้นขั้นตอนจะล้มเหลวพร้อมระบุ SKU หรือทำต่อโดยระบุ SKU ไว้ในผลลัพธ์",
    )
    .default("fail")
    .example("fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pushed(failed: usize) -> Pushed {
        let mut pushed = Pushed::default();
        pushed.took(3);
        (0..failed).for_each(|number| pushed.unclear(&format!("TEA-{number}"), Unclear::Unknown));
        pushed
    }

    #[test]
    fn a_failure_names_the_skus_and_counts_those_that_are_too_many_to_name() {
        let Err(Error::Refused { message, .. }) = pushed(22).tell("The shop", OnFailure::Fail) else {
            panic!("it was told as a success")
        };
        assert!(
            message.contains("22 of 25") && message.contains("TEA-19: the shop has no product"),
            "{message}"
        );
        assert!(message.contains("(unknown_sku)") && message.ends_with("; and 2 more"), "{message}");
        assert!(!message.contains("TEA-20"), "{message}");
    }

    #[test]
    fn what_was_not_taken_is_told_in_the_output_where_the_step_is_to_go_on() {
        let mut pushed = pushed(0);
        pushed.refused("S0", "501", "no");
        let report = pushed.tell("The shop", OnFailure::Report).unwrap();
        assert_eq!(report, json!({"updated": 3, "failed": [{"sku": "S0", "code": "501", "message": "no"}]}));
        assert!(self::pushed(0).tell("The shop", OnFailure::Fail).is_ok());
    }

    #[test]
    fn what_is_not_about_one_sku_ends_the_push() {
        let mut pushed = pushed(0);
        let refused = Error::Refused { message: "no".into(), advice: "Look.".into() };
        pushed.tried("A", Err(refused)).unwrap();
        pushed.tried("B", Ok(())).unwrap();
        let throttled = Error::RateLimited { host: "shop".into(), after: None };
        assert_eq!(pushed.tried("C", Err(throttled.clone())), Err(throttled));
        let told = pushed.tell("The shop", OnFailure::Report).unwrap();
        assert_eq!(told, json!({"updated": 4, "failed": [{"sku": "A", "code": "E0308", "message": "no"}]}));
    }

    #[test]
    fn what_is_there_twice_or_has_no_name_is_refused_before_anything_is_sent() {
        assert!(check([("A", ""), ("B", ""), ("A", "x")].into_iter()).is_ok());
        assert!(check([("A", ""), ("A", "")].into_iter()).is_err());
        assert!(check([("", "")].into_iter()).is_err());
        let many: Vec<String> = (0..=ITEMS_MAX).map(|number| number.to_string()).collect();
        assert!(check(many.iter().map(|sku| (sku.as_str(), ""))).is_err());
    }
}

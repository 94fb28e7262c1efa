//! The shipments that a courier knows; the newest stay.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Stage;

/// Shipments kept; the oldest are forgotten beyond that.
pub(crate) const SHIPMENTS_MAX: usize = 10_000;
/// Scans of one shipment; one that goes out again and again ends here.
const SCANS_MAX: usize = 64;

/// One thing that happened to a shipment.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub stage: Stage,
    pub at: DateTime<Utc>,
}

/// A shipment as its sender asked for it.
#[derive(Clone, Debug)]
pub(crate) struct Shipment {
    /// What the courier calls it.
    pub number: String,
    /// What the sender calls it; empty if he did not say.
    pub reference: String,
    pub asked: Value,
    /// Oldest first, and never empty: a shipment begins as created.
    scans: Vec<Scan>,
}

impl Shipment {
    pub(crate) fn new(number: &str, reference: &str, asked: Value, at: DateTime<Utc>) -> Self {
        let scans = vec![Scan { stage: Stage::Created, at }];
        Self { number: number.to_owned(), reference: reference.to_owned(), asked, scans }
    }

    pub(crate) fn stage(&self) -> Stage {
        self.scans.last().map_or(Stage::Created, |scan| scan.stage)
    }

    pub(crate) fn scans(&self) -> &[Scan] {
        &self.scans
    }

    /// Scans it on its way and gives the new scans; the last one again if it is there already.
    pub(crate) fn advance(&mut self, to: Stage, now: DateTime<Utc>) -> Result<Vec<Scan>, String> {
        let from = self.stage();
        let way = from.way(to).ok_or_else(|| format!("a shipment that is {from:?} cannot become {to:?}"))?;
        if self.scans.len() + way.len() > SCANS_MAX {
            return Err(format!("a shipment has at most {SCANS_MAX} scans"));
        }
        let known = self.scans.len();
        for stage in way {
            let at = self.scans.last().map_or(now, |last| now.max(last.at + TimeDelta::seconds(1)));
            self.scans.push(Scan { stage, at });
        }
        let first = if known == self.scans.len() { known - 1 } else { known };
        Ok(self.scans[first..].to_vec())
    }

    pub(crate) fn show(&self) -> Value {
        let scan = |scan: &Scan| json!({ "stage": scan.stage, "time": scan.at.to_rfc3339_opts(SecondsFormat::Secs, true) });
        json!({
            "number": self.number,
            "reference": self.reference,
            "stage": self.stage(),
            "scans": self.scans.iter().map(scan).collect::<Vec<_>>(),
            "asked": self.asked,
        })
    }
}

/// A courier's table of shipments.
#[derive(Default)]
pub(crate) struct Shipments {
    by_serial: BTreeMap<u64, Shipment>,
    by_name: HashMap<String, u64>,
    next: u64,
}

impl Shipments {
    /// Counts from 1 and never goes back: a number is not given twice.
    pub(crate) fn next_serial(&self) -> u64 {
        self.next + 1
    }

    pub(crate) fn add(&mut self, shipment: Shipment) {
        self.next += 1;
        for name in [&shipment.number, &shipment.reference] {
            if !name.is_empty() {
                self.by_name.insert(name.clone(), self.next);
            }
        }
        self.by_serial.insert(self.next, shipment);
        if self.by_serial.len() > SHIPMENTS_MAX {
            self.forget_oldest();
        }
    }

    /// Its names may meanwhile mean a younger one.
    fn forget_oldest(&mut self) {
        let Some((serial, old)) = self.by_serial.pop_first() else {
            return;
        };
        for name in [old.number, old.reference] {
            if self.by_name.get(&name) == Some(&serial) {
                self.by_name.remove(&name);
            }
        }
    }

    /// By the courier's number or the sender's reference.
    pub(crate) fn get(&self, name: &str) -> Option<&Shipment> {
        self.by_serial.get(self.by_name.get(name)?)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Shipment> {
        self.by_serial.get_mut(self.by_name.get(name)?)
    }

    /// Newest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Shipment> {
        self.by_serial.values().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipment(number: &str, reference: &str) -> Shipment {
        Shipment::new(number, reference, Value::Null, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn scans_of_one_moment_keep_their_order() {
        let mut shipment = shipment("A", "");
        let scans = shipment.advance(Stage::Delivered, DateTime::UNIX_EPOCH).unwrap();
        let seconds: Vec<_> = scans.iter().map(|scan| scan.at.timestamp()).collect();
        assert_eq!(seconds, [1, 2, 3, 4]);
        let again = shipment.advance(Stage::Delivered, DateTime::UNIX_EPOCH).unwrap();
        assert_eq!((again.len(), again[0].stage), (1, Stage::Delivered), "said again, not done again");
        assert_eq!(shipment.scans().len(), 5);
    }

    #[test]
    fn the_oldest_shipment_is_forgotten_and_no_serial_comes_twice() {
        let mut shipments = Shipments::default();
        for serial in 0..=SHIPMENTS_MAX {
            shipments.add(shipment(&format!("N{serial}"), &format!("R{serial}")));
        }
        assert_eq!((shipments.by_serial.len(), shipments.by_name.len()), (SHIPMENTS_MAX, 2 * SHIPMENTS_MAX));
        assert!(shipments.get("N0").is_none() && shipments.get("R0").is_none());
        assert_eq!(shipments.get("R1").unwrap().number, "N1");
        assert_eq!(shipments.next_serial(), SHIPMENTS_MAX as u64 + 2);
    }
}

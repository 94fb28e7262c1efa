//! Takes the records of both sides, in any order and in turns or one after the other.

use crate::config::{Config, Side};
use crate::error::{Error, Fault};
use crate::findings::Findings;
use crate::row::{self, KEPT_BYTES_MAX};
use crate::sort::Sorter;
use serde_json::{Map, Value};
use std::path::Path;

/// A comparison that still takes records.
pub struct Audit {
    config: Config,
    left: Taken,
    right: Taken,
}

/// One side, as far as it has come.
struct Taken {
    sorter: Sorter,
    records: u64,
    /// Of each field, whether a record had it.
    seen: Vec<bool>,
    /// What the first record has.
    names: Vec<String>,
}

impl Audit {
    /// What does not fit into memory is put into the folder, in files that are gone when the process is.
    pub fn new(config: Config, folder: &Path) -> Result<Self, Error> {
        config.check()?;
        let taken = || Taken {
            sorter: Sorter::new(folder, config.memory_bytes_max / Side::BOTH.len()),
            records: 0,
            seen: vec![false; config.fields.len()],
            names: Vec::new(),
        };
        let (left, right) = (taken(), taken());
        Ok(Self { config, left, right })
    }

    /// Takes one record. The line is for people, who look for it where it came from.
    pub fn push(&mut self, side: Side, line: u64, record: &Map<String, Value>) -> Result<(), Error> {
        let taken = match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        };
        let wrong = |fault| Error::Record { side, line, fault };
        if taken.records == 0 {
            taken.names = record.keys().cloned().collect();
            no_such_key(&self.config, side, record, &taken.names)?;
        }
        taken.records += 1;
        taken.look(&self.config, side, record);
        let (key, shown) = row::key(&self.config, side, record).map_err(wrong)?;
        let row = row::write(&self.config, side, line, &shown, record).map_err(wrong)?;
        let bytes = key.len() + row.len();
        if bytes > KEPT_BYTES_MAX {
            return Err(wrong(Fault::TooLarge { bytes, most: KEPT_BYTES_MAX }));
        }
        taken.sorter.push(&key, &row)
    }

    /// Both sides are there: what they have of each other.
    pub fn compare(self) -> Result<Findings, Error> {
        for (side, taken) in [(Side::Left, &self.left), (Side::Right, &self.right)] {
            let missing = self.config.fields.iter().zip(&taken.seen).find(|(_, seen)| !**seen);
            if let Some((field, _)) = missing.filter(|_| taken.records > 0) {
                let (field, has) = (field.name(side).to_owned(), taken.names.clone());
                return Err(Error::UnknownField { side, field, has });
            }
        }
        let records = (self.left.records, self.right.records);
        let (left, right) = (self.left.sorter.sorted()?, self.right.sorter.sorted()?);
        Findings::new(self.config, records, left, right)
    }
}

/// A key or a time whose name was typed wrong is told as such, not as a record without a key.
fn no_such_key(
    config: &Config,
    side: Side,
    record: &Map<String, Value>,
    names: &[String],
) -> Result<(), Error> {
    let needed = config.key.iter().chain(config.times.as_ref().map(|times| &times.field));
    match needed.map(|field| field.name(side)).find(|name| row::find(record, name).is_none()) {
        Some(name) => Err(Error::UnknownField { side, field: name.to_owned(), has: names.to_vec() }),
        None => Ok(()),
    }
}

impl Taken {
    fn look(&mut self, config: &Config, side: Side, record: &Map<String, Value>) {
        for (field, seen) in config.fields.iter().zip(&mut self.seen).filter(|(_, seen)| !**seen) {
            *seen = row::find(record, field.name(side)).is_some();
        }
    }
}

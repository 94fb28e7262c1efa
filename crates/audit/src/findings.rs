//! Goes through both sides by the key, and says what each key is a case of.

use crate::config::{Config, Side};
use crate::error::Error;
use crate::row::{self, Difference, Row};
use crate::sort::{Entry, Sorted};
use std::cmp::Ordering;

/// What can become of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// On both sides, and all fields are the same.
    Matched,
    /// On both sides, and what is not the same is let pass.
    WithinTolerance,
    Different,
    OnlyLeft,
    OnlyRight,
    /// More than once on one side: nobody can say which of them to compare.
    Duplicate,
    /// On one side, and so new that it may still come to the other.
    Late,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Matched,
        Self::WithinTolerance,
        Self::Different,
        Self::OnlyLeft,
        Self::OnlyRight,
        Self::Duplicate,
        Self::Late,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::WithinTolerance => "within_tolerance",
            Self::Different => "different",
            Self::OnlyLeft => "only_left",
            Self::OnlyRight => "only_right",
            Self::Duplicate => "duplicate",
            Self::Late => "late",
        }
    }

    /// Whether somebody has to look at it.
    pub fn is_difference(self) -> bool {
        !matches!(self, Self::Matched | Self::WithinTolerance | Self::Late)
    }
}

/// How many keys are a case of what, and how many records there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub left: u64,
    pub right: u64,
    /// Records outside the window whose counterparts are outside, too.
    pub outside: u64,
    kinds: [u64; Kind::ALL.len()],
}

impl Counts {
    /// Keys, each of which is counted once.
    pub fn of(&self, kind: Kind) -> u64 {
        self.kinds[kind as usize]
    }

    pub fn has_differences(&self) -> bool {
        Kind::ALL.into_iter().any(|kind| kind.is_difference() && self.of(kind) > 0)
    }
}

/// The records of one key on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The first of them.
    pub row: Row,
    pub times: u64,
    /// The line of the second.
    pub again: Option<u64>,
    inside: bool,
}

/// A key that did not simply match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: Kind,
    pub left: Option<Seen>,
    pub right: Option<Seen>,
    /// Where both sides have it once: every field that is not the same.
    pub differences: Vec<Difference>,
}

impl Finding {
    pub fn side(&self, side: Side) -> Option<&Seen> {
        match side {
            Side::Left => self.left.as_ref(),
            Side::Right => self.right.as_ref(),
        }
    }

    /// The parts of the key, as the left side writes them where it has them.
    pub fn key(&self) -> &[String] {
        self.left.as_ref().or(self.right.as_ref()).map_or(&[], |seen| &seen.row.key)
    }
}

/// All findings in the order of their keys. Keys that match are only counted.
pub struct Findings {
    config: Config,
    counts: Counts,
    left: Groups,
    right: Groups,
}

impl Findings {
    pub(crate) fn new(
        config: Config,
        records: (u64, u64),
        left: Sorted,
        right: Sorted,
    ) -> Result<Self, Error> {
        let counts = Counts { left: records.0, right: records.1, ..Counts::default() };
        Ok(Self { config, counts, left: Groups::new(left)?, right: Groups::new(right)? })
    }

    /// Of what was gone through so far; of everything when there is no further finding.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The next key that either side has, with what is to be told of it.
    fn step(&mut self) -> Result<Option<Option<Finding>>, Error> {
        let order = match (self.left.key(), self.right.key()) {
            (None, None) => return Ok(None),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.cmp(right),
        };
        let left = if order.is_le() { Some(self.left.take(&self.config)?) } else { None };
        let right = if order.is_ge() { Some(self.right.take(&self.config)?) } else { None };
        let sides = || [&left, &right].into_iter().flatten();
        // A record may be a moment before the window where its counterpart is a moment after its beginning.
        if !sides().any(|seen| seen.inside) {
            self.counts.outside += sides().map(|seen| seen.times).sum::<u64>();
            return Ok(Some(None));
        }
        let finding = self.judge(left, right);
        self.counts.kinds[finding.kind as usize] += 1;
        Ok(Some((finding.kind != Kind::Matched).then_some(finding)))
    }

    fn judge(&self, left: Option<Seen>, right: Option<Seen>) -> Finding {
        let mut differences = Vec::new();
        let is_doubled = [&left, &right].into_iter().flatten().any(|seen| seen.times > 1);
        let kind = match (&left, &right) {
            _ if is_doubled => Kind::Duplicate,
            (Some(left), Some(right)) => {
                differences = row::differences(&self.config, &left.row, &right.row);
                match (differences.is_empty(), differences.iter().all(|difference| difference.tolerated)) {
                    (true, _) => Kind::Matched,
                    (false, true) => Kind::WithinTolerance,
                    (false, false) => Kind::Different,
                }
            }
            (Some(only), None) => self.alone(only, Side::Left),
            (None, Some(only)) => self.alone(only, Side::Right),
            (None, None) => Kind::Matched,
        };
        Finding { kind, left, right, differences }
    }

    fn alone(&self, seen: &Seen, side: Side) -> Kind {
        let times = self.config.times.as_ref().zip(seen.row.time);
        match side {
            _ if times.is_some_and(|(times, at)| times.may_still_come(at)) => Kind::Late,
            Side::Left => Kind::OnlyLeft,
            Side::Right => Kind::OnlyRight,
        }
    }
}

impl Iterator for Findings {
    type Item = Result<Finding, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.step() {
                Ok(None) => return None,
                Ok(Some(None)) => {}
                Ok(Some(Some(finding))) => return Some(Ok(finding)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// One side, key by key.
struct Groups {
    sorted: Sorted,
    /// The first entry of the next key.
    ahead: Entry,
    is_there: bool,
    /// The key that is being gone through.
    key: Vec<u8>,
}

impl Groups {
    fn new(mut sorted: Sorted) -> Result<Self, Error> {
        let mut ahead = Entry::default();
        let is_there = sorted.next_into(&mut ahead)?;
        Ok(Self { sorted, ahead, is_there, key: Vec::new() })
    }

    fn key(&self) -> Option<&[u8]> {
        self.is_there.then_some(&self.ahead.key)
    }

    /// All entries of the next key, of which there is one.
    fn take(&mut self, config: &Config) -> Result<Seen, Error> {
        let is_inside = |row: &Row| match (&config.times, row.time) {
            (Some(times), Some(at)) => times.is_inside(at),
            _ => true,
        };
        let row = row::read(config, &self.ahead.row);
        let mut seen = Seen { inside: is_inside(&row), row, times: 1, again: None };
        self.key.clone_from(&self.ahead.key);
        loop {
            self.is_there = self.sorted.next_into(&mut self.ahead)?;
            if !self.is_there || self.ahead.key != self.key {
                return Ok(seen);
            }
            let row = row::read(config, &self.ahead.row);
            seen.times += 1;
            seen.inside |= is_inside(&row);
            seen.again.get_or_insert(row.line);
        }
    }
}

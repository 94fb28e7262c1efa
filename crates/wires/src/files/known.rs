//! Which files have been taken, in a bounded place.
//!
//! Up to `EACH_MAX` of them are known one by one. Beyond, they are known by sums (an invertible Bloom lookup table): what
//! came and went since the last look is worked out from the sums of then and now, exactly, however many files there are, as
//! long as no more than about a thousand came or went. Where more did, and that is not worked out, files count as new that
//! are later than the latest that was taken.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;

/// A file and its state, as a number.
pub type Mark = u64;

const EACH_MAX: usize = 3_000;
const ROWS: usize = 3;
const CELLS: usize = 512 * ROWS;
const CELL_BYTES: usize = 16;
const STEPS_MAX: usize = 10 * CELLS;

#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    Each(BTreeSet<Mark>),
    Many(Sums),
}

impl Default for Known {
    fn default() -> Self {
        Self::Each(BTreeSet::new())
    }
}

impl FromIterator<Mark> for Known {
    fn from_iter<I: IntoIterator<Item = Mark>>(marks: I) -> Self {
        let marks: BTreeSet<Mark> = marks.into_iter().collect();
        match marks.len() > EACH_MAX {
            true => Self::Many(Sums::of(marks.iter().copied())),
            false => Self::Each(marks),
        }
    }
}

impl Known {
    /// Those of the files that are there which have not been taken; nothing where that cannot be worked out.
    pub fn new_among(&self, present: &BTreeSet<Mark>) -> Option<BTreeSet<Mark>> {
        match self {
            Self::Each(known) => Some(present.difference(known).copied().collect()),
            Self::Many(known) => known.lacks(present),
        }
    }

    pub fn count(&self) -> usize {
        match self {
            Self::Each(known) => known.len(),
            Self::Many(known) => known.count,
        }
    }

    /// These were taken, too.
    pub fn with(mut self, marks: impl IntoIterator<Item = Mark>) -> Self {
        match &mut self {
            Self::Each(known) => return known.iter().copied().chain(marks).collect(),
            Self::Many(known) => marks.into_iter().for_each(|mark| known.add(mark, 1)),
        }
        self
    }

    pub fn is_many(&self) -> bool {
        matches!(self, Self::Many(_))
    }

    pub fn write(&self) -> String {
        match self {
            Self::Each(known) => {
                STANDARD.encode(known.iter().flat_map(|mark| mark.to_be_bytes()).collect::<Vec<_>>())
            }
            Self::Many(known) => known.write(),
        }
    }

    pub fn read(text: &str, is_many: bool) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        if is_many {
            return Sums::read(&bytes).map(Self::Many);
        }
        let marks =
            bytes.chunks_exact(8).filter_map(|chunk| Some(Mark::from_be_bytes(chunk.try_into().ok()?)));
        Some(Self::Each(marks.collect()))
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Cell {
    count: i32,
    marks: Mark,
    checks: u32,
}

/// Each mark is added to one cell of each row.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    cells: Vec<Cell>,
    count: usize,
}

impl Sums {
    fn of(marks: impl Iterator<Item = Mark>) -> Self {
        let mut sums = Self { cells: vec![Cell::default(); CELLS], count: 0 };
        marks.for_each(|mark| sums.add(mark, 1));
        sums
    }

    fn add(&mut self, mark: Mark, times: i32) {
        self.count = self.count.saturating_add_signed(times as isize);
        for row in 0..ROWS {
            let cell = &mut self.cells[place(mark, row)];
            cell.count = cell.count.wrapping_add(times);
            cell.marks ^= mark;
            cell.checks ^= check(mark);
        }
    }

    /// Takes from the sums of what was known those of what is there, and then out of what is left one mark after the other:
    /// a cell that holds one alone tells which.
    fn lacks(&self, present: &BTreeSet<Mark>) -> Option<BTreeSet<Mark>> {
        let mut left = self.clone();
        present.iter().for_each(|mark| left.add(*mark, -1));
        let (mut lacking, mut look_at) = (BTreeSet::new(), (0..CELLS).collect::<Vec<_>>());
        let mut steps = 0;
        while let Some(at) = look_at.pop() {
            // Sums that do not fit one another could go round in a circle.
            steps += 1;
            if steps > STEPS_MAX {
                return None;
            }
            let Cell { count, marks: mark, checks } = left.cells[at];
            if count.abs() != 1 || checks != check(mark) || place(mark, at / (CELLS / ROWS)) != at {
                continue;
            }
            if count < 0 && (!present.contains(&mark) || !lacking.insert(mark)) {
                return None;
            }
            left.add(mark, -count);
            look_at.extend((0..ROWS).map(|row| place(mark, row)));
        }
        left.cells.iter().all(|cell| *cell == Cell::default()).then_some(lacking)
    }

    fn write(&self) -> String {
        let mut bytes = Vec::with_capacity(8 + CELLS * CELL_BYTES);
        bytes.extend(u64::try_from(self.count).unwrap_or(u64::MAX).to_be_bytes());
        for cell in &self.cells {
            bytes.extend(cell.count.to_be_bytes());
            bytes.extend(cell.marks.to_be_bytes());
            bytes.extend(cell.checks.to_be_bytes());
        }
        STANDARD.encode(bytes)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (count, cells) = bytes.split_at_checked(8)?;
        if cells.len() != CELLS * CELL_BYTES {
            return None;
        }
        let cell = |bytes: &[u8]| {
            Some(Cell {
                count: i32::from_be_bytes(bytes.get(..4)?.try_into().ok()?),
                marks: Mark::from_be_bytes(bytes.get(4..12)?.try_into().ok()?),
                checks: u32::from_be_bytes(bytes.get(12..)?.try_into().ok()?),
            })
        };
        let count = usize::try_from(u64::from_be_bytes(count.try_into().ok()?)).ok()?;
        Some(Self { cells: cells.chunks_exact(CELL_BYTES).map(cell).collect::<Option<_>>()?, count })
    }
}

fn place(mark: Mark, row: usize) -> usize {
    let in_row = CELLS / ROWS;
    let hash = mixed(mark ^ (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    row * in_row + (hash % in_row as u64) as usize
}

fn check(mark: Mark) -> u32 {
    (mixed(mark ^ 0xd1b5_4a32_d192_ed03) >> 32) as u32
}

/// The last step of SplitMix64.
fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(range: std::ops::Range<u64>) -> impl Iterator<Item = Mark> {
        range.map(|n| mixed(n.wrapping_mul(7_919)))
    }

    #[test]
    fn of_a_hundred_thousand_files_the_new_ones_are_found_and_the_place_stays_small() {
        let known: Known = marks(0..100_000).collect();
        assert!(known.is_many());
        assert!(known.write().len() < 34_000, "{}", known.write().len());
        let kept = Known::read(&known.write(), true).expect("it was written");
        assert_eq!(kept, known);
        // 400 went, and 500 came, whatever their times are.
        let present: BTreeSet<Mark> = marks(400..100_500).collect();
        assert_eq!(kept.new_among(&present), Some(marks(100_000..100_500).collect()));
        assert_eq!(kept.new_among(&marks(0..100_000).collect()), Some(BTreeSet::new()));
        let later = kept.with(marks(100_000..100_500));
        assert_eq!((later.count(), later.new_among(&present)), (100_500, Some(BTreeSet::new())));
    }

    #[test]
    fn too_many_changes_are_not_guessed_at() {
        let known: Known = marks(0..10_000).collect();
        assert_eq!(known.new_among(&marks(5_000..20_000).collect()), None);
    }

    #[test]
    fn few_files_are_known_one_by_one_and_come_and_go_in_any_number() {
        let known: Known = marks(0..3_000).collect();
        assert!(!known.is_many() && known.write().len() <= 32_000);
        assert_eq!(Known::read(&known.write(), false), Some(known.clone()));
        let present: BTreeSet<Mark> = marks(2_999..50_000).collect();
        assert_eq!(known.new_among(&present), Some(marks(3_000..50_000).collect()));
        assert!(known.with(marks(3_000..3_001)).is_many());
    }
}

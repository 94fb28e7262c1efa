#![doc = include_str!("../README.md")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use testkit::Chance;

/// How long each target runs where nobody says.
const TASTE: Duration = Duration::from_secs(3);
/// Nothing takes longer with one input. Far more than is needed, because the machine may be busy.
const INPUT_MAX: Duration = Duration::from_secs(20);
const BYTES_MAX: usize = 64 << 10;

/// What inputs are made of.
pub struct Corpus {
    inputs: Vec<Vec<u8>>,
    words: &'static [&'static str],
}

impl Corpus {
    /// Every file of these folders, given from this crate's own.
    pub fn of(folders: &[&str], words: &'static [&'static str]) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<_> = folders
            .iter()
            .flat_map(|folder| std::fs::read_dir(here.join(folder)).into_iter().flatten().flatten())
            .map(|entry| entry.path())
            .filter(|path| path.is_file())
            .collect();
        // In one order everywhere, so that a seed means the same.
        files.sort();
        let inputs: Vec<_> = files.iter().filter_map(|path| std::fs::read(path).ok()).collect();
        assert!(!inputs.is_empty(), "the corpus is empty: {folders:?}");
        Self { inputs, words }
    }

    fn one(&self, chance: &mut Chance) -> &[u8] {
        &self.inputs[chance.index(self.inputs.len())]
    }

    /// One of the inputs, changed in a few places.
    fn changed(&self, chance: &mut Chance) -> Vec<u8> {
        let mut input = self.one(chance).to_vec();
        for _ in 0..=chance.below(6) {
            self.change(&mut input, chance);
        }
        input.truncate(BYTES_MAX);
        input
    }

    fn change(&self, input: &mut Vec<u8>, chance: &mut Chance) {
        let at = chance.index(input.len() + 1);
        let longest = 1 << chance.index(8);
        let end = (at + 1 + chance.index(longest)).min(input.len());
        match chance.below(8) {
            0 => drop(input.drain(at..end.max(at))),
            1 => {
                let piece = input[at..end.max(at)].to_vec();
                let times = 1 + chance.index(40);
                input.splice(at..at, piece.repeat(times));
            }
            2 => {
                let other = self.one(chance);
                let from = chance.index(other.len() + 1);
                let to = (from + chance.index(200)).min(other.len());
                input.splice(at..end.max(at), other[from..to].to_vec());
            }
            3 if at < input.len() => input[at] ^= 1 << chance.index(8),
            4 if at < input.len() => input[at] = chance.below(256) as u8,
            5 => input.truncate(at),
            _ => {
                let word = self.words.get(chance.index(self.words.len())).copied().unwrap_or_default();
                input.splice(at..at, word.bytes());
            }
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Puts the corpus and then what is made of it to a target, until its time is over.
#[track_caller]
pub fn try_all(name: &str, corpus: &Corpus, target: impl Fn(&[u8])) {
    let time = number("KHLONG_FUZZ_SECONDS").map_or(TASTE, Duration::from_secs);
    let seed = number("KHLONG_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let (mut chance, since) = (Chance(seed), Instant::now());
    println!("{name}: KHLONG_SEED={seed}");
    corpus.inputs.iter().for_each(|input| try_one(name, input, &target));
    let mut tried = corpus.inputs.len();
    while since.elapsed() < time {
        try_one(name, &corpus.changed(&mut chance), &target);
        tried += 1;
    }
    println!("{name}: {tried} inputs in {} s", since.elapsed().as_secs());
}

fn try_one(name: &str, input: &[u8], target: &impl Fn(&[u8])) {
    let since = Instant::now();
    let survived = catch_unwind(AssertUnwindSafe(|| target(input))).is_ok();
    if !survived || since.elapsed() > INPUT_MAX {
        let path = std::env::temp_dir().join(format!("khlong-fuzz-{name}-{}", std::process::id()));
        std::fs::write(&path, input).expect("a temporary file can be written");
        let what = if survived { "took too long" } else { "broke" };
        panic!("{name}: an input {what}; it is {}", path.display());
    }
}

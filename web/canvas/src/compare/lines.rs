//! Two texts line by line.

use similar::{Algorithm, ChangeTag, TextDiff};

/// Lines beside a change that are shown with it.
const AROUND: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Both,
    Before,
    After,
    /// So many lines that are the same are left out.
    Gap(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub side: Side,
    pub text: String,
    /// Its number in each of the texts, from 1 on.
    pub before: Option<usize>,
    pub after: Option<usize>,
}

/// The lines of two texts in one list, with what is the same far from any change left out.
pub fn lines(before: &str, after: &str) -> Vec<Line> {
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_lines(before, after);
    let all: Vec<Line> = diff
        .iter_all_changes()
        .map(|change| Line {
            side: match change.tag() {
                ChangeTag::Equal => Side::Both,
                ChangeTag::Delete => Side::Before,
                ChangeTag::Insert => Side::After,
            },
            text: change.value().trim_end_matches('\n').to_owned(),
            before: change.old_index().map(|at| at + 1),
            after: change.new_index().map(|at| at + 1),
        })
        .collect();
    let near = near_changes(&all);
    fold(all, &near)
}

fn near_changes(all: &[Line]) -> Vec<bool> {
    let mut near = vec![false; all.len()];
    for (at, _) in all.iter().enumerate().filter(|(_, line)| line.side != Side::Both) {
        let (from, to) = (at.saturating_sub(AROUND), (at + AROUND + 1).min(all.len()));
        near[from..to].fill(true);
    }
    near
}

fn fold(all: Vec<Line>, near: &[bool]) -> Vec<Line> {
    let mut shown: Vec<Line> = Vec::new();
    for (line, near) in all.into_iter().zip(near) {
        match shown.last_mut() {
            _ if *near => shown.push(line),
            Some(Line { side: Side::Gap(left_out), .. }) => *left_out += 1,
            _ => shown.push(Line { side: Side::Gap(1), text: String::new(), before: None, after: None }),
        }
    }
    shown
}

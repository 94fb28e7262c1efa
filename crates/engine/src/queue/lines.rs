//! Lines of waiting runs: first in, first out, and each run can be taken out of the middle of its line without a search.

use super::Ready;
use slab::Slab;
use std::collections::HashMap;
use store::{FlowKey, RunId};

/// The ends of one line; the runs in it are in `Lines`.
#[derive(Debug, Default)]
pub struct Line {
    first: Option<usize>,
    last: Option<usize>,
}

impl Line {
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub fn is_last(&self, lines: &Lines, run: RunId) -> bool {
        self.last.is_some() && self.last == lines.of_runs.get(&run).copied()
    }
}

#[derive(Debug)]
struct Place {
    ready: Ready,
    ahead: Option<usize>,
    behind: Option<usize>,
}

/// Every run that waits, each in one line.
#[derive(Debug, Default)]
pub struct Lines {
    places: Slab<Place>,
    of_runs: HashMap<RunId, usize>,
    per_flow: HashMap<FlowKey, usize>,
}

impl Lines {
    pub fn len(&self) -> usize {
        self.of_runs.len()
    }

    pub fn of_flow(&self, flow: FlowKey) -> usize {
        self.per_flow.get(&flow).copied().unwrap_or_default()
    }

    pub fn get(&self, run: RunId) -> Option<&Ready> {
        self.of_runs.get(&run).map(|at| &self.places[*at].ready)
    }

    /// Every run, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Ready> {
        self.places.iter().map(|(_, place)| &place.ready)
    }

    pub fn push_back(&mut self, line: &mut Line, ready: Ready) {
        let run = ready.run;
        let at = self.places.insert(Place { ready, ahead: line.last, behind: None });
        match line.last {
            Some(last) => self.places[last].behind = Some(at),
            None => line.first = Some(at),
        }
        line.last = Some(at);
        self.count(run, at);
    }

    fn count(&mut self, run: RunId, at: usize) {
        self.of_runs.insert(run, at);
        *self.per_flow.entry(self.places[at].ready.flow).or_default() += 1;
    }

    pub fn push_front(&mut self, line: &mut Line, ready: Ready) {
        let run = ready.run;
        let at = self.places.insert(Place { ready, ahead: None, behind: line.first });
        match line.first {
            Some(first) => self.places[first].ahead = Some(at),
            None => line.last = Some(at),
        }
        line.first = Some(at);
        self.count(run, at);
    }

    /// Puts a run into the place of another.
    pub fn swap(&mut self, run: RunId, ready: Ready) -> Option<Ready> {
        let at = self.of_runs.remove(&run)?;
        self.of_runs.insert(ready.run, at);
        Some(std::mem::replace(&mut self.places[at].ready, ready))
    }

    pub fn pop_front(&mut self, line: &mut Line) -> Option<Ready> {
        line.first.map(|at| self.take(line, at))
    }

    /// Takes a run out of its line, which must be the one it stands in.
    pub fn remove(&mut self, line: &mut Line, run: RunId) -> Option<Ready> {
        let at = *self.of_runs.get(&run)?;
        Some(self.take(line, at))
    }

    fn take(&mut self, line: &mut Line, at: usize) -> Ready {
        let Place { ready, ahead, behind } = self.places.remove(at);
        match ahead {
            Some(ahead) => self.places[ahead].behind = behind,
            None => line.first = behind,
        }
        match behind {
            Some(behind) => self.places[behind].ahead = ahead,
            None => line.last = ahead,
        }
        self.of_runs.remove(&ready.run);
        if let Some(waiting) = self.per_flow.get_mut(&ready.flow) {
            *waiting = waiting.saturating_sub(1);
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::tests::ready;

    fn left(lines: &mut Lines, line: &mut Line) -> Vec<RunId> {
        std::iter::from_fn(|| lines.pop_front(line).map(|ready| ready.run)).collect()
    }

    #[test]
    fn whoever_leaves_closes_the_gap() {
        for (gone, rest) in [(1, [2, 3]), (2, [1, 3]), (3, [1, 2])] {
            let (mut lines, mut line, mut other) = (Lines::default(), Line::default(), Line::default());
            lines.push_back(&mut other, ready(9, 1, None));
            (1..=3).for_each(|run| lines.push_back(&mut line, ready(run, 1, None)));
            assert_eq!(lines.remove(&mut line, gone).map(|ready| ready.run), Some(gone));
            assert_eq!((lines.len(), lines.get(gone).is_none()), (3, true));
            assert_eq!(left(&mut lines, &mut line), rest);
            assert_eq!((line.is_empty(), left(&mut lines, &mut other)), (true, vec![9]));
        }
    }

    #[test]
    fn an_empty_line_fills_again_from_both_ends() {
        let (mut lines, mut line) = (Lines::default(), Line::default());
        lines.push_front(&mut line, ready(1, 1, None));
        lines.remove(&mut line, 1);
        lines.push_back(&mut line, ready(2, 1, None));
        lines.push_front(&mut line, ready(3, 1, None));
        lines.push_back(&mut line, ready(4, 1, None));
        assert_eq!(left(&mut lines, &mut line), [3, 2, 4]);
    }
}

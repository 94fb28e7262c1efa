//! What is chosen, brought into line or spread evenly.

use super::{Canvas, Change};
use crate::Point;
use crate::draft::edits;
use crate::{Places, Rect};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    Left,
    Right,
    Top,
    Bottom,
    /// On one height.
    Middle,
    /// One above the other.
    Centre,
    /// The same space between them, from left to right.
    Across,
    /// From top to bottom.
    Down,
}

impl Canvas {
    pub fn align(&mut self, how: Alignment) -> Vec<Change> {
        let starts = self.scene.places(&self.selection);
        let areas = self.chosen_areas();
        let Some(around) = areas.iter().copied().reduce(Rect::union).filter(|_| areas.len() > 1) else {
            return Vec::new();
        };
        let node = |id| self.scene.node(id).map(|node| node.area);
        let note = |id| self.scene.note(id).map(|note| note.area);
        let lay = |area: Option<Rect>, at: Point| area.map_or(at, |area| place(area, around, &areas, how));
        let places = Places {
            nodes: starts.nodes.iter().map(|(id, at)| (id.clone(), lay(node(id.as_str()), *at))).collect(),
            notes: starts.notes.iter().map(|(id, at)| (id.clone(), lay(note(id), *at))).collect(),
        };
        self.change(|doc| {
            edits::pin_places(doc);
            edits::lay(doc, &places);
        })
    }

    fn chosen_areas(&self) -> Vec<Rect> {
        let nodes = self.selection.nodes().iter().filter_map(|id| self.scene.node(id.as_str()));
        let notes = self.selection.notes().iter().filter_map(|id| self.scene.note(id));
        nodes.map(|node| node.area).chain(notes.map(|note| note.area)).collect()
    }
}

fn place(area: Rect, around: Rect, all: &[Rect], how: Alignment) -> Point {
    let (least, most, size) = (around.min, around.max(), area.size);
    let Point { x, y } = area.min;
    match how {
        Alignment::Left => Point::new(least.x, y),
        Alignment::Right => Point::new(most.x - size.width, y),
        Alignment::Top => Point::new(x, least.y),
        Alignment::Bottom => Point::new(x, most.y - size.height),
        Alignment::Middle => Point::new(x, around.centre().y - size.height / 2.0),
        Alignment::Centre => Point::new(around.centre().x - size.width / 2.0, y),
        Alignment::Across => {
            let stretch = |area: &Rect| (area.min.x, area.min.y, area.size.width);
            Point::new(spread(area, all, stretch, least.x, around.size.width), y)
        }
        Alignment::Down => {
            let stretch = |area: &Rect| (area.min.y, area.min.x, area.size.height);
            Point::new(x, spread(area, all, stretch, least.y, around.size.height))
        }
    }
}

/// Where something begins that is spread with others over a length; the order of where they begin stays.
fn spread(
    area: Rect,
    all: &[Rect],
    stretch: impl Fn(&Rect) -> (f64, f64, f64),
    start: f64,
    length: f64,
) -> f64 {
    let taken: f64 = all.iter().map(|area| stretch(area).2).sum();
    let gap = (length - taken) / (all.len() - 1) as f64;
    let own = stretch(&area);
    let before = all.iter().map(&stretch).filter(|other| (other.0, other.1) < (own.0, own.1));
    before.fold(start, |at, (_, _, long)| at + long + gap)
}

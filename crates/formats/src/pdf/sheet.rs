//! A page while it is put together: what stands where, in points from the upper left corner.

use super::letters::{Letters, Shaped, Weight};

pub const WIDTH: f32 = 595.28;
pub const HEIGHT: f32 = 841.89;
pub const MARGIN: f32 = 40.0;
pub const LEFT: f32 = MARGIN;
pub const RIGHT: f32 = WIDTH - MARGIN;
/// What stands in the middle ends here; below are the page's number and what continues.
pub const BOTTOM: f32 = HEIGHT - 46.0;
/// From one line to the next, where the size is 1. Thai stacks two marks above a letter and one below it.
pub const LEADING: f32 = 1.5;
/// From the top of a line to what the letters stand on.
const ASCENT: f32 = 1.08;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    Ink,
    Grey,
    Line,
    Shade,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Middle,
    Right,
}

#[derive(Clone, Debug)]
pub enum Item {
    Text { line: Shaped, x: f32, base: f32, size: f32, color: Color },
    Rule { from: (f32, f32), to: (f32, f32), color: Color },
    Fill { x: f32, y: f32, width: f32, height: f32, color: Color },
    Box { x: f32, y: f32, width: f32, height: f32, color: Color },
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub size: f32,
    pub weight: Weight,
    pub color: Color,
    pub side: Side,
}

impl Look {
    pub const fn plain(size: f32) -> Self {
        Self { size, weight: Weight::Regular, color: Color::Ink, side: Side::Left }
    }

    pub const fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    pub const fn grey(self) -> Self {
        Self { color: Color::Grey, ..self }
    }

    pub const fn side(self, side: Side) -> Self {
        Self { side, ..self }
    }
}

#[derive(Default)]
pub struct Page {
    pub items: Vec<Item>,
}

impl Page {
    /// Lines below each other from `top` on; gives where they end.
    pub fn lines(&mut self, lines: Vec<Shaped>, look: Look, x: f32, width: f32, top: f32) -> f32 {
        let mut top = top;
        for line in lines {
            let empty = width - line.width * look.size;
            let x = match look.side {
                Side::Left => x,
                Side::Middle => x + empty / 2.0,
                Side::Right => x + empty,
            };
            let base = top + look.size * ASCENT;
            self.items.push(Item::Text { line, x, base, size: look.size, color: look.color });
            top += look.size * LEADING;
        }
        top
    }

    /// A text that may take several lines.
    pub fn text(&mut self, letters: &Letters, text: &str, look: Look, x: f32, width: f32, top: f32) -> f32 {
        let lines = letters.lines(text, look.weight, look.size, width);
        self.lines(lines, look, x, width, top)
    }

    /// A text in one line, smaller where it would not fit.
    pub fn one(&mut self, letters: &Letters, text: &str, look: Look, x: f32, width: f32, top: f32) -> f32 {
        let line = letters.line(text, look.weight);
        let size = if line.width * look.size > width { width / line.width } else { look.size };
        // On the line that it would stand on at its own size.
        let shift = (look.size - size) * ASCENT;
        self.lines(vec![line], Look { size, ..look }, x, width, top + shift);
        top + look.size * LEADING
    }

    pub fn rule(&mut self, y: f32, color: Color) {
        self.items.push(Item::Rule { from: (LEFT, y), to: (RIGHT, y), color });
    }

    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), color: Color) {
        self.items.push(Item::Rule { from, to, color });
    }

    pub fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, color: Color) {
        self.items.push(Item::Fill { x, y, width, height, color });
    }

    pub fn frame(&mut self, x: f32, y: f32, width: f32, height: f32, color: Color) {
        self.items.push(Item::Box { x, y, width, height, color });
    }
}

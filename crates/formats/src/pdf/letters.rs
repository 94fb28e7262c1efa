//! Text as glyphs: Thai vowels and tone marks in their places, and lines broken between words that no space divides.

use crate::fixed_width::is_mark;
use icu_segmenter::options::LineBreakOptions;
use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Face, UnicodeBuffer};
use std::cell::RefCell;
use std::collections::BTreeSet;

static REGULAR: &[u8] = include_bytes!("../../fonts/IBMPlexSansThai-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/IBMPlexSansThai-Bold.ttf");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

/// A line of text that is ready to be drawn; lengths are those at size 1.
#[derive(Clone, Debug)]
pub struct Shaped {
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    pub weight: Weight,
    pub width: f32,
}

struct Style {
    font: Font,
    face: Face<'static>,
}

/// The fonts of a document.
pub struct Letters {
    regular: Style,
    bold: Style,
    breaks: LineSegmenterBorrowed<'static>,
    /// Characters that the fonts do not have.
    left_out: RefCell<BTreeSet<char>>,
}

impl Letters {
    pub fn new() -> Option<Self> {
        let style = |bytes: &'static [u8]| {
            Some(Style { font: Font::new(bytes.into(), 0)?, face: Face::from_slice(bytes, 0)? })
        };
        let breaks = LineSegmenter::new_dictionary(LineBreakOptions::default());
        Some(Self { regular: style(REGULAR)?, bold: style(BOLD)?, breaks, left_out: RefCell::default() })
    }

    pub fn font(&self, weight: Weight) -> Font {
        self.style(weight).font.clone()
    }

    pub fn left_out(&self) -> Vec<String> {
        self.left_out.borrow().iter().map(char::to_string).collect()
    }

    fn style(&self, weight: Weight) -> &Style {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// A text in one line.
    pub fn line(&self, text: &str, weight: Weight) -> Shaped {
        let text = self.clean(text).replace('\n', " ");
        self.shape(text.trim(), weight)
    }

    /// A text in as many lines as it takes.
    pub fn lines(&self, text: &str, weight: Weight, size: f32, width: f32) -> Vec<Shaped> {
        let text = self.clean(text);
        let paragraphs = text.lines().map(str::trim).filter(|line| !line.is_empty());
        paragraphs.flat_map(|paragraph| self.wrap(paragraph, weight, width / size)).collect()
    }

    /// Without what cannot be drawn.
    fn clean(&self, text: &str) -> String {
        let kept = |letter: char| match letter {
            '\n' => Some('\n'),
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{2060}' => None,
            letter if letter.is_control() || letter.is_whitespace() => Some(' '),
            letter if self.regular.face.glyph_index(letter).is_some() => Some(letter),
            letter => {
                self.left_out.borrow_mut().insert(letter);
                None
            }
        };
        text.chars().filter_map(kept).collect()
    }

    fn wrap(&self, text: &str, weight: Weight, width: f32) -> Vec<Shaped> {
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut used = 0.0;
        let ends: Vec<usize> = self.breaks.segment_str(text).collect();
        for pair in ends.windows(2) {
            for piece in self.pieces(&text[pair[0]..pair[1]], weight, width) {
                let own = self.shape(piece.trim_end(), weight).width;
                if used + own > width && !line.trim().is_empty() {
                    lines.push(self.shape(line.trim(), weight));
                    line.clear();
                    used = 0.0;
                }
                line.push_str(piece);
                used += self.shape(piece, weight).width;
            }
        }
        if !line.trim().is_empty() {
            lines.push(self.shape(line.trim(), weight));
        }
        lines
    }

    /// A word, or the parts of one that is longer than a line; no mark is parted from its letter.
    fn pieces<'t>(&self, word: &'t str, weight: Weight, width: f32) -> Vec<&'t str> {
        if self.shape(word.trim_end(), weight).width <= width {
            return vec![word];
        }
        let mut pieces = Vec::new();
        let (mut from, mut used) = (0, 0.0);
        let starts = word.char_indices().filter(|(_, letter)| !is_mark(*letter)).map(|(at, _)| at);
        let mut starts = starts.chain([word.len()]).peekable();
        while let Some(at) = starts.next() {
            let Some(next) = starts.peek() else { break };
            let own = self.shape(&word[at..*next], weight).width;
            if used + own > width && at > from {
                pieces.push(&word[from..at]);
                (from, used) = (at, 0.0);
            }
            used += own;
        }
        pieces.push(&word[from..]);
        pieces
    }

    fn shape(&self, text: &str, weight: Weight) -> Shaped {
        let mut glyphs = Vec::new();
        for (start, run) in runs(text) {
            self.shape_run(start, run, weight, &mut glyphs);
        }
        let width = glyphs.iter().map(|glyph: &KrillaGlyph| glyph.x_advance).sum();
        Shaped { text: text.to_owned(), glyphs, weight, width }
    }

    fn shape_run(&self, start: usize, run: &str, weight: Weight, glyphs: &mut Vec<KrillaGlyph>) {
        let face = &self.style(weight).face;
        let em = face.units_per_em() as f32;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(run);
        buffer.guess_segment_properties();
        buffer.set_direction(rustybuzz::Direction::LeftToRight);
        let shaped = rustybuzz::shape(face, &[], buffer);
        let infos = shaped.glyph_infos();
        for (index, (info, place)) in infos.iter().zip(shaped.glyph_positions()).enumerate() {
            let from = info.cluster as usize;
            let next = infos[index..].iter().map(|other| other.cluster as usize).find(|other| *other > from);
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                place.x_advance as f32 / em,
                place.x_offset as f32 / em,
                place.y_offset as f32 / em,
                place.y_advance as f32 / em,
                start + from..start + next.unwrap_or(run.len()),
                None,
            ));
        }
    }
}

/// Parts of a text that are in one script: the rules for Thai marks are those of Thai alone.
fn runs(text: &str) -> Vec<(usize, &str)> {
    let is_thai = |letter: char| ('\u{e01}'..='\u{e5b}').contains(&letter) && letter != '฿';
    let mut runs = Vec::new();
    let (mut from, mut thai) = (0, None);
    for (at, letter) in text.char_indices() {
        let is = is_thai(letter);
        if thai.is_some_and(|thai| thai != is) {
            runs.push((from, &text[from..at]));
            from = at;
        }
        thai = Some(is);
    }
    if from < text.len() {
        runs.push((from, &text[from..]));
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, width: f32) -> Vec<String> {
        let letters = Letters::new().unwrap();
        letters.lines(text, Weight::Regular, 10.0, width).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn thai_is_broken_between_words() {
        let found = lines("ชาอู่หลงคัดพิเศษจากดอยแม่สลองจังหวัดเชียงราย", 100.0);
        assert_eq!(found, ["ชาอู่หลงคัดพิเศษจาก", "ดอยแม่สลองจังหวัด", "เชียงราย"]);
    }

    #[test]
    fn what_has_no_place_to_break_is_broken_all_the_same_but_no_mark_from_its_letter() {
        let found = lines("กี่กี่กี่กี่กี่กี่กี่กี่กี่กี่กี่กี่กี่กี่กี่กี่", 30.0);
        assert!(found.len() > 2 && found.iter().all(|line| line.starts_with('ก')), "{found:?}");
        assert!(lines("https://example.com/a-very-long-address-without-an-end", 50.0).len() > 3);
    }

    #[test]
    fn marks_take_no_room_and_stand_above_each_other() {
        let letters = Letters::new().unwrap();
        let bare = letters.line("กน", Weight::Regular);
        let marked = letters.line("กี่น้", Weight::Regular);
        assert!((bare.width - marked.width).abs() < 0.001, "{} {}", bare.width, marked.width);
        let tone = marked.glyphs.iter().find(|glyph| marked.text[glyph.text_range.clone()].contains('่'));
        assert!(tone.is_some());
        assert!(letters.line("กำ", Weight::Regular).width > letters.line("ก", Weight::Regular).width);
    }

    #[test]
    fn what_the_fonts_do_not_have_is_left_out_and_told() {
        let letters = Letters::new().unwrap();
        assert_eq!(letters.line("ชา🙂\u{200b} 茶", Weight::Regular).text, "ชา");
        assert_eq!(letters.left_out(), ["茶", "🙂"]);
    }

    #[test]
    fn scripts_are_shaped_apart() {
        assert_eq!(runs("Tea ชา 50฿"), [(0, "Tea "), (4, "ชา"), (10, " 50฿")]);
    }
}

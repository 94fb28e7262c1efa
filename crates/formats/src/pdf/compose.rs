//! From a sale to pages.

use super::facts::{Language, Mark};
use super::labels::{self, Label};
use super::letters::Letters;
use super::make::Input;
use super::sheet::{BOTTOM, Color, HEIGHT, LEFT, Look, Page, RIGHT, Side};
use super::table;
use super::totals::Totals;
use chrono::NaiveDate;

pub const BODY: f32 = 9.0;
pub const SMALL: f32 = 8.0;
pub const GAP: f32 = 10.0;

pub struct Composer<'a> {
    pub input: &'a Input,
    pub letters: &'a Letters,
    /// Nothing on a delivery note.
    pub totals: Option<&'a Totals>,
    pub day: NaiveDate,
    pub due: Option<NaiveDate>,
}

impl Composer<'_> {
    /// All pages: those of the original, and those of the copy.
    pub fn pages(&self) -> Vec<Page> {
        self.input.copies.marks().iter().flat_map(|mark| self.set(*mark)).collect()
    }

    fn set(&self, mark: Mark) -> Vec<Page> {
        let (first, top) = self.begin(mark);
        let mut pages = vec![first];
        let mut top = table::rows(self, mark, &mut pages, top);
        let needed = self.ending(&mut Page::default(), 0.0) + self.signatures_height();
        if top + needed > BOTTOM {
            let (mut page, mut next) = self.begin(mark);
            // Whoever has very long names and notes gets the end on a page with the title alone.
            if next + needed > BOTTOM {
                page = Page::default();
                next = self.title(&mut page, mark) + GAP;
            }
            pages.push(page);
            top = next;
        }
        if let Some(last) = pages.last_mut() {
            self.ending(last, top);
            self.sign(last);
        }
        let count = pages.len();
        for (index, page) in pages.iter_mut().enumerate() {
            self.foot(page, index + 1, count);
        }
        pages
    }

    /// A new page; with where the table goes on.
    pub fn begin(&self, mark: Mark) -> (Page, f32) {
        let mut page = Page::default();
        let right = self.title(&mut page, mark);
        let left = self.seller(&mut page);
        let top = left.max(right) + GAP;
        page.rule(top, Color::Line);
        let top = self.buyer_and_facts(&mut page, top + GAP);
        (page, top + GAP)
    }

    pub fn word(&self, label: Label) -> String {
        label.of(self.input.language)
    }

    pub fn is_thai_alone(&self) -> bool {
        self.input.language == Language::Th
    }

    fn foot(&self, page: &mut Page, number: usize, count: usize) {
        let look = Look::plain(SMALL).grey();
        let top = HEIGHT - 38.0;
        let width = RIGHT - LEFT;
        page.one(self.letters, &self.input.number, look, LEFT, width / 3.0, top);
        let words = format!("{} {number}/{count}", self.word(labels::PAGE));
        page.one(self.letters, &words, look.side(Side::Right), LEFT, width, top);
        if number < count {
            let words = self.word(labels::CONTINUED);
            page.one(self.letters, &words, look.side(Side::Middle), LEFT + width / 4.0, width / 2.0, top);
        }
    }
}

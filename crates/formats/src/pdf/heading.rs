//! What stands above the lines on every page: the title, who sells, who buys, and the document's own facts.

use super::compose::{BODY, Composer, GAP, SMALL};
use super::facts::{Copies, Kind, Language, Mark};
use super::labels::{self, Label};
use super::sale::Party;
use super::sheet::{Color, LEFT, Look, MARGIN, Page, RIGHT, Side};

/// Where the right half begins, above and below the rule.
const TITLE: f32 = 320.0;
const FACTS: f32 = 322.0;
const PADDING: f32 = 8.0;
const FACT_LABEL: f32 = 72.0;

impl Composer<'_> {
    pub fn title(&self, page: &mut Page, mark: Mark) -> f32 {
        let (width, right) = (RIGHT - TITLE, Look::plain(17.0).bold().side(Side::Right));
        let label = labels::title(self.input.kind);
        let english = self.input.language == Language::En && !self.input.kind.is_tax_invoice();
        let first = if english { label.en } else { label.th };
        let mut top = page.one(self.letters, first, right, TITLE, width, MARGIN - 8.0);
        if !english && !self.is_thai_alone() {
            let second = Look::plain(10.0).grey().side(Side::Right);
            top = page.one(self.letters, label.en, second, TITLE, width, top - 3.0);
        }
        let mut words = self.word(labels::mark(mark));
        if self.is_set() {
            words = format!("{words}   ({})", self.word(labels::SET));
        }
        page.one(self.letters, &words, Look::plain(BODY).bold().side(Side::Right), TITLE, width, top + 1.0)
    }

    /// Several documents in one, or one with its copies: the Revenue Department wants that said.
    fn is_set(&self) -> bool {
        let tax = self.input.kind.is_tax_invoice();
        tax && (self.input.kind == Kind::ReceiptTaxInvoice || self.input.copies == Copies::OriginalAndCopy)
    }

    pub fn seller(&self, page: &mut Page) -> f32 {
        let seller = &self.input.seller;
        let width = TITLE - LEFT - 2.0 * GAP;
        let top = page.text(self.letters, &seller.name, Look::plain(12.0).bold(), LEFT, width, MARGIN - 4.0);
        self.party(page, seller, LEFT, width, top)
    }

    pub fn buyer_and_facts(&self, page: &mut Page, top: f32) -> f32 {
        let buyer = &self.input.sale.buyer;
        let (x, width) = (LEFT + PADDING, FACTS - GAP - LEFT - 2.0 * PADDING);
        let mut below =
            page.one(self.letters, &self.word(labels::BUYER), Look::plain(SMALL).grey(), x, width, top + 4.0);
        let code = if buyer.code.is_empty() { String::new() } else { format!(" ({})", buyer.code) };
        let name = format!("{}{code}", buyer.name);
        below = page.text(self.letters, &name, Look::plain(10.0).bold(), x, width, below);
        below = self.party(page, buyer, x, width, below) + 4.0;
        let facts = self.facts(page, top + 4.0) + 4.0;
        let bottom = below.max(facts);
        page.frame(LEFT, top, FACTS - GAP - LEFT, bottom - top, Color::Line);
        page.frame(FACTS, top, RIGHT - FACTS, bottom - top, Color::Line);
        bottom
    }

    /// Address, tax id, branch, and how to reach somebody.
    fn party(&self, page: &mut Page, party: &Party, x: f32, width: f32, top: f32) -> f32 {
        let look = Look::plain(BODY);
        let address = match party.zip.as_str() {
            zip if zip.is_empty() || party.address.contains(zip) => party.address.clone(),
            zip => format!("{} {zip}", party.address),
        };
        let mut top = page.text(self.letters, &address, look, x, width, top);
        if !party.tax_id.is_empty() {
            let words = format!("{} {}", self.word(labels::TAX_ID), party.tax_id);
            top = page.text(self.letters, &words, look, x, width, top);
        }
        if !party.branch.is_empty() {
            top = page.text(
                self.letters,
                &labels::branch(&party.branch, self.input.language),
                look,
                x,
                width,
                top,
            );
        }
        let phone = if party.phone.is_empty() {
            String::new()
        } else {
            format!("{} {}", self.word(labels::PHONE), party.phone)
        };
        let reach: Vec<&str> =
            [phone.as_str(), party.email.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
        page.text(self.letters, &reach.join("   "), look, x, width, top)
    }

    fn facts(&self, page: &mut Page, top: f32) -> f32 {
        let date = |day| labels::date(day, self.input.language, self.input.calendar);
        let facts: [(Label, Option<String>); 4] = [
            (labels::NUMBER, Some(self.input.number.clone())),
            (labels::DATE, Some(date(self.day))),
            (labels::DUE, self.due.map(date)),
            (labels::REFERENCE, Some(self.input.sale.reference.clone()).filter(|text| !text.is_empty())),
        ];
        let x = FACTS + PADDING;
        let width = RIGHT - PADDING - x - FACT_LABEL;
        let mut top = top;
        for (label, value) in facts {
            let Some(value) = value else { continue };
            page.one(
                self.letters,
                &self.word(label),
                Look::plain(SMALL).grey(),
                x,
                FACT_LABEL - 4.0,
                top + 1.0,
            );
            let look =
                if label.th == labels::NUMBER.th { Look::plain(BODY).bold() } else { Look::plain(BODY) };
            top = page.text(self.letters, &value, look.side(Side::Right), x + FACT_LABEL, width, top) + 1.5;
        }
        top
    }
}

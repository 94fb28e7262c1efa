//! What stands below the last line: what it comes to, in digits and in words, and who signs.

use super::compose::{BODY, Composer, SMALL};
use super::facts::{Kind, Language};
use super::labels::{self, Label};
use super::sheet::{BOTTOM, Color, LEFT, Look, Page, RIGHT, Side};
use super::{amount, table};

/// Where the totals begin.
const TOTALS: f32 = 345.0;
const VALUE: f32 = 84.0;
const PADDING: f32 = 4.0;
const SIGNATURES: f32 = 84.0;
const SIGNATURE: f32 = 190.0;

impl Composer<'_> {
    /// Draws it from `top` on; gives where it ends.
    pub fn ending(&self, page: &mut Page, top: f32) -> f32 {
        let left = self.words(page, top + PADDING);
        let right = self.sums(page, top + PADDING);
        left.max(right) + PADDING
    }

    pub fn signatures_height(&self) -> f32 {
        if self.input.signatures { SIGNATURES } else { 0.0 }
    }

    fn words(&self, page: &mut Page, top: f32) -> f32 {
        let (x, width) = (LEFT + PADDING, TOTALS - LEFT - 24.0);
        let mut top = top;
        let mut part = |label: Label, texts: &[String]| {
            let texts: Vec<&String> = texts.iter().filter(|text| !text.is_empty()).collect();
            if texts.is_empty() {
                return;
            }
            top = page.one(self.letters, &self.word(label), Look::plain(SMALL).grey(), x, width, top);
            for text in texts {
                top = page.text(self.letters, text, Look::plain(BODY), x, width, top);
            }
            top += PADDING;
        };
        if let Some(totals) = self.totals.filter(|_| self.input.sale.is_baht()) {
            let thai = amount::in_thai(totals.sums.grand).filter(|_| self.input.language != Language::En);
            let english =
                amount::in_english(totals.sums.grand).filter(|_| self.input.language != Language::Th);
            let bracketed =
                |words: Option<String>| words.map(|words| format!("({words})")).unwrap_or_default();
            part(labels::IN_WORDS, &[bracketed(thai), bracketed(english)]);
        }
        part(labels::PAID_BY, std::slice::from_ref(&self.input.paid_by));
        part(labels::NOTE, std::slice::from_ref(&self.input.sale.note));
        top
    }

    fn sums(&self, page: &mut Page, top: f32) -> f32 {
        let Some(totals) = self.totals else { return top };
        let rate = self.input.vat_rate.0.normalize();
        let taxed = !rate.is_zero();
        let discounted = !totals.sums.discount.is_zero();
        let mut sums = vec![(self.word(labels::SUB_TOTAL), totals.sums.sub_total)];
        if discounted {
            sums.push((self.word(labels::DISCOUNT), -totals.sums.discount));
            sums.push((self.word(labels::AFTER_DISCOUNT), totals.sums.after_discount));
        }
        if taxed {
            if !totals.sums.exempt.is_zero() {
                sums.push((self.word(labels::EXEMPT), totals.sums.exempt));
            }
            sums.push((self.word(labels::VATABLE), totals.sums.vatable));
            sums.push((format!("{} {rate}%", self.word(labels::VAT)), totals.sums.vat));
        }
        let width = RIGHT - TOTALS;
        let value_at = RIGHT - PADDING - VALUE;
        let mut top = top;
        for (label, value) in sums {
            page.one(self.letters, &label, Look::plain(BODY), TOTALS, width - VALUE - 2.0 * PADDING, top);
            top = page.one(
                self.letters,
                &table::amount(value),
                Look::plain(BODY).side(Side::Right),
                value_at,
                VALUE,
                top,
            ) + 1.5;
        }
        let height = 22.0;
        page.fill(TOTALS - PADDING, top + 1.0, width + PADDING, height, Color::Shade);
        let label = match self.input.sale.is_baht() {
            true => self.word(labels::GRAND),
            false => format!("{} {}", self.word(labels::GRAND), self.input.sale.currency.to_uppercase()),
        };
        page.one(
            self.letters,
            &label,
            Look::plain(BODY + 0.5).bold(),
            TOTALS,
            width - VALUE - 2.0 * PADDING,
            top + 4.5,
        );
        let grand = Look::plain(11.0).bold().side(Side::Right);
        page.one(self.letters, &table::amount(totals.sums.grand), grand, value_at, VALUE, top + 3.0);
        top += height + PADDING;
        if taxed && self.input.sale.prices_include_vat {
            let look = Look::plain(SMALL).grey().side(Side::Right);
            top =
                page.one(self.letters, &self.word(labels::INCLUDES_VAT), look, TOTALS, width - PADDING, top);
        }
        top
    }

    /// At the foot of the page, wherever the rest ends.
    pub fn sign(&self, page: &mut Page) {
        if !self.input.signatures {
            return;
        }
        let first = match self.input.kind {
            Kind::Receipt | Kind::ReceiptTaxInvoice => labels::PAID_TO,
            Kind::TaxInvoice | Kind::Invoice | Kind::DeliveryNote => labels::RECEIVED_BY,
        };
        let top = BOTTOM - SIGNATURES + 34.0;
        for (label, x) in [(first, LEFT + 20.0), (labels::SIGNED_BY, RIGHT - 20.0 - SIGNATURE)] {
            page.line((x, top), (x + SIGNATURE, top), Color::Grey);
            let look = Look::plain(BODY).side(Side::Middle);
            let below = page.one(self.letters, &self.word(label), look, x, SIGNATURE, top + 3.0);
            let date = format!("{} ______ /______ /______", self.word(labels::DATE));
            page.one(
                self.letters,
                &date,
                Look::plain(SMALL).grey().side(Side::Middle),
                x,
                SIGNATURE,
                below + 2.0,
            );
        }
    }
}

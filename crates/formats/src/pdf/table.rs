//! The lines of a sale, over as many pages as they take.

use super::compose::{BODY, Composer, SMALL};
use super::facts::{Language, Mark};
use super::labels::{self, Label};
use super::letters::Shaped;
use super::sale::Line;
use super::sheet::{BOTTOM, Color, LEADING, LEFT, Look, Page, RIGHT, Side};
use model::money;
use rust_decimal::Decimal;

const PADDING: f32 = 4.0;
const ABOVE: f32 = 2.5;
const ROW: f32 = BODY * LEADING;

struct Column {
    what: What,
    label: Label,
    x: f32,
    width: f32,
    side: Side,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Number,
    Name,
    Quantity,
    Unit,
    Price,
    Discount,
    Amount,
}

/// A line of text within a row.
type Part = (Shaped, Look);

/// Draws every line; gives where they end on the last page.
pub fn rows(of: &Composer<'_>, mark: Mark, pages: &mut Vec<Page>, top: f32) -> f32 {
    let columns = columns(of);
    let mut top = head(of, &columns, pages, top);
    let mut fresh = true;
    for (index, line) in of.input.sale.lines.iter().enumerate() {
        let mut left = name(of, &columns, line);
        let mut first = true;
        while !left.is_empty() {
            let room = ((BOTTOM - top - 2.0 * ABOVE) / ROW).max(0.0) as usize;
            // What does not fit goes to the next page; what fits on none is parted.
            if room < left.len() && !fresh {
                let (page, next) = of.begin(mark);
                pages.push(page);
                top = head(of, &columns, pages, next);
                fresh = true;
                continue;
            }
            let rest = left.split_off(left.len().min(room.max(1)));
            let cells = if first { cells(of, index, line) } else { Vec::new() };
            if let Some(page) = pages.last_mut() {
                top = row(of, &columns, &cells, std::mem::replace(&mut left, rest), page, top);
            }
            (first, fresh) = (false, false);
        }
    }
    top + PADDING
}

fn columns(of: &Composer<'_>) -> Vec<Column> {
    let prices = of.input.kind.has_prices();
    let discounts = prices && of.input.sale.lines.iter().any(|line| !line.discount.0.is_zero());
    let wanted: [(What, Label, f32, Side, bool); 7] = [
        (What::Number, labels::LINE, 34.0, Side::Middle, true),
        (What::Name, labels::NAME, 0.0, Side::Left, true),
        (What::Quantity, labels::QUANTITY, if prices { 56.0 } else { 90.0 }, Side::Right, true),
        (What::Unit, labels::UNIT, if prices { 50.0 } else { 90.0 }, Side::Middle, true),
        (What::Price, labels::PRICE, 74.0, Side::Right, prices),
        (What::Discount, labels::DISCOUNT, 62.0, Side::Right, discounts),
        (What::Amount, labels::AMOUNT, 82.0, Side::Right, prices),
    ];
    let shown = wanted.into_iter().filter(|(.., shown)| *shown);
    let fixed: f32 = shown.clone().map(|(_, _, width, ..)| width).sum();
    let mut x = LEFT;
    let place = |(what, label, width, side, _): (What, Label, f32, Side, bool)| {
        // The name takes what the others leave.
        let width = if what == What::Name { RIGHT - LEFT - fixed } else { width };
        let column = Column { what, label, x: x + PADDING, width: width - 2.0 * PADDING, side };
        x += width;
        column
    };
    shown.map(place).collect()
}

fn head(of: &Composer<'_>, columns: &[Column], pages: &mut [Page], top: f32) -> f32 {
    let both = of.input.language == Language::Both;
    let height = if both { 30.0 } else { 20.0 };
    let Some(page) = pages.last_mut() else { return top };
    page.fill(LEFT, top, RIGHT - LEFT, height, Color::Shade);
    for column in columns {
        let bold = Look::plain(SMALL + 0.5).bold().side(column.side);
        let english = of.input.language == Language::En;
        let words = if english { column.label.en } else { column.label.th };
        let below = page.one(of.letters, words, bold, column.x, column.width, top + 3.0);
        if both {
            let grey = Look::plain(7.0).grey().side(column.side);
            page.one(of.letters, column.label.en, grey, column.x, column.width, below - 1.0);
        }
    }
    page.rule(top + height, Color::Line);
    top + height
}

/// The description, and in grey below it what else is to be known.
fn name(of: &Composer<'_>, columns: &[Column], line: &Line) -> Vec<Part> {
    let width = columns.iter().find(|column| column.what == What::Name).map_or(100.0, |column| column.width);
    let mut more: Vec<String> = Vec::new();
    if !line.sku.is_empty() {
        more.push(line.sku.clone());
    }
    if line.no_vat && of.input.kind.has_prices() {
        more.push(of.word(labels::EXEMPT));
    }
    let mut parts: Vec<Part> = Vec::new();
    for (text, look) in [(line.name.clone(), Look::plain(BODY)), (more.join("   "), Look::plain(7.5).grey())]
    {
        let lines = of.letters.lines(&text, look.weight, look.size, width);
        parts.extend(lines.into_iter().map(|line| (line, look)));
    }
    if parts.is_empty() {
        // Its letters were all such as no font here has.
        parts.push((of.letters.line("-", Look::plain(BODY).weight), Look::plain(BODY)));
    }
    parts
}

fn cells(of: &Composer<'_>, index: usize, line: &Line) -> Vec<(What, String)> {
    let mut cells = vec![
        (What::Number, (index + 1).to_string()),
        (What::Quantity, quantity(line.quantity.0)),
        (What::Unit, line.unit.clone()),
        (What::Price, price(line.price.unwrap_or_default().0)),
    ];
    if !line.discount.0.is_zero() {
        cells.push((What::Discount, amount(line.discount.0)));
    }
    if let Some(total) = of.totals.and_then(|totals| totals.lines.get(index)) {
        cells.push((What::Amount, amount(*total)));
    }
    cells
}

fn row(
    of: &Composer<'_>,
    columns: &[Column],
    cells: &[(What, String)],
    name: Vec<Part>,
    page: &mut Page,
    top: f32,
) -> f32 {
    let bottom = top + name.len() as f32 * ROW + 2.0 * ABOVE;
    for column in columns {
        if let Some((_, text)) = cells.iter().find(|(what, _)| *what == column.what) {
            page.one(
                of.letters,
                text,
                Look::plain(BODY).side(column.side),
                column.x,
                column.width,
                top + ABOVE,
            );
        }
    }
    let place = columns
        .iter()
        .find(|column| column.what == What::Name)
        .map_or((LEFT, 100.0), |column| (column.x, column.width));
    for (at, (line, look)) in name.into_iter().enumerate() {
        page.lines(vec![line], look, place.0, place.1, top + ABOVE + at as f32 * ROW);
    }
    page.rule(bottom, Color::Line);
    bottom
}

/// `1,234.50`
pub fn amount(amount: Decimal) -> String {
    let mut amount = amount;
    amount.rescale(2);
    money::grouped(&amount.to_string())
}

/// A price has two places, or more where it was given with more.
fn price(price: Decimal) -> String {
    let bare = price.normalize();
    if bare.scale() > 2 { money::grouped(&bare.to_string()) } else { amount(price) }
}

fn quantity(quantity: Decimal) -> String {
    money::grouped(&quantity.normalize().to_string())
}

//! What has to be there before a document is made: above all what section 86/4 of the Revenue Code asks of a tax invoice.

use super::facts::Kind;
use super::make::Input;
use super::sale::{self, Line, Party};
use chrono::NaiveDate;
use connector::Error;
use rust_decimal::Decimal;

pub const LINES_MAX: usize = 500;
/// Letters of a number, a phone, an e-mail address.
const SHORT_MAX: usize = 80;
/// More than any line comes to; below it, nothing that is computed here leaves the digits that are computed with.
const AMOUNT_MAX: u64 = 1_000_000_000_000;
const RATE_MAX: u64 = 30;

/// Days of the document, where it may be made; else everything that is wrong with it, at once.
pub fn check(input: &Input) -> Result<(NaiveDate, Option<NaiveDate>), Error> {
    let mut wrong: Vec<String> = Vec::new();
    let sale = &input.sale;
    let day = sale::day(&sale.date);
    let due = sale::day(&sale.due_date);
    if day.is_none() {
        wrong.push("sale.date is no date such as 2026-11-20".into());
    }
    if due.is_none() && !sale.due_date.is_empty() {
        wrong.push("sale.due_date is no date such as 2026-11-20".into());
    }
    if input.number.is_empty() {
        wrong.push("number is empty".into());
    }
    if input.seller.name.is_empty() {
        wrong.push("seller.name is empty".into());
    }
    if input.vat_rate.0 < Decimal::ZERO || input.vat_rate.0 > Decimal::from(RATE_MAX) {
        wrong.push(format!("vat_rate is not from 0 to {RATE_MAX}"));
    }
    tax_ids(input, &mut wrong);
    if input.kind.is_tax_invoice() {
        full_tax_invoice(input, &mut wrong);
    }
    lines(input, &mut wrong);
    texts(input, &mut wrong);
    match day {
        Some(day) if wrong.is_empty() => Ok((day, due)),
        _ => Err(Error::Input {
            message: format!("the document cannot be made: {}", wrong.join("; ")),
            advice: "Correct the data or the mapping before this node, then retry.".into(),
        }),
    }
}

fn full_tax_invoice(input: &Input, wrong: &mut Vec<String>) {
    let needs = [
        ("seller.address", &input.seller.address),
        ("seller.tax_id", &input.seller.tax_id),
        ("seller.branch", &input.seller.branch),
        ("sale.buyer.name", &input.sale.buyer.name),
        ("sale.buyer.address", &input.sale.buyer.address),
    ];
    let missing =
        |(name, value): &(&str, &String)| value.is_empty().then(|| format!("a tax invoice needs {name}"));
    wrong.extend(needs.iter().filter_map(missing));
    let buyer = &input.sale.buyer;
    if buyer.company && (buyer.tax_id.is_empty() || buyer.branch.is_empty()) {
        wrong.push("a tax invoice for a company needs sale.buyer.tax_id and sale.buyer.branch, 00000 for the head office".into());
    }
}

fn tax_ids(input: &Input, wrong: &mut Vec<String>) {
    let parties: [(&str, &Party); 2] = [("seller", &input.seller), ("sale.buyer", &input.sale.buyer)];
    for (name, party) in parties {
        if !party.tax_id.is_empty() && !is_tax_id(&party.tax_id) {
            wrong.push(format!("{name}.tax_id is no tax id: 13 digits of which the last checks the others"));
        }
    }
}

/// Thirteen digits; spaces and dashes between them are only for people.
fn is_tax_id(text: &str) -> bool {
    let digits: Vec<u32> = text
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-'))
        .map_while(|digit| digit.to_digit(10))
        .collect();
    let bare = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).count();
    if digits.len() != 13 || bare != 13 {
        return false;
    }
    let sum: u32 = digits.iter().take(12).zip((2..=13).rev()).map(|(digit, weight)| digit * weight).sum();
    (11 - sum % 11) % 10 == digits[12]
}

fn lines(input: &Input, wrong: &mut Vec<String>) {
    let sale = &input.sale;
    if sale.lines.is_empty() || sale.lines.len() > LINES_MAX {
        wrong.push(format!("sale.lines has {} lines; 1 to {LINES_MAX} are possible", sale.lines.len()));
    }
    if input.kind.has_prices() && sale.total.is_none() {
        wrong.push("sale.total is empty: what the document has to come to".into());
    }
    let most = Decimal::from(AMOUNT_MAX);
    if sale.discount.0 < Decimal::ZERO || sale.discount.0 > most {
        wrong.push(format!("sale.discount is not from 0 to {AMOUNT_MAX}"));
    }
    if let Some(at) = sale.lines.iter().position(|line| !is_sound(line, input.kind)) {
        wrong.push(format!(
            "sale.lines[{at}] needs a name, a quantity above zero, a price and amounts from 0 to {AMOUNT_MAX}"
        ));
    }
}

fn is_sound(line: &Line, kind: Kind) -> bool {
    let is_amount = |amount: Decimal| amount >= Decimal::ZERO && amount <= Decimal::from(AMOUNT_MAX);
    let price = line.price.unwrap_or_default().0;
    let total = line.quantity.0.checked_mul(price);
    let priced = line.price.is_some() || !kind.has_prices();
    let amounts = [line.quantity.0, price, line.discount.0].into_iter().all(is_amount);
    let named = !line.name.is_empty();
    named && priced && amounts && line.quantity.0 > Decimal::ZERO && total.is_some_and(is_amount)
}

/// Nothing is longer than a page has place for.
fn texts(input: &Input, wrong: &mut Vec<String>) {
    let sale = &input.sale;
    let mut check = |place: &str, text: &str, letters_max: usize, lines_max: usize| {
        if text.chars().count() > letters_max || text.lines().count() > lines_max {
            wrong.push(format!("{place} has more than {letters_max} letters or {lines_max} lines"));
        }
    };
    for (name, party) in [("seller", &input.seller), ("sale.buyer", &sale.buyer)] {
        check(&format!("{name}.name"), &party.name, 150, 2);
        check(&format!("{name}.address"), &party.address, 250, 5);
        for (field, text) in [
            ("branch", &party.branch),
            ("code", &party.code),
            ("zip", &party.zip),
            ("phone", &party.phone),
            ("email", &party.email),
        ] {
            check(&format!("{name}.{field}"), text, SHORT_MAX, 1);
        }
    }
    let short = [
        ("number", &input.number),
        ("sale.reference", &sale.reference),
        ("sale.currency", &sale.currency),
        ("paid_by", &input.paid_by),
    ];
    short.iter().for_each(|(place, text)| check(place, text, SHORT_MAX, 1));
    check("sale.note", &sale.note, 300, 5);
    for (at, line) in sale.lines.iter().take(LINES_MAX).enumerate() {
        check(&format!("sale.lines[{at}].name"), &line.name, 300, 8);
        check(&format!("sale.lines[{at}].sku"), &line.sku, SHORT_MAX, 1);
        check(&format!("sale.lines[{at}].unit"), &line.unit, 20, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tax_id_is_thirteen_digits_that_check_each_other() {
        for right in ["0105556176239", "0-1055-56176-23-9", "1101700230708"] {
            assert!(is_tax_id(right), "{right}");
        }
        for wrong in ["0105556176238", "010555617623", "01055561762399", "ก105556176239", ""] {
            assert!(!is_tax_id(wrong), "{wrong}");
        }
    }
}

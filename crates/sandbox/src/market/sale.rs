//! A sale before a vendor words it: who bought what, for how much; the same for the same seed and number.

use chrono::{DateTime, Utc};

use super::Overrides;
use crate::chance::Chance;
use crate::goods::{self, Article, UNKNOWN_TO_ERP};
use crate::shop::Person;

/// Customers come back, so that an upsert has something to find.
const CUSTOMERS: usize = 500;
/// The price in satang of an article that nobody's list has.
const STRANGE_PRICE: i64 = 10_000;
const STRANGE_GRAMS: u32 = 100;

/// One line: so many pieces of one article, prices in satang with VAT.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub sku: String,
    pub title: String,
    pub price: i64,
    pub grams: u32,
    pub quantity: i64,
    /// Of the whole line.
    pub discount: i64,
}

impl Line {
    pub(crate) fn gross(&self) -> i64 {
        self.price * self.quantity
    }

    /// What the buyer pays for the line.
    pub(crate) fn paid(&self) -> i64 {
        self.gross() - self.discount
    }

    /// The units one by one; the first ones carry the satang that do not divide.
    pub(crate) fn unit_prices(&self) -> impl Iterator<Item = i64> + '_ {
        let (each, rest) = (self.paid() / self.quantity, self.paid() % self.quantity);
        (0..self.quantity).map(move |unit| each + i64::from(unit < rest))
    }
}

/// One purchase.
pub(crate) struct Sale {
    pub number: u64,
    pub at: DateTime<Utc>,
    pub customer: u64,
    pub person: Person,
    pub lines: Vec<Line>,
    pub shipping: i64,
    pub overrides: Overrides,
}

impl Sale {
    pub(crate) fn new(seed: u64, number: u64, at: DateTime<Utc>, overrides: Overrides) -> Self {
        let mut chance = Chance::of(seed, &format!("order {number}"));
        let drawn = 1 + chance.below(CUSTOMERS) as u64;
        let number_of_customer = overrides.customer.unwrap_or(drawn);
        let lines = lines(&mut chance, &overrides);
        Self {
            number,
            at,
            customer: number_of_customer,
            person: customer(seed, number_of_customer),
            lines,
            shipping: i64::from(overrides.shipping.unwrap_or(0)),
            overrides,
        }
    }

    /// Money has arrived; with cash on delivery it has not.
    pub(crate) fn paid(&self) -> bool {
        self.overrides.paid.unwrap_or(!self.overrides.cod)
    }

    pub(crate) fn items(&self) -> i64 {
        self.lines.iter().map(Line::gross).sum()
    }

    pub(crate) fn discount(&self) -> i64 {
        self.lines.iter().map(|line| line.discount).sum()
    }

    pub(crate) fn total(&self) -> i64 {
        self.items() - self.discount() + self.shipping
    }

    pub(crate) fn postcode(&self) -> &'static str {
        if self.overrides.missing_postcode { "" } else { self.person.place.postcode }
    }
}

/// The customer with this number, the same in every shop of the same seed.
pub(crate) fn customer(seed: u64, number: u64) -> Person {
    Person::new(&mut Chance::of(seed, &format!("customer {number}")), number)
}

/// A number below a million that stands for the article in the vendors' ids.
pub(crate) fn article_number(sku: &str) -> u64 {
    sku.bytes().fold(0u64, |sum, byte| sum * 31 % 999_983 + u64::from(byte))
}

/// What is bought: drawn, unless an override says it.
pub(crate) fn lines(chance: &mut Chance, overrides: &Overrides) -> Vec<Line> {
    let known: Vec<&Article> = goods::known_to_both().collect();
    let count = overrides.lines.unwrap_or(1 + chance.below(3));
    let first = chance.below(known.len());
    // Neighbours in the list, so that no article comes twice in an ordinary order.
    let mut lines: Vec<Line> = (0..count)
        .map(|place| {
            let quantity = overrides.quantity.map_or(1 + chance.below(3) as i64, i64::from);
            line_of(known[(first + place) % known.len()], quantity)
        })
        .collect();
    let wanted = overrides.sku.as_deref().or(overrides.unknown_sku.then_some(UNKNOWN_TO_ERP));
    if let (Some(sku), Some(line)) = (wanted, lines.last_mut()) {
        let quantity = line.quantity;
        *line =
            goods::by_sku(sku).map_or_else(|| strange(sku, quantity), |article| line_of(article, quantity));
    }
    let percent = i64::from(overrides.discount_percent.unwrap_or(0));
    lines.iter_mut().for_each(|line| line.discount = (line.gross() * percent + 50) / 100);
    lines
}

fn line_of(article: &Article, quantity: i64) -> Line {
    let (sku, title) = (article.sku.to_owned(), article.title.to_owned());
    Line { sku, title, price: article.satang, grams: article.grams, quantity, discount: 0 }
}

fn strange(sku: &str, quantity: i64) -> Line {
    let title = format!("สินค้า {sku}");
    Line { sku: sku.to_owned(), title, price: STRANGE_PRICE, grams: STRANGE_GRAMS, quantity, discount: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale(number: u64, overrides: &str) -> Sale {
        Sale::new(7, number, DateTime::UNIX_EPOCH, serde_json::from_str(overrides).unwrap())
    }

    #[test]
    fn the_units_of_a_line_add_up_to_what_is_paid_for_it() {
        for number in 1..300 {
            let sale = sale(number, r#"{"discount_percent":13}"#);
            for line in &sale.lines {
                assert_eq!(line.unit_prices().sum::<i64>(), line.paid());
                assert_eq!(line.unit_prices().count(), usize::try_from(line.quantity).unwrap());
            }
            assert_eq!(sale.total(), sale.lines.iter().map(Line::paid).sum::<i64>());
        }
    }

    #[test]
    fn an_override_decides_who_buys_what() {
        let sale =
            sale(1, r#"{"sku":"TEA-104","lines":1,"quantity":2,"customer":7,"shipping":3800,"cod":true}"#);
        assert_eq!((sale.lines[0].sku.as_str(), sale.total()), ("TEA-104", 2 * 9_975 + 3_800));
        assert_eq!((sale.person.email.as_str(), sale.paid()), ("customer7@example.com", false));
    }

    #[test]
    fn no_two_articles_share_a_number() {
        let mut numbers: Vec<_> = goods::ARTICLES.iter().map(|article| article_number(article.sku)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), goods::ARTICLES.len());
    }
}

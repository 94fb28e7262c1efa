//! Amounts of money in fields: can they be read, and does their currency have so small a part?

use super::Check;
use super::expressions::Reach;
use crate::money::{Amount, Currency, DIGITS_MAX, NotMoney, places, plain};
use crate::{Field, codes, pointer};

impl Check<'_> {
    pub(super) fn money(
        &mut self,
        field: &Field,
        currency: Option<&Currency>,
        text: &str,
        at: &str,
        reach: &Reach,
    ) {
        let code = currency.and_then(|currency| self.currency_at(currency, at)).unwrap_or_default();
        match Amount::read(text).and_then(|amount| amount.of_places(places(&code))) {
            Ok(amount) if amount.is_within(field.at_least, field.at_most) => {}
            Ok(_) => self.out_of_bounds(field, "The amount", at),
            Err(wrong) => {
                let (message, mut advice) = told(wrong, text, &code);
                if !reach.is_nothing() {
                    advice.push_str(" An expression ${…} may give it, too.");
                }
                self.error(codes::BAD_MONEY, at, message, advice);
            }
        }
    }

    fn currency_at(&self, currency: &Currency, at: &str) -> Option<String> {
        let node = pointer::node_at(at)?;
        let inside = at.strip_prefix(&format!("/nodes/{node}/with"))?;
        currency.of(&self.doc.nodes.get(node)?.with, inside).map(str::to_owned)
    }
}

/// What is wrong, and what to do.
fn told(wrong: NotMoney, text: &str, currency: &str) -> (String, String) {
    match wrong {
        NotMoney::TooFine => {
            let advice = match places(currency).unwrap_or_default() {
                0 => "Write it without a point.".to_owned(),
                places => format!("Write at most {places} digits after the point."),
            };
            (format!("\"{text}\" has more digits after the point than {currency}"), advice)
        }
        NotMoney::TooLong => (
            format!("\"{text}\" has more digits than can be computed with exactly"),
            format!("Write at most {DIGITS_MAX} digits."),
        ),
        NotMoney::Unreadable => {
            let meant = plain(text).filter(|digits| Amount::read(digits).is_ok());
            let advice = match meant {
                Some(digits) => format!("Write it as {digits}."),
                None => "Write digits, with a point before the smaller part, such as 1234.50.".to_owned(),
            };
            (format!("\"{text}\" is not an amount of money"), advice)
        }
    }
}

//! What a document comes to, to the satang. Each amount is rounded once, half up; VAT is that of the whole document, not the sum
//! of its lines'.

use rust_decimal::{Decimal, RoundingStrategy};

const PLACES: u32 = 2;

/// How lines become a document's amounts.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Off the whole document.
    pub discount: Decimal,
    /// In percent.
    pub rate: Decimal,
    pub prices_include_vat: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    pub sub_total: Decimal,
    pub discount: Decimal,
    pub after_discount: Decimal,
    /// Of what bears no VAT.
    pub exempt: Decimal,
    pub vatable: Decimal,
    pub vat: Decimal,
    pub grand: Decimal,
}

impl Sums {
    /// Of lines, of which each says what it comes to and whether it bears no VAT; nothing where that is beyond all numbers.
    pub fn of(lines: impl Iterator<Item = (Decimal, bool)>, terms: Terms) -> Option<Self> {
        let (mut sub_total, mut untaxed) = (Decimal::ZERO, Decimal::ZERO);
        for (total, no_vat) in lines {
            sub_total = sub_total.checked_add(total)?;
            if no_vat {
                untaxed = untaxed.checked_add(total)?;
            }
        }
        let discount = round(terms.discount);
        let after_discount = sub_total.checked_sub(discount)?;
        // A discount off everything is one off each kind in its share.
        let share = match sub_total.is_zero() {
            true => Decimal::ZERO,
            false => round(discount.checked_mul(untaxed)?.checked_div(sub_total)?),
        };
        let exempt = untaxed.checked_sub(share)?;
        let taxed = after_discount.checked_sub(exempt)?;
        let of_rate = taxed.checked_mul(terms.rate)?;
        let (vatable, vat) = if terms.prices_include_vat {
            let vat = round(of_rate.checked_div(Decimal::ONE_HUNDRED.checked_add(terms.rate)?)?);
            (taxed.checked_sub(vat)?, vat)
        } else {
            (taxed, round(of_rate.checked_div(Decimal::ONE_HUNDRED)?))
        };
        let grand = exempt.checked_add(vatable)?.checked_add(vat)?;
        Some(Self { sub_total, discount, after_discount, exempt, vatable, vat, grand })
    }
}

/// What a line comes to, before the document's own discount.
pub fn line_total(quantity: Decimal, price: Decimal, discount: Decimal) -> Option<Decimal> {
    round(quantity.checked_mul(price)?).checked_sub(round(discount))
}

/// Half a satang is one.
pub fn round(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(PLACES, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(PLACES);
    rounded
}

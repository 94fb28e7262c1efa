//! Amounts of money: exact, and never a satang lost.

use super::{
    Answer, Doc, Shelf,
    numbers::{add, decimal_of, div, multiply, round, round_by, too_large, with_commas},
    wrong,
};
use rhai::{Array, Dynamic, Map};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

pub(crate) fn register(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("money(amount, currency)", "The amount with the currency's digits, rounded half up. The amount may be a text.", r#"money("1070", "THB")"#, "1070.00"),
            |amount: Dynamic, currency: &str| round(decimal_of(&amount)?, digits(currency)?),
        )
        .add(
            Doc("round_money(amount)", "Rounds half up to two digits, as invoices do.", "round_money(2.345)", "2.35"),
            |amount: Dynamic| round(decimal_of(&amount)?, 2),
        )
        .or("round_money(amount, currency)", |amount: Dynamic, currency: &str| round(decimal_of(&amount)?, digits(currency)?))
        .add(
            Doc("round_bankers(amount, digits)", "Rounds half to even, as banks and some bookkeeping systems do.", "[round_bankers(2.345, 2), round_bankers(2.355, 2)]", "[2.34,2.36]"),
            |amount: Dynamic, digits: i64| round_by(decimal_of(&amount)?, digits, RoundingStrategy::MidpointNearestEven),
        )
        .add(
            Doc("format_money(amount, currency)", "The amount for people to read.", r#"format_money(1234.5, "THB")"#, r#""1,234.50 THB""#),
            |amount: Dynamic, currency: &str| {
                let amount = round(decimal_of(&amount)?, digits(currency)?)?;
                Answer::Ok(format!("{} {}", with_commas(amount), currency))
            },
        )
        .add(
            Doc("minor_units(amount, currency)", "The amount in the smallest unit, as payment systems want it: satang, cents.", r#"minor_units(10.5, "THB")"#, "1050"),
            minor_units,
        )
        .add(
            Doc("from_minor_units(units, currency)", "The amount that so many satang or cents are.", r#"from_minor_units(1050, "THB")"#, "10.50"),
            |units: i64, currency: &str| Answer::Ok(Decimal::from_i128_with_scale(units.into(), digits(currency)? as u32)),
        )
        .add(
            Doc("vat_included(gross, percent)", "Takes a price with VAT apart. Net and VAT always add up to the price.", "vat_included(1070, 7)", r#"{"gross":1070.00,"net":1000.00,"vat":70.00}"#),
            |gross: Dynamic, percent: Dynamic| vat_included(decimal_of(&gross)?, decimal_of(&percent)?),
        )
        .add(
            Doc("vat_added(net, percent)", "Adds VAT to a price without.", "vat_added(99.99, 7)", r#"{"gross":106.99,"net":99.99,"vat":7.00}"#),
            |net: Dynamic, percent: Dynamic| vat_added(decimal_of(&net)?, decimal_of(&percent)?),
        )
        .add(
            Doc("split_money(amount, weights)", "Shares an amount out by weight, to the satang: the shares add up to the amount. For a discount over an order's lines, the weights are the lines' totals.", "split_money(100, [1, 1, 1])", "[33.34,33.33,33.33]"),
            |amount: Dynamic, weights: Array| split(decimal_of(&amount)?, &weights, 2),
        )
        .or("split_money(amount, weights, currency)", |amount: Dynamic, weights: Array, currency: &str| {
            split(decimal_of(&amount)?, &weights, digits(currency)?)
        });
}

pub(crate) fn digits(currency: &str) -> Answer<i64> {
    let places = model::money::places(currency);
    places.map(i64::from).ok_or_else(|| wrong("A currency is three letters, such as \"THB\"."))
}

fn minor_units(amount: Dynamic, currency: &str) -> Answer<i64> {
    let digits = digits(currency)?;
    let units = round(decimal_of(&amount)?, digits)?.mantissa();
    units.to_i64().ok_or_else(too_large)
}

pub(crate) fn vat_included(gross: Decimal, percent: Decimal) -> Answer<Map> {
    let whole = add(Decimal::ONE_HUNDRED, percent)?;
    let gross = round(gross, 2)?;
    let vat = round(div(multiply(gross, percent)?, whole)?, 2)?;
    Ok(parts(add(gross, -vat)?, vat, gross))
}

pub(crate) fn vat_added(net: Decimal, percent: Decimal) -> Answer<Map> {
    let net = round(net, 2)?;
    let vat = round(div(multiply(net, percent)?, Decimal::ONE_HUNDRED)?, 2)?;
    Ok(parts(net, vat, add(net, vat)?))
}

fn parts(net: Decimal, vat: Decimal, gross: Decimal) -> Map {
    [("net", net), ("vat", vat), ("gross", gross)]
        .into_iter()
        .map(|(name, amount)| (name.into(), amount.into()))
        .collect()
}

/// The largest remainders get the units that rounding down leaves over; among equals the first does.
fn split(amount: Decimal, weights: &[Dynamic], digits: i64) -> Answer<Array> {
    let amount = round(amount, digits)?;
    let weights: Vec<Decimal> = weights.iter().map(decimal_of).collect::<Answer<_>>()?;
    if weights.iter().any(|weight| weight.is_sign_negative() && !weight.is_zero()) {
        return Err(wrong("Weights cannot be negative."));
    }
    let total = weights.iter().try_fold(Decimal::ZERO, |sum, weight| add(sum, *weight))?;
    if total.is_zero() {
        return Err(wrong("The weights are all 0, so nothing says how to share the amount out."));
    }
    let unit = Decimal::new(1, digits as u32);
    let mut shares = Vec::with_capacity(weights.len());
    for weight in &weights {
        let exact = div(multiply(amount, *weight)?, total)?;
        let down = exact.round_dp_with_strategy(digits as u32, RoundingStrategy::ToZero);
        shares.push((down, (exact - down).abs()));
    }
    let given: Decimal = shares.iter().map(|(share, _)| *share).sum();
    let left = div(amount - given, unit)?.round().to_i64().unwrap_or(0);
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|a, b| shares[*b].1.cmp(&shares[*a].1));
    let step = if left < 0 { -unit } else { unit };
    for at in order.into_iter().cycle().take(left.unsigned_abs() as usize) {
        shares[at].0 += step;
    }
    shares.into_iter().map(|(share, _)| round(share, digits).map(Dynamic::from)).collect()
}

//! Orders as Shopify words them: deterministic from a seed, exact to the satang, ids beyond 2^53.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::goods::ids_of_sku;
use super::refunds::refund_one_unit;
use super::thai::Person;
use crate::chance::Chance;
use crate::market::{self, Line};
use crate::money::{money, vat_within};

/// Ids start here: above 2^53, and odd, so that a reader who goes through a float gets another number.
const ID_BASE: u64 = 820_982_911_000_000_001;
/// Room for the ids of one order's own things.
const IDS_PER_ORDER: u64 = 1_000;
const CUSTOMER_ID_BASE: u64 = 770_460_115_000_000_001;
/// Customers come back, so that an upsert has something to find.
const CUSTOMERS: usize = 500;
/// Lines an override may ask for.
pub(crate) const LINES_MAX: usize = 100;
/// Pieces of one line an override may ask for: keeps every sum far inside an i64 of satang.
const QUANTITY_MAX: u32 = 100_000;

/// What a request wants to be different from an ordinary order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Overrides {
    pub missing_postcode: bool,
    /// One line is an article the ERP does not know.
    pub unknown_sku: bool,
    pub sku: Option<String>,
    pub quantity: Option<u32>,
    pub lines: Option<usize>,
    pub financial_status: Option<String>,
    /// A discount code on the whole order, spread over its lines as Shopify does.
    pub discount_percent: Option<u8>,
    /// In satang.
    pub shipping: Option<u32>,
    pub cancelled: bool,
    /// One unit of the first line was paid back.
    pub partial_refund: bool,
    pub test: bool,
    pub note: Option<String>,
    pub tags: Option<String>,
    /// A JSON merge patch on the finished order, for what the others do not reach.
    pub merge: Option<Value>,
}

impl Overrides {
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.lines.is_some_and(|lines| !(1..=LINES_MAX).contains(&lines)) {
            return Err(format!("`lines` is from 1 to {LINES_MAX}"));
        }
        if self.quantity.is_some_and(|quantity| !(1..=QUANTITY_MAX).contains(&quantity)) {
            return Err(format!("`quantity` is from 1 to {QUANTITY_MAX}"));
        }
        if self.discount_percent.is_some_and(|percent| percent > 100) {
            return Err("`discount_percent` is from 0 to 100".to_owned());
        }
        Ok(())
    }

    /// What decides the lines.
    fn of_the_sale(&self) -> market::Overrides {
        market::Overrides {
            unknown_sku: self.unknown_sku,
            sku: self.sku.clone(),
            quantity: self.quantity,
            lines: self.lines,
            discount_percent: self.discount_percent,
            ..market::Overrides::default()
        }
    }
}

/// What an order depends on beside its overrides.
pub(crate) struct Seeded<'a> {
    pub seed: u64,
    pub number: u64,
    pub now: DateTime<Utc>,
    pub domain: &'a str,
}

pub(crate) fn id_of(number: u64) -> u64 {
    ID_BASE + number * IDS_PER_ORDER
}

/// The number of the order that has this id, or that this is a part of.
pub(super) fn number_of(id: u64) -> Option<u64> {
    Some(id.checked_sub(ID_BASE)? / IDS_PER_ORDER)
}

fn money_set(satang: i64) -> Value {
    let money = json!({ "amount": money(satang), "currency_code": "THB" });
    json!({ "shop_money": money, "presentment_money": money })
}

/// Makes the order's JSON, as a webhook carries it.
pub(crate) fn make(seeded: &Seeded<'_>, overrides: &Overrides) -> Value {
    let mut chance = Chance::of(seeded.seed, &format!("order {}", seeded.number));
    let customer = 1 + chance.below(CUSTOMERS) as u64;
    let person = Person::new(&mut Chance::of(seeded.seed, &format!("customer {customer}")), customer);
    let lines = market::lines(&mut chance, &overrides.of_the_sale());
    let mut order = assemble(seeded, overrides, &mut chance, customer, &person, &lines);
    if overrides.missing_postcode {
        for address in ["shipping_address", "billing_address"] {
            order[address]["zip"] = Value::Null;
        }
    }
    if overrides.partial_refund {
        refund_one_unit(&mut order);
    }
    if let Some(patch) = &overrides.merge {
        market::merge(&mut order, patch);
    }
    order
}

fn assemble(
    seeded: &Seeded<'_>,
    overrides: &Overrides,
    chance: &mut Chance,
    customer: u64,
    person: &Person,
    lines: &[Line],
) -> Value {
    let sums = Sums::new(lines, i64::from(overrides.shipping.unwrap_or(0)));
    let mut order = head(seeded, overrides, chance);
    let paid = order["financial_status"] == "paid";
    for part in
        [amounts(&sums, paid), parties(customer, person), contents(id_of(seeded.number), lines, &sums)]
    {
        if let (Value::Object(order), Value::Object(part)) = (&mut order, part) {
            order.extend(part);
        }
    }
    order
}

/// The amounts of an order, in satang.
struct Sums {
    items: i64,
    discount: i64,
    shipping: i64,
    tax: i64,
}

impl Sums {
    fn new(lines: &[Line], shipping: i64) -> Self {
        let tax = lines.iter().map(|line| vat_within(line.paid())).sum::<i64>() + vat_within(shipping);
        let items = lines.iter().map(Line::gross).sum();
        Self { items, discount: lines.iter().map(|line| line.discount).sum(), shipping, tax }
    }

    fn subtotal(&self) -> i64 {
        self.items - self.discount
    }

    fn total(&self) -> i64 {
        self.subtotal() + self.shipping
    }
}

fn head(seeded: &Seeded<'_>, overrides: &Overrides, chance: &mut Chance) -> Value {
    let id = id_of(seeded.number);
    let now = bangkok(seeded.now);
    let placed = bangkok(seeded.now - Duration::seconds(2));
    let token = format!("{:016x}{:016x}", chance.next(), chance.next());
    json!({
        "id": id,
        "admin_graphql_api_id": format!("gid://shopify/Order/{id}"),
        "app_id": 580_111,
        "name": format!("#{}", seeded.number),
        "number": seeded.number.saturating_sub(1_000),
        "order_number": seeded.number,
        "confirmed": true,
        "test": overrides.test,
        "created_at": placed,
        "processed_at": placed,
        "updated_at": now,
        "closed_at": null,
        "cancelled_at": overrides.cancelled.then_some(now),
        "cancel_reason": overrides.cancelled.then_some("customer"),
        "financial_status": overrides.financial_status.as_deref().unwrap_or("paid"),
        "fulfillment_status": null,
        "payment_gateway_names": [chance.pick(&["promptpay", "shopeepay", "credit_card", "bank_transfer"])],
        "source_name": "web",
        "landing_site": "/",
        "token": token,
        "order_status_url": format!("https://{}/orders/{token}/authenticate", seeded.domain),
        "note": overrides.note,
        "note_attributes": [],
        "tags": overrides.tags.clone().unwrap_or_default(),
        "customer_locale": "th-TH",
    })
}

fn amounts(sums: &Sums, paid: bool) -> Value {
    let (subtotal, total) = (sums.subtotal(), sums.total());
    json!({
        "currency": "THB",
        "presentment_currency": "THB",
        "taxes_included": true,
        "total_line_items_price": money(sums.items),
        "total_discounts": money(sums.discount),
        "subtotal_price": money(subtotal),
        "total_tax": money(sums.tax),
        "total_price": money(total),
        "total_outstanding": money(if paid { 0 } else { total }),
        "current_subtotal_price": money(subtotal),
        "current_total_discounts": money(sums.discount),
        "current_total_tax": money(sums.tax),
        "current_total_price": money(total),
        "subtotal_price_set": money_set(subtotal),
        "total_tax_set": money_set(sums.tax),
        "total_price_set": money_set(total),
        "current_total_price_set": money_set(total),
        "total_shipping_price_set": money_set(sums.shipping),
        "tax_lines": [tax_line(sums.tax)],
        "discount_codes": discount_codes(sums.discount),
    })
}

fn parties(customer: u64, person: &Person) -> Value {
    json!({
        "email": person.email,
        "contact_email": person.email,
        "phone": person.phone,
        "customer": customer_json(customer, person),
        "billing_address": address(person),
        "shipping_address": address(person),
    })
}

fn contents(order: u64, lines: &[Line], sums: &Sums) -> Value {
    json!({
        "total_weight": lines.iter().map(|line| i64::from(line.grams) * line.quantity).sum::<i64>(),
        "line_items": lines.iter().zip(0..).map(|(line, place)| line_item(order, place, line)).collect::<Vec<_>>(),
        "shipping_lines": [shipping_line(order, sums.shipping)],
        "fulfillments": [],
        "refunds": [],
    })
}

/// Webhooks carry the shop's own zone.
pub(super) fn bangkok(time: DateTime<Utc>) -> String {
    market::bangkok(time).to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn tax_line(satang: i64) -> Value {
    json!({
        "title": "VAT", "rate": 0.07, "price": money(satang), "price_set": money_set(satang),
        "channel_liable": false,
    })
}

fn discount_codes(discount: i64) -> Value {
    match discount {
        0 => json!([]),
        _ => json!([{ "code": "TEATIME", "amount": money(discount), "type": "percentage" }]),
    }
}

fn customer_json(number: u64, person: &Person) -> Value {
    let id = CUSTOMER_ID_BASE + number * IDS_PER_ORDER;
    json!({
        "id": id,
        "admin_graphql_api_id": format!("gid://shopify/Customer/{id}"),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "phone": person.phone,
        "currency": "THB",
        "state": "enabled",
        "tags": "",
        "tax_exempt": false,
        "default_address": address(person),
    })
}

fn address(person: &Person) -> Value {
    json!({
        "first_name": person.first_name,
        "last_name": person.last_name,
        "name": person.name(),
        "company": null,
        "address1": person.street,
        "address2": null,
        "city": person.place.district,
        "province": person.place.province,
        "province_code": person.place.code,
        "zip": person.place.postcode,
        "country": "Thailand",
        "country_code": "TH",
        "phone": person.phone,
    })
}

fn line_item(order: u64, place: u64, line: &Line) -> Value {
    let id = order + 100 + 2 * place;
    let (product, variant) = ids_of_sku(&line.sku);
    let allocations = match line.discount {
        0 => json!([]),
        discount => json!([{
            "amount": money(discount), "amount_set": money_set(discount), "discount_application_index": 0,
        }]),
    };
    json!({
        "id": id,
        "admin_graphql_api_id": format!("gid://shopify/LineItem/{id}"),
        "product_id": product,
        "variant_id": variant,
        "sku": line.sku,
        "name": line.title,
        "title": line.title,
        "variant_title": null,
        "vendor": "Khlong Tea",
        "quantity": line.quantity,
        "current_quantity": line.quantity,
        "fulfillable_quantity": line.quantity,
        "fulfillment_status": null,
        "grams": line.grams,
        "gift_card": false,
        "requires_shipping": true,
        "taxable": true,
        "price": money(line.price),
        "price_set": money_set(line.price),
        "total_discount": "0.00",
        "discount_allocations": allocations,
        "properties": [],
        "tax_lines": [tax_line(vat_within(line.paid()))],
    })
}

fn shipping_line(order: u64, satang: i64) -> Value {
    json!({
        "id": order + 500,
        "title": if satang == 0 { "ส่งฟรี" } else { "ส่งด่วน" },
        "code": if satang == 0 { "FREE" } else { "EXPRESS" },
        "price": money(satang),
        "price_set": money_set(satang),
        "discounted_price": money(satang),
        "source": "shopify",
        "tax_lines": [tax_line(vat_within(satang))],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(number: u64, overrides: &str) -> Value {
        let now = DateTime::from_timestamp(1_796_000_000, 0).unwrap();
        let seeded = Seeded { seed: 7, number, now, domain: "tea.myshopify.com" };
        make(&seeded, &serde_json::from_str(overrides).unwrap())
    }

    fn satang(value: &Value) -> i64 {
        value.as_str().unwrap().replace('.', "").parse().unwrap()
    }

    #[test]
    fn every_total_is_the_sum_of_its_lines_to_the_satang() {
        for (number, overrides) in
            (1_001..1_200).zip(["{}", r#"{"discount_percent":15}"#, r#"{"shipping":4999}"#].iter().cycle())
        {
            let order = order(number, overrides);
            let lines = order["line_items"].as_array().unwrap();
            let gross: i64 =
                lines.iter().map(|line| satang(&line["price"]) * line["quantity"].as_i64().unwrap()).sum();
            let shipping = satang(&order["shipping_lines"][0]["price"]);
            assert_eq!(satang(&order["total_price"]), gross - satang(&order["total_discounts"]) + shipping);
            let tax: i64 = lines
                .iter()
                .chain(order["shipping_lines"].as_array().unwrap())
                .map(|line| satang(&line["tax_lines"][0]["price"]))
                .sum();
            assert_eq!(satang(&order["total_tax"]), tax);
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_order_and_another_number_another_one() {
        assert_eq!(order(1_001, "{}"), order(1_001, "{}"));
        assert_ne!(order(1_001, "{}")["id"], order(1_002, "{}")["id"]);
    }

    #[test]
    fn an_id_does_not_survive_a_float() {
        let id = order(1_001, "{}")["id"].as_u64().unwrap();
        assert!(id > 1 << 53);
        assert_ne!(id as f64 as u64, id);
    }

    #[test]
    fn an_order_without_a_postcode_has_none_in_either_address() {
        let order = order(1_001, r#"{"missing_postcode":true}"#);
        assert!(order["shipping_address"]["zip"].is_null() && order["billing_address"]["zip"].is_null());
    }

    #[test]
    fn a_merge_patch_replaces_adds_and_removes() {
        let order = order(1_001, r#"{"merge":{"email":null,"customer":{"first_name":"ทดสอบ"},"extra":1}}"#);
        assert!(order.get("email").is_none());
        assert_eq!(order["customer"]["first_name"], "ทดสอบ");
        assert!(order["customer"]["last_name"].is_string());
        assert_eq!(order["extra"], 1);
    }
}

//! An order of the store: the sale, and what became of it since.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::product::place_of;
use super::words::{gmt, local};
use crate::market::{Line, Sale};
use crate::money::{money, number, vat_within};

/// Ids leave room for an order's own things: orders, refunds and products share one sequence.
const IDS_PER_ORDER: u64 = 10;
const FIRST_ID: u64 = 20_000;
/// Room for the ids of an order's lines, taxes and shipping, which share another sequence.
const ITEMS_PER_ORDER: u64 = 1_000;
pub(super) const TAX_RATE_ID: u64 = 12;

/// The statuses of the core; a plugin may add more.
pub(super) const STATUSES: [&str; 8] =
    ["pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "trash"];

pub(super) struct Order {
    pub id: u64,
    pub sale: Sale,
    pub status: String,
    pub paid_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub modified_at: DateTime<Utc>,
    pub meta: Vec<(String, Value)>,
    pub notes: Vec<Value>,
    pub refunds: Vec<Refund>,
    pub fulfilments: Vec<Value>,
    pub trackings: Vec<Value>,
}

/// Money given back, in satang.
#[derive(Clone)]
pub(super) struct Refund {
    pub id: u64,
    pub at: DateTime<Utc>,
    pub amount: i64,
    pub reason: String,
    pub api_refund: bool,
    pub lines: Vec<RefundLine>,
    /// What the one who made it noted at it.
    pub meta_data: Value,
}

#[derive(Clone)]
pub(super) struct RefundLine {
    pub item: u64,
    pub quantity: i64,
    /// Without tax.
    pub total: i64,
    pub tax: i64,
}

impl Order {
    pub(super) fn new(sale: Sale) -> Self {
        let meta = sale.overrides.tax_id.iter().map(|tax_id| ("tax_id".to_owned(), json!(tax_id))).collect();
        let mut order = Self {
            id: FIRST_ID + sale.number * IDS_PER_ORDER,
            status: status_at_first(&sale).to_owned(),
            paid_at: sale.paid().then_some(sale.at),
            completed_at: None,
            modified_at: sale.at,
            meta,
            notes: Vec::new(),
            refunds: Vec::new(),
            fulfilments: Vec::new(),
            trackings: Vec::new(),
            sale,
        };
        if order.sale.overrides.partial_refund {
            order.refund_one_unit();
        }
        order
    }

    fn refund_one_unit(&mut self) {
        let (at, item) = (self.sale.at, self.item_id(0));
        let Some(amount) = self.sale.lines[0].unit_prices().next() else { return };
        let tax = vat_within(amount);
        let lines = vec![RefundLine { item, quantity: 1, total: amount - tax, tax }];
        let (id, reason) = (self.next_refund_id(), "damaged".to_owned());
        self.refunds.push(Refund { id, at, amount, reason, api_refund: false, lines, meta_data: json!([]) });
    }

    pub(super) fn next_refund_id(&self) -> u64 {
        self.id + 1 + self.refunds.len() as u64
    }

    /// A guest has no account; every fifth buyer is one.
    pub(super) fn customer_id(&self) -> u64 {
        account(self.sale.customer).unwrap_or(0)
    }

    pub(super) fn item_id(&self, place: usize) -> u64 {
        self.sale.number * ITEMS_PER_ORDER + place as u64
    }

    pub(super) fn line_of(&self, item: u64) -> Option<&Line> {
        let place = item.checked_sub(self.item_id(0))?;
        self.sale.lines.get(usize::try_from(place).ok()?)
    }

    pub(super) fn refunded(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }

    pub(super) fn refunded_quantity(&self, item: u64) -> i64 {
        let lines = self.refunds.iter().flat_map(|refund| &refund.lines);
        lines.filter(|line| line.item == item).map(|line| line.quantity).sum()
    }

    pub(super) fn set_meta(&mut self, key: &str, value: Value) {
        match self.meta.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value,
            None => self.meta.push((key.to_owned(), value)),
        }
    }

    pub(super) fn show(&self) -> Value {
        let mut order = self.head();
        if let (Value::Object(order), Value::Object(parts)) = (&mut order, self.parts()) {
            order.extend(parts);
        }
        self.sale.overrides.patch(&mut order);
        order
    }

    fn head(&self) -> Value {
        let (sale, tax) = (&self.sale, self.tax());
        let shipping_tax = vat_within(sale.shipping);
        let discount_tax = vat_within(sale.discount());
        let mut order = json!({
            "id": self.id,
            "parent_id": 0,
            "status": self.status,
            "currency": "THB",
            "version": "10.3.5",
            "prices_include_tax": true,
            "discount_total": money(sale.discount() - discount_tax),
            "discount_tax": money(discount_tax),
            "shipping_total": money(sale.shipping - shipping_tax),
            "shipping_tax": money(shipping_tax),
            "cart_tax": money(tax - shipping_tax),
            "total": money(sale.total()),
            "total_tax": money(tax),
            "customer_id": self.customer_id(),
            "order_key": format!("wc_order_{:x}", self.id),
            "payment_method": payment(sale).0,
            "payment_method_title": payment(sale).1,
            "transaction_id": "",
            "created_via": "checkout",
            "customer_note": sale.overrides.note.as_deref().unwrap_or(""),
            "number": self.id.to_string(),
            "currency_symbol": "฿",
        });
        self.dates(&mut order);
        order
    }

    fn dates(&self, order: &mut Value) {
        for (name, time) in [
            ("created", Some(self.sale.at)),
            ("modified", Some(self.modified_at)),
            ("paid", self.paid_at),
            ("completed", self.completed_at),
        ] {
            order[format!("date_{name}")] = json!(time.map(local));
            order[format!("date_{name}_gmt")] = json!(time.map(gmt));
        }
    }

    fn parts(&self) -> Value {
        let sale = &self.sale;
        let items = sale.lines.iter().enumerate().map(|(place, line)| self.item(place, line));
        let refunds = self.refunds.iter().map(
            |refund| json!({ "id": refund.id, "reason": refund.reason, "total": money(-refund.amount) }),
        );
        json!({
            "billing": self.address(true),
            "shipping": self.address(false),
            "meta_data": self.show_meta(),
            "line_items": items.collect::<Vec<_>>(),
            "tax_lines": [{
                "id": self.item_id(700), "rate_code": "TH-VAT-1", "rate_id": TAX_RATE_ID,
                "label": "VAT", "compound": false,
                "tax_total": money(self.tax() - vat_within(sale.shipping)),
                "shipping_tax_total": money(vat_within(sale.shipping)), "rate_percent": 7, "meta_data": [],
            }],
            "shipping_lines": [self.shipping_line()],
            "fee_lines": [],
            "coupon_lines": self.coupons(),
            "refunds": refunds.collect::<Vec<_>>(),
        })
    }

    fn tax(&self) -> i64 {
        let lines: i64 = self.sale.lines.iter().map(|line| vat_within(line.paid())).sum();
        lines + vat_within(self.sale.shipping)
    }

    /// Line totals are without tax even though prices are with it.
    fn item(&self, place: usize, line: &Line) -> Value {
        let (subtotal_tax, tax) = (vat_within(line.gross()), vat_within(line.paid()));
        let net = line.paid() - tax;
        let (product, variation) = place_of(&line.sku);
        json!({
            "id": self.item_id(place),
            "name": line.title,
            "product_id": product,
            "variation_id": variation,
            "quantity": line.quantity,
            "tax_class": "",
            "subtotal": money(line.gross() - subtotal_tax),
            "subtotal_tax": money(subtotal_tax),
            "total": money(net),
            "total_tax": money(tax),
            "taxes": [{ "id": TAX_RATE_ID, "total": money(tax), "subtotal": money(subtotal_tax) }],
            "meta_data": [],
            "sku": line.sku,
            "price": number(net / line.quantity),
        })
    }

    fn shipping_line(&self) -> Value {
        let (gross, tax) = (self.sale.shipping, vat_within(self.sale.shipping));
        json!({
            "id": self.item_id(800),
            "method_title": if gross == 0 { "ส่งฟรี" } else { "ส่งด่วน" },
            "method_id": if gross == 0 { "free_shipping" } else { "flat_rate" },
            "instance_id": "1",
            "total": money(gross - tax),
            "total_tax": money(tax),
            "taxes": [{ "id": TAX_RATE_ID, "total": money(tax), "subtotal": "" }],
            "meta_data": [],
        })
    }

    fn coupons(&self) -> Value {
        match self.sale.discount() {
            0 => json!([]),
            gross => {
                let tax = vat_within(gross);
                json!([{ "id": self.item_id(900), "code": "teatime", "discount": money(gross - tax), "discount_tax": money(tax), "meta_data": [] }])
            }
        }
    }

    fn address(&self, billing: bool) -> Value {
        let (sale, person) = (&self.sale, &self.sale.person);
        let mut address = Map::from_iter([
            ("first_name".to_owned(), json!(person.first_name)),
            ("last_name".to_owned(), json!(person.last_name)),
            ("company".to_owned(), json!("")),
            ("address_1".to_owned(), json!(person.street)),
            ("address_2".to_owned(), json!("")),
            ("city".to_owned(), json!(person.place.district)),
            ("state".to_owned(), json!(person.place.code)),
            ("postcode".to_owned(), json!(sale.postcode())),
            ("country".to_owned(), json!("TH")),
            ("phone".to_owned(), json!(person.local_phone())),
        ]);
        if billing {
            address.insert("email".to_owned(), json!(person.email));
        }
        address.into()
    }

    fn show_meta(&self) -> Value {
        let first = self.sale.number * 100;
        let entry = |((key, value), place): (&(String, Value), u64)| {
            json!({
                "id": first + place, "key": key, "value": value,
            })
        };
        self.meta.iter().zip(0..).map(entry).collect()
    }
}

/// The account of a buyer, if he has one.
pub(super) fn account(customer: u64) -> Option<u64> {
    (!customer.is_multiple_of(5)).then_some(customer + 1)
}

/// Whose account this is.
pub(super) fn buyer(account: u64) -> Option<u64> {
    account.checked_sub(1).filter(|customer| *customer > 0 && !customer.is_multiple_of(5))
}

fn status_at_first(sale: &Sale) -> &'static str {
    if sale.overrides.cancelled {
        "cancelled"
    } else if sale.paid() || sale.overrides.cod {
        "processing"
    } else {
        "on-hold" // a bank transfer that has not come
    }
}

fn payment(sale: &Sale) -> (&'static str, &'static str) {
    if sale.overrides.cod {
        ("cod", "เก็บเงินปลายทาง")
    } else if sale.paid() {
        ("promptpay", "พร้อมเพย์")
    } else {
        ("bacs", "โอนเงินผ่านธนาคาร")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::satang;

    fn order(number: u64, overrides: &str) -> Value {
        let overrides = serde_json::from_str(overrides).unwrap();
        let at = DateTime::from_timestamp(1_796_000_000, 0).unwrap();
        Order::new(Sale::new(7, number, at, overrides)).show()
    }

    #[test]
    fn lines_without_tax_and_all_taxes_add_up_to_the_total() {
        for (number, overrides) in
            (1_001..1_200).zip(["{}", r#"{"discount_percent":15}"#, r#"{"shipping":4999}"#].iter().cycle())
        {
            let order = order(number, overrides);
            let sum = |list: &str| -> i64 {
                order[list].as_array().unwrap().iter().map(|line| satang(&line["total"]).unwrap()).sum()
            };
            let parts = sum("line_items") + sum("shipping_lines") + satang(&order["total_tax"]).unwrap();
            assert_eq!(parts, satang(&order["total"]).unwrap(), "{number}");
        }
    }

    #[test]
    fn a_fifth_of_the_buyers_are_guests() {
        assert_eq!((account(5), account(6), buyer(7)), (None, Some(7), Some(6)));
        assert_eq!((buyer(0), buyer(1), buyer(6)), (None, None, None));
        assert_eq!(order(1_001, r#"{"customer":10}"#)["customer_id"], 0);
    }

    #[test]
    fn dates_are_the_sites_own_beside_utc() {
        let order = order(1_001, r#"{"paid":false}"#);
        assert_eq!(order["date_created_gmt"], "2026-11-30T00:53:20");
        assert_eq!(order["date_created"], "2026-11-30T07:53:20");
        assert_eq!((&order["date_paid_gmt"], &order["status"]), (&Value::Null, &json!("on-hold")));
    }
}

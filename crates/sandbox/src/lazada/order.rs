//! An order of the seller: one row per unit, and each row with a state of its own.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::product::{item_id, shop_sku, sku_id};
use crate::market::{Sale, article_number, bangkok, masked_name, masked_phone};
use crate::money::{money, number};

/// Ids start here: above 2^53, and odd, so that a reader who goes through a float gets another number.
const FIRST_ID: u64 = 92_604_229_000_000_001;
/// Room for the ids of an order's own units and returns.
const IDS_PER_ORDER: u64 = 100_000;
/// Units of one order: each is a row and a push of its own.
pub(super) const UNITS_MAX: i64 = 1_000;

/// What a row can be.
pub(super) const STATUSES: [&str; 12] = [
    "unpaid",
    "pending",
    "topack",
    "packed",
    "toship",
    "ready_to_ship",
    "shipped",
    "delivered",
    "failed",
    "canceled",
    "returned",
    "lost",
];

/// Where a unit is not yet on its way.
pub(super) const OPEN: [&str; 4] = ["unpaid", "pending", "packed", "ready_to_ship"];

pub(super) struct Unit {
    pub id: u64,
    /// Its line in the sale.
    pub line: usize,
    pub price: i64,
    pub paid: i64,
    pub status: String,
    pub package: String,
    pub tracking: String,
    pub invoice: String,
    pub reason: String,
    pub updated_at: DateTime<Utc>,
}

/// A unit on its way back, or one that shall not go at all.
pub(super) struct Reverse {
    pub id: u64,
    /// `CANCEL`, `RETURN`
    pub request: &'static str,
    pub unit: u64,
    /// In satang.
    pub amount: i64,
    pub status: &'static str,
    pub ofc_status: &'static str,
    pub at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

pub(super) struct Order {
    pub id: u64,
    pub sale: Sale,
    pub units: Vec<Unit>,
    pub reverse: Vec<Reverse>,
}

impl Order {
    pub(super) fn new(sale: Sale) -> Self {
        let id = FIRST_ID + sale.number * IDS_PER_ORDER;
        let status = status_at_first(&sale);
        let prices = sale.lines.iter().enumerate();
        let prices =
            prices.flat_map(|(line, sold)| sold.unit_prices().map(move |paid| (line, sold.price, paid)));
        let unit = |(place, (line, price, paid)): (u64, (usize, i64, i64))| Unit {
            id: id + 1_000 + 2 * place,
            line,
            price,
            paid,
            status: status.to_owned(),
            package: String::new(),
            tracking: String::new(),
            invoice: String::new(),
            reason: String::new(),
            updated_at: sale.at,
        };
        let units = (0..).zip(prices).map(unit).collect();
        let mut order = Self { id, units, reverse: Vec::new(), sale };
        order.ask_back();
        order
    }

    /// What the buyer wants back from the beginning, if the wish for the order says so.
    fn ask_back(&mut self) {
        let wishes = &self.sale.overrides;
        let (refund, asked, cancel) = (wishes.partial_refund, wishes.return_asked, wishes.cancel_asked);
        let at = self.sale.at;
        if refund && let Some(unit) = self.units.first_mut() {
            (unit.status, unit.reason) = ("returned".to_owned(), "Damaged".to_owned());
            self.go_back("RETURN", 0, "REFUND_ISSUED", "RETURN_DELIVERED", at);
        }
        if asked && let Some(unit) = self.units.last_mut() {
            unit.status = "delivered".to_owned();
            self.go_back("RETURN", self.units.len() - 1, "REQUEST_INITIATE", "RETURN_INITIATED", at);
        }
        if cancel {
            (0..self.units.len()).for_each(|place| self.go_back("CANCEL", place, "REQUEST_INITIATE", "", at));
        }
    }

    /// Opens a reverse order for one unit.
    pub(super) fn go_back(
        &mut self,
        request: &'static str,
        place: usize,
        status: &'static str,
        ofc_status: &'static str,
        at: DateTime<Utc>,
    ) {
        let id = self.id + 50_000 + 2 * self.reverse.len() as u64;
        let Some(unit) = self.units.get(place) else { return };
        let (unit, amount) = (unit.id, unit.paid);
        self.reverse.push(Reverse { id, request, unit, amount, status, ofc_status, at, updated_at: at });
    }

    pub(super) fn updated_at(&self) -> DateTime<Utc> {
        let units = self.units.iter().map(|unit| unit.updated_at);
        units.chain(self.reverse.iter().map(|reverse| reverse.updated_at)).max().unwrap_or(self.sale.at)
    }

    pub(super) fn unit(&self, id: u64) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == id)
    }

    pub(super) fn unit_mut(&mut self, id: u64) -> Option<&mut Unit> {
        self.units.iter_mut().find(|unit| unit.id == id)
    }

    pub(super) fn sku_of(&self, unit: &Unit) -> &str {
        self.sale.lines.get(unit.line).map_or("", |line| line.sku.as_str())
    }

    /// Each status that a unit has, once.
    fn statuses(&self) -> Vec<&str> {
        let mut statuses: Vec<&str> = self.units.iter().map(|unit| unit.status.as_str()).collect();
        statuses.sort_unstable();
        statuses.dedup();
        statuses
    }

    pub(super) fn has_status(&self, status: &str) -> bool {
        self.units.iter().any(|unit| unit.status == status)
    }

    pub(super) fn show(&self) -> Value {
        let sale = &self.sale;
        let wishes = &sale.overrides;
        let mut order = json!({
            "order_id": self.id,
            "order_number": self.id,
            "created_at": written(sale.at),
            "updated_at": written(self.updated_at()),
            "address_updated_at": written(sale.at),
            "statuses": self.statuses(),
            "items_count": self.units.len(),
            "price": money(sale.items()),
            "shipping_fee": number(sale.shipping),
            "shipping_fee_original": number(sale.shipping),
            "voucher": number(sale.discount()),
            "voucher_seller": number(sale.discount()),
            "voucher_platform": number(0),
            "voucher_code": "",
            "payment_method": if wishes.cod { "COD" } else { "PROMPTPAY" },
            "customer_first_name": self.name(),
            "customer_last_name": "",
            "tax_code": wishes.tax_id.as_deref().unwrap_or(""),
            "branch_number": if wishes.tax_id.is_some() { "00000" } else { "" },
            "remarks": "",
            "buyer_note": wishes.note.as_deref().unwrap_or(""),
            "gift_option": false,
            "gift_message": "",
            "delivery_info": "",
            "warehouse_code": "dropshipping",
            "address_shipping": self.address(),
            "address_billing": self.address(),
            "need_cancel_confirm": self.reverse.iter().any(|back| back.request == "CANCEL" && back.status == "REQUEST_INITIATE"),
        });
        wishes.patch(&mut order);
        order
    }

    fn name(&self) -> String {
        let name = self.sale.person.name();
        if self.sale.overrides.unmasked { name } else { masked_name(&name) }
    }

    fn address(&self) -> Value {
        let person = &self.sale.person;
        let phone = person.phone.trim_start_matches('+');
        let unmasked = self.sale.overrides.unmasked;
        json!({
            "first_name": self.name(),
            "last_name": "",
            "phone": if unmasked { phone.to_owned() } else { masked_phone(phone) },
            "phone2": "",
            "address1": if unmasked { person.street.clone() } else { masked_name(&person.street) },
            "address2": "",
            "address3": person.place.province,
            "address4": person.place.district,
            "address5": self.sale.postcode(),
            "city": person.place.district,
            "post_code": self.sale.postcode(),
            "country": "Thailand",
        })
    }

    pub(super) fn show_unit(&self, unit: &Unit) -> Value {
        let Some(line) = self.sale.lines.get(unit.line) else { return Value::Null };
        let article = article_number(&line.sku);
        json!({
            "order_item_id": unit.id,
            "order_id": self.id,
            "name": line.title,
            "sku": line.sku,
            "shop_sku": shop_sku(article),
            "product_id": item_id(article).to_string(),
            "sku_id": sku_id(article).to_string(),
            "variation": "",
            "item_price": number(unit.price),
            "paid_price": number(unit.paid),
            "voucher_amount": number(unit.price - unit.paid),
            "voucher_seller": number(unit.price - unit.paid),
            "voucher_platform": number(0),
            "tax_amount": number(0),
            "shipping_amount": number(0),
            "currency": "THB",
            "status": unit.status,
            "reason": unit.reason,
            "reason_detail": "",
            "package_id": unit.package,
            "tracking_code": unit.tracking,
            "shipment_provider": if unit.package.is_empty() { "" } else { "Flash Express" },
            "shipping_type": "Dropshipping",
            "invoice_number": unit.invoice,
            "warehouse_code": "dropshipping",
            "buyer_id": self.sale.customer,
            "created_at": written(self.sale.at),
            "updated_at": written(unit.updated_at),
        })
    }
}

fn status_at_first(sale: &Sale) -> &'static str {
    if sale.overrides.cancelled {
        "canceled"
    } else if sale.paid() || sale.overrides.cod {
        "pending"
    } else {
        "unpaid"
    }
}

/// `2026-01-05 10:21:10 +0700`
pub(super) fn written(time: DateTime<Utc>) -> String {
    bangkok(time).format("%Y-%m-%d %H:%M:%S %z").to_string()
}

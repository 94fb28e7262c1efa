//! An order of the shop: one row per unit, in packages.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::product::{product_id, sku_id};
use crate::market::{Line, Sale, article_number, masked_name, masked_phone};
use crate::money::money;

const FIRST_ORDER: u64 = 576_461_413_000_000_001;
const FIRST_PACKAGE: u64 = 1_152_921_504_000_000_001;
const FIRST_RETURN: u64 = 4_035_000_000_000_000_001;
/// Room for the ids of one order's own things.
const IDS_PER_ORDER: u64 = 100_000;
/// Units of one order: each is a row of its own.
pub(super) const UNITS_MAX: i64 = 1_000;

/// What an order can be. The webhook says CANCEL for the last.
pub(super) const STATUSES: [&str; 9] = [
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "PARTIALLY_SHIPPING",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
];

pub(super) struct Unit {
    pub id: u64,
    /// Its line in the sale.
    pub line: usize,
    pub price: i64,
    pub paid: i64,
    /// Its package's place.
    pub package: usize,
}

#[derive(Clone)]
pub(super) struct Package {
    pub id: u64,
    pub tracking: String,
    pub provider: String,
    pub shipped: bool,
}

/// A cancellation or a return.
pub(super) struct Claim {
    pub id: u64,
    pub kind: Kind,
    pub status: &'static str,
    /// In satang.
    pub amount: i64,
    pub units: Vec<u64>,
    pub reason: String,
    pub at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Cancellation,
    Return,
}

pub(super) struct Order {
    pub id: u64,
    pub sale: Sale,
    pub status: String,
    pub updated_at: DateTime<Utc>,
    pub units: Vec<Unit>,
    pub packages: Vec<Package>,
    pub claims: Vec<Claim>,
}

impl Order {
    pub(super) fn new(sale: Sale) -> Self {
        let id = FIRST_ORDER + sale.number * IDS_PER_ORDER;
        let lines = sale.lines.iter().enumerate();
        let prices =
            lines.flat_map(|(line, sold)| sold.unit_prices().map(move |paid| (line, sold.price, paid)));
        let unit = |(place, (line, price, paid)): (u64, (usize, i64, i64))| Unit {
            id: id + 2 + 2 * place,
            line,
            price,
            paid,
            package: 0,
        };
        let units = (0..).zip(prices).map(unit).collect();
        let status = status_at_first(&sale).to_owned();
        let mut order =
            Self { id, status, updated_at: sale.at, units, packages: Vec::new(), claims: Vec::new(), sale };
        order.packages = vec![order.package(0)];
        order.claim_at_first();
        order
    }

    pub(super) fn package(&self, place: u64) -> Package {
        let id = FIRST_PACKAGE + self.sale.number * IDS_PER_ORDER + 2 * place;
        Package { id, tracking: String::new(), provider: String::new(), shipped: false }
    }

    /// What the buyer wants from the beginning, if the wish for the order says so.
    fn claim_at_first(&mut self) {
        let wishes = &self.sale.overrides;
        let (cancel, asked, refunded) = (wishes.cancel_asked, wishes.return_asked, wishes.partial_refund);
        let (at, all) = (self.sale.at, self.units.iter().map(|unit| unit.id).collect::<Vec<_>>());
        let first = all[..all.len().min(1)].to_vec();
        if cancel {
            self.claim(
                Kind::Cancellation,
                "CANCELLATION_REQUEST_PENDING",
                all,
                "ecom_order_to_ship_canceled_reason_no_need",
                at,
            );
        }
        if asked {
            self.claim(
                Kind::Return,
                "RETURN_OR_REFUND_REQUEST_PENDING",
                first.clone(),
                "ecom_order_delivered_refund_reason_damaged",
                at,
            );
        }
        if refunded {
            self.claim(
                Kind::Return,
                "RETURN_OR_REFUND_REQUEST_COMPLETE",
                first,
                "ecom_order_delivered_refund_reason_damaged",
                at,
            );
        }
    }

    /// Opens a claim for these units and gives its place.
    pub(super) fn claim(
        &mut self,
        kind: Kind,
        status: &'static str,
        units: Vec<u64>,
        reason: &str,
        at: DateTime<Utc>,
    ) -> usize {
        let id = FIRST_RETURN + self.sale.number * IDS_PER_ORDER + 2 * self.claims.len() as u64;
        let claimed = self.units.iter().filter(|unit| units.contains(&unit.id));
        let amount = claimed.map(|unit| unit.paid).sum();
        self.claims.push(Claim {
            id,
            kind,
            status,
            amount,
            units,
            reason: reason.to_owned(),
            at,
            updated_at: at,
        });
        self.claims.len() - 1
    }

    pub(super) fn line_of(&self, unit: &Unit) -> Option<&Line> {
        self.sale.lines.get(unit.line)
    }

    fn word_of_unit(&self, unit: &Unit) -> &str {
        let shipped = self.packages.get(unit.package).is_some_and(|package| package.shipped);
        match self.status.as_str() {
            "PARTIALLY_SHIPPING" if shipped => "AWAITING_COLLECTION",
            "PARTIALLY_SHIPPING" => "AWAITING_SHIPMENT",
            status => status,
        }
    }

    pub(super) fn show(&self) -> Value {
        let sale = &self.sale;
        let wishes = &sale.overrides;
        let own = wishes.own_courier;
        let mut order = json!({
            "id": self.id.to_string(),
            "status": self.status,
            "create_time": sale.at.timestamp(),
            "paid_time": sale.paid().then(|| sale.at.timestamp()),
            "update_time": self.updated_at.timestamp(),
            "is_cod": wishes.cod,
            "is_on_hold_order": self.status == "ON_HOLD",
            "is_sample_order": false,
            "fulfillment_type": "FULFILLMENT_BY_SELLER",
            "shipping_type": if own { "SELLER" } else { "TIKTOK" },
            "delivery_option_id": "7091146663229654785",
            "delivery_option_name": if own { "ส่งโดยผู้ขาย" } else { "Standard shipping" },
            "delivery_type": "HOME_DELIVERY",
            "warehouse_id": super::shops::WAREHOUSE,
            "user_id": (7_494_000_000_000_000_000u64 + sale.customer).to_string(),
            "buyer_email": format!("v2b{}@scs.tiktokw.us", sale.customer),
            "buyer_message": wishes.note.as_deref().unwrap_or(""),
            "payment_method_name": if wishes.cod { "Cash on delivery" } else { "PromptPay" },
            "payment": self.payment(),
            "recipient_address": self.address(),
            "packages": self.packages.iter().map(|package| json!({
                "id": package.id.to_string(),
            })).collect::<Vec<_>>(),
            "line_items": self.units.iter().map(|unit| self.show_unit(unit)).collect::<Vec<_>>(),
            "tracking_number": self.packages.first().map(|package| package.tracking.as_str()),
            "is_buyer_request_cancel": self.claims.iter().any(|claim| claim.status == "CANCELLATION_REQUEST_PENDING"),
        });
        wishes.patch(&mut order);
        order
    }

    pub(super) fn payment(&self) -> Value {
        let sale = &self.sale;
        json!({
            "currency": "THB",
            "original_total_product_price": money(sale.items()),
            "sub_total": money(sale.items() - sale.discount()),
            "shipping_fee": money(sale.shipping),
            "original_shipping_fee": money(sale.shipping),
            "seller_discount": money(sale.discount()),
            "platform_discount": "0",
            "shipping_fee_seller_discount": "0",
            "shipping_fee_platform_discount": "0",
            "small_order_fee": "0",
            "tax": "0",
            "total_amount": money(sale.total()),
        })
    }

    fn address(&self) -> Value {
        let (sale, person) = (&self.sale, &self.sale.person);
        let full = format!(
            "{} {} {} {}",
            person.street,
            person.place.district,
            person.place.province,
            sale.postcode()
        );
        let phone = person.phone.replacen("+66", "(+66)", 1);
        // The parcels of TikTok's own couriers say all that is needed; the seller sees little.
        let plain = sale.overrides.unmasked || sale.overrides.own_courier;
        let level = |level: &str, name: &str| json!({ "address_level_name": level, "address_name": name });
        json!({
            "name": if plain { person.name() } else { masked_name(&person.name()) },
            "first_name": "",
            "last_name": "",
            "phone_number": if plain { phone } else { masked_phone(&phone) },
            "full_address": if plain { full } else { masked_name(&full) },
            "address_detail": if plain { person.street.as_str() } else { "***" },
            "postal_code": sale.postcode(),
            "region_code": "TH",
            "district_info": [level("Country", "Thailand"), level("Province", person.place.province), level("District", person.place.district)],
        })
    }

    fn show_unit(&self, unit: &Unit) -> Value {
        let Some(line) = self.line_of(unit) else { return Value::Null };
        let package = self.packages.get(unit.package);
        let number = article_number(&line.sku);
        json!({
            "id": unit.id.to_string(),
            "sku_id": sku_id(number).to_string(),
            "product_id": product_id(number).to_string(),
            "seller_sku": line.sku,
            "product_name": line.title,
            "sku_name": "Default",
            "currency": "THB",
            "original_price": money(unit.price),
            "sale_price": money(unit.paid),
            "seller_discount": money(unit.price - unit.paid),
            "platform_discount": "0",
            "package_id": package.map(|package| package.id.to_string()),
            "package_status": if package.is_some_and(|package| package.shipped) { "PROCESSING" } else { "TO_FULFILL" },
            "tracking_number": package.map(|package| package.tracking.as_str()),
            "shipping_provider_name": package.map(|package| package.provider.as_str()),
            "display_status": self.word_of_unit(unit),
            "is_gift": false,
        })
    }
}

fn status_at_first(sale: &Sale) -> &'static str {
    let wishes = &sale.overrides;
    if wishes.cancelled {
        "CANCELLED"
    } else if wishes.return_asked || wishes.partial_refund {
        "DELIVERED"
    } else if sale.paid() || wishes.cod {
        "AWAITING_SHIPMENT"
    } else {
        "UNPAID"
    }
}

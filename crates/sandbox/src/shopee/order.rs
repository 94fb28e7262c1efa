//! An order of the shop, and its parcels.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::product::place_of;
use crate::market::{Line, Sale, article_number};

/// What an order can be.
pub(super) const STATUSES: [&str; 10] = [
    "UNPAID",
    "READY_TO_SHIP",
    "PROCESSED",
    "RETRY_SHIP",
    "SHIPPED",
    "TO_CONFIRM_RECEIVE",
    "IN_CANCEL",
    "CANCELLED",
    "TO_RETURN",
    "COMPLETED",
];

const FIRST_PACKAGE: u64 = 190_000_000_000_000;

#[derive(Clone)]
pub(super) struct Package {
    pub number: String,
    /// Places in the sale's lines.
    pub lines: Vec<usize>,
    pub logistics_status: &'static str,
    pub tracking: String,
}

/// A claim of the buyer.
pub(super) struct Return {
    pub sn: String,
    pub line: usize,
    /// In satang.
    pub amount: i64,
    pub status: &'static str,
    pub at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

pub(super) struct Order {
    pub sn: String,
    pub sale: Sale,
    pub status: String,
    pub updated_at: DateTime<Utc>,
    pub cancel_reason: String,
    pub packages: Vec<Package>,
    pub returns: Vec<Return>,
    /// Pieces taken out of each line before shipping.
    pub taken_out: Vec<i64>,
}

impl Order {
    pub(super) fn new(sale: Sale) -> Self {
        let sn = format!("{}{}", sale.at.format("%y%m%d"), base36(sale.number, 8));
        let taken_out = vec![0; sale.lines.len()];
        let mut order = Self {
            sn,
            status: status_at_first(&sale).to_owned(),
            updated_at: sale.at,
            cancel_reason: String::new(),
            packages: Vec::new(),
            returns: Vec::new(),
            taken_out,
            sale,
        };
        order.packages = vec![order.package(0, (0..order.sale.lines.len()).collect())];
        if order.sale.overrides.partial_refund {
            order.claim("ACCEPTED");
        }
        if order.sale.overrides.return_asked {
            order.claim("REQUESTED");
        }
        order
    }

    /// One unit of the first line is claimed back.
    fn claim(&mut self, status: &'static str) {
        let (at, amount) = (self.sale.at, self.unit_price(0));
        let sn = format!(
            "{}{}",
            self.sale.at.format("%y%m%d"),
            base36(self.sale.number * 10 + self.returns.len() as u64, 9)
        );
        self.returns.push(Return { sn, line: 0, amount, status, at, updated_at: at });
    }

    pub(super) fn package(&self, place: u64, lines: Vec<usize>) -> Package {
        let number = format!("OFG{}", FIRST_PACKAGE + self.sale.number * 10 + place);
        Package { number, lines, logistics_status: self.logistics_status_at_first(), tracking: String::new() }
    }

    fn logistics_status_at_first(&self) -> &'static str {
        match self.status.as_str() {
            "UNPAID" => "LOGISTICS_NOT_START",
            "CANCELLED" => "LOGISTICS_INVALID",
            _ => "LOGISTICS_READY",
        }
    }

    pub(super) fn quantity(&self, place: usize) -> i64 {
        let sold = self.sale.lines.get(place).map_or(0, |line| line.quantity);
        sold - self.taken_out.get(place).copied().unwrap_or(0)
    }

    /// What the buyer pays for one piece.
    pub(super) fn unit_price(&self, place: usize) -> i64 {
        self.sale.lines.get(place).map_or(0, |line| line.paid() / line.quantity)
    }

    pub(super) fn items_total(&self) -> i64 {
        (0..self.sale.lines.len()).map(|place| self.unit_price(place) * self.quantity(place)).sum()
    }

    pub(super) fn total(&self) -> i64 {
        self.items_total() + self.sale.shipping
    }

    pub(super) fn ship_by(&self) -> DateTime<Utc> {
        self.sale.at + Duration::days(2)
    }

    pub(super) fn line(&self, place: usize) -> Option<&Line> {
        self.sale.lines.get(place)
    }

    /// The place of the line that a caller names by item and model.
    pub(super) fn place(&self, item: &Value) -> Option<usize> {
        let model = item["model_id"].as_u64().unwrap_or(0);
        self.sale.lines.iter().position(|line| {
            let (item_id, model_id) = place_of(article_number(&line.sku), &line.sku);
            item["item_id"] == item_id && model == model_id
        })
    }

    pub(super) fn show_packages(&self) -> Value {
        let package = |package: &Package| {
            let items = package.lines.iter().filter_map(|place| self.package_item(*place));
            json!({
                "package_number": package.number,
                "logistics_status": package.logistics_status,
                "logistics_channel_id": 70_021,
                "shipping_carrier": self.carrier(),
                "allow_self_design_awb": false,
                "parcel_chargeable_weight_gram": 0,
                "item_list": items.collect::<Vec<_>>(),
            })
        };
        self.packages.iter().map(package).collect()
    }

    pub(super) fn carrier(&self) -> &'static str {
        if self.sale.overrides.own_courier { "ส่งโดยผู้ขาย" } else { "SPX Express" }
    }

    fn package_item(&self, place: usize) -> Option<Value> {
        let (item_id, model_id) = self.ids(place)?;
        Some(json!({
            "item_id": item_id,
            "model_id": model_id,
            "model_quantity": self.quantity(place),
            "order_item_id": item_id,
            "promotion_group_id": 0,
            "product_location_id": "THZ",
        }))
    }

    pub(super) fn ids(&self, place: usize) -> Option<(u64, u64)> {
        let sku = &self.line(place)?.sku;
        Some(place_of(article_number(sku), sku))
    }
}

fn status_at_first(sale: &Sale) -> &'static str {
    let wishes = &sale.overrides;
    if wishes.cancelled {
        "CANCELLED"
    } else if wishes.cancel_asked {
        "IN_CANCEL"
    } else if wishes.return_asked {
        "TO_RETURN"
    } else if wishes.partial_refund {
        "COMPLETED"
    } else if sale.paid() || wishes.cod {
        "READY_TO_SHIP"
    } else {
        "UNPAID"
    }
}

/// Digits and capitals, filled up with zeros: the second half of an order's number.
fn base36(mut number: u64, length: usize) -> String {
    let mut digits = Vec::new();
    while number > 0 || digits.len() < length {
        digits.push(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[usize::try_from(number % 36).unwrap_or(0)]);
        number /= 36;
    }
    digits.reverse();
    String::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_orders_number_begins_with_its_day() {
        let at = DateTime::from_timestamp(1_796_000_000, 0).unwrap();
        let sale = Sale::new(1, 1_001, at, serde_json::from_str("{}").unwrap());
        assert_eq!(Order::new(sale).sn, "261130000000RT");
    }

    #[test]
    fn the_number_of_an_order_is_never_cut() {
        assert_eq!(
            (base36(0, 3), base36(35, 3), base36(36u64.pow(3), 3)),
            ("000".into(), "00Z".into(), "1000".into())
        );
    }
}

//! An order of the shop: one parcel, one tracking number.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::product::place_of;
use crate::market::{Line, Sale, article_number, bangkok};
use crate::money::{number, short};

pub(super) struct Order {
    pub number: String,
    pub sale: Sale,
    pub status: &'static str,
    pub payment: &'static str,
    pub shipment: &'static str,
    pub paid_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
    pub tracking_number: String,
    pub tracking_url: String,
    pub remark_cancel: String,
}

impl Order {
    pub(super) fn new(sale: Sale) -> Self {
        let number = format!("{}{:05}", bangkok(sale.at).format("%Y%m%d"), sale.number);
        let (status, payment, shipment) = states_at_first(&sale);
        Self {
            number,
            status,
            payment,
            shipment,
            paid_at: sale.paid().then_some(sale.at),
            updated_at: sale.at,
            tracking_number: String::new(),
            tracking_url: String::new(),
            remark_cancel: String::new(),
            sale,
        }
    }

    pub(super) fn is_cod(&self) -> bool {
        self.sale.overrides.cod
    }

    /// Pieces that wait for the money, and pieces that wait for the courier.
    pub(super) fn holds(&self) -> (bool, bool) {
        let open = self.status == "FINALIZED";
        let ready = open && self.shipment == "SHIPMENT_READY";
        (open && self.shipment == "PENDING", ready)
    }

    /// The word of the webhook that fits the state.
    pub(super) fn event(&self) -> Option<&'static str> {
        match (self.status, self.shipment) {
            ("CANCELED", _) => Some("ORDER.CANCELED"),
            ("COMPLETED", _) => Some("ORDER.COMPLETED"),
            ("FINALIZED", "SHIPMENT_READY") => Some("ORDER.READY_TO_SHIP"),
            ("FINALIZED", "PENDING") => Some("ORDER.PENDING_PAYMENT"),
            _ => None, // an order that expires, or is paid back, is told to nobody
        }
    }

    /// The list has everything but the items.
    pub(super) fn row(&self) -> Value {
        let sale = &self.sale;
        let subtotal = sale.items() - sale.discount();
        json!({
            "orderNumber": self.number,
            "orderStatus": self.status,
            "paymentStatus": self.payment,
            "paymentMethod": if self.is_cod() { "COD" } else { "PAYMENT_LS_QR_PROMPTPAY" },
            "shipmentStatus": self.shipment,
            "checkoutAt": time(sale.at),
            "paidAt": self.paid_at.map(time),
            "lastUpdatedAt": time(self.updated_at),
            "subtotalPrice": short(subtotal),
            "shipmentPrice": short(sale.shipping),
            "discountAmount": short(0),
            "totalPrice": short(sale.total()),
            "isGift": false,
            "remarkBuyer": sale.overrides.note.as_deref().unwrap_or(""),
            "remarkCancel": self.remark_cancel,
            "shippingAddress": self.address(),
            "shipmentDetail": {
                "type": "STANDARD",
                "isCod": self.is_cod(),
                "isAutoTracking": false,
                "shipmentCompanyNameEn": "Thailand Post",
                "shipmentCompanyNameTh": "ไปรษณีย์ไทย",
                "trackingNumber": self.tracking_number,
                "trackingUrl": self.tracking_url,
            },
        })
    }

    pub(super) fn detail(&self) -> Value {
        let mut detail = self.row();
        detail["orderItems"] = self.sale.lines.iter().map(item).collect();
        self.sale.overrides.patch(&mut detail);
        detail
    }

    fn address(&self) -> Value {
        let (sale, person) = (&self.sale, &self.sale.person);
        let (sub_district, district) =
            person.place.district.split_once(' ').unwrap_or((person.place.district, ""));
        json!({
            "recipientName": person.name(),
            "phoneNumber": person.local_phone(),
            "email": person.email,
            "address": person.street,
            "subDistrict": sub_district,
            "district": district,
            "province": person.place.province,
            "postalCode": sale.postcode(),
            "country": "TH",
        })
    }
}

fn item(line: &Line) -> Value {
    let (product, variant) = place_of(article_number(&line.sku), &line.sku);
    json!({
        "productId": product,
        "variantId": variant,
        "sku": line.sku,
        "barcode": "",
        "name": line.title,
        "price": short(line.price),
        "discountedPrice": short(line.paid() / line.quantity),
        "quantity": line.quantity,
        "weight": number(i64::from(line.grams) / 10),
        "variants": [],
    })
}

/// Order, payment and shipment.
fn states_at_first(sale: &Sale) -> (&'static str, &'static str, &'static str) {
    let wishes = &sale.overrides;
    if wishes.cancelled {
        ("CANCELED", "NO_PAYMENT", "NO_SHIPMENT")
    } else if wishes.cod {
        ("FINALIZED", "PENDING", "SHIPMENT_READY")
    } else if sale.paid() {
        ("FINALIZED", "PAID", "SHIPMENT_READY")
    } else {
        ("FINALIZED", "PENDING", "PENDING")
    }
}

pub(super) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

//! A product of the shop; most have one variant without an id of its own.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::State;
use crate::market::Good;
use crate::money::{number, short};

const FIRST_PRODUCT: u64 = 9_000_000;
const FIRST_VARIANT: u64 = 12_000_000;
const FIRST_INVENTORY: u64 = 71_000_000;
/// The product whose variants are the teapot and the cups.
const TEAWARE: u64 = 8_999_999;
const TEAWARE_SKUS: [&str; 2] = ["TEA-107", "TEA-108"];

/// Product and variant of an article; the only variant of a product has no id.
pub(super) fn place_of(number: u64, sku: &str) -> (u64, Option<u64>) {
    if TEAWARE_SKUS.contains(&sku) {
        (TEAWARE, Some(FIRST_VARIANT + number))
    } else {
        (FIRST_PRODUCT + number, None)
    }
}

pub(super) fn ids_of(good: &Good) -> (u64, Option<u64>) {
    place_of(good.number, &good.sku)
}

pub(super) fn inventory_of(good: &Good) -> u64 {
    FIRST_INVENTORY + good.number
}

/// Pieces of open orders, by SKU: reserved until they are paid, then ready to ship.
pub(super) struct Held(HashMap<String, (i64, i64)>);

impl Held {
    pub(super) fn of(state: &State) -> Self {
        let mut held: HashMap<String, (i64, i64)> = HashMap::new();
        for order in state.book.all() {
            let (reserved, ready) = order.holds();
            for line in &order.sale.lines {
                let entry = held.entry(line.sku.clone()).or_default();
                entry.0 += i64::from(reserved) * line.quantity;
                entry.1 += i64::from(ready) * line.quantity;
            }
        }
        Self(held)
    }

    pub(super) fn figures(&self, good: &Good) -> Figures {
        let (reserved, ready) = self.0.get(&good.sku).copied().unwrap_or_default();
        Figures { on_hand: good.stock, reserved, ready, available: good.stock - reserved - ready }
    }
}

pub(super) struct Figures {
    on_hand: i64,
    reserved: i64,
    ready: i64,
    available: i64,
}

impl Figures {
    /// As the inventory calls answer.
    pub(super) fn show(&self) -> Value {
        json!({
            "availableNumber": self.available, "onHandAmount": self.on_hand,
            "readyToShipAmount": self.ready, "reservedAmount": self.reserved,
        })
    }
}

pub(super) fn show(goods: &[&Good], held: &Held) -> Value {
    let Some(first) = goods.first() else { return Value::Null };
    let (id, variant) = ids_of(first);
    let only = variant.is_none();
    json!({
        "id": id,
        "code": if only { first.sku.as_str() } else { "TEAWARE" },
        "name": if only { first.title.as_str() } else { "ชุดเครื่องชาดินเผา" },
        "brand": "Khlong Tea",
        "description": "",
        "hasOnlyDefaultVariant": only,
        "isDisplay": first.live,
        "instantDiscount": short(first.special.map_or(0, |special| first.price - special)),
        "variants": goods.iter().map(|good| variant_of(good, held)).collect::<Vec<_>>(),
    })
}

fn variant_of(good: &Good, held: &Held) -> Value {
    let figures = held.figures(good);
    json!({
        "id": ids_of(good).1,
        "inventoryId": inventory_of(good),
        "sku": good.sku,
        "price": short(good.price),
        "discountedPrice": short(good.special.unwrap_or(good.price)),
        "onHandNumber": figures.on_hand,
        "reservedNumber": figures.reserved,
        "readyToShipNumber": figures.ready,
        "availableNumber": figures.available,
        "weight": number(i64::from(good.grams) / 10),
    })
}

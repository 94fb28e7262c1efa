//! `shopee/split_order`: an order goes out in several packages, or in one again.

use super::api::Api;
use super::order;
use crate::market::{fields, list, mistake, text_at};
use crate::values::{Id, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Packages of one order.
const PARCELS_MAX: usize = 5;

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    packages: Option<Vec<Value>>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let order = order::one(&api, order_id).await?;
    let wanted = input.packages.as_deref().unwrap_or_default();
    if wanted.is_empty() {
        api.post("order/unsplit_order", json!({"order_sn": order_id})).await?;
    } else {
        let body = json!({"order_sn": order_id, "package_list": parcels(&order, wanted)?});
        api.post("order/split_order", body).await?;
    }
    Ok(output(order_id, &order::one(&api, order_id).await?))
}

/// An order with several packages was split; one with one was put together.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let order_id = input.order_id.need("order id")?;
    let order = order::one(&Api::of(cx)?, order_id).await?;
    let wanted = input.packages.map_or(0, |packages| packages.len()).max(1);
    Ok((list(&order, "/package_list").len() == wanted).then(|| output(order_id, &order)))
}

/// Each package's items by their SKUs. Shopee wants every item named.
fn parcels(order: &Value, wanted: &[Value]) -> Result<Value, Error> {
    if !(2..=PARCELS_MAX).contains(&wanted.len()) {
        return Err(mistake("an order is split into 2 to 5 packages", "Correct the packages."));
    }
    let parcels: Vec<Vec<Value>> =
        wanted.iter().map(|parcel| items(order, parcel)).collect::<Result<_, _>>()?;
    let named = |item: &Value| parcels.iter().flatten().any(|other| same(item, other));
    if let Some(left) = list(order, "/item_list").iter().find(|item| !named(item)) {
        return Err(mistake(
            format!("the SKU {} is in no package", order::sku(left)),
            "Name every item of the order.",
        ));
    }
    Ok(parcels.into_iter().map(|items| json!({"item_list": items})).collect())
}

/// A package is a list of SKUs, or of `{sku, quantity}` where the shop may divide the pieces of a SKU.
fn items(order: &Value, parcel: &Value) -> Result<Vec<Value>, Error> {
    let rows = parcel.as_array().filter(|rows| !rows.is_empty());
    let rows = rows.ok_or_else(|| {
        mistake("a package is a list of SKUs", "Write it such as [[\"ABC-1\"], [\"ABC-2\"]].")
    })?;
    let mut found = Vec::new();
    for row in rows {
        let sku = row.get("sku").unwrap_or(row);
        let sku: Text = connector::operation::decode(sku.clone())?;
        for item in order::items_of(order, &sku)? {
            let names = ["item_id", "model_id", "order_item_id", "promotion_group_id"];
            let id = |name: &&str| ((*name).to_owned(), item.get(*name).cloned().unwrap_or_default());
            let mut named: Map<String, Value> = names.iter().map(id).collect();
            named.extend(row.get("quantity").map(|quantity| ("model_quantity".to_owned(), quantity.clone())));
            found.push(named.into());
        }
    }
    Ok(found)
}

fn same(item: &Value, other: &Value) -> bool {
    ["/item_id", "/model_id", "/order_item_id", "/promotion_group_id"]
        .iter()
        .all(|place| text_at(item, place) == text_at(other, place))
}

fn output(order_id: &str, order: &Value) -> Value {
    let numbers: Vec<String> =
        list(order, "/package_list").iter().map(|package| text_at(package, "/package_number")).collect();
    json!({"order_id": order_id, "package_numbers": numbers})
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopee/split_order", "Split an order", "แยกพัสดุของคำสั่งซื้อ")
        .about(
            "Divides an order that is ready to ship into 2 to 5 packages, each shipped on its own, or puts it together \
             again. The shop needs Shopee's permission.",
            "แยกคำสั่งซื้อที่พร้อมส่งเป็น 2 ถึง 5 พัสดุซึ่งจัดส่งแยกกัน หรือรวมกลับเป็นพัสดุเดียว ร้านต้องได้รับสิทธิ์จาก Shopee",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(fields::order("order_id", "201218V2Y6E59M"))
        .field(
            fields::ids("packages", "Packages", "พัสดุ", json!([["ABC-1"], ["ABC-2"]])).about(
                "A list of packages, each a list of SKUs, every item named. {sku, quantity} divides the pieces of a SKU, \
                 which few shops may. Empty: one package again.",
                "ลิสต์ของพัสดุ แต่ละพัสดุคือลิสต์ของ SKU โดยต้องระบุทุกรายการ ใช้ {sku, quantity} เพื่อแบ่งชิ้นของ SKU \
                 ซึ่งมีบางร้านเท่านั้นที่ทำได้ หากเว้นว่างคือรวมเป็นพัสดุเดียว",
            ),
        )
        .example(
            json!({"order_id": "201218V2Y6E59M", "packages": [["ABC-1"], ["ABC-2"]]}),
            json!({"order_id": "201218V2Y6E59M", "package_numbers": ["OFG1929", "OFG1930"]}),
        )
}

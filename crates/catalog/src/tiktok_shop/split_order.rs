//! `tiktok_shop/split_order`: an order goes out in several packages.

use super::api::Api;
use super::order;
use crate::market::{fields, list, mistake, text_at};
use crate::values::{Id, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    packages: Vec<Vec<Text>>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let order = order::one(&api, order_id).await?;
    let body = json!({"splittable_groups": groups(&order, &input.packages)?});
    api.post(&format!("/fulfillment/202309/orders/{order_id}/split"), Vec::new(), body).await?;
    Ok(output(order_id, &order::one(&api, order_id).await?))
}

/// An order with as many packages as wanted was split.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let order_id = input.order_id.need("order id")?;
    let order = order::one(&Api::of(cx)?, order_id).await?;
    Ok((order::packages(&order).len() == input.packages.len()).then(|| output(order_id, &order)))
}

/// All units of a SKU stay together.
fn groups(order: &Value, packages: &[Vec<Text>]) -> Result<Vec<Value>, Error> {
    if packages.len() < 2 {
        return Err(mistake("an order is split into 2 packages at least", "Correct the packages."));
    }
    let group = |(at, skus): (usize, &Vec<Text>)| {
        let mut ids = Vec::new();
        for sku in skus {
            let rows =
                list(order, "/line_items").iter().filter(|row| text_at(row, "/seller_sku") == sku.as_str());
            let found: Vec<String> = rows.map(|row| text_at(row, "/id")).collect();
            if found.is_empty() {
                return Err(mistake(
                    format!("the order has no SKU \"{}\"", sku),
                    "Take the SKU from the order's lines.",
                ));
            }
            ids.extend(found);
        }
        Ok(json!({"id": (at + 1).to_string(), "order_line_item_ids": ids}))
    };
    packages.iter().enumerate().map(group).collect()
}

fn output(order_id: &str, order: &Value) -> Value {
    json!({"order_id": order_id, "package_ids": order::packages(order)})
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/split_order", "Split an order", "แยกพัสดุของคำสั่งซื้อ")
        .about(
            "Divides an order into packages, each shipped on its own. In Southeast Asia all pieces of a SKU stay together.",
            "แยกคำสั่งซื้อเป็นหลายพัสดุซึ่งจัดส่งแยกกัน ในเอเชียตะวันออกเฉียงใต้ทุกชิ้นของ SKU เดียวกันต้องอยู่ด้วยกัน",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(fields::order("order_id", "576461413038785752"))
        .field(
            fields::ids("packages", "Packages", "พัสดุ", json!([["ABC-1"], ["ABC-2"]]))
                .about("A list of packages, each a list of SKUs.", "ลิสต์ของพัสดุ แต่ละพัสดุคือลิสต์ของ SKU")
                .required(),
        )
        .example(
            json!({"order_id": "576461413038785752", "packages": [["ABC-1"], ["ABC-2"]]}),
            json!({"order_id": "576461413038785752", "package_ids": ["1152921504606846976", "1152921504606846977"]}),
        )
}

//! `shopify/set_tracking`: the tracking number of a parcel that is marked as sent.

use super::api::{Api, gid, plain};
use super::terms;
use crate::values::{Filled, Text, or_default};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const PARCELS: &str = "query($id:ID!){order(id:$id){id name fulfillments(first:50){id status}}}";
const SET: &str = "mutation($id:ID!,$tracking:FulfillmentTrackingInput!,$notify:Boolean){\
                   fulfillmentTrackingInfoUpdate(fulfillmentId:$id,trackingInfoInput:$tracking,\
                   notifyCustomer:$notify){fulfillment{id status trackingInfo{company number url}} \
                   userErrors{field message}}}";

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub order_id: Text,
    #[serde(default)]
    pub fulfillment_id: Text,
    #[serde(default)]
    pub company: Text,
    pub number: Filled,
    #[serde(default)]
    pub url: Text,
    #[serde(default, deserialize_with = "or_default")]
    pub notify: bool,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopify/set_tracking", "Set a tracking number", "ระบุเลขพัสดุ")
        .about(
            "Writes the courier and tracking number of a parcel that is marked as sent already.",
            "บันทึกบริษัทขนส่งและเลขพัสดุของพัสดุที่บันทึกการจัดส่งแล้ว",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("order_id", FieldKind::Text, "Order", "คำสั่งซื้อ")
                .about("The order's id, where it was sent in one parcel.", "รหัสคำสั่งซื้อ ใช้เมื่อจัดส่งเป็นพัสดุเดียว")
                .example("gid://shopify/Order/5551"),
        )
        .field(
            Field::new("fulfillment_id", FieldKind::Text, "Parcel", "พัสดุ")
                .about(
                    "The id that fulfil_order gave, where the order was sent in several parcels.",
                    "รหัสที่ได้จาก fulfil_order ใช้เมื่อคำสั่งซื้อแบ่งส่งหลายพัสดุ",
                )
                .example("gid://shopify/Fulfillment/255858046"),
        )
        .field(terms::company())
        .field(terms::number().required())
        .field(terms::url())
        .field(terms::notify("The customer gets Shopify's message.", "ให้ Shopify ส่งข้อความแจ้งลูกค้า"))
        .example(
            json!({"order_id": "gid://shopify/Order/5551", "company": "Kerry Express", "number": "KEX0001"}),
            json!({"id": "gid://shopify/Fulfillment/255858046", "status": "SUCCESS",
                "trackingInfo": [{"company": "Kerry Express", "number": "KEX0001", "url": null}]}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::open(cx)?;
    let id = match input.fulfillment_id.filled() {
        Some(id) => gid("Fulfillment", id),
        None => only_parcel(&api, &input.order_id).await?,
    };
    let tracking = tracking(&input.company, Some(input.number.as_str()), &input.url);
    let variables = json!({"id": id, "tracking": tracking, "notify": input.notify});
    let mut told = api.change(SET, &variables, "fulfillmentTrackingInfoUpdate").await?;
    Ok(told.get_mut("fulfillment").map(Value::take).unwrap_or_default())
}

/// What is known of a parcel's way.
pub fn tracking(company: &Text, number: Option<&str>, url: &Text) -> Value {
    let pairs = [("company", company.filled()), ("number", number), ("url", url.filled())];
    let filled = pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
    Value::Object(filled.collect::<Map<_, _>>())
}

async fn only_parcel(api: &Api<'_>, order_id: &Text) -> Result<String, Error> {
    let order_id = order_id.filled().ok_or_else(|| Error::Input {
        message: "neither the order nor the parcel is given".into(),
        advice: "Give the order's id, or the parcel's.".into(),
    })?;
    let order = plain(api.record(PARCELS, json!({"id": gid("Order", order_id)}), "order").await?);
    let parcels = order.get("fulfillments").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_there = |parcel: &&Value| parcel.get("status").and_then(Value::as_str) != Some("CANCELLED");
    let sent: Vec<&Value> = parcels.iter().filter(is_there).collect();
    match sent.as_slice() {
        [one] => Ok(one.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()),
        [] => Err(Error::Refused {
            message: "nothing of the order is marked as sent".into(),
            advice: "Use fulfil_order, which takes the tracking number as well.".into(),
        }),
        _ => Err(Error::Refused {
            message: "the order was sent in several parcels".into(),
            advice: "Say which one by the parcel's id.".into(),
        }),
    }
}

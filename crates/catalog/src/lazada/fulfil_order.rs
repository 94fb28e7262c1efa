//! `lazada/fulfil_order`: units of an order are packed, get their tracking number from Lazada, and are marked ready.

use super::api::Api;
use super::{order, packages};
use crate::market::{fields, list, mistake, text_at};
use crate::unchanged::nothing_done;
use crate::values::{Id, Ids, Quantity, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    order_item_ids: Ids,
    #[serde(default)]
    lines: Option<Vec<Line>>,
    #[serde(default = "yes")]
    ready_to_ship: bool,
    #[serde(default)]
    allocation: Text,
    #[serde(default)]
    provider: Text,
}

#[derive(Debug, Deserialize)]
struct Line {
    sku: Text,
    quantity: Quantity,
}

fn yes() -> bool {
    true
}

/// Which units of a SKU were packed by a call whose answer was lost cannot be told: a person looks. Units that are named,
/// and whole orders, can be looked at.
pub fn effect(input: &Value) -> EffectRule {
    let by_lines = input.get("lines").and_then(Value::as_array).is_some_and(|lines| !lines.is_empty());
    if by_lines { EffectRule::Ask } else { EffectRule::Probe }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let rows = order::rows(&api, order_id).await.map_err(nothing_done)?;
    let chosen = choose(&input, &rows)?;
    let (packed, open): (Vec<&Value>, Vec<&Value>) =
        chosen.iter().copied().partition(|row| packages::is_packed(row));
    let fresh = if open.is_empty() { Vec::new() } else { pack(&api, &input, &open).await? };
    let all: Vec<&Value> = packed.into_iter().chain(fresh.iter()).collect();
    let parcels = packages::of(&all);
    if input.ready_to_ship {
        packages::mark_ready(&api, &packages::waiting(&all, &parcels)).await?;
    }
    Ok(output(order_id, parcels, input.ready_to_ship))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let order_id = input.order_id.need("order id")?;
    let rows = order::rows(&Api::of(cx)?, order_id).await?;
    let chosen = choose(&input, &rows)?;
    let done = |row: &&Value| packages::is_packed(row) && (!input.ready_to_ship || packages::is_ready(row));
    Ok(chosen.iter().all(done).then(|| output(order_id, packages::of(&chosen), input.ready_to_ship)))
}

/// The units that are meant: by their ids, by SKU, or all that are not cancelled.
fn choose<'r>(input: &Input, rows: &'r [Value]) -> Result<Vec<&'r Value>, Error> {
    let lines = input.lines.as_deref().unwrap_or_default();
    let chosen: Vec<&Value> = if !lines.is_empty() {
        by_sku(lines, rows)?
    } else {
        order::named(rows, &input.order_item_ids.0)?.into_iter().filter(|row| !order::is_off(row)).collect()
    };
    if chosen.is_empty() {
        return Err(mistake(
            "nothing of the order is left to pack",
            "It may be cancelled; look at it in Seller Center.",
        ));
    }
    Ok(chosen)
}

fn by_sku<'r>(lines: &[Line], rows: &'r [Value]) -> Result<Vec<&'r Value>, Error> {
    let mut chosen = Vec::new();
    let mut open: Vec<&Value> =
        rows.iter().filter(|row| !order::is_off(row) && !packages::is_packed(row)).collect();
    for line in lines {
        let wanted = usize::try_from(line.quantity.0).unwrap_or(usize::MAX);
        let (mut taken, others): (Vec<&Value>, Vec<&Value>) =
            open.into_iter().partition(|row| text_at(row, "/sku") == line.sku.as_str());
        if taken.len() < wanted {
            let message =
                format!("{} of {} are to be packed, and {} are open", wanted, line.sku, taken.len());
            return Err(mistake(message, "Correct the quantity."));
        }
        // What one line takes is not there for another with the same SKU.
        open = taken.split_off(wanted);
        open.extend(others);
        chosen.extend(taken);
    }
    Ok(chosen)
}

/// Packs, and gives the rows of the answer, which hold package and tracking number.
async fn pack(api: &Api<'_>, input: &Input, rows: &[&Value]) -> Result<Vec<Value>, Error> {
    let order_id = input.order_id.number()?;
    let ids = order::ids_of(rows);
    let allocation = match input.allocation.filled().filter(|kind| *kind != "auto") {
        Some(kind) => kind.to_owned(),
        None => allocation(api, input, &ids).await?,
    };
    let mut request = json!({
        "pack_order_list": [{"order_id": order_id, "order_item_list": ids}],
        "delivery_type": "dropship",
        "shipping_allocate_type": allocation,
    });
    if let Some(provider) = input.provider.filled() {
        request["shipment_provider_code"] = provider.into();
    }
    let data = api.post("/order/fulfill/pack", vec![("packReq", request.to_string())]).await?;
    let orders = list(&data, "/pack_order_list").iter();
    let packed: Vec<Value> = orders.flat_map(|order| list(order, "/order_item_list")).cloned().collect();
    let all: Vec<&Value> = packed.iter().collect();
    match packages::failed(&all, "/order_item_id") {
        Some(error) => Err(error),
        None if packed.is_empty() => {
            Err(Error::Unreadable { host: "Lazada".into(), message: "the answer names no package".into() })
        }
        None => Ok(packed),
    }
}

/// Local shops are `TFS`, cross-border ones `NTFS`; Lazada says which.
async fn allocation(api: &Api<'_>, input: &Input, ids: &[Value]) -> Result<String, Error> {
    let asked = json!({"orders": [{"order_id": input.order_id.number()?, "order_item_ids": ids}]});
    let told = api
        .get("/order/shipment/providers/get", vec![("getShipmentProvidersReq", asked.to_string())])
        .await
        .map_err(nothing_done)?;
    let kind = text_at(&told, "/shipping_allocate_type");
    Ok(if kind.is_empty() { "TFS".into() } else { kind })
}

fn output(order_id: &str, packages: Vec<Value>, ready: bool) -> Value {
    json!({"order_id": order_id, "packages": packages, "ready_to_ship": ready})
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("lazada/fulfil_order", "Pack and ship an order", "แพ็กและส่งคำสั่งซื้อ")
        .about(
            "Packs an order or a part of it, gets the tracking number that Lazada gives, and marks the packages ready to \
             ship. What is packed already stays as it is. A part is named by the ids of its units or by SKU.",
            "แพ็กคำสั่งซื้อทั้งหมดหรือบางส่วน รับเลขพัสดุที่ Lazada ออกให้ และแจ้งพร้อมส่ง ชิ้นที่แพ็กแล้วจะคงเดิม \
             ระบุบางส่วนด้วยรหัสต่อชิ้นหรือด้วย SKU",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(fields::order("order_id", "260422900198363"))
        .field(super::item_ids())
        .field(lines())
        .field(fields::flag("ready_to_ship", "Ready to ship", "แจ้งพร้อมส่ง", true).about(
            "Off: they are packed only, so that labels can be printed first.",
            "หากปิดจะแพ็กเท่านั้น เพื่อพิมพ์ใบปะหน้าก่อน",
        ))
        .field(allocation_field())
        .field(
            fields::text("provider", "Transfer warehouse", "คลังรับส่งต่อ")
                .about("The provider's code, for cross-border shops only.", "รหัสผู้ให้บริการ สำหรับร้านข้ามประเทศเท่านั้น")
                .example("FM50")
                .advanced(),
        )
        .example(
            json!({"order_id": "260422900198363", "ready_to_ship": true}),
            json!({
                "order_id": "260422900198363", "ready_to_ship": true,
                "packages": [{
                    "package_id": "FP022511752246001", "tracking_number": "TH340231JV0W0A",
                    "shipment_provider": "Flash Express", "order_item_ids": [260422900298363u64]
                }]
            }),
        )
}

fn lines() -> Field {
    let inner = vec![fields::sku(), fields::quantity()];
    Field::new("lines", FieldKind::List(inner), "Lines", "รายการ")
        .about(
            "For a partial shipment: how many of which SKU. After a lost answer a person decides.",
            "สำหรับการส่งบางส่วน ระบุจำนวนของแต่ละ SKU หากไม่ได้รับคำตอบจะให้คนตัดสินใจ",
        )
        .at_most(100)
        .example(json!([{"sku": "ABC-1", "quantity": 1}]))
}

fn allocation_field() -> Field {
    let kinds = [
        ("auto", "Ask Lazada", "ถาม Lazada"),
        ("TFS", "Local (TFS)", "ในประเทศ (TFS)"),
        ("NTFS", "Cross-border (NTFS)", "ข้ามประเทศ (NTFS)"),
    ];
    Field::choice("allocation", &kinds, "Allocation", "การจัดสรรขนส่ง")
        .about("How the shop's parcels are allocated.", "วิธีจัดสรรพัสดุของร้าน")
        .default("auto")
        .example("auto")
        .advanced()
}

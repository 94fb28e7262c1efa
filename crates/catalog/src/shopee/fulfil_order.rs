//! `shopee/fulfil_order`: a package is arranged with the courier, and gets its tracking number.

use super::api::Api;
use super::package::{self, Wish};
use super::{lookup, order};
use crate::market::{fields, text_at};
use crate::values::{Id, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    package_number: Id,
    #[serde(default)]
    method: Text,
    #[serde(default)]
    tracking_number: Text,
    #[serde(default)]
    address_id: Id,
    #[serde(default)]
    pickup_time_id: Text,
    #[serde(default)]
    branch_id: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let order = order::one(&api, order_id).await?;
    let package = package::find(&order, &input.package_number)?;
    // Also another run may have arranged it: Shopee would refuse, and nothing is wrong.
    if !package.is_some_and(package::is_arranged) {
        arrange(&api, &input, order_id).await?;
    }
    output(&api, &input, order_id, package).await
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let order = order::one(&api, order_id).await?;
    match package::find(&order, &input.package_number)? {
        Some(package) if package::is_arranged(package) => {
            output(&api, &input, order_id, Some(package)).await.map(Some)
        }
        _ => Ok(None),
    }
}

async fn arrange(api: &Api<'_>, input: &Input, order_id: &str) -> Result<(), Error> {
    let wish = Wish {
        method: input.method.filled().unwrap_or("auto"),
        tracking_number: &input.tracking_number,
        address_id: &input.address_id,
        pickup_time_id: &input.pickup_time_id,
        branch_id: &input.branch_id,
    };
    let number = input.package_number.filled();
    let (way, how) = package::shipment(api, order_id, number, &wish).await?;
    let mut body = package::body_of(order_id, number);
    body.insert(way.name().into(), how);
    api.post("logistics/ship_order", body.into()).await.map(drop)
}

async fn output(
    api: &Api<'_>,
    input: &Input,
    order_id: &str,
    package: Option<&Value>,
) -> Result<Value, Error> {
    let number = package.map(|package| text_at(package, "/package_number")).unwrap_or_default();
    let tracking = package::tracking_number(api, order_id, input.package_number.filled()).await?;
    let provider = package.map(|package| text_at(package, "/shipping_carrier")).unwrap_or_default();
    Ok(json!({
        "order_id": order_id, "package_number": number, "tracking_number": tracking, "shipment_provider": provider,
    }))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopee/fulfil_order", "Ship an order", "จัดส่งคำสั่งซื้อ")
        .about(
            "Arranges a package with the courier: picked up, dropped off, or by the seller's own courier with his tracking \
             number. Shopee's number may be empty at first; it comes with the next change of the order.",
            "จัดเตรียมการจัดส่งพัสดุ: ให้เข้ารับ นำไปส่ง หรือส่งด้วยขนส่งของผู้ขายพร้อมเลขพัสดุ เลขพัสดุของ Shopee อาจยังว่าง \
             และจะมากับการเปลี่ยนแปลงครั้งถัดไปของคำสั่งซื้อ",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(fields::order("order_id", "201218V2Y6E59M"))
        .field(super::package_number())
        .field(method())
        .field(
            fields::text("tracking_number", "Tracking number", "เลขพัสดุ")
                .about("Of the seller's own courier.", "ของขนส่งที่ผู้ขายใช้เอง")
                .at_most(100)
                .example("AK22"),
        )
        .field(
            Field::new("address_id", FieldKind::Record(lookup::ADDRESS.into()), "Pickup address", "ที่อยู่เข้ารับ")
                .about("Empty: the shop's usual one.", "หากเว้นว่างจะใช้ที่อยู่หลักของร้าน")
                .example(2826),
        )
        .field(
            fields::text("pickup_time_id", "Pickup time", "เวลาเข้ารับ")
                .about("Empty: the first time that is offered.", "หากเว้นว่างจะใช้เวลาแรกที่เลือกได้")
                .example("1639472400")
                .advanced(),
        )
        .field(
            fields::text("branch_id", "Branch", "สาขา")
                .about("Where the package is dropped off, if the channel asks for it.", "สาขาที่นำพัสดุไปส่ง หากช่องทางต้องการ")
                .example("77")
                .advanced(),
        )
        .example(
            json!({"order_id": "201218V2Y6E59M", "method": "pickup"}),
            json!({
                "order_id": "201218V2Y6E59M", "package_number": "OFG1929", "tracking_number": "TH02742637123B",
                "shipment_provider": "SPX Express"
            }),
        )
}

fn method() -> Field {
    let methods = [
        ("auto", "What Shopee offers", "ตามที่ Shopee เปิดให้"),
        ("pickup", "Picked up", "ให้เข้ารับ"),
        ("dropoff", "Dropped off", "นำไปส่ง"),
        ("own", "Own courier", "ขนส่งของผู้ขาย"),
    ];
    Field::choice("method", &methods, "Way", "วิธีส่ง")
        .about(
            "How the package gets to the courier. What Shopee offers: picked up where possible, else dropped off; own \
             courier where a tracking number is given.",
            "วิธีที่พัสดุไปถึงขนส่ง หากเลือกตามที่ Shopee เปิดให้ จะให้เข้ารับก่อน หากไม่ได้จึงนำไปส่ง และหากระบุเลขพัสดุจะใช้ขนส่งของผู้ขาย",
        )
        .default("auto")
        .example("pickup")
}

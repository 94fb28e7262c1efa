//! `woocommerce/set_tracking`: a tracking number at an order, whose status stays as it is.

use super::api::{Api, is_id};
use super::parcel::{Parcel, Way, id_of};
use super::terms;
use crate::values::{Filled, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    #[serde(default)]
    pub way: Way,
    #[serde(default)]
    pub fulfillment_id: Text,
    #[serde(default)]
    pub company: Text,
    pub number: Filled,
    #[serde(default)]
    pub url: Text,
    #[serde(default = "yes")]
    pub notify: bool,
}

fn yes() -> bool {
    true
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("woocommerce/set_tracking", "Set a tracking number", "ระบุเลขพัสดุ")
        .about(
            "Writes the courier and tracking number at the order, unless they are there. The store's own parcel gets the new \
             number; a note or a tracking entry is added.",
            "บันทึกบริษัทขนส่งและเลขพัสดุไว้ในคำสั่งซื้อหากยังไม่มี พัสดุในระบบจัดส่งของร้านจะได้เลขใหม่ ส่วนหมายเหตุและ Shipment \
             Tracking จะเพิ่มรายการใหม่",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(terms::way())
        .field(
            Field::new("fulfillment_id", FieldKind::Text, "Parcel", "พัสดุ")
                .about("The store's own parcel, where the order has several.", "รหัสพัสดุของร้าน ใช้เมื่อคำสั่งซื้อมีหลายพัสดุ")
                .example("12"),
        )
        .field(terms::company())
        .field(terms::number())
        .field(terms::url())
        .field(terms::notify())
        .example(
            json!({"order_id": "727", "company": "Flash Express", "number": "TH0001"}),
            json!({"parcel": {"id": 281, "number": "TH0001"}, "already": false}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::open(cx)?;
    let parcel = parcel(&input);
    let kept = parcel.kept(&api).await?;
    if let Some(there) = parcel.among(&kept) {
        return Ok(json!({"parcel": there, "already": true}));
    }
    let told = match input.way {
        Way::Fulfillments => parcel.renumber(&api, chosen(&input, &kept)?).await?,
        Way::Note | Way::ShipmentTracking => parcel.keep(&api, &[]).await?,
    };
    Ok(json!({"parcel": told, "already": false}))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let parcel = parcel(&input);
    let there = parcel.among(&parcel.kept(&Api::open(cx)?).await?);
    Ok(there.map(|there| json!({"parcel": there, "already": false})))
}

fn parcel(input: &Input) -> Parcel<'_> {
    Parcel {
        order_id: input.order_id.as_str(),
        way: input.way,
        company: &input.company,
        number: input.number.as_str(),
        url: &input.url,
        notify: input.notify,
    }
}

fn chosen<'k>(input: &Input, kept: &'k [Value]) -> Result<&'k Value, Error> {
    let is = |one: &&Value| input.fulfillment_id.filled().is_none_or(|id| is_id(&id_of(one), id));
    let mut found = kept.iter().filter(is);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Error::Refused {
            message: "the order has no such parcel".into(),
            advice: "Use fulfil_order, which takes the tracking number as well.".into(),
        }),
        (Some(_), Some(_)) => Err(Error::Refused {
            message: "the order was sent in several parcels".into(),
            advice: "Say which one by the parcel's id.".into(),
        }),
    }
}

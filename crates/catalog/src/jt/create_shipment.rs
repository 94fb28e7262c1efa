//! `jt/create_shipment`: a parcel with a tracking number, made once for each reference.

use super::api::{Api, object, text};
use super::{COURIER, order};
use crate::parcel::track::bangkok_text;
use crate::parcel::{self, Parcel, Party, words};
use crate::since::read_iso;
use crate::values;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How long a pick-up may take where nobody says otherwise.
const PICKUP_MS: i64 = 24 * 3_600_000;

#[derive(Debug, Deserialize)]
pub struct Input {
    parcel: Parcel,
    #[serde(default)]
    service: Service,
    #[serde(default, deserialize_with = "values::text")]
    pay_type: String,
    #[serde(default, deserialize_with = "values::text")]
    express_type: String,
    #[serde(default, deserialize_with = "values::text")]
    pickup_from: String,
    #[serde(default, deserialize_with = "values::text")]
    pickup_to: String,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Service {
    #[default]
    PickUp,
    DropOff,
    Warehouse,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let parcel = input.parcel.clone().ready()?;
    let content = content(&input, &parcel, cx.http.source().now())?;
    let api = Api::of(cx)?;
    let reference = &parcel.reference;
    // Another run may have made it.
    let known = order::find(&api, reference).await?;
    if let Some(order) = known.filter(|order| !order::is_cancelled(order)) {
        return Ok(words::created(COURIER, reference, &text(&order, "billCode"), false, order));
    }
    let made = api.call("/order/addOrder", content).await?;
    let number = text(&made, "billCode");
    if number.is_empty() {
        return Err(Error::Unreadable { host: "J&T".into(), message: "a parcel without a billCode".into() });
    }
    Ok(words::created(COURIER, reference, &number, true, made))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let reference = &input.parcel.reference;
    let order = order::find(&Api::of(cx)?, reference).await?.filter(|order| !order::is_cancelled(order));
    Ok(order.map(|order| words::created(COURIER, reference, &text(&order, "billCode"), true, order)))
}

fn content(input: &Input, parcel: &Parcel, now: i64) -> Result<Map<String, Value>, Error> {
    let or = |text: &str, usual: &str| if text.is_empty() { usual.to_owned() } else { text.to_owned() };
    let (from, to) = pickup(input, now)?;
    let service = match input.service {
        Service::PickUp => 1,
        Service::DropOff => 6,
        Service::Warehouse => 7,
    };
    let mut content = object([("actionType", "add"), ("txlogisticId", &parcel.reference)]);
    let fields: [(&str, Value); 11] = [
        ("orderType", 1.into()),
        ("serviceType", service.into()),
        ("payType", or(&input.pay_type, "PP_PM").into()),
        ("expressType", or(&input.express_type, "EZ").into()),
        ("deliveryType", 1.into()),
        ("createOrderTime", bangkok_text(now).into()),
        ("sendStartTime", bangkok_text(from).into()),
        ("sendEndTime", bangkok_text(to).into()),
        ("sender", party(&parcel.sender)),
        ("receiver", party(&parcel.recipient)),
        ("packageInfo", package(parcel)),
    ];
    content.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    add_goods(&mut content, parcel);
    Ok(content)
}

fn pickup(input: &Input, now: i64) -> Result<(i64, i64), Error> {
    let read = |text: &str, usual: i64| {
        if text.is_empty() { Ok(usual) } else { read_iso(text).ok_or_else(|| not_a_time(text)) }
    };
    let from = read(&input.pickup_from, now)?;
    Ok((from, read(&input.pickup_to, from.saturating_add(PICKUP_MS))?))
}

fn not_a_time(text: &str) -> Error {
    parcel::mistake(format!("the pick-up time \"{}\" is no time", connector::http::shorten(text)))
}

fn party(party: &Party) -> Value {
    json!({
        "name": party.name, "mobile": party.phone, "countryCode": "THA", "prov": party.province, "city": party.district,
        "area": party.subdistrict, "postCode": party.postcode, "address": party.address
    })
}

/// In kilograms and centimetres, as texts.
fn package(parcel: &Parcel) -> Value {
    let mut package = object([("packageQuantity", "1"), ("weight", &parcel.kilograms())]);
    if let Some((length, width, height)) = parcel.size.whole() {
        let sides = [("length", length), ("width", width), ("height", height)];
        package.extend(sides.map(|(name, side)| (name.to_owned(), side.to_string().into())));
    }
    Value::Object(package)
}

/// In baht, as texts.
fn add_goods(content: &mut Map<String, Value>, parcel: &Parcel) {
    if let Some(value) = parcel.declared_value().or(parcel.cod()) {
        content.insert("goodsValue".into(), value.to_string().into());
    }
    if let Some(cod) = parcel.cod() {
        content.insert("codInfo".into(), json!({"codValue": cod.to_string()}));
    }
    let items: Vec<Value> = parcel.items.iter().map(item).collect();
    if !items.is_empty() {
        content.insert("items".into(), items.into());
    }
    if !parcel.note.is_empty() {
        content.insert("remark".into(), parcel.note.as_str().into());
    }
}

fn item(item: &parcel::Item) -> Value {
    let mut entry = object([("itemName", &item.name), ("number", &item.quantity().to_string())]);
    if let Some(price) = item.price {
        entry.insert("itemValue".into(), price.to_string().into());
    }
    Value::Object(entry)
}

pub fn spec() -> OperationSpec {
    let text = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Text, en, th).advanced();
    let service = Field::choice(
        "service",
        &[
            ("pick_up", "J&T comes for it", "J&T เข้ารับ"),
            ("drop_off", "Brought to a branch", "ส่งที่สาขา"),
            ("warehouse", "From the warehouse", "จากคลังสินค้า"),
        ],
        "Hand-over",
        "การส่งมอบ",
    );
    OperationSpec::action("jt/create_shipment", "Create a shipment", "สร้างพัสดุ")
        .about(
            "Makes a parcel at J&T and gives its tracking number. J&T is asked for the reference first, so that it is made once.",
            "สร้างพัสดุกับ J&T และได้เลขพัสดุ โดยถาม J&T ด้วยเลขอ้างอิงก่อน จึงไม่สร้างซ้ำ",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(parcel::field())
        .field(service.about("How J&T gets the parcel.", "วิธีที่ J&T ได้รับพัสดุ").default("pick_up").example("drop_off"))
        .field(
            text("pickup_from", "Pick-up from", "เข้ารับตั้งแต่")
                .about("The earliest time; empty for now.", "เวลาแรกสุดที่เข้ารับ เว้นว่างคือขณะนี้")
                .example("2026-11-20T13:00:00+07:00"),
        )
        .field(
            text("pickup_to", "Pick-up until", "เข้ารับถึง")
                .about("The latest time; empty for a day later.", "เวลาสุดท้ายที่เข้ารับ เว้นว่างคือหนึ่งวันถัดไป")
                .example("2026-11-20T18:00:00+07:00"),
        )
        .field(
            text("pay_type", "Who pays J&T", "การชำระค่าส่ง")
                .about("PP_PM is monthly by contract.", "PP_PM คือรายเดือนตามสัญญา")
                .default("PP_PM")
                .at_most(10)
                .example("PP_PM"),
        )
        .field(
            text("express_type", "Service", "ประเภทบริการ")
                .about("EZ is the standard one.", "EZ คือแบบมาตรฐาน")
                .default("EZ")
                .at_most(10)
                .example("EZ"),
        )
        .example(
            json!({"parcel": parcel::example(), "service": "pick_up"}),
            words::created(
                COURIER,
                "SHOPIFY-1001-1",
                "600000000001",
                true,
                json!({"billCode": "600000000001", "txlogisticId": "SHOPIFY-1001-1", "sortingCode": "50210-C"}),
            ),
        )
}

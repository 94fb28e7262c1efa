//! `flash/status_pushed`: Flash says how a parcel stands.
//!
//! The signature covers the merchant and a nonce alone: who has seen one push can write another. So it opens the door, and
//! what is said is believed no more than that.

use super::api::text;
use super::{COURIER, sign, status};
use crate::parcel::track::{self, Status};
use crate::{door, signature, words};
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

const PATH: &str = "flash/status-pushed";
const BODY_BYTES_MAX: u64 = 64 << 10;

pub struct StatusPushed;

impl Webhook for StatusPushed {
    fn spec(&self) -> OperationSpec {
        let shipment = track::example(COURIER, "TH0101ABCD0A", Status::Delivered, "5", "นำส่งสำเร็จ");
        OperationSpec::trigger("flash/status_pushed", "Status pushed", "สถานะพัสดุถูกส่งมา")
            .about(
                "Starts when Flash says that a parcel's status changed. What it says is not proven by its signature: read the \
                 parcel with Track before anything that costs money.",
                "เริ่มเมื่อ Flash แจ้งว่าสถานะพัสดุเปลี่ยน ลายเซ็นไม่ยืนยันเนื้อหา ควรตรวจด้วย \"ติดตามพัสดุ\" ก่อนทำสิ่งที่มีผลกับเงิน",
            )
            .connection(Need::Required)
            .field(words::path(PATH))
            .example(json!({ "path": PATH }), track::pushed(COURIER, vec![shipment]))
    }

    fn body_bytes_max(&self, _with: &Map<String, Value>) -> u64 {
        BODY_BYTES_MAX
    }

    fn receive(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        door::posted(request, BODY_BYTES_MAX)?;
        let body = door::read_body(request)?.into_value();
        check(&body, connection)?;
        let said = said(&body)?;
        let number = Some(text(&said, "pno")).filter(|pno| !pno.is_empty());
        let number = number.ok_or_else(|| Refusal::Ignored("the push names no parcel".into()))?;
        let shipment =
            track::shipment(COURIER, &number, &text(&said, "outTradeNo"), vec![status::of_record(&said)]);
        let id = format!("{number}/{}", hex::encode(Sha256::digest(said.to_string())));
        let head = door::place(request);
        Ok(door::delivery(Some(id), track::pushed(COURIER, vec![shipment]).into(), head))
    }

    fn answer(&self) -> Option<Value> {
        Some(json!({"errorCode": "1", "state": "success"}))
    }
}

fn check(body: &Value, connection: Option<&Connection>) -> Result<(), Refusal> {
    let key = signature::secret_for(connection, "secret_key")?;
    let (merchant, nonce) = (text(body, "mchId"), text(body, "nonceStr"));
    let wanted = sign::sign(&[("mchId", &merchant), ("nonceStr", &nonce)], key);
    signature::must_be(body.get("sign").and_then(Value::as_str), &wanted)?;
    let own = connection.and_then(|connection| connection.text("merchant_id")).unwrap_or_default();
    if merchant == own {
        Ok(())
    } else {
        Err(Refusal::Ignored(format!("this trigger is for the merchant {own}")))
    }
}

/// In which field and in which form it comes is not confirmed: an object, or the text of one.
fn said(body: &Value) -> Result<Value, Refusal> {
    let data = ["data", "dataJson"].iter().find_map(|name| body.get(*name));
    let unreadable = || Refusal::Malformed("the push holds no data".into());
    match data {
        Some(Value::String(text)) => door::read_inner(text).ok_or_else(unreadable),
        Some(value @ Value::Object(_)) => Ok(value.clone()),
        _ => Err(unreadable()),
    }
}

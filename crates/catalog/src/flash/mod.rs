//! Flash Express in Thailand, over its Open API.

mod address;
mod api;
mod cancel_shipment;
mod create_shipment;
mod estimate_rate;
mod failure;
mod get_label;
mod request_pickup;
mod set_webhook;
mod sign;
mod status;
mod status_pushed;
mod track;

use api::Api;
use async_trait::async_trait;
use connector::action;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

const COURIER: &str = "flash";
const URL: &str = "https://open-api.flashexpress.com";
/// Flash publishes no limit; one call each 150 ms, six at once, is what a large client lives with.
const RATE: Rate = Rate::new(6, Span::from_secs(1), 6);

pub struct Flash;

#[async_trait]
impl Connector for Flash {
    fn spec(&self) -> ConnectorSpec {
        let spec = ConnectorSpec::new(COURIER, Purpose::Courier, "Flash Express", "Flash Express")
            .about(
                "Parcels with Flash Express in Thailand: made, labelled, picked up, followed and cancelled.",
                "พัสดุกับ Flash Express ในประเทศไทย สร้าง พิมพ์ใบปะหน้า เรียกเข้ารับ ติดตาม และยกเลิก",
            )
            .connection(fields());
        guide(spec)
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let warehouses = Api::new(http, connection).call("/open/v1/warehouses", Vec::new()).await?;
        let names: Vec<&str> = warehouses
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|warehouse| warehouse.get("name").and_then(serde_json::Value::as_str))
            .take(5)
            .collect();
        let merchant = connection.need("merchant_id")?;
        if names.is_empty() {
            return Ok(format!("Flash accepts the merchant {merchant}."));
        }
        Ok(format!("Flash accepts the merchant {merchant}; its warehouses: {}.", names.join(", ")))
    }
}

pub fn parts() -> Parts {
    Parts::of(Flash)
        .webhook(status_pushed::StatusPushed)
        .action(action!(cancel_shipment, probe))
        .action(action!(create_shipment))
        .action(action!(estimate_rate))
        .action(action!(get_label))
        .action(action!(request_pickup))
        .action(action!(set_webhook))
        .action(action!(track))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("merchant_id", FieldKind::Text, "Merchant id", "รหัสร้านค้า (mchId)")
            .about("What Flash calls mchId, such as AA2315.", "ค่าที่ Flash เรียกว่า mchId เช่น AA2315")
            .required()
            .at_most(32)
            .example("AA2315"),
        Field::new("secret_key", FieldKind::Secret, "Secret key", "Secret key")
            .about("What calls and pushes are signed with.", "ใช้ลงลายเซ็นทั้งขาส่งและขารับ")
            .required(),
        Field::choice("language", &[("th", "Thai", "ไทย"), ("en", "English", "อังกฤษ")], "Language", "ภาษา")
            .about("In which Flash words statuses and errors.", "ภาษาของสถานะและข้อผิดพลาดจาก Flash")
            .default("th")
            .example("th"),
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about(
                "Flash's API; for tests its training system, https://open-api-tra.flashexpress.com.",
                "ที่อยู่ API ของ Flash หากทดสอบให้ใช้ https://open-api-tra.flashexpress.com",
            )
            .default(URL)
            .example(URL)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}

fn guide(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "Ask your Flash sales contact for Open API access; it needs a merchant contract.",
        "ขอเปิดใช้ Open API กับฝ่ายขายของ Flash ต้องมีสัญญาร้านค้าก่อน",
    )
    .step(
        "Flash gives a merchant id (mchId) and a secret key for its training system, and others for production.",
        "Flash จะให้รหัสร้านค้า (mchId) และ secret key สำหรับระบบทดสอบ และอีกชุดสำหรับระบบจริง",
    )
    .step(
        "To be told of statuses, publish a flow that begins with Status pushed, then run Register a webhook once.",
        "หากต้องการรับสถานะอัตโนมัติ ให้เผยแพร่โฟลว์ที่เริ่มด้วย \"สถานะพัสดุถูกส่งมา\" แล้วใช้ \"ลงทะเบียนเว็บฮุค\" หนึ่งครั้ง",
    )
    .limit(
        "Flash publishes no limit of calls. A track asks for many parcels at once.",
        "Flash ไม่ประกาศจำนวนครั้งที่เรียกได้ การติดตามถามได้หลายพัสดุในครั้งเดียว",
    )
    .quirk(
        "Province, district and postcode have to agree with Flash's own list, in Thai; what differs is refused.",
        "จังหวัด อำเภอ และรหัสไปรษณีย์ต้องตรงกับรายการของ Flash เป็นภาษาไทย หากไม่ตรงจะถูกปฏิเสธ",
    )
    .quirk(
        "A push is signed over the merchant and a nonce only, which proves nothing about what it says. Read the parcel with \
         Track before anything that costs money.",
        "ข้อมูลที่ส่งมาลงลายเซ็นเฉพาะร้านค้าและ nonce จึงไม่ยืนยันเนื้อหา ควรตรวจด้วย \"ติดตามพัสดุ\" ก่อนทำสิ่งที่มีผลกับเงิน",
    )
    .quirk(
        "A second parcel with the same reference is refused by Flash as existing. Where its answer names the parcel, that \
         counts as done; that it always does is not confirmed by Flash's documentation.",
        "Flash จะปฏิเสธเลขอ้างอิงซ้ำ หากคำตอบระบุเลขพัสดุเดิมจะถือว่าสำเร็จ แต่เอกสารของ Flash ไม่ยืนยันว่าระบุทุกครั้ง",
    )
    .quirk(
        "What the states 4, 6 and 7 mean differs between sources: code and text keep Flash's own words.",
        "ความหมายของสถานะ 4, 6 และ 7 แต่ละแหล่งระบุต่างกัน จึงเก็บคำของ Flash ไว้ใน code และ text",
    )
}

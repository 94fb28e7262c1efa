//! KEX Express in Thailand (formerly Kerry Express), over Smart-EDI.

mod api;
mod cancel_shipment;
mod create_shipment;
mod status_pushed;

use async_trait::async_trait;
use connector::action;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

const COURIER: &str = "kex";
/// What a shop's extension of the time after the new name uses; the merchant's letter says which it is.
const URL: &str = "https://exch.th.kex-express.com/ediwebapi/SmartEDI/shipment_info";

pub struct Kex;

#[async_trait]
impl Connector for Kex {
    fn spec(&self) -> ConnectorSpec {
        let spec =
            ConnectorSpec::new(COURIER, Purpose::Courier, "KEX Express (Kerry)", "KEX Express (Kerry)")
                .about(
                    "Parcels with KEX Express in Thailand, formerly Kerry Express.",
                    "พัสดุกับ KEX Express ในประเทศไทย (ชื่อเดิม Kerry Express)",
                )
                .connection(fields());
        guide(spec)
    }

    async fn test(&self, _http: &Http, connection: &Connection) -> Result<String, Error> {
        connection.need("app_id")?;
        connection.need_secret("app_key")?;
        let url = api::address(connection)?;
        let host = connector::http::host_of(&url);
        Ok(format!(
            "Complete. KEX has nothing that can be asked, so the first parcel tries the keys at {host}."
        ))
    }
}

pub fn parts() -> Parts {
    Parts::of(Kex)
        .webhook(status_pushed::StatusPushed)
        .action(action!(cancel_shipment))
        .action(action!(create_shipment))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about(
                "The whole address of shipment_info in KEX's onboarding letter; it has to begin with https.",
                "ที่อยู่เต็มของ shipment_info ในเอกสารเริ่มใช้งานจาก KEX ต้องขึ้นต้นด้วย https",
            )
            .default(URL)
            .example("https://poc-it.th.kex-express.com/ediwebapi_uat/SmartEDI/shipment_info"),
        Field::new("app_id", FieldKind::Text, "App id", "App id")
            .about("Goes out as the header app_id.", "ส่งในเฮดเดอร์ app_id")
            .required()
            .at_most(100)
            .example("my-shop"),
        Field::new("app_key", FieldKind::Secret, "App key", "App key")
            .about("Goes out as the header app_key.", "ส่งในเฮดเดอร์ app_key")
            .required(),
        Field::new("merchant_id", FieldKind::Text, "Merchant id", "รหัสร้านค้า")
            .about("Where KEX gave one.", "หาก KEX ให้มา")
            .at_most(50)
            .example("10023"),
        Field::choice(
            "contact_field",
            &[("contact", "s_contact and r_contact", "s_contact และ r_contact"),
              ("contactperson", "s_contactperson and r_contactperson", "s_contactperson และ r_contactperson")],
            "Name of the contact field",
            "ชื่อฟิลด์ผู้ติดต่อ",
        )
        .about(
            "Two names are in use; KEX's letter says which is yours.",
            "มีใช้สองชื่อ ดูในเอกสารจาก KEX ว่าใช้ชื่อใด",
        )
        .default("contact")
        .example("contact")
        .advanced(),
        Field::new("push_key", FieldKind::Secret, "Key for pushes", "คีย์สำหรับรับสถานะ").about(
            "A long word of your own: KEX signs nothing, so that the address that it sends to ends with ?key= and this.",
            "คำยาว ๆ ที่ตั้งเอง เพราะ KEX ไม่ลงลายเซ็น ที่อยู่ที่ให้ KEX ส่งมาจึงต้องลงท้ายด้วย ?key= และค่านี้",
        ),
        Field::rate(None),
    ]
}

fn guide(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "Ask KEX for a Smart-EDI account; it needs a merchant contract.",
        "ขอเปิดบัญชี Smart-EDI กับ KEX ต้องมีสัญญาร้านค้าก่อน",
    )
    .step(
        "KEX's letter holds the address, an app id, an app key, and the prefix of your consignment numbers.",
        "เอกสารจาก KEX มีที่อยู่ app id, app key และคำนำหน้าของเลขพัสดุ (con_no)",
    )
    .step(
        "For statuses, make up a key for pushes, and give KEX the address of the trigger Status pushed with ?key= and the key.",
        "หากต้องการรับสถานะ ให้ตั้งคีย์สำหรับรับสถานะ แล้วแจ้งที่อยู่ของตัวเริ่ม \"สถานะพัสดุถูกส่งมา\" ตามด้วย ?key= และคีย์นั้นให้ KEX",
    )
    .quirk(
        "You make the consignment number yourself, from your prefix and a number that is never used twice. It is the \
         tracking number, and the same one again makes no second parcel.",
        "ร้านสร้างเลขพัสดุเองจากคำนำหน้าและเลขที่ไม่ซ้ำ เลขนี้คือเลขพัสดุ และการส่งซ้ำจะไม่สร้างพัสดุใหม่",
    )
    .quirk(
        "KEX gives no label: print the number as Code 128 in the layout that KEX approved.",
        "KEX ไม่มีใบปะหน้าให้ ต้องพิมพ์เลขพัสดุเป็น Code 128 ตามแบบที่ KEX อนุมัติ",
    )
    .quirk(
        "Statuses are only pushed and cannot be asked for: one that is lost stays lost.",
        "KEX ส่งสถานะมาเท่านั้น สอบถามย้อนหลังไม่ได้ สถานะที่หายไปจะไม่มีมาอีก",
    )
    .quirk(
        "Only the codes 000, 999, 010 and POD are known; more can be set in the trigger. Cancelling with D is not confirmed \
         by KEX's documentation.",
        "รหัสที่ทราบมีเพียง 000, 999, 010 และ POD กำหนดเพิ่มได้ในตัวเริ่ม การยกเลิกด้วย D ยังไม่มีเอกสารของ KEX ยืนยัน",
    )
    .quirk(
        "Old letters name an address without https, which is refused here: it would show names and keys to everybody between.",
        "เอกสารเก่าระบุที่อยู่ที่ไม่ใช่ https ซึ่งระบบจะปฏิเสธ เพราะข้อมูลลูกค้าและคีย์จะถูกเห็นระหว่างทาง",
    )
}

//! J&T Express in Thailand, over its open platform.

mod api;
mod cancel_shipment;
mod create_shipment;
mod failure;
mod get_label;
mod order;
mod scans;
mod sign;
mod status_pushed;
mod track;

use api::Api;
use async_trait::async_trait;
use connector::action;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

const COURIER: &str = "jt";
const URL: &str = "https://ylopenapi.jtexpress.co.th/webopenplatformapi/api";

pub struct Jt;

#[async_trait]
impl Connector for Jt {
    fn spec(&self) -> ConnectorSpec {
        let spec = ConnectorSpec::new(COURIER, Purpose::Courier, "J&T Express", "J&T Express")
            .about(
                "Parcels with J&T Express in Thailand: made, labelled, followed and cancelled.",
                "พัสดุกับ J&T Express ในประเทศไทย สร้าง พิมพ์ใบปะหน้า ติดตาม และยกเลิก",
            )
            .connection(fields());
        guide(spec)
    }

    /// Looks for an order that nobody has: a refusal of the number says that the keys were accepted.
    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let customer = connection.need("customer_code")?;
        order::find(&Api::new(http, connection), "KHLONG-CONNECTION-TEST").await?;
        Ok(format!("J&T accepts the keys of the customer {customer}."))
    }
}

pub fn parts() -> Parts {
    Parts::of(Jt)
        .webhook(status_pushed::StatusPushed)
        .action(action!(cancel_shipment))
        .action(action!(create_shipment, probe))
        .action(action!(get_label))
        .action(action!(track))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("api_account", FieldKind::Text, "API account", "API account")
            .about("The number in J&T's console.", "หมายเลขในคอนโซลของ J&T")
            .required()
            .at_most(50)
            .example("640826271705595946"),
        Field::new("private_key", FieldKind::Secret, "Private key", "Private key")
            .about("From J&T's console; it signs both ways.", "จากคอนโซลของ J&T ใช้ลงลายเซ็นทั้งสองทาง")
            .required(),
        Field::new("customer_code", FieldKind::Text, "Customer code", "รหัสลูกค้า")
            .about("The one of your contract with J&T.", "รหัสตามสัญญากับ J&T")
            .required()
            .at_most(30)
            .example("J0086474299"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about(
                "The customer's password, or the 32 digits and letters that J&T's signature tool makes of it.",
                "รหัสผ่านของลูกค้า หรือค่า 32 หลักที่เครื่องมือลายเซ็นของ J&T สร้างจากรหัสผ่าน",
            )
            .required(),
        Field::new("password_salt", FieldKind::Text, "Salt of the password", "ค่า salt ของรหัสผ่าน")
            .about(
                "What Thailand hashes the password with. Not confirmed for every customer: the signature tool's value is safer.",
                "ค่าที่ J&T ไทยใช้แฮชรหัสผ่าน อาจไม่ตรงทุกลูกค้า ใช้ค่าจากเครื่องมือลายเซ็นจะแน่นอนกว่า",
            )
            .default(sign::SALT)
            .at_most(50)
            .example(sign::SALT)
            .advanced(),
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about(
                "J&T's API; for tests https://demoopenapi.jtexpress.co.th/webopenplatformapi/api.",
                "ที่อยู่ API ของ J&T หากทดสอบให้ใช้ https://demoopenapi.jtexpress.co.th/webopenplatformapi/api",
            )
            .default(URL)
            .example(URL)
            .advanced(),
        Field::rate(None),
    ]
}

fn guide(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "Register at J&T's open platform for Thailand and ask your J&T branch to link your customer code.",
        "สมัครที่ open platform ของ J&T ประเทศไทย และให้สาขา J&T ผูกรหัสลูกค้าให้",
    )
    .step(
        "In the console, make an application: it shows the API account and the private key, first for the sandbox.",
        "สร้างแอปในคอนโซล จะได้ API account และ private key เริ่มจากระบบทดสอบก่อน",
    )
    .step(
        "Ask for the interfaces for orders, labels and tracks to be launched, and enter the address of Status pushed there.",
        "ขอเปิดใช้อินเทอร์เฟซคำสั่งซื้อ ใบปะหน้า และการติดตาม แล้วใส่ที่อยู่ของ \"สถานะพัสดุถูกส่งมา\" ในคอนโซล",
    )
    .limit(
        "A track asks for one parcel at a time: 100 in one step at most.",
        "การติดตามถามได้ทีละพัสดุ ไม่เกิน 100 เลขต่อขั้นตอน",
    )
    .quirk(
        "J&T is asked for the reference before a parcel is made, so that it is made once; what it answers to a second one is \
         not confirmed by its documentation.",
        "ระบบถาม J&T ด้วยเลขอ้างอิงก่อนสร้างพัสดุ จึงไม่สร้างซ้ำ เพราะเอกสารไม่ระบุว่า J&T ตอบอย่างไรเมื่อส่งซ้ำ",
    )
    .quirk(
        "There is no pick-up to ask for: choose it when the parcel is made.",
        "ไม่มีการเรียกเข้ารับแยกต่างหาก ให้เลือกตอนสร้างพัสดุ",
    )
    .quirk(
        "Merchants of the older interface (logistics_interface) have other keys, which do not work here.",
        "ร้านที่ใช้อินเทอร์เฟซรุ่นเก่า (logistics_interface) มีคีย์คนละชุด ใช้ที่นี่ไม่ได้",
    )
}

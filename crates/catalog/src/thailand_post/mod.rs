//! Thailand Post: parcels told of over e-Parcel, and their way over the tracking service.

mod barcode;
mod cancel_shipment;
mod create_shipment;
mod eparcel;
mod failure;
mod get_label;
mod items;
mod status_pushed;
mod subscribe;
mod track;
mod tracking;

use async_trait::async_trait;
use connector::action;
use connector::sign_in::{Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

const COURIER: &str = "thailand_post";
const EPARCEL_URL: &str = "https://r_dservice.thailandpost.com/webservice";
const TRACKING_URL: &str = "https://trackapi.thailandpost.co.th/post/api/v1";
const PUSH_URL: &str = "https://trackwebhook.thailandpost.co.th/post/api/v1";

pub struct ThailandPost;

#[async_trait]
impl Connector for ThailandPost {
    fn spec(&self) -> ConnectorSpec {
        let spec = ConnectorSpec::new(COURIER, Purpose::Courier, "Thailand Post", "ไปรษณีย์ไทย")
            .about(
                "Parcels with Thailand Post: told of and labelled over e-Parcel, followed over its tracking service.",
                "พัสดุกับไปรษณีย์ไทย แจ้งฝากและพิมพ์ใบปะหน้าผ่าน e-Parcel ติดตามผ่านบริการ Track & Trace",
            )
            .connection(fields());
        guide(spec)
    }

    /// Only tracking has tokens; a connection for parcels alone needs none.
    fn token_rule(&self, connection: &Connection) -> TokenRule {
        if tracking::has_key(connection) { TokenRule::Keys } else { TokenRule::None }
    }

    async fn tokens(
        &self,
        http: &Http,
        connection: &Connection,
        _grant: &Grant<'_>,
    ) -> Result<Tokens, Error> {
        tracking::tokens(http, connection).await
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        if !tracking::has_key(connection) {
            connection.need("username")?;
            connection.need_secret("password")?;
            return Ok(
                "Complete for parcels; the first one tries the user name. Tracking has no key yet.".into()
            );
        }
        tracking::tokens(http, connection).await?;
        Ok("The tracking key is accepted.".into())
    }
}

pub fn parts() -> Parts {
    Parts::of(ThailandPost)
        .webhook(status_pushed::StatusPushed)
        .action(action!(cancel_shipment))
        .action(action!(create_shipment))
        .action(action!(get_label))
        .action(action!(subscribe))
        .action(action!(track))
}

fn fields() -> Vec<Field> {
    let text = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Text, en, th);
    let url = |name: &str, en: &str, th: &str, usual: &str| {
        Field::new(name, FieldKind::Url, en, th).default(usual).example(usual).advanced()
    };
    vec![
        Field::new("tracking_key", FieldKind::Secret, "Tracking key", "คีย์สำหรับติดตามพัสดุ").about(
            "The token of your account at track.thailandpost.co.th; for Track, pushes and nothing else.",
            "โทเคนของบัญชีที่ track.thailandpost.co.th ใช้ติดตามพัสดุและรับสถานะเท่านั้น",
        ),
        Field::new("push_key", FieldKind::Secret, "Key for pushes", "คีย์สำหรับรับสถานะ").about(
            "What you set at Thailand Post as the bearer of its pushes.",
            "ค่าที่ตั้งไว้กับไปรษณีย์ไทยเป็น bearer ของการส่งสถานะ",
        ),
        text("username", "e-Parcel user name", "ชื่อผู้ใช้ e-Parcel")
            .about("For making and cancelling parcels.", "ใช้แจ้งฝากและยกเลิกพัสดุ")
            .at_most(100)
            .example("myshop"),
        Field::new("password", FieldKind::Secret, "e-Parcel password", "รหัสผ่าน e-Parcel")
            .about("Of that user.", "รหัสผ่านของผู้ใช้นั้น"),
        text("merchant_id", "Merchant id", "รหัสร้านค้า")
            .about("As e-Parcel has it.", "ตามที่ลงทะเบียนใน e-Parcel")
            .at_most(50)
            .example("10023"),
        text("store_location", "Store location", "หมายเลขจุดส่ง")
            .about("The number of the place that parcels come from.", "หมายเลขสถานที่ต้นทางของพัสดุ")
            .default("1")
            .at_most(20)
            .example("1"),
        url("eparcel_url", "Address of e-Parcel", "ที่อยู่ e-Parcel", EPARCEL_URL)
            .about("Another one for tests only.", "เปลี่ยนเฉพาะเมื่อทดสอบ"),
        url("tracking_url", "Address of tracking", "ที่อยู่บริการติดตาม", TRACKING_URL)
            .about("Another one for tests only.", "เปลี่ยนเฉพาะเมื่อทดสอบ"),
        url("push_url", "Address for asking for pushes", "ที่อยู่สำหรับขอรับสถานะ", PUSH_URL)
            .about("Another one for tests only.", "เปลี่ยนเฉพาะเมื่อทดสอบ"),
        Field::rate(None),
    ]
}

fn guide(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "For tracking, register at track.thailandpost.co.th, open the developer page and copy the token into Tracking key.",
        "สำหรับการติดตาม สมัครที่ track.thailandpost.co.th เปิดหน้านักพัฒนา แล้วคัดลอกโทเคนมาใส่ในช่องคีย์สำหรับติดตามพัสดุ",
    )
    .step(
        "For pushes, set the address of the trigger Status pushed and a bearer of your own there; enter the same as Key for pushes.",
        "สำหรับการรับสถานะ ตั้งที่อยู่ของตัวเริ่ม \"สถานะพัสดุถูกส่งมา\" และค่า bearer ที่นั่น แล้วใส่ค่าเดียวกันในช่องคีย์สำหรับรับสถานะ",
    )
    .step(
        "For parcels, ask your post office for an e-Parcel contract: it gives a user name, a password and a range of barcodes.",
        "สำหรับการแจ้งฝาก ติดต่อที่ทำการไปรษณีย์เพื่อทำสัญญา e-Parcel จะได้ชื่อผู้ใช้ รหัสผ่าน และช่วงเลขบาร์โค้ด",
    )
    .limit(
        "Tracking has a number of parcels a day, which its answers tell in track_count; 1,500 is common. A question takes 100.",
        "การติดตามจำกัดจำนวนต่อวัน ดูได้ใน track_count โดยทั่วไป 1,500 ครั้ง ถามได้ครั้งละ 100 เลข",
    )
    .quirk(
        "You allot the barcodes: each from your range, once, with its check digit. One that was used already counts as done if \
         it is this parcel's.",
        "ร้านจัดสรรบาร์โค้ดจากช่วงที่ได้รับเอง ใช้ครั้งเดียวพร้อมเลขตรวจสอบ หากใช้ไปแล้วกับพัสดุเดียวกันถือว่าสำเร็จ",
    )
    .quirk(
        "e-Parcel takes no cash on delivery here: a parcel with an amount to collect is refused before it is sent.",
        "การแจ้งฝากนี้ไม่รองรับเก็บเงินปลายทาง พัสดุที่มียอดเก็บเงินจะถูกปฏิเสธก่อนส่ง",
    )
    .quirk(
        "A parcel that is delivered after it turned back counts as returned.",
        "พัสดุที่นำจ่ายสำเร็จหลังตีกลับถือว่าส่งคืนแล้ว",
    )
    .quirk(
        "What e-Parcel's answers are called inside, and that pushes are asked for with the tracking token, is not confirmed \
         by documents.",
        "ชื่อฟิลด์ในคำตอบของ e-Parcel และการขอรับสถานะด้วยโทเคนติดตาม ยังไม่มีเอกสารยืนยัน",
    )
}

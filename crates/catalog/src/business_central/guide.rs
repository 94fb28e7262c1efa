//! What people are told and asked when they connect Business Central.

use super::subscription::{CLIENT_STATE, PUBLIC_URL};
use crate::invoice;
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

pub const API_URL: &str = "https://api.businesscentral.dynamics.com";
pub const LOGIN_URL: &str = "https://login.microsoftonline.com";
pub const SCOPE: &str = "https://api.businesscentral.dynamics.com/.default";
pub const ENVIRONMENT: &str = "Production";
/// 6,000 calls in five minutes and five at once for each app; this leaves some of both.
const RATE: Rate = Rate::new(15, Span::from_secs(1), 5);

pub fn spec() -> ConnectorSpec {
    let spec = ConnectorSpec::new("business_central", Purpose::BackOffice, "Business Central", "Business Central")
        .about(
            "Customers, sales orders, stock, prices, invoices, credit memos and shipments in Microsoft Dynamics 365 Business Central.",
            "ลูกค้า คำสั่งขาย สต็อก ราคา ใบแจ้งหนี้ ใบลดหนี้ และการจัดส่งใน Microsoft Dynamics 365 Business Central",
        )
        .connection(fields());
    quirks(steps(spec))
}

fn steps(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "In the Microsoft Entra admin center, open App registrations and register an app for Khlong alone. Copy the directory (tenant) id and \
         the application (client) id.",
        "ใน Microsoft Entra admin center เปิด App registrations แล้วลงทะเบียนแอปสำหรับ Khlong โดยเฉพาะ คัดลอก directory (tenant) id \
         และ application (client) id",
    )
    .step(
        "Under API permissions, add Dynamics 365 Business Central, Application permissions, API.ReadWrite.All, and grant admin consent. Under \
         Certificates & secrets, make a client secret and copy its value; note when it ends.",
        "ที่ API permissions เพิ่ม Dynamics 365 Business Central แบบ Application permissions สิทธิ์ API.ReadWrite.All แล้วกด grant admin \
         consent จากนั้นที่ Certificates & secrets สร้าง client secret แล้วคัดลอกค่า และจดวันหมดอายุไว้",
    )
    .step(
        "In Business Central, open the page Microsoft Entra Applications, make an entry with the client id, give it permission sets such as \
         D365 BUS FULL ACCESS, and set its state to Enabled.",
        "ใน Business Central เปิดหน้า Microsoft Entra Applications เพิ่มรายการด้วย client id กำหนด permission set เช่น D365 BUS FULL ACCESS \
         แล้วตั้งสถานะเป็น Enabled",
    )
    .step(
        "Let the number series of customers allow manual numbers: the shop's number becomes the customer's.",
        "ตั้ง number series ของลูกค้าให้ใส่เลขเองได้ เพราะจะใช้รหัสของร้านเป็นรหัสลูกค้า",
    )
    .step(
        "For an own server instead of the cloud: enter its API address, such as https://host:7048/BC/api/v2.0, a user name and that user's web \
         service access key.",
        "หากใช้เซิร์ฟเวอร์ของตนเองแทนคลาวด์: ใส่ที่อยู่ API เช่น https://host:7048/BC/api/v2.0 ชื่อผู้ใช้ และ web service access key ของผู้ใช้นั้น",
    )
}

fn quirks(spec: ConnectorSpec) -> ConnectorSpec {
    spec.limit(
        "6,000 calls in five minutes and five at once for each app; the answer says how long to wait.",
        "6,000 ครั้งในห้านาที และพร้อมกันห้าครั้งต่อแอป คำตอบจะบอกเวลาที่ต้องรอ",
    )
    .limit(
        "In April and October environments are updated to a new version; calls fail for some tens of minutes then, and are made again.",
        "ทุกเดือนเมษายนและตุลาคมระบบจะอัปเดตรุ่นใหม่ ระหว่างนั้นเรียกไม่ได้หลายสิบนาที Khlong จะเรียกซ้ำเอง",
    )
    .quirk(
        "Hints come half a minute late, not for shipments and stock, and not always for what delegated administrators do; a subscription lives \
         three days and is renewed by itself. Without one, triggers ask now and then.",
        "สัญญาณมาช้าประมาณครึ่งนาที ไม่มีสำหรับการจัดส่งและสต็อก และอาจไม่มาเมื่อผู้ดูแลที่ได้รับมอบสิทธิ์เป็นผู้แก้ไข การสมัครมีอายุสามวันและต่ออายุเอง \
         หากไม่มี ตัวเริ่มจะถามเป็นระยะ",
    )
    .quirk(
        "Whether prices include VAT is the customer's setting and cannot be told with an order: say under Prices of customers which one it is.",
        "ราคารวม VAT หรือไม่เป็นค่าของลูกค้าและระบุกับคำสั่งขายไม่ได้ ให้เลือกที่ ราคาของลูกค้า",
    )
    .quirk(
        "There are no cancelled orders: cancelling deletes the order. Orders that are invoiced in full are gone, too, and are found by their \
         invoice.",
        "ไม่มีสถานะยกเลิก การยกเลิกคือการลบคำสั่งขาย คำสั่งขายที่ออกใบแจ้งหนี้ครบแล้วจะหายไปเช่นกัน และค้นหาได้จากใบแจ้งหนี้",
    )
    .quirk(
        "Stock is told over all locations, without what is reserved. A tracking number has no field in the standard API.",
        "สต็อกแสดงรวมทุกคลังโดยไม่หักที่จองไว้ และ API มาตรฐานไม่มีช่องเลขพัสดุ",
    )
    .quirk(
        "The shop's number is kept as External Document No., which holds 35 characters (not confirmed by the vendor's documentation) and is not \
         unique: let nobody else make orders for the shop by hand.",
        "เลขของร้านเก็บใน External Document No. ซึ่งยาวไม่เกิน 35 ตัวอักษร (ยังไม่ยืนยันจากเอกสารของผู้ให้บริการ) และไม่บังคับให้ไม่ซ้ำ \
         จึงไม่ควรสร้างคำสั่งขายของร้านด้วยมือ",
    )
    .quirk(
        "Posting groups and VAT groups have to be set on customers and items, else an order is made and its invoice refused.",
        "ต้องตั้ง posting group และ VAT group ของลูกค้าและสินค้า มิฉะนั้นสร้างคำสั่งขายได้แต่ออกใบแจ้งหนี้ไม่ได้",
    )
}

fn text(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th)
}

fn fields() -> Vec<Field> {
    let mut fields = vec![
        text("tenant", "Tenant", "Tenant")
            .about(
                "The directory (tenant) id, or the company's domain at Microsoft. Not for an own server.",
                "directory (tenant) id หรือโดเมนของบริษัทที่ Microsoft ไม่ใช้กับเซิร์ฟเวอร์ของตนเอง",
            )
            .example("9c2d5f10-1a2b-4c3d-8e4f-0123456789ab"),
        text(CLIENT_ID, "Client id", "Client id")
            .about("Of the app in Microsoft Entra.", "ของแอปใน Microsoft Entra")
            .example("1f6e0c7a-2b3c-4d5e-9f60-0123456789ab"),
        Field::new(CLIENT_SECRET, FieldKind::Secret, "Client secret", "Client secret").about(
            "The secret's value, not its id. It ends after two years at most.",
            "ค่าของ secret ไม่ใช่ไอดี หมดอายุภายในสองปี",
        ),
        text("environment", "Environment", "Environment")
            .about("Its name in the admin center.", "ชื่อใน admin center")
            .default(ENVIRONMENT)
            .example(ENVIRONMENT),
        text("company", "Company", "บริษัท")
            .about("Its name in Business Central, or its id.", "ชื่อใน Business Central หรือไอดี")
            .required()
            .example("Khlong Tea Co., Ltd."),
        Field::choice(
            "prices",
            &[("net", "Do not include VAT", "ไม่รวม VAT"), ("gross", "Include VAT", "รวม VAT")],
            "Prices of customers",
            "ราคาของลูกค้า",
        )
        .about(
            "As Prices Including VAT is set on the customers that orders are booked to.",
            "ตามค่า Prices Including VAT ของลูกค้าที่ใช้บันทึกคำสั่งขาย",
        )
        .default("net")
        .example("net"),
        text("warehouse", "Usual location", "คลังหลัก")
            .about(
                "The code of the location that goods are sent from, unless a node says otherwise.",
                "รหัสคลัง (location) ที่ใช้ส่งสินค้า เว้นแต่ระบุไว้ในโหนด",
            )
            .example("MAIN"),
    ];
    fields.extend(own_server());
    fields.extend(advanced());
    fields.push(Field::rate(Some(RATE)));
    fields
}

fn own_server() -> Vec<Field> {
    vec![
        Field::new("server", FieldKind::Url, "Own server's API address", "ที่อยู่ API ของเซิร์ฟเวอร์ตนเอง")
            .about(
                "Ends with /api/v2.0. Empty: Microsoft's cloud.",
                "ลงท้ายด้วย /api/v2.0 หากเว้นว่างจะใช้คลาวด์ของ Microsoft",
            )
            .example("https://bc.my-company.co.th:7048/BC/api/v2.0")
            .advanced(),
        text("username", "User name", "ชื่อผู้ใช้")
            .about("Only for an own server.", "ใช้เฉพาะเซิร์ฟเวอร์ของตนเอง")
            .example("KHLONG")
            .advanced(),
        Field::new("access_key", FieldKind::Secret, "Web service access key", "Web service access key")
            .about("Of that user, only for an own server.", "ของผู้ใช้นั้น ใช้เฉพาะเซิร์ฟเวอร์ของตนเอง")
            .advanced(),
    ]
}

fn advanced() -> Vec<Field> {
    vec![
        Field::new(PUBLIC_URL, FieldKind::Url, "Own address", "ที่อยู่ของ Khlong")
            .about(
                "Khlong's address as Business Central calls it. Only where a trigger has a hint path.",
                "ที่อยู่ของ Khlong ที่ Business Central เรียกได้ ใช้เฉพาะเมื่อตัวเริ่มมีพาธรับสัญญาณ",
            )
            .example("https://khlong.example.com")
            .advanced(),
        Field::new(CLIENT_STATE, FieldKind::Secret, "Webhook secret", "รหัสลับเว็บฮุค")
            .about(
                "Any long text of your own; Business Central sends it along with each hint.",
                "ข้อความยาวที่คุณตั้งเอง Business Central จะส่งมาพร้อมสัญญาณทุกครั้ง",
            )
            .advanced(),
        text("currency", "Local currency", "สกุลเงินของบริษัท")
            .about("Orders in it are made without naming a currency.", "คำสั่งขายสกุลนี้ไม่ต้องระบุสกุลเงิน")
            .default("THB")
            .example("THB")
            .advanced(),
        text("vat_rate", "VAT in percent", "อัตรา VAT (%)")
            .about(
                "What the posting groups come to; totals are compared with it.",
                "อัตราตาม posting group ใช้ตรวจยอดรวม",
            )
            .default(invoice::VAT_RATE)
            .example(invoice::VAT_RATE)
            .advanced(),
        text("tax_code", "Tax code", "รหัสภาษี")
            .about(
                "Put onto lines with VAT. Empty: the item's own posting groups decide.",
                "ใช้กับรายการที่มี VAT หากเว้นว่างจะใช้ posting group ของสินค้า",
            )
            .example("VAT7")
            .advanced(),
        text("tax_code_none", "Tax code without VAT", "รหัสภาษีไม่มี VAT")
            .about("Put onto lines that bear no VAT.", "ใช้กับรายการที่ไม่มีภาษีมูลค่าเพิ่ม")
            .example("NOVAT")
            .advanced(),
        Field::new("api_url", FieldKind::Url, "API address", "ที่อยู่ API")
            .about("Only for tests with a stand-in.", "ใช้เมื่อทดสอบกับระบบจำลองเท่านั้น")
            .default(API_URL)
            .example(API_URL)
            .advanced(),
        Field::new("token_url", FieldKind::Url, "Token address", "ที่อยู่ขอโทเคน")
            .about(
                "Only for other clouds than the usual one, and for tests.",
                "ใช้เฉพาะคลาวด์อื่นนอกจากปกติ และเมื่อทดสอบ",
            )
            .example("https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token")
            .advanced(),
    ]
}

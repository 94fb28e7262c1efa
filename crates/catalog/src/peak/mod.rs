//! PEAK: contacts, invoices, receipts and payments.

mod api;
mod create_document;
mod failure;
mod find_invoices;
mod find_products;
mod lookup;
mod record_payment;
mod upsert_contact;
mod void_document;

use async_trait::async_trait;
use connector::action;
use connector::lookup::{Page, Wanted};
use connector::sign_in::{Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

const API_URL: &str = "https://api.peakaccount.com/api/v1";
/// PEAK publishes no limit.
const RATE: Rate = Rate::new(2, Span::from_secs(1), 10);

pub struct Peak;

#[async_trait]
impl Connector for Peak {
    fn spec(&self) -> ConnectorSpec {
        spec()
    }

    fn token_rule(&self, _connection: &Connection) -> TokenRule {
        TokenRule::Keys
    }

    async fn tokens(&self, http: &Http, connection: &Connection, _: &Grant<'_>) -> Result<Tokens, Error> {
        api::client_token(http, connection).await
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let methods = lookup::payment_methods(&api::Api::new(http, connection)?).await?;
        Ok(format!("PEAK, with {} ways to be paid", methods.len()))
    }

    fn lookups(&self) -> Vec<&'static str> {
        vec![lookup::PAYMENT_METHOD]
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    Parts::of(Peak)
        .action(action!(create_document, probe, settle))
        .action(action!(find_invoices))
        .action(action!(find_products))
        .action(action!(record_payment))
        .action(action!(upsert_contact, probe, settle))
        .action(action!(void_document))
}

fn spec() -> ConnectorSpec {
    ConnectorSpec::new("peak", Purpose::Accounting, "PEAK", "PEAK")
        .about(
            "Invoices, receipts, contacts and payments in PEAK, with totals that are right to the satang.",
            "ใบแจ้งหนี้ ใบเสร็จ ผู้ติดต่อ และการรับชำระเงินใน PEAK โดยยอดรวมถูกต้องทุกสตางค์",
        )
        .connection(fields())
        .step(
            "The company needs a PEAK package with API, such as PRO Plus. Ask PEAK at developers.peakaccount.com for a connect id and a \
             connect key.",
            "บริษัทต้องใช้แพ็กเกจ PEAK ที่มี API เช่น PRO Plus ขอ connect id และ connect key จาก PEAK ที่ developers.peakaccount.com",
        )
        .step(
            "In PEAK, open Settings, Connect to other programs, and copy the company's user token.",
            "ใน PEAK เปิด ตั้งค่า > เชื่อมต่อโปรแกรมอื่น แล้วคัดลอก user token ของบริษัท",
        )
        .step(
            "Enter all three here. To try it first, use the address of PEAK's UAT: https://peakengineapidev.azurewebsites.net/api/v1.",
            "ใส่ทั้งสามค่าที่นี่ หากต้องการทดลองก่อน ใช้ที่อยู่ UAT ของ PEAK: https://peakengineapidev.azurewebsites.net/api/v1",
        )
        .limit(
            "The package has a quota of transactions; when it is used up, PEAK refuses until the next period.",
            "แพ็กเกจมีโควตาจำนวนรายการ เมื่อใช้หมด PEAK จะปฏิเสธจนกว่าจะถึงรอบถัดไป",
        )
        .quirk(
            "What PEAK's numbers for vatType and for a contact's type mean is not confirmed by the vendor's documentation; they can be set \
             under More settings. Make one document in UAT and compare its total before going live.",
            "ความหมายของเลข vatType และประเภทผู้ติดต่อของ PEAK ยังไม่ยืนยันจากเอกสารของผู้ให้บริการ ตั้งได้ที่ การตั้งค่าเพิ่มเติม \
             ควรสร้างเอกสารหนึ่งใบใน UAT และตรวจยอดก่อนใช้งานจริง",
        )
        .quirk(
            "The signature's letters and the name of the key's field differ between PEAK's clients (not confirmed by the vendor's \
             documentation); both can be set under More settings.",
            "รูปแบบลายเซ็นและชื่อฟิลด์ของคีย์ต่างกันในแต่ละไคลเอนต์ของ PEAK (ยังไม่ยืนยันจากเอกสารของผู้ให้บริการ) ตั้งได้ที่ การตั้งค่าเพิ่มเติม",
        )
        .quirk(
            "Signed calls carry the time: keep the server's clock right (NTP).",
            "การเรียกมีลายเซ็นตามเวลา เครื่องเซิร์ฟเวอร์ต้องตั้งเวลาให้ตรง (NTP)",
        )
        .quirk(
            "e-Tax invoices are sent from PEAK itself, where they are set up; what is made here is what it sends.",
            "e-Tax Invoice ส่งจาก PEAK เองตามที่ตั้งค่าไว้ โดยใช้เอกสารที่สร้างจากที่นี่",
        )
}

fn secret(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Secret, en, th)
}

fn vat_type(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th).advanced()
}

fn fields() -> Vec<Field> {
    vec![
        secret("connect_id", "Connect id", "Connect id")
            .about(
                "The program's name at PEAK; calls are signed with it.",
                "รหัสของโปรแกรมที่ PEAK ใช้ลงลายเซ็นการเรียก",
            )
            .required(),
        secret("connect_key", "Connect key", "Connect key")
            .about("The program's password at PEAK.", "รหัสผ่านของโปรแกรมที่ PEAK")
            .required(),
        secret("user_token", "User token", "User token")
            .about("The company's, from its settings in PEAK.", "ของบริษัท จากการตั้งค่าใน PEAK")
            .required(),
        Field::new("application_code", FieldKind::Text, "Application code", "Application code")
            .about("Only where PEAK gave one.", "เฉพาะกรณีที่ PEAK ให้มา")
            .example("KHLONG")
            .advanced(),
        Field::choice(
            "signature",
            &[("hex", "Hexadecimal", "เลขฐานสิบหก"), ("base64", "Base64", "Base64")],
            "Signature",
            "ลายเซ็น",
        )
        .about("How the signature is written.", "รูปแบบการเขียนลายเซ็น")
        .default("hex")
        .example("hex")
        .advanced(),
        Field::choice(
            "key_name",
            &[("password", "password", "password"), ("connectKey", "connectKey", "connectKey")],
            "Name of the key",
            "ชื่อฟิลด์ของคีย์",
        )
        .about(
            "What PEAK calls the connect key when a token is asked for.",
            "ชื่อที่ PEAK ใช้เรียก connect key เมื่อขอโทเคน",
        )
        .default("password")
        .example("password")
        .advanced(),
        vat_type("vat_type_on_top", "vatType, VAT on top", "vatType แบบแยก VAT")
            .about("For prices without VAT.", "สำหรับราคาที่ยังไม่รวม VAT")
            .default("1")
            .example("1"),
        vat_type("vat_type_inside", "vatType, VAT inside", "vatType แบบรวม VAT")
            .about("For prices with VAT.", "สำหรับราคาที่รวม VAT แล้ว")
            .default("3")
            .example("3"),
        vat_type("vat_type_none", "vatType, no VAT", "vatType แบบไม่มี VAT")
            .about("For lines without VAT; ask PEAK.", "สำหรับรายการที่ไม่มี VAT สอบถามจาก PEAK")
            .example("2"),
        vat_type("type_person", "Contact type, person", "ประเภทผู้ติดต่อ บุคคล")
            .about("PEAK's number for a person.", "เลขของ PEAK สำหรับบุคคลธรรมดา")
            .default("0")
            .example("0"),
        vat_type("type_company", "Contact type, company", "ประเภทผู้ติดต่อ นิติบุคคล")
            .about("PEAK's number for a company.", "เลขของ PEAK สำหรับนิติบุคคล")
            .default("1")
            .example("1"),
        vat_type("vat_rate", "VAT in percent", "อัตรา VAT (%)")
            .about(
                "The rate of today's law; it is renewed by decree from year to year.",
                "อัตราตามกฎหมายปัจจุบัน ซึ่งต่ออายุเป็นรายปี",
            )
            .default("7")
            .example("7"),
        vat_type("code_prefix", "Codes begin with", "คำขึ้นต้นของรหัส")
            .about("Stands before the shop's number in a document's code.", "นำหน้าเลขอ้างอิงของร้านในรหัสเอกสาร")
            .default("KHL-")
            .example("KHL-"),
        Field::new("api_url", FieldKind::Url, "API address", "ที่อยู่ API")
            .about("PEAK's own, or that of its UAT.", "ที่อยู่จริงของ PEAK หรือ UAT")
            .default(API_URL)
            .example(API_URL)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}

fn example_sale() -> serde_json::Value {
    serde_json::json!({
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "prices_include_vat": false, "total": "267.50",
        "lines": [{"sku": "P00003", "name": "ชาเขียว 100 g", "quantity": 1, "price": "250.00"}]
    })
}

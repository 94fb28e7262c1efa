//! FlowAccount: contacts, tax documents and payments, on the API's version 1.

mod api;
mod contact;
mod create_document;
mod document;
mod email_document;
mod failure;
mod find_products;
mod lookup;
mod record_payment;
mod share_document;
mod upsert_contact;
mod void_document;

use async_trait::async_trait;
use connector::action;
use connector::lookup::{Page, Wanted};
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET, OAuth2};
use connector::sign_in::{Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};
use serde_json::Value;

const API_URL: &str = "https://openapi.flowaccount.com/v1";
/// FlowAccount publishes no limit; this is what a person could do by hand, and a little more.
const RATE: Rate = Rate::new(2, Span::from_secs(1), 10);

pub struct FlowAccount;

#[async_trait]
impl Connector for FlowAccount {
    fn spec(&self) -> ConnectorSpec {
        spec()
    }

    fn token_rule(&self, _connection: &Connection) -> TokenRule {
        TokenRule::Keys
    }

    async fn tokens(&self, http: &Http, connection: &Connection, _: &Grant<'_>) -> Result<Tokens, Error> {
        let url = format!("{}/token", api::base(connection));
        // Tokens of this kind are not renewed: the keys get another one.
        OAuth2::new("", &url, "flowaccount-api").tokens(http, connection, &Grant::Keys).await
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let data = api::Api::new(http, connection)?.get(&["company", "info"], &[]).await?;
        let name = |field: &str| data.get(field).and_then(Value::as_str).filter(|name| !name.is_empty());
        let name = name("companyName").or_else(|| name("companyNameLocal")).or_else(|| name("name"));
        Ok(name.unwrap_or("FlowAccount").to_owned())
    }

    fn lookups(&self) -> Vec<&'static str> {
        vec![lookup::BANK_ACCOUNT]
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    Parts::of(FlowAccount)
        .action(action!(create_document, probe, settle))
        .action(action!(email_document))
        .action(action!(find_products))
        .action(action!(record_payment, probe, settle))
        .action(action!(share_document))
        .action(action!(upsert_contact, probe, settle))
        .action(action!(void_document))
}

fn spec() -> ConnectorSpec {
    ConnectorSpec::new("flowaccount", Purpose::Accounting, "FlowAccount", "FlowAccount")
        .about(
            "Tax invoices, receipts, contacts and payments in FlowAccount, with totals that are right to the satang.",
            "ใบกำกับภาษี ใบเสร็จ ผู้ติดต่อ และการรับชำระเงินใน FlowAccount โดยยอดรวมถูกต้องทุกสตางค์",
        )
        .connection(fields())
        .step(
            "Ask FlowAccount for API access: in FlowAccount, open Settings, Open API, or write to its support. One key pair \
             belongs to one company.",
            "ขอใช้ API จาก FlowAccount: เปิด ตั้งค่า > Open API ใน FlowAccount หรือติดต่อฝ่ายสนับสนุน คีย์หนึ่งคู่ใช้ได้กับหนึ่งบริษัท",
        )
        .step(
            "Copy client id and client secret into the connection.",
            "คัดลอก client id และ client secret มาใส่ในการเชื่อมต่อ",
        )
        .step(
            "To try it without real documents, enter the sandbox's address https://openapi.flowaccount.com/test with the sandbox's keys.",
            "หากต้องการทดลองโดยไม่สร้างเอกสารจริง ใส่ที่อยู่ sandbox https://openapi.flowaccount.com/test พร้อมคีย์ของ sandbox",
        )
        .limit(
            "FlowAccount publishes no limit on calls; two a second are made unless the rate budget says otherwise.",
            "FlowAccount ไม่ได้ประกาศจำนวนการเรียกสูงสุด จึงเรียกสองครั้งต่อวินาทีเว้นแต่กำหนดงบการเรียกเป็นอย่างอื่น",
        )
        .quirk(
            "Before a document is made, the last 1,000 documents of the same buyer's name are searched for the reference.",
            "ก่อนสร้างเอกสาร จะค้นหาเลขอ้างอิงในเอกสารล่าสุด 1,000 รายการที่มีชื่อผู้ซื้อเดียวกัน",
        )
        .quirk(
            "The name of the schema that comes with a payment, and the column that contacts are searched by, are not confirmed by the vendor's \
             documentation; they can be set under Payment schema and Contact's name column.",
            "ชื่อสคีมาของเอกสารพร้อมรับชำระเงินและคอลัมน์ที่ใช้ค้นหาผู้ติดต่อยังไม่ยืนยันจากเอกสารของผู้ให้บริการ ตั้งได้ที่ \
             สคีมาการชำระเงิน และ คอลัมน์ชื่อผู้ติดต่อ",
        )
        .quirk(
            "A numbered tax document is voided, never deleted. A document made with its payment is paid at once and cannot be changed.",
            "เอกสารภาษีที่มีเลขที่แล้วให้ยกเลิก (void) ห้ามลบ เอกสารที่สร้างพร้อมรับชำระเงินจะถือว่าชำระแล้วทันทีและแก้ไขไม่ได้",
        )
}

fn fields() -> Vec<Field> {
    vec![
        Field::new(CLIENT_ID, FieldKind::Text, "Client id", "Client id")
            .about("From FlowAccount's Open API settings.", "จากการตั้งค่า Open API ของ FlowAccount")
            .required()
            .example("my-company-client"),
        Field::new(CLIENT_SECRET, FieldKind::Secret, "Client secret", "Client secret")
            .about("Belongs to the client id.", "รหัสลับคู่กับ client id")
            .required(),
        Field::new("vat_rate", FieldKind::Text, "VAT in percent", "อัตรา VAT (%)")
            .about(
                "The rate of today's law; it is renewed by decree from year to year.",
                "อัตราตามกฎหมายปัจจุบัน ซึ่งต่ออายุด้วยพระราชกฤษฎีกาเป็นรายปี",
            )
            .default("7")
            .example("7")
            .advanced(),
        Field::new("api_url", FieldKind::Url, "API address", "ที่อยู่ API")
            .about(
                "FlowAccount's own, or that of its sandbox: https://openapi.flowaccount.com/test.",
                "ที่อยู่จริงของ FlowAccount หรือ sandbox: https://openapi.flowaccount.com/test",
            )
            .default(API_URL)
            .example(API_URL)
            .advanced(),
        Field::new("payment_schema", FieldKind::Text, "Payment schema", "สคีมาการชำระเงิน")
            .about(
                "The beginning of the schema's name for documents with payment; the means of payment follows.",
                "คำขึ้นต้นของชื่อสคีมาสำหรับเอกสารพร้อมรับชำระเงิน ตามด้วยวิธีชำระเงิน",
            )
            .default(create_document::PAYMENT_SCHEMA)
            .example(create_document::PAYMENT_SCHEMA)
            .advanced(),
        Field::new("contact_column", FieldKind::Text, "Contact's name column", "คอลัมน์ชื่อผู้ติดต่อ")
            .about(
                "What FlowAccount's list of contacts is searched by.",
                "คอลัมน์ที่ใช้ค้นหาในรายการผู้ติดต่อของ FlowAccount",
            )
            .default(upsert_contact::NAME_COLUMN)
            .example(upsert_contact::NAME_COLUMN)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}

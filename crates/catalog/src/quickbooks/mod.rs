//! QuickBooks Online: customers, sales documents, payments, items.

mod api;
mod changed;
mod create_sale;
mod failure;
mod find_items;
mod record_payment;
mod upsert_customer;

use async_trait::async_trait;
use connector::action;
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET, OAuth2};
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};
use serde_json::Value;
use url::Url;

const API_URL: &str = "https://quickbooks.api.intuit.com";
const AUTHORIZE_URL: &str = "https://appcenter.intuit.com/connect/oauth2";
const TOKEN_URL: &str = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer";
const SCOPE: &str = "com.intuit.quickbooks.accounting";
/// 500 calls a minute for each company.
const RATE: Rate = Rate::new(500, Span::from_secs(60), 10);

pub struct QuickBooks;

#[async_trait]
impl Connector for QuickBooks {
    fn spec(&self) -> ConnectorSpec {
        spec()
    }

    fn token_rule(&self, _connection: &Connection) -> TokenRule {
        TokenRule::Consent
    }

    fn consent_url(&self, connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
        OAuth2::new(AUTHORIZE_URL, TOKEN_URL, SCOPE).consent_url(connection, consent)
    }

    /// The company's number comes back in the address of the sign-in, not with the tokens.
    async fn tokens(&self, http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
        let url = connection.text("token_url").unwrap_or(TOKEN_URL);
        let oauth = OAuth2 { basic: true, ..OAuth2::new(AUTHORIZE_URL, url, "") };
        let realm = match grant {
            Grant::Code(back) => {
                Some(back.query.get("realmId").filter(|realm| !realm.is_empty()).ok_or_else(|| {
                    Error::Connection {
                        message: "the sign-in did not say which company it is for".into(),
                        advice: "Sign in again and choose the company.".into(),
                    }
                })?)
            }
            Grant::Keys | Grant::Refresh(_) => None,
        };
        let mut tokens = oauth.tokens(http, connection, grant).await?;
        tokens.facts.extend(realm.map(|realm| (api::REALM.into(), Value::from(realm.as_str()))));
        Ok(tokens)
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let found = api::Api::new(http, connection)?.query("select CompanyName from CompanyInfo").await?;
        let name = found.pointer("/CompanyInfo/0/CompanyName").and_then(Value::as_str);
        Ok(name.unwrap_or("QuickBooks").to_owned())
    }
}

pub fn parts() -> Parts {
    Parts::of(QuickBooks)
        .action(action!(create_sale))
        .action(action!(find_items))
        .action(action!(record_payment))
        .action(action!(upsert_customer))
        .poll(changed::CUSTOMERS)
        .poll(changed::INVOICES)
        .poll(changed::ITEMS)
}

fn spec() -> ConnectorSpec {
    ConnectorSpec::new("quickbooks", Purpose::Accounting, "QuickBooks Online", "QuickBooks Online")
        .about(
            "Customers, invoices, sales receipts, credit memos, payments and items in QuickBooks Online.",
            "ลูกค้า ใบแจ้งหนี้ ใบเสร็จขายสด ใบลดหนี้ การรับชำระเงิน และสินค้าใน QuickBooks Online",
        )
        .connection(fields())
        .signs_in()
        .step(
            "At developer.intuit.com, make an app for QuickBooks Online Accounting, with the redirect address that the connection's page shows as redirect URI.",
            "ที่ developer.intuit.com สร้างแอปสำหรับ QuickBooks Online Accounting แล้วใส่ที่อยู่ redirect ที่หน้าการเชื่อมต่อแสดงเป็น redirect URI",
        )
        .step(
            "Copy client id and client secret of its production keys into the connection, press Sign in and choose the company.",
            "คัดลอก client id และ client secret ของ production keys มาใส่ กดลงชื่อเข้าใช้แล้วเลือกบริษัท",
        )
        .step(
            "For a sandbox company, use its keys and the address https://sandbox-quickbooks.api.intuit.com.",
            "สำหรับบริษัททดลอง ใช้คีย์ของ sandbox และที่อยู่ https://sandbox-quickbooks.api.intuit.com",
        )
        .step(
            "For changes at once: under Webhooks of the app, enter the trigger's hint path as address, and copy the verifier token here.",
            "หากต้องการทราบการเปลี่ยนแปลงทันที: ที่เมนู Webhooks ของแอป ใส่พาธรับสัญญาณของตัวเริ่ม แล้วคัดลอก verifier token มาใส่",
        )
        .limit("500 calls a minute and 10 a second for each company.", "500 ครั้งต่อนาที และ 10 ครั้งต่อวินาทีต่อบริษัท")
        .quirk(
            "A sign-in that nobody uses for 100 days ends; after five years it ends at the latest.",
            "การเข้าสู่ระบบที่ไม่ได้ใช้ 100 วันจะหมดอายุ และหมดอายุอย่างช้าที่สุดในห้าปี",
        )
        .quirk(
            "Names are unique over customers, vendors and employees: put the shop's number behind the name.",
            "ชื่อต้องไม่ซ้ำกันระหว่างลูกค้า ผู้ขาย และพนักงาน จึงควรต่อท้ายชื่อด้วยรหัสของร้าน",
        )
}

fn advanced(name: &str, en: &str, th: &str, usual: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th).default(usual).example(usual).advanced()
}

fn fields() -> Vec<Field> {
    vec![
        Field::new(CLIENT_ID, FieldKind::Text, "Client id", "Client id")
            .about("Of the app at Intuit.", "ของแอปที่ Intuit")
            .required()
            .example("ABc1dEF2gHiJkLmNoPqRsTuV3wXyZ"),
        Field::new(CLIENT_SECRET, FieldKind::Secret, "Client secret", "Client secret")
            .about("Belongs to the client id.", "รหัสลับคู่กับ client id")
            .required(),
        Field::new("verifier_token", FieldKind::Secret, "Verifier token", "Verifier token")
            .about("Of the app's webhooks; only where they are used.", "ของเว็บฮุคของแอป ใช้เฉพาะเมื่อใช้เว็บฮุค"),
        advanced("item", "Usual item", "สินค้าที่ใช้เป็นค่าเริ่มต้น", "1").about(
            "The id of the item for lines whose SKU QuickBooks does not know.",
            "ไอดีสินค้าสำหรับรายการที่ QuickBooks ไม่รู้จัก SKU",
        ),
        advanced("tax_code", "Tax code", "รหัสภาษี", "5")
            .about("The id of the tax code with 7 %.", "ไอดีรหัสภาษี 7%"),
        advanced("tax_code_none", "Tax code, no VAT", "รหัสภาษี ไม่มี VAT", "NON")
            .about("The id of the tax code for lines without VAT.", "ไอดีรหัสภาษีของรายการที่ไม่มี VAT"),
        advanced("vat_rate", "VAT in percent", "อัตรา VAT (%)", "7").about(
            "What the tax code stands for; totals are compared with it.",
            "อัตราของรหัสภาษี ใช้ตรวจยอดรวม",
        ),
        Field::new("api_url", FieldKind::Url, "API address", "ที่อยู่ API")
            .about("QuickBooks' own, or that of its sandbox.", "ที่อยู่จริงของ QuickBooks หรือ sandbox")
            .default(API_URL)
            .example(API_URL)
            .advanced(),
        Field::new("token_url", FieldKind::Url, "Token address", "ที่อยู่ขอโทเคน")
            .about("Only for tests with a stand-in.", "ใช้เมื่อทดสอบกับระบบจำลองเท่านั้น")
            .default(TOKEN_URL)
            .example(TOKEN_URL)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}

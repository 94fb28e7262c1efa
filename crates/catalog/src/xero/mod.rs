//! Xero: contacts, invoices, payments and credit notes.

mod api;
mod changed;
mod create_credit_note;
mod create_invoice;
mod failure;
mod record_payment;
mod upsert_contact;

use async_trait::async_trait;
use connector::action;
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET, OAuth2};
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};
use serde_json::Value;
use url::Url;

const API_URL: &str = "https://api.xero.com";
const AUTHORIZE_URL: &str = "https://login.xero.com/identity/connect/authorize";
const TOKEN_URL: &str = "https://identity.xero.com/connect/token";
/// The granular scopes: apps made since 2 March 2026 cannot ask for the broad ones.
const SCOPE: &str =
    "offline_access accounting.invoices accounting.payments accounting.contacts accounting.settings.read";
/// A refresh token that nobody uses for 60 days ends; Xero does not say so in its answers.
const UNUSED_MS: i64 = 60 * 86_400_000;
/// 60 calls a minute and 5 at once for each organisation.
const RATE: Rate = Rate::new(60, Span::from_secs(60), 5);

pub struct Xero;

#[async_trait]
impl Connector for Xero {
    fn spec(&self) -> ConnectorSpec {
        spec()
    }

    fn token_rule(&self, _connection: &Connection) -> TokenRule {
        TokenRule::Consent
    }

    fn consent_url(&self, connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
        let scope = connection.text("scope").unwrap_or(SCOPE);
        OAuth2::new(AUTHORIZE_URL, TOKEN_URL, scope).consent_url(connection, consent)
    }

    /// A person who signs in chooses organisations; which one this connection is for is asked right after.
    async fn tokens(&self, http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
        let url = connection.text("token_url").unwrap_or(TOKEN_URL);
        let oauth = OAuth2 { basic: true, ..OAuth2::new(AUTHORIZE_URL, url, "") };
        let mut tokens = oauth.tokens(http, connection, grant).await?;
        let made_at = tokens.made_at.filter(|_| tokens.refresh.is_some());
        tokens.refresh_expires_at = made_at.map(|at| at.saturating_add(UNUSED_MS));
        if !tokens.facts.contains_key(api::TENANT) {
            let (id, name) = api::tenant(http, connection, &tokens).await?;
            tokens.facts.extend([(api::TENANT.into(), id.into()), ("tenant_name".into(), name.into())]);
        }
        Ok(tokens)
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let found = api::Api::new(http, connection)?.get("Organisation", &[], None).await?;
        let name = found.pointer("/Organisations/0/Name").and_then(Value::as_str);
        Ok(name.unwrap_or("Xero").to_owned())
    }
}

pub fn parts() -> Parts {
    Parts::of(Xero)
        .action(action!(create_credit_note))
        .action(action!(create_invoice))
        .action(action!(record_payment))
        .action(action!(upsert_contact))
        .poll(changed::CONTACTS)
        .poll(changed::INVOICES)
}

fn spec() -> ConnectorSpec {
    ConnectorSpec::new("xero", Purpose::Accounting, "Xero", "Xero")
        .about(
            "Contacts, invoices, payments and credit notes in Xero.",
            "ผู้ติดต่อ ใบแจ้งหนี้ การรับชำระเงิน และใบลดหนี้ใน Xero",
        )
        .connection(fields())
        .signs_in()
        .step(
            "Copy the redirect address that this form shows. At developer.xero.com, make an app of the kind Web app, enter that address as redirect \
             URI, and save it there.",
            "คัดลอกที่อยู่ redirect ที่แสดงในฟอร์มนี้ ที่ developer.xero.com สร้างแอปประเภท Web app ใส่ที่อยู่นั้นเป็น redirect URI แล้วกดบันทึกที่ Xero",
        )
        .step(
            "In the app's configuration, have a client secret made, and copy client id and client secret into the fields here; Xero shows the secret once.",
            "ที่หน้าตั้งค่าของแอป สร้าง client secret แล้วคัดลอก client id และ client secret มาใส่ในฟอร์มนี้ Xero แสดง client secret เพียงครั้งเดียว",
        )
        .step(
            "If you work with several organisations, write the name of the one that is meant under Organisation.",
            "หากคุณมีหลายองค์กร ให้ใส่ชื่อองค์กรที่ต้องการในช่ององค์กร",
        )
        .step(
            "Press \"Save and sign in\" here, then \"Sign in\". On Xero's page choose the organisation and allow access; it leads back here.",
            "กด \"บันทึกและลงชื่อเข้าใช้\" ในฟอร์มนี้ แล้วกด \"ลงชื่อเข้าใช้\" ที่หน้าของ Xero เลือกองค์กรและกดอนุญาต แล้วจะกลับมาที่นี่",
        )
        .step(
            "For changes at once, later: give the flow's trigger a hint path and publish the flow. Under Webhooks of the app at Xero, enter Khlong's \
             address, /hooks/ and that path, and save. Copy the webhook key into this connection and press Save here. Then let Xero check the address \
             (Intent to receive).",
            "หากต้องการทราบการเปลี่ยนแปลงทันที ทำภายหลังได้: ใส่พาธรับสัญญาณที่ตัวเริ่มแล้วเผยแพร่โฟลว์ ที่เมนู Webhooks ของแอปใน Xero \
             ใส่ที่อยู่ของ Khlong ตามด้วย /hooks/ และพาธนั้น แล้วกดบันทึก คัดลอก webhook key มาใส่ในการเชื่อมต่อนี้แล้วกดบันทึกที่นี่ \
             จากนั้นให้ Xero ตรวจที่อยู่ (Intent to receive)",
        )
        .limit(
            "60 calls a minute, 5 at once and some thousands a day for each organisation.",
            "60 ครั้งต่อนาที พร้อมกันได้ 5 ครั้ง และหลายพันครั้งต่อวันต่อองค์กร",
        )
        .quirk(
            "Xero has no Thai edition: use the global one with an own tax rate of 7 % (not confirmed by the vendor's documentation; the \
             names of tax types can be set under Tax type).",
            "Xero ไม่มีรุ่นสำหรับประเทศไทย ให้ใช้รุ่น global พร้อมอัตราภาษี 7% ที่สร้างเอง (ยังไม่ยืนยันจากเอกสารของผู้ให้บริการ \
             ตั้งชื่อประเภทภาษีได้ที่ ประเภทภาษี)",
        )
        .quirk(
            "A sign-in that nobody uses for 60 days ends; then somebody signs in again.",
            "การเข้าสู่ระบบที่ไม่ได้ใช้ 60 วันจะหมดอายุ ต้องเข้าสู่ระบบใหม่",
        )
}

fn advanced(name: &str, en: &str, th: &str, usual: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th).default(usual).example(usual).advanced()
}

fn fields() -> Vec<Field> {
    vec![
        Field::new(CLIENT_ID, FieldKind::Text, "Client id", "Client id")
            .about("Of the app at Xero.", "ของแอปที่ Xero")
            .required()
            .example("8F2A4C6E0B1D4F7A9C3E5B7D1F0A2C4E"),
        Field::new(CLIENT_SECRET, FieldKind::Secret, "Client secret", "Client secret")
            .about("Belongs to the client id.", "รหัสลับคู่กับ client id")
            .required(),
        Field::new("organisation", FieldKind::Text, "Organisation", "องค์กร")
            .about("Its name, where the sign-in opens several.", "ชื่อองค์กร หากเข้าสู่ระบบได้หลายองค์กร")
            .example("Tea Shop Co., Ltd."),
        Field::new("webhook_key", FieldKind::Secret, "Webhook key", "Webhook key")
            .about("Of the app; only where webhooks are used.", "ของแอป ใช้เฉพาะเมื่อใช้เว็บฮุค"),
        advanced("account", "Sales account", "บัญชีรายได้", "200")
            .about("The code of the account that sales are booked to.", "รหัสบัญชีที่ใช้บันทึกรายได้"),
        advanced("tax_type", "Tax type", "ประเภทภาษี", "OUTPUT")
            .about("Xero's name of the tax with 7 %.", "ชื่อประเภทภาษี 7% ใน Xero"),
        advanced("tax_type_none", "Tax type, no VAT", "ประเภทภาษี ไม่มี VAT", "NONE")
            .about("Xero's name for lines without VAT.", "ชื่อประเภทภาษีของรายการที่ไม่มี VAT"),
        advanced("vat_rate", "VAT in percent", "อัตรา VAT (%)", "7").about(
            "What the tax type stands for; totals are compared with it.",
            "อัตราของประเภทภาษี ใช้ตรวจยอดรวม",
        ),
        advanced("scope", "Scopes", "สิทธิ์", SCOPE)
            .about("What is asked for when somebody signs in.", "สิทธิ์ที่ขอเมื่อเข้าสู่ระบบ"),
        Field::new("api_url", FieldKind::Url, "API address", "ที่อยู่ API")
            .about("Only for tests with a stand-in.", "ใช้เมื่อทดสอบกับระบบจำลองเท่านั้น")
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

//! HubSpot: contacts, deals, and what changes about them.

mod api;
mod associate;
mod changed;
mod failure;
mod find_contacts;
mod signatures;
mod upsert;
mod upsert_contact;
mod upsert_deal;

use async_trait::async_trait;
use connector::action;
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET, OAuth2};
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};
use secrecy::ExposeSecret;
use serde_json::Value;
use url::Url;

const API_URL: &str = "https://api.hubapi.com";
const AUTHORIZE_URL: &str = "https://app.hubspot.com/oauth/authorize";
const VERSION: &str = "2026-03";
const SCOPE: &str = "oauth crm.objects.contacts.read crm.objects.contacts.write crm.objects.deals.read crm.objects.deals.write";
const TOKEN: &str = "token";
/// What the smallest plan grants a private app: 100 calls in 10 seconds.
const RATE: Rate = Rate::new(10, Span::from_secs(1), 50);

pub struct HubSpot;

#[async_trait]
impl Connector for HubSpot {
    fn spec(&self) -> ConnectorSpec {
        spec()
    }

    /// A private app's token is good for ever; without one somebody signs in.
    fn token_rule(&self, connection: &Connection) -> TokenRule {
        if has_token(connection) { TokenRule::None } else { TokenRule::Consent }
    }

    fn consent_url(&self, connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
        OAuth2::new(AUTHORIZE_URL, "", SCOPE).consent_url(connection, consent)
    }

    async fn tokens(&self, http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
        let url = format!("{}/oauth/v1/token", api::base(connection));
        OAuth2::new(AUTHORIZE_URL, &url, SCOPE).tokens(http, connection, grant).await
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let details = api::Api::new(http, connection).get(&["account-info", "v3", "details"]).await?;
        match details.get("portalId").and_then(Value::as_u64) {
            Some(portal) => Ok(format!("HubSpot account {portal}")),
            None => {
                let message = "the answer names no account".into();
                Err(Error::Unreadable { host: "HubSpot".into(), message })
            }
        }
    }
}

fn has_token(connection: &Connection) -> bool {
    connection.secret(TOKEN).is_some_and(|token| !token.expose_secret().is_empty())
}

pub fn parts() -> Parts {
    Parts::of(HubSpot)
        .action(action!(associate))
        .action(action!(find_contacts))
        .action(action!(upsert_contact))
        .action(action!(upsert_deal))
        .poll(changed::CONTACTS)
        .poll(changed::DEALS)
}

fn spec() -> ConnectorSpec {
    ConnectorSpec::new("hubspot", Purpose::Crm, "HubSpot", "HubSpot")
        .about(
            "Contacts and deals in HubSpot: made, updated and watched for changes.",
            "ผู้ติดต่อและดีลใน HubSpot: สร้าง อัปเดต และติดตามการเปลี่ยนแปลง",
        )
        .connection(fields())
        .signs_in()
        .step(
            "In HubSpot, open Settings, Integrations, Private Apps, and make one with the scopes crm.objects.contacts and \
             crm.objects.deals, read and write.",
            "ใน HubSpot เปิด Settings > Integrations > Private Apps แล้วสร้างแอปที่มีสิทธิ์ crm.objects.contacts และ \
             crm.objects.deals ทั้ง read และ write",
        )
        .step(
            "Copy the app's access token into the connection. With an OAuth app instead, enter its client id and secret and press Sign in.",
            "คัดลอก access token ของแอปมาใส่ หากใช้แอปแบบ OAuth ให้ใส่ client id และ client secret แล้วกดลงชื่อเข้าใช้",
        )
        .step(
            "Make a contact property such as khlong_external_id with unique values, for the shop's number of the customer.",
            "สร้าง property ของ contact เช่น khlong_external_id ที่มีค่าไม่ซ้ำ สำหรับเก็บรหัสลูกค้าของร้าน",
        )
        .step(
            "For changes at once: enter the app's client secret, and let the app's webhooks send to the trigger's hint path.",
            "หากต้องการทราบการเปลี่ยนแปลงทันที: ใส่ client secret ของแอป และตั้งเว็บฮุคของแอปให้ส่งมาที่พาธรับสัญญาณของตัวเริ่ม",
        )
        .limit(
            "100 calls in 10 seconds on the smallest plans, and 250,000 a day; searches about 4 a second.",
            "แพ็กเกจเล็กสุดเรียกได้ 100 ครั้งใน 10 วินาที และ 250,000 ครั้งต่อวัน การค้นหาได้ราว 4 ครั้งต่อวินาที",
        )
        .quirk(
            "The search shows a change some seconds after it was made; each look begins a minute earlier than the last one ended.",
            "การค้นหาแสดงการเปลี่ยนแปลงช้าไปไม่กี่วินาที แต่ละครั้งจึงเริ่มย้อนหลังหนึ่งนาที",
        )
        .quirk(
            "An update by e-mail wants the whole contact (not confirmed by the vendor's documentation); an own unique property is better.",
            "การอัปเดตด้วยอีเมลต้องส่งข้อมูลครบ (ยังไม่ยืนยันจากเอกสารของผู้ให้บริการ) ควรใช้ property ของตนเองที่มีค่าไม่ซ้ำ",
        )
}

fn fields() -> Vec<Field> {
    vec![
        Field::new(TOKEN, FieldKind::Secret, "Private app's token", "โทเคนของ private app")
            .about("Empty where somebody signs in.", "เว้นว่างหากใช้การเข้าสู่ระบบ"),
        Field::new(CLIENT_ID, FieldKind::Text, "Client id", "Client id")
            .about("Of an OAuth app.", "ของแอปแบบ OAuth")
            .example("7e0f6a4e-0000-4000-8000-5a4f2c1b0d9e"),
        Field::new(CLIENT_SECRET, FieldKind::Secret, "Client secret", "Client secret")
            .about("Of the app; webhooks are checked with it, too.", "ของแอป ใช้ตรวจสอบเว็บฮุคด้วย"),
        Field::new("id_property", FieldKind::Text, "Unique property", "property ที่ไม่ซ้ำ")
            .about(
                "The property that a contact or deal is found again by.",
                "property ที่ใช้ค้นหาผู้ติดต่อหรือดีลเดิม",
            )
            .default("khlong_external_id")
            .example("khlong_external_id"),
        Field::new("public_url", FieldKind::Url, "Own address", "ที่อยู่ของ Khlong")
            .about(
                "Khlong's address as HubSpot calls it: its signature covers it. Empty: what the request says.",
                "ที่อยู่ของ Khlong ที่ HubSpot เรียก ลายเซ็นครอบคลุมค่านี้ หากเว้นว่างจะใช้ตามคำขอ",
            )
            .example("https://khlong.example.com")
            .advanced(),
        Field::new("version", FieldKind::Text, "API version", "รุ่นของ API")
            .about("The date in the paths of HubSpot's API.", "วันที่ในพาธของ API ของ HubSpot")
            .default(VERSION)
            .example(VERSION)
            .advanced(),
        Field::new("api_url", FieldKind::Url, "API address", "ที่อยู่ API")
            .about("Only for tests with a stand-in.", "ใช้เมื่อทดสอบกับระบบจำลองเท่านั้น")
            .default(API_URL)
            .example(API_URL)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}

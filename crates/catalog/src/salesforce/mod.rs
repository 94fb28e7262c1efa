//! Salesforce: records by external id, and what changes about them.

mod api;
mod assertion;
mod failure;
mod find_records;
mod records_changed;
mod soql;
mod upsert_record;
mod upsert_records;

use async_trait::async_trait;
use connector::action;
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET, OAuth2};
use connector::sign_in::{Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};
use secrecy::ExposeSecret;

const VERSION: &str = "v67.0";
const EXTERNAL_FIELD: &str = "Khlong_Id__c";
/// A day's calls depend on the edition; this keeps far below what is allowed at once.
const RATE: Rate = Rate::new(5, Span::from_secs(1), 20);

pub struct Salesforce;

#[async_trait]
impl Connector for Salesforce {
    fn spec(&self) -> ConnectorSpec {
        spec()
    }

    fn token_rule(&self, _connection: &Connection) -> TokenRule {
        TokenRule::Keys
    }

    /// The answer does not say when a token ends: it is used until Salesforce refuses it.
    async fn tokens(&self, http: &Http, connection: &Connection, _: &Grant<'_>) -> Result<Tokens, Error> {
        let url = format!("{}/services/oauth2/token", connection.need("domain")?.trim_end_matches('/'));
        let facts: &[&str] = &["instance_url"];
        let key = connection.secret(assertion::PRIVATE_KEY).filter(|key| !key.expose_secret().is_empty());
        match key {
            Some(key) => assertion::exchange(http, connection, &url, key).await,
            None => {
                OAuth2 { facts, ..OAuth2::new("", &url, "") }.tokens(http, connection, &Grant::Keys).await
            }
        }
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let rows =
            api::Api::new(http, connection)?.query("SELECT Name FROM Organization LIMIT 1", false).await?;
        let name = rows.first().and_then(|row| row.get("Name")?.as_str());
        Ok(name.unwrap_or("Salesforce").to_owned())
    }
}

pub fn parts() -> Parts {
    Parts::of(Salesforce)
        .action(action!(find_records))
        .action(action!(upsert_record))
        .action(action!(upsert_records))
        .poll(records_changed::RecordsChanged)
}

fn spec() -> ConnectorSpec {
    ConnectorSpec::new("salesforce", Purpose::Crm, "Salesforce", "Salesforce")
        .about(
            "Contacts, accounts, orders and other records in Salesforce: made, updated and watched for changes.",
            "ผู้ติดต่อ บัญชีลูกค้า คำสั่งซื้อ และข้อมูลอื่นใน Salesforce: สร้าง อัปเดต และติดตามการเปลี่ยนแปลง",
        )
        .connection(fields())
        .step(
            "In Salesforce Setup, open External Client App Manager and make an app with OAuth, the scope api and the client credentials flow. \
             Set the user that it runs as.",
            "ใน Salesforce Setup เปิด External Client App Manager สร้างแอปที่เปิด OAuth มี scope api และใช้ client credentials flow \
             แล้วกำหนดผู้ใช้ที่แอปทำงานแทน",
        )
        .step(
            "Copy the app's consumer key and consumer secret, and your My Domain address, into the connection.",
            "คัดลอก consumer key และ consumer secret ของแอป และที่อยู่ My Domain มาใส่ในการเชื่อมต่อ",
        )
        .step(
            "On each object that is written, make a text field Khlong_Id with the boxes External ID and Unique checked.",
            "ในแต่ละอ็อบเจกต์ที่จะเขียน สร้างฟิลด์ข้อความ Khlong_Id โดยเลือก External ID และ Unique",
        )
        .limit(
            "Calls a day depend on the edition and the licences; when they are used up, steps wait by the hour.",
            "จำนวนการเรียกต่อวันขึ้นกับรุ่นและไลเซนส์ เมื่อใช้หมดขั้นตอนจะรอเป็นรายชั่วโมง",
        )
        .quirk(
            "Connected apps of the old kind can no longer be made; user name and password sign-ins are being retired.",
            "สร้าง connected app แบบเดิมไม่ได้แล้ว และการเข้าสู่ระบบด้วยชื่อผู้ใช้และรหัสผ่านกำลังถูกยกเลิก",
        )
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("domain", FieldKind::Url, "My Domain address", "ที่อยู่ My Domain")
            .about("Where Salesforce is opened, without a path.", "ที่อยู่ที่ใช้เปิด Salesforce ไม่รวมพาธ")
            .required()
            .example("https://my-company.my.salesforce.com"),
        Field::new(CLIENT_ID, FieldKind::Text, "Consumer key", "Consumer key")
            .about("Of the external client app.", "ของ external client app")
            .required()
            .example("3MVG9lKcPoNINVBIPJjdw1J9LLM82Hn"),
        Field::new(CLIENT_SECRET, FieldKind::Secret, "Consumer secret", "Consumer secret")
            .about(
                "Belongs to the consumer key. Empty where a private key is used.",
                "รหัสลับคู่กับ consumer key เว้นว่างหากใช้ private key",
            ),
        Field::new(assertion::PRIVATE_KEY, FieldKind::Secret, "Private key", "Private key")
            .about(
                "In place of the secret: the RSA key (PEM) whose certificate the app holds (JWT bearer flow).",
                "ใช้แทนรหัสลับ: คีย์ RSA (PEM) ของใบรับรองที่อัปโหลดในแอป (JWT bearer flow)",
            )
            .advanced(),
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about("With a private key: the user that the app works as.", "ใช้กับ private key: ผู้ใช้ที่แอปทำงานแทน")
            .example("khlong@my-company.com")
            .advanced(),
        Field::new("audience", FieldKind::Url, "Audience", "ผู้รับคำขอ")
            .about(
                "With a private key: Salesforce's sign-in, or https://test.salesforce.com for a sandbox.",
                "ใช้กับ private key: ที่อยู่เข้าสู่ระบบของ Salesforce หรือ https://test.salesforce.com สำหรับ sandbox",
            )
            .default(assertion::AUDIENCE)
            .example(assertion::AUDIENCE)
            .advanced(),
        Field::new("external_field", FieldKind::Text, "External id field", "ฟิลด์ external id")
            .about(
                "The field that holds the shop's number; External ID and Unique.",
                "ฟิลด์ที่เก็บรหัสของร้าน เป็น External ID และ Unique",
            )
            .default(EXTERNAL_FIELD)
            .example(EXTERNAL_FIELD),
        Field::new("version", FieldKind::Text, "API version", "รุ่นของ API")
            .about("In the paths of Salesforce's API.", "รุ่นที่ใช้ในพาธของ API")
            .default(VERSION)
            .example(VERSION)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}

//! LINE Messaging API: messages from a LINE Official Account, and what people write to it.

mod api;
mod event_received;
mod failure;
mod get_profile;
mod messages;
mod multicast;
mod push_message;
mod push_to_phone;
mod quota;
mod reply;

use async_trait::async_trait;
use connector::action;
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET, OAuth2};
use connector::sign_in::{Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};
use secrecy::ExposeSecret;
use serde_json::Value;

const API_URL: &str = "https://api.line.me";
const TOKEN: &str = "channel_access_token";
/// What LINE grants each channel for multicast; push may be ten times as often.
const RATE: Rate = Rate::new(200, Span::from_secs(1), 200);

pub struct Line;

#[async_trait]
impl Connector for Line {
    fn spec(&self) -> ConnectorSpec {
        spec()
    }

    /// A long-lived token that was entered is used as it is; else the channel's keys get a stateless one every quarter of an hour.
    fn token_rule(&self, connection: &Connection) -> TokenRule {
        if has_token(connection) { TokenRule::None } else { TokenRule::Keys }
    }

    async fn tokens(
        &self,
        http: &Http,
        connection: &Connection,
        _grant: &Grant<'_>,
    ) -> Result<Tokens, Error> {
        let url = format!("{}/oauth2/v3/token", api::base(connection));
        // A stateless token is not renewed: the keys get another one.
        OAuth2::new("", &url, "").tokens(http, connection, &Grant::Keys).await
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let info: Value = api::Api::new(http, connection).get(&["v2", "bot", "info"]).await?;
        let text = |name: &str| info.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(format!("{} ({})", text("displayName"), text("basicId")))
    }
}

fn has_token(connection: &Connection) -> bool {
    connection.secret(TOKEN).is_some_and(|token| !token.expose_secret().is_empty())
}

pub fn parts() -> Parts {
    Parts::of(Line)
        .action(action!(get_profile))
        .action(action!(multicast))
        .action(action!(push_message))
        .action(action!(push_to_phone))
        .action(action!(quota))
        .action(action!(reply))
        .webhook(event_received::EventReceived)
}

fn spec() -> ConnectorSpec {
    ConnectorSpec::new("line", Purpose::Message, "LINE Official Account", "LINE Official Account")
        .about(
            "Messages from a shop's LINE Official Account to its customers and staff, and what they write back.",
            "ส่งข้อความจาก LINE Official Account ของร้านถึงลูกค้าและพนักงาน และรับข้อความที่ตอบกลับ",
        )
        .connection(fields())
        .step(
            "Sign in at developers.line.biz/console and open the provider of the shop's Official Account. Without a Messaging API \
             channel, switch it on in manager.line.biz under Settings, Messaging API.",
            "เข้าสู่ระบบที่ developers.line.biz/console แล้วเปิด provider ของ Official Account หากยังไม่มี Messaging API channel \
             ให้เปิดใช้ที่ manager.line.biz ในเมนู ตั้งค่า > Messaging API",
        )
        .step(
            "From the channel's tab Basic settings, copy Channel ID and Channel secret into the connection.",
            "จากแท็บ Basic settings ของ channel คัดลอก Channel ID และ Channel secret มาใส่ในการเชื่อมต่อ",
        )
        .step(
            "Optional: on the tab Messaging API, issue a long-lived channel access token and enter it. Without it, Khlong gets \
             short-lived tokens by itself.",
            "ไม่บังคับ: ที่แท็บ Messaging API ออก channel access token แบบระยะยาวแล้วนำมาใส่ หากไม่ใส่ Khlong จะขอโทเคนระยะสั้นเอง",
        )
        .step(
            "For the trigger: on the same tab, enter the trigger's address as Webhook URL, switch on Use webhook and Webhook \
             redelivery, and press Verify.",
            "สำหรับตัวเริ่ม: ที่แท็บเดียวกัน ใส่ที่อยู่ของตัวเริ่มเป็น Webhook URL เปิด Use webhook และ Webhook redelivery แล้วกด Verify",
        )
        .limit(
            "Pushed messages count against the account's monthly quota, once for each recipient; replies do not.",
            "ข้อความที่ push นับรวมในโควตารายเดือนของบัญชีตามจำนวนผู้รับ ส่วนการตอบกลับ (reply) ไม่นับ",
        )
        .quirk(
            "A user id belongs to one provider, and is known only after the person has added the account or signed in with LINE.",
            "user id ใช้ได้เฉพาะใน provider เดียว และทราบได้เมื่อผู้ใช้เพิ่มเพื่อนหรือเข้าสู่ระบบด้วย LINE แล้วเท่านั้น",
        )
        .quirk(
            "LINE accepts a message to somebody who has blocked the account; accepted is not delivered (not confirmed by the vendor's \
             documentation).",
            "LINE รับข้อความที่ส่งถึงผู้ที่บล็อกบัญชีแล้วด้วย การรับไม่ได้แปลว่าส่งถึง (ยังไม่ยืนยันจากเอกสารของผู้ให้บริการ)",
        )
        .quirk(
            "Notices by phone number (LINE notification messages) are for businesses that LINE has approved.",
            "การแจ้งเตือนด้วยหมายเลขโทรศัพท์ (LINE notification messages) ใช้ได้เฉพาะธุรกิจที่ LINE อนุมัติ",
        )
        .quirk(
            "LINE Notify ended on 31 March 2025; notices to staff go through an Official Account, too.",
            "LINE Notify ยุติบริการเมื่อ 31 มีนาคม 2568 การแจ้งเตือนพนักงานจึงต้องส่งผ่าน Official Account เช่นกัน",
        )
}

fn fields() -> Vec<Field> {
    vec![
        Field::new(CLIENT_ID, FieldKind::Text, "Channel ID", "Channel ID")
            .about("From the channel's tab Basic settings.", "จากแท็บ Basic settings ของ channel")
            .example("1234567890"),
        Field::new(CLIENT_SECRET, FieldKind::Secret, "Channel secret", "Channel secret")
            .about(
                "From the channel's tab Basic settings. Webhooks are checked with it.",
                "จากแท็บ Basic settings ของ channel ใช้ตรวจสอบเว็บฮุค",
            )
            .required(),
        Field::new(TOKEN, FieldKind::Secret, "Channel access token", "Channel access token").about(
            "A long-lived one. Empty: Khlong gets short-lived ones with Channel ID and secret.",
            "แบบระยะยาว หากเว้นว่าง Khlong จะขอแบบระยะสั้นด้วย Channel ID และ secret",
        ),
        Field::new("api_url", FieldKind::Url, "API address", "ที่อยู่ API")
            .about("Only for tests with a stand-in.", "ใช้เมื่อทดสอบกับระบบจำลองเท่านั้น")
            .default(API_URL)
            .example(API_URL)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}

//! Slack: messages by an incoming webhook, and slash commands.

mod command_received;
mod failure;
mod post_message;

use async_trait::async_trait;
use connector::action;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

/// Where messages go; whoever knows it may write to the channel.
const WEBHOOK_URL: &str = "webhook_url";
const SIGNING_SECRET: &str = "signing_secret";
/// About one message a second for each webhook, in short bursts a few more.
const RATE: Rate = Rate::new(1, Span::from_secs(1), 5);

pub struct Slack;

#[async_trait]
impl Connector for Slack {
    fn spec(&self) -> ConnectorSpec {
        spec()
    }

    /// Nothing can be asked of an incoming webhook without writing to the channel.
    async fn test(&self, _http: &Http, connection: &Connection) -> Result<String, Error> {
        let url = post_message::address(connection)?;
        Ok(format!(
            "Messages go to {}; the first one shows whether the channel takes them.",
            connector::http::host_of(&url)
        ))
    }
}

pub fn parts() -> Parts {
    Parts::of(Slack).action(action!(post_message)).webhook(command_received::CommandReceived)
}

fn spec() -> ConnectorSpec {
    ConnectorSpec::new("slack", Purpose::Message, "Slack", "Slack")
        .about("Messages to a Slack channel, and slash commands from people.", "ส่งข้อความถึงช่องใน Slack และรับคำสั่ง slash command")
        .connection([
            Field::new(WEBHOOK_URL, FieldKind::Secret, "Webhook URL", "Webhook URL")
                .about(
                    "Of an incoming webhook. It is kept as a secret: whoever has it can write to the channel.",
                    "ของ incoming webhook เก็บเป็นความลับ เพราะผู้ที่มีค่านี้เขียนลงช่องได้",
                )
                .required(),
            Field::new(SIGNING_SECRET, FieldKind::Secret, "Signing secret", "Signing secret")
                .about("Of the app; only for slash commands.", "ของแอป ใช้เฉพาะกับ slash command"),
            Field::rate(Some(RATE)),
        ])
        .step(
            "At api.slack.com/apps, make an app, open Incoming Webhooks, switch them on and press Add New Webhook. Choose the channel.",
            "ที่ api.slack.com/apps สร้างแอป เปิด Incoming Webhooks แล้วกด Add New Webhook และเลือกช่อง",
        )
        .step("Copy the webhook's address into the connection.", "คัดลอกที่อยู่เว็บฮุคมาใส่ในการเชื่อมต่อ")
        .step(
            "For slash commands: copy the signing secret from Basic Information, and make the command with the trigger's address.",
            "สำหรับ slash command: คัดลอก signing secret จาก Basic Information แล้วสร้างคำสั่งด้วยที่อยู่ของตัวเริ่ม",
        )
        .limit("About one message a second for each webhook.", "ราวหนึ่งข้อความต่อวินาทีต่อเว็บฮุค")
        .quirk(
            "Slack takes no key against doubles: after a lost answer a person decides whether to send again.",
            "Slack ไม่มีคีย์กันการส่งซ้ำ หากไม่ได้รับคำตอบจะให้คนตัดสินใจว่าจะส่งอีกหรือไม่",
        )
        .quirk(
            "Channel, name and picture belong to the webhook; a message cannot be changed or deleted through it.",
            "ช่อง ชื่อ และรูปเป็นไปตามเว็บฮุค ข้อความที่ส่งแล้วแก้ไขหรือลบผ่านเว็บฮุคไม่ได้",
        )
}

//! NATS JetStream: messages of a stream by a durable consumer, and messages that a stream has acknowledged.

mod client;
mod publish;
mod received;

use crate::pool::Pool;
use crate::tls;
use async_trait::async_trait;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

struct Nats;

#[async_trait]
impl Connector for Nats {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("nats", Purpose::Queue, "NATS JetStream", "NATS JetStream")
            .about("Messages of NATS JetStream's streams.", "รับและส่งข้อความในสตรีมของ NATS JetStream")
            .connection(fields())
            .step(
                "Ask the administrator of NATS for the host, the port and one of: a user name with a password, a token, or a credentials file.",
                "ขอโฮสต์และพอร์ตจากผู้ดูแล NATS พร้อมข้อมูลยืนยันตัวตนอย่างใดอย่างหนึ่ง คือ ชื่อผู้ใช้กับรหัสผ่าน โทเคน หรือไฟล์ credentials",
            )
            .step(
                "A credentials file is pasted as it is, from -----BEGIN NATS USER JWT----- to the end.",
                "ไฟล์ credentials ให้วางทั้งไฟล์ ตั้งแต่ -----BEGIN NATS USER JWT----- จนจบ",
            )
            .step(
                "Let the user ask JetStream: $JS.API.> to publish, _INBOX.> to subscribe, and the subjects that flows use.",
                "ให้สิทธิ์ผู้ใช้เรียก JetStream คือ publish ที่ $JS.API.> และ subscribe ที่ _INBOX.> รวมถึง subject ที่โฟลว์ใช้",
            )
            .limit(
                "A message has as many bytes as the server allows, 1 MB unless it says otherwise.",
                "ขนาดข้อความเป็นไปตามที่เซิร์ฟเวอร์กำหนด ปกติไม่เกิน 1 MB",
            )
            .quirk(
                "A stream knows a repeat within its duplicate window, two minutes unless it says otherwise. A message sent again later is there twice.",
                "สตรีมจำข้อความซ้ำได้ภายใน duplicate window ปกติสองนาที ข้อความที่ส่งซ้ำหลังจากนั้นจะมีสองครั้ง",
            )
            .quirk(
                "JetStream has no dead letters. Name a subject for them in the trigger, and a stream that keeps it.",
                "JetStream ไม่มีที่เก็บข้อความเสีย ให้ระบุ subject ในตัวเริ่ม และมีสตรีมที่เก็บ subject นั้น",
            )
    }

    fn speaks_http(&self) -> bool {
        false
    }

    async fn test(&self, _http: &Http, connection: &Connection) -> Result<String, Error> {
        client::describe(connection).await
    }
}

pub fn parts() -> Parts {
    Parts::of(Nats).queue(received::Received).action(publish::Publish(Pool::default()))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("host", FieldKind::Text, "Host", "โฮสต์")
            .about("Where NATS is, without nats:// and port.", "ที่อยู่ของ NATS โดยไม่ต้องใส่ nats:// และพอร์ต")
            .required()
            .example("nats.example.com"),
        Field::new("port", FieldKind::Number, "Port", "พอร์ต")
            .about("4222 almost everywhere.", "โดยทั่วไปคือ 4222")
            .at_least(1)
            .at_most(65_535)
            .default(4222)
            .example(4222),
        tls::switch(),
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about("With a user name and a password.", "เมื่อใช้ชื่อผู้ใช้และรหัสผ่าน")
            .example("khlong"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("Belongs to the user name.", "รหัสผ่านที่คู่กับชื่อผู้ใช้"),
        Field::new("token", FieldKind::Secret, "Token", "โทเคน").about("With a token.", "เมื่อใช้โทเคน"),
        Field::new("credentials", FieldKind::Secret, "Credentials file", "ไฟล์ credentials")
            .about("With a JWT and an NKey: the whole file.", "เมื่อใช้ JWT และ NKey ให้วางทั้งไฟล์"),
        tls::authority(),
        Field::rate(None),
    ]
}

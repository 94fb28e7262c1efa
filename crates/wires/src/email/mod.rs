//! E-mail: sent by SMTP, read by IMAP.

mod address;
mod answered;
mod compose;
mod imap;
mod received;
mod send;
mod smtp;
mod view;

use crate::pool::Pool;
use crate::tls;
use async_trait::async_trait;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

struct Email;

#[async_trait]
impl Connector for Email {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("email", Purpose::Message, "E-mail", "อีเมล")
            .about("Mail that is sent by SMTP and read by IMAP.", "ส่งอีเมลผ่าน SMTP และอ่านอีเมลผ่าน IMAP")
            .connection(fields())
            .step(
                "Make a mailbox that only Khlong reads: mail that somebody else has opened counts as read and is not fetched.",
                "สร้างกล่องจดหมายที่มีเพียง Khlong อ่าน อีเมลที่มีคนอื่นเปิดแล้วจะถือว่าอ่านแล้วและจะไม่ถูกดึง",
            )
            .step(
                "With Google and Microsoft 365 an app password is needed: switch on two-step verification for the mailbox, then make an app password under Security.",
                "สำหรับ Google และ Microsoft 365 ต้องใช้รหัสผ่านสำหรับแอป ให้เปิดการยืนยันสองขั้นตอน แล้วสร้างรหัสผ่านสำหรับแอปในเมนูความปลอดภัย",
            )
            .step(
                "Look up the servers in the provider's help: for Gmail smtp.gmail.com, port 587, and imap.gmail.com, port 993.",
                "ดูที่อยู่เซิร์ฟเวอร์ในหน้าช่วยเหลือของผู้ให้บริการ เช่น Gmail ใช้ smtp.gmail.com พอร์ต 587 และ imap.gmail.com พอร์ต 993",
            )
            .limit(
                "Providers bound the mails of a day: about 500 with Gmail, 2,000 with Google Workspace. Not confirmed by the vendors' documentation; set the rate budget as your provider says.",
                "ผู้ให้บริการจำกัดจำนวนอีเมลต่อวัน Gmail ประมาณ 500 ฉบับ Google Workspace ประมาณ 2,000 ฉบับ ตัวเลขนี้ยังไม่ได้ยืนยันจากเอกสาร ให้ตั้งงบการเรียกตามที่ผู้ให้บริการกำหนด",
            )
            .limit("Attachments have 10 MB at most in all.", "ไฟล์แนบรวมกันไม่เกิน 10 MB")
            .quirk(
                "When the connection breaks after a mail was handed over, nobody knows whether it went out. It carries the same Message-ID when it is sent again; most receivers then show one.",
                "หากการเชื่อมต่อขาดหลังส่งมอบอีเมลแล้ว จะไม่มีใครรู้ว่าอีเมลออกไปหรือไม่ เมื่อส่งอีกครั้งจะใช้ Message-ID เดิม ผู้รับส่วนใหญ่จะเห็นเพียงฉบับเดียว",
            )
            .quirk(
                "That a server took a mail does not mean that it arrived: bounces come as mail.",
                "การที่เซิร์ฟเวอร์รับอีเมลไม่ได้แปลว่าส่งถึง หากส่งไม่ถึงจะมีอีเมลตีกลับ",
            )
    }

    fn speaks_http(&self) -> bool {
        false
    }

    async fn test(&self, _http: &Http, connection: &Connection) -> Result<String, Error> {
        let mut found = Vec::new();
        if connection.text("smtp_host").is_some() {
            found.push(smtp::describe(connection).await?);
        }
        if connection.text("imap_host").is_some() {
            found.push(imap::describe(connection).await?);
        }
        match found.is_empty() {
            true => Err(connection.lacks("server for sending or reading")),
            false => Ok(found.join(" ")),
        }
    }
}

pub fn parts() -> Parts {
    Parts::of(Email).queue(received::Received).action(send::Send(Pool::default()))
}

fn security(name: &str, default: &str, en: &str, th: &str) -> Field {
    let options = [
        ("starttls", "STARTTLS", "STARTTLS"),
        ("tls", "TLS from the first byte", "TLS ตั้งแต่เริ่มเชื่อมต่อ"),
        ("none", "Not encrypted", "ไม่เข้ารหัส"),
    ];
    Field::choice(name, &options, en, th)
        .about(
            "How the connection is encrypted. Not at all only inside a network that nobody else is in.",
            "วิธีเข้ารหัสการเชื่อมต่อ เลือกไม่เข้ารหัสได้เฉพาะในเครือข่ายภายในที่ไม่มีผู้อื่นใช้",
        )
        .default(default)
        .example(default)
}

fn port(name: &str, usual: u16, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Number, en, th)
        .about("As the provider says.", "ตามที่ผู้ให้บริการกำหนด")
        .at_least(1)
        .at_most(65_535)
        .default(usual)
        .example(usual)
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("address", FieldKind::Text, "Address", "ที่อยู่อีเมล")
            .about("Mail is sent from this address.", "อีเมลจะส่งจากที่อยู่นี้")
            .required()
            .example("shop@example.com"),
        Field::new("name", FieldKind::Text, "Sender's name", "ชื่อผู้ส่ง")
            .about("What receivers see before the address.", "ชื่อที่ผู้รับเห็นหน้าที่อยู่อีเมล")
            .example("ร้านคลองไทย"),
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about("Empty: the address.", "หากเว้นว่างจะใช้ที่อยู่อีเมล")
            .example("shop@example.com"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("The mailbox's password, or one for apps.", "รหัสผ่านของกล่องจดหมาย หรือรหัสผ่านสำหรับแอป")
            .required(),
        Field::new("smtp_host", FieldKind::Text, "Server for sending", "เซิร์ฟเวอร์ส่งอีเมล")
            .about("Empty: nothing is sent.", "หากเว้นว่างจะไม่ส่งอีเมล")
            .example("smtp.example.com"),
        port("smtp_port", smtp::PORT, "Its port", "พอร์ตส่งอีเมล"),
        security("smtp_security", "starttls", "Its encryption", "การเข้ารหัสเมื่อส่ง"),
        Field::new("imap_host", FieldKind::Text, "Server for reading", "เซิร์ฟเวอร์อ่านอีเมล")
            .about("Empty: nothing is read.", "หากเว้นว่างจะไม่อ่านอีเมล")
            .example("imap.example.com"),
        port("imap_port", imap::PORT, "Its port", "พอร์ตอ่านอีเมล"),
        security("imap_security", "tls", "Its encryption", "การเข้ารหัสเมื่ออ่าน"),
        tls::authority(),
        Field::rate(None),
    ]
}

/// How a connection is encrypted.
#[derive(Clone, Copy, PartialEq)]
enum Security {
    StartTls,
    Tls,
    None,
}

fn security_of(connection: &Connection, field: &str, usual: Security) -> Security {
    match connection.text(field) {
        Some("starttls") => Security::StartTls,
        Some("tls") => Security::Tls,
        Some("none") => Security::None,
        _ => usual,
    }
}

fn user(connection: &Connection) -> Result<&str, Error> {
    connection.text("username").map_or_else(|| connection.need("address"), Ok)
}

//! Fields that the connections and operations of all databases have.

use super::{look_up, times};
use crate::tls;
use connector::{Connection, Error};
use model::{ConnectorSpec, Field, FieldKind};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value, json};

/// Rows that one step writes.
pub const ROWS_MAX: usize = 1_000;

pub fn host(example: &str) -> Field {
    Field::new("host", FieldKind::Text, "Host", "โฮสต์")
        .about("The server's name or address.", "ชื่อหรือที่อยู่ของเซิร์ฟเวอร์ฐานข้อมูล")
        .required()
        .at_most(253)
        .example(example)
}

pub fn port(usual: u16) -> Field {
    Field::new("port", FieldKind::Number, "Port", "พอร์ต")
        .about(
            "The usual one, unless the administrator says otherwise.",
            "ใช้พอร์ตปกติ เว้นแต่ผู้ดูแลระบบแจ้งเป็นอย่างอื่น",
        )
        .at_least(1)
        .at_most(65_535)
        .default(usual)
        .example(usual)
}

pub fn database() -> Field {
    Field::new("database", FieldKind::Text, "Database", "ฐานข้อมูล")
        .about("The database's name on the server.", "ชื่อฐานข้อมูลบนเซิร์ฟเวอร์")
        .required()
        .at_most(128)
        .example("shop")
}

pub fn user() -> Field {
    Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
        .about("A user of the database made for Khlong.", "ผู้ใช้ฐานข้อมูลที่สร้างไว้สำหรับ Khlong")
        .required()
        .at_most(128)
        .example("khlong")
}

pub fn password() -> Field {
    Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
        .about("The user's password.", "รหัสผ่านของผู้ใช้")
        .required()
}

pub const TLS: &str = "tls";

/// How the connection is encrypted, and the authority to trust.
pub fn encryption() -> [Field; 2] {
    let options = [
        ("full", "Encrypted; certificate and name are checked", "เข้ารหัส ตรวจใบรับรองและชื่อเซิร์ฟเวอร์"),
        ("authority", "Encrypted; only the certificate is checked", "เข้ารหัส ตรวจเฉพาะใบรับรอง"),
        ("off", "Not encrypted", "ไม่เข้ารหัส"),
    ];
    let mode = Field::choice(TLS, &options, "TLS", "TLS")
        .about(
            "Not encrypted only inside a network that nobody else is in. Without checking the name: with a certificate authority of your own.",
            "เลือกไม่เข้ารหัสได้เฉพาะในเครือข่ายภายในที่ไม่มีผู้อื่นใช้ การไม่ตรวจชื่อใช้ได้เมื่อระบุผู้ออกใบรับรองของตนเอง",
        )
        .default("full")
        .example("full");
    [mode, tls::authority()]
}

pub fn zone() -> Field {
    Field::new(times::ZONE, FieldKind::TimeZone, "Time zone", "เขตเวลา")
        .about(
            "What columns with a time but without a zone are meant in. A time with an offset is converted to it when it is written.",
            "เขตเวลาของคอลัมน์วันเวลาที่ไม่ได้เก็บเขตเวลา เมื่อเขียนเวลาที่มีออฟเซ็ตจะแปลงเป็นเขตเวลานี้",
        )
        .default("UTC")
        .example("Asia/Bangkok")
        .advanced()
}

pub fn table() -> Field {
    Field::new("table", FieldKind::Record(look_up::TABLE.into()), "Table", "ตาราง")
        .about(
            "The table's name; with its schema as schema.table, and with double quotes around a name that has a dot.",
            "ชื่อตาราง หากอยู่ในสคีมาอื่นให้เขียน schema.table ชื่อที่มีจุดให้ใส่ในเครื่องหมายอัญประกาศคู่",
        )
        .at_most(400)
        .example("orders")
}

pub fn rows() -> Field {
    Field::new("rows", FieldKind::Json, "Rows", "แถวข้อมูล")
        .about(
            "A list of objects whose fields are called like the columns, or one object; 1,000 rows at most. Bytes are written in base64, times in ISO 8601.",
            "รายการออบเจ็กต์ที่ชื่อฟิลด์ตรงกับชื่อคอลัมน์ หรือออบเจ็กต์เดียว ไม่เกิน 1,000 แถว ข้อมูลไบต์เขียนเป็น base64 วันเวลาเขียนแบบ ISO 8601",
        )
        .required()
        .example(json!([{"order_no": "SHOPIFY-1001", "total": "1250.50"}]))
}

pub fn keys() -> Field {
    Field::new("keys", FieldKind::Text, "Key columns", "คอลัมน์คีย์")
        .about("The columns that tell rows apart, with commas between them.", "คอลัมน์ที่ใช้แยกแต่ละแถว คั่นด้วยจุลภาค")
        .at_most(1_000)
        .example("order_no")
}

pub fn sql(about_en: &str, about_th: &str, example: &str) -> Field {
    Field::new("sql", FieldKind::LongText, "SQL", "SQL")
        .about(about_en, about_th)
        .required()
        .at_most(20_000)
        .example(example)
}

pub fn parameters(example: Value) -> Field {
    Field::new("parameters", FieldKind::Json, "Parameters", "พารามิเตอร์")
        .about(
            "Values for :name in the SQL, as an object; or for $1, $2, as a list. They are bound and never become part of the SQL.",
            "ค่าของ :ชื่อ ใน SQL เขียนเป็นออบเจ็กต์ หรือค่าของ $1, $2 เขียนเป็นรายการ ค่าจะถูกผูกแยกต่างหากและไม่กลายเป็นส่วนหนึ่งของ SQL",
        )
        .default(json!({}))
        .example(example)
}

/// Columns, written with commas or as a list.
pub fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(super::name::columns(&text)),
        Value::Array(list) => list
            .iter()
            .map(|name| {
                name.as_str()
                    .map(str::to_owned)
                    .ok_or_else(|| de::Error::custom("a column is named by a text"))
            })
            .collect(),
        _ => Err(de::Error::custom("columns are written with commas between them")),
    }
}

/// One row or many.
pub fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Map<String, Value>>, D::Error> {
    let row = |row| match row {
        Value::Object(row) => Ok(row),
        _ => Err(de::Error::custom("a row is an object whose fields are called like the columns")),
    };
    match Value::deserialize(from)? {
        Value::Array(list) => list.into_iter().map(row).collect(),
        one => Ok(vec![row(one)?]),
    }
}

/// How a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    Full,
    Authority,
    Off,
}

pub fn tls(connection: &Connection) -> Result<Tls, Error> {
    match connection.text(TLS) {
        Some("off") => Ok(Tls::Off),
        // Without an authority of its own, any certificate that anybody ever bought would do.
        Some("authority") => match tls::certificates(connection)?.is_empty() {
            true => Err(connection.lacks("certificate authority, without which the name has to be checked")),
            false => Ok(Tls::Authority),
        },
        _ => Ok(Tls::Full),
    }
}

/// What holds for all of them.
pub trait Limits: Sized {
    fn limits(self) -> Self;
}

impl Limits for ConnectorSpec {
    fn limits(self) -> Self {
        self.limit(
            "A step reads 10,000 rows and 8 MB at most, and writes 1,000 rows at most. Each connection keeps four sessions open at most.",
            "แต่ละขั้นตอนอ่านได้ไม่เกิน 10,000 แถวและ 8 MB เขียนได้ไม่เกิน 1,000 แถว แต่ละการเชื่อมต่อเปิดเซสชันไว้ไม่เกินสี่เซสชัน",
        )
        .limit(
            "What a step writes is one transaction: all of it or nothing. Deadlocks and locks are tried again; a rule of the database that refuses is told.",
            "สิ่งที่แต่ละขั้นตอนเขียนเป็นทรานแซกชันเดียว สำเร็จทั้งหมดหรือไม่ทำเลย หากติดเดดล็อกหรือล็อกจะลองใหม่ หากกฎของฐานข้อมูลปฏิเสธจะแจ้งให้ทราบ",
        )
        .quirk(
            "Times in columns without a zone come as they are stored, without an offset.",
            "วันเวลาในคอลัมน์ที่ไม่มีเขตเวลาจะมาตามที่เก็บไว้ โดยไม่มีออฟเซ็ต",
        )
    }
}

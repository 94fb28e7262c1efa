//! Any SOAP service, 1.1 and 1.2.

mod call;
mod envelope;
mod security;
mod service;
mod wsdl;
mod xml;

use crate::http;
use async_trait::async_trait;
use connector::lookup::{Page, Wanted};
use connector::{Connection, Connector, Error, Http, Parts, action};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

struct Soap;

#[async_trait]
impl Connector for Soap {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("soap", Purpose::Data, "SOAP", "SOAP")
            .about(
                "Any web service that speaks SOAP, as older ERPs, banks, couriers and government offices do.",
                "บริการใดก็ได้ที่ใช้ SOAP เช่น ERP รุ่นเก่า ธนาคาร ขนส่ง และหน่วยงานราชการ",
            )
            .connection(fields())
            .step(
                "Ask whoever runs the service for its address, the address of its WSDL (often the same with ?wsdl), and how it wants to know who calls.",
                "ขอที่อยู่ของบริการจากผู้ดูแล พร้อมที่อยู่ของ WSDL (มักเป็นที่อยู่เดียวกันต่อท้ายด้วย ?wsdl) และวิธียืนยันตัวตน",
            )
            .step(
                "A header with a key or a user that the service calls its own is pasted as XML, with its namespace on the element itself.",
                "หากบริการใช้ส่วนหัวเฉพาะที่มีคีย์หรือผู้ใช้ ให้วางเป็น XML โดยระบุ namespace ที่ element นั้น",
            )
            .step(
                "With the WSDL's address the connection can be tried, and its operations are offered in the node.",
                "เมื่อใส่ที่อยู่ WSDL แล้ว จะทดสอบการเชื่อมต่อได้ และเลือก operation ได้จากรายการในโหนด",
            )
            .limit(
                "An answer has 16 MB at most, and is no deeper than 100 elements. A WSDL has 8 MB at most.",
                "คำตอบมีขนาดไม่เกิน 16 MB และซ้อนกันไม่เกิน 100 ชั้น WSDL มีขนาดไม่เกิน 8 MB",
            )
            .quirk(
                "XML has no types: every value of an answer is a text, and what comes once is no list unless the node says so.",
                "XML ไม่มีชนิดข้อมูล ทุกค่าในคำตอบจึงเป็นข้อความ และสิ่งที่มีเพียงตัวเดียวจะไม่เป็นลิสต์ เว้นแต่ระบุในโหนด",
            )
            .quirk(
                "Signed and encrypted messages (X.509), attachments (MTOM) and documents that a WSDL imports are not supported.",
                "ไม่รองรับข้อความที่ลงลายมือชื่อหรือเข้ารหัส (X.509) ไฟล์แนบ (MTOM) และเอกสารที่ WSDL อ้างถึง",
            )
    }

    /// Without a WSDL nothing can be asked that is sure to change nothing.
    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        connector::http::read_url(connection.need("url")?)?;
        let _unsent = envelope::written(connection, http.source(), "", "")?;
        if connection.text("wsdl").is_none() {
            return Ok("Complete. Enter the WSDL's address to try it.".into());
        }
        let offered = wsdl::offered(http, connection).await?;
        Ok(format!("The WSDL tells of {} operations.", offered.len()))
    }

    fn lookups(&self) -> Vec<&'static str> {
        vec![wsdl::OPERATION]
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        wsdl::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    Parts::of(Soap).action(action!(call, effect))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about(
                "Where the service takes calls. The sign-in is sent there and to no other host.",
                "ที่อยู่ที่บริการรับการเรียก ข้อมูลยืนยันตัวตนจะส่งไปที่โฮสต์นี้เท่านั้น",
            )
            .required()
            .example("https://erp.example.com/StockService.asmx"),
        Field::choice(
            "version",
            &[("soap_1_1", "1.1", "1.1"), ("soap_1_2", "1.2", "1.2")],
            "Version of SOAP",
            "รุ่นของ SOAP",
        )
        .about("1.1 almost everywhere.", "โดยทั่วไปคือ 1.1")
        .default("soap_1_1")
        .example("soap_1_1"),
        Field::choice(
            "auth",
            &[
                ("none", "Nothing, or a header of its own", "ไม่ใช้ หรือใช้ส่วนหัวเฉพาะ"),
                ("basic", "User name and password (HTTP)", "ชื่อผู้ใช้และรหัสผ่าน (HTTP)"),
                ("username_token", "UsernameToken, password as text", "UsernameToken แบบรหัสผ่านเป็นข้อความ"),
                ("username_token_digest", "UsernameToken, password as digest", "UsernameToken แบบ digest"),
            ],
            "Sign in with",
            "วิธียืนยันตัวตน",
        )
        .about(
            "How the service knows who calls; UsernameToken is a part of WS-Security.",
            "วิธีที่บริการรู้ว่าใครเรียก UsernameToken เป็นส่วนหนึ่งของ WS-Security",
        )
        .default("none")
        .example("username_token"),
        http::username(),
        http::password(),
        Field::new("header_xml", FieldKind::Secret, "SOAP header", "ส่วนหัว SOAP").about(
            "XML that stands in the header of every envelope, such as the service's own element with a key.",
            "XML ที่อยู่ในส่วนหัวของทุก envelope เช่น element เฉพาะของบริการที่มีคีย์",
        ),
        Field::new("wsdl", FieldKind::Url, "WSDL", "WSDL")
            .about(
                "Where the service describes itself, to try the connection and to offer its operations.",
                "ที่อยู่ของเอกสารที่บริการอธิบายตัวเอง ใช้ทดสอบการเชื่อมต่อและแสดง operation ให้เลือก",
            )
            .example("https://erp.example.com/StockService.asmx?wsdl"),
        http::headers(),
        Field::rate(None),
    ]
}

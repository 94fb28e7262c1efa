//! Any GraphQL API: queries, mutations, lists in pages, and records that changed.

mod api;
mod changed;
mod document;
mod failure;
mod mutate;
mod query;
mod query_pages;
mod schema;
mod words;

use crate::http;
use async_trait::async_trait;
use connector::lookup::{Page, Wanted};
use connector::{Connection, Connector, Error, Http, Parts, action};
use model::{ConnectorSpec, Field, FieldKind, Purpose};

struct GraphQl;

#[async_trait]
impl Connector for GraphQl {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("graphql", Purpose::Data, "GraphQL", "GraphQL")
            .about(
                "Any API that is asked by GraphQL, such as Vendure, Hasura or a company's own.",
                "API ใดก็ได้ที่ถามด้วย GraphQL เช่น Vendure, Hasura หรือระบบของบริษัทเอง",
            )
            .connection(fields())
            .step(
                "Find the API's address in its documentation; it often ends with /graphql. Queries and mutations go to this one address.",
                "ดูที่อยู่ของ API จากเอกสารของระบบ มักลงท้ายด้วย /graphql ทั้งคิวรีและ mutation ส่งไปที่อยู่เดียวกันนี้",
            )
            .step(
                "Make a token or a key for Khlong in the system, with no more rights than the flows need, and choose how it is sent.",
                "สร้างโทเคนหรือคีย์สำหรับ Khlong ในระบบนั้น โดยให้สิทธิ์เท่าที่โฟลว์ต้องใช้ แล้วเลือกวิธีส่ง",
            )
            .step(
                "Try the connection: it asks for the name of the query type, which every GraphQL API knows.",
                "กดทดสอบการเชื่อมต่อ ระบบจะถามชื่อ type ของคิวรี ซึ่ง API แบบ GraphQL ทุกตัวรู้จัก",
            )
            .limit(
                "How many calls are allowed is for the API to say; set the rate budget accordingly. All pages of a list together may have 16 MB.",
                "จำนวนครั้งที่เรียกได้ขึ้นกับ API ให้ตั้งงบการเรียกตามนั้น ข้อมูลทุกหน้าของรายการรวมกันไม่เกิน 16 MB",
            )
            .quirk(
                "Many APIs refuse within the data, as by userErrors or errorCode. Ask for these, and write where they are, so that a refusal is no success.",
                "หลาย API บอกการปฏิเสธไว้ในข้อมูล เช่น userErrors หรือ errorCode ให้ขอฟิลด์เหล่านี้และระบุตำแหน่ง เพื่อไม่ให้การปฏิเสธกลายเป็นสำเร็จ",
            )
            .quirk(
                "What the API offers can be looked up only where it allows introspection; many switch it off outside of development.",
                "ค้นดูสิ่งที่ API มีให้ได้เฉพาะเมื่อ API เปิด introspection ซึ่งหลายระบบปิดไว้เมื่อใช้งานจริง",
            )
            .quirk(
                "Subscriptions and uploads of files are not supported.",
                "ไม่รองรับ subscription และการอัปโหลดไฟล์",
            )
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let variables = serde_json::Map::new();
        let question = api::Question { document: "{ __typename }", variables: &variables, name: "" };
        let told = api::Api::of(http, connection, api::ASK_TIMEOUT)?.read_whole(&question).await?;
        let name = told.data.get("__typename").and_then(serde_json::Value::as_str).unwrap_or("something");
        Ok(format!("{} answers, its queries are of the type {name}", told.host))
    }

    fn lookups(&self) -> Vec<&'static str> {
        vec![schema::QUERY, schema::MUTATION]
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        schema::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    Parts::of(GraphQl)
        .action(action!(mutate, effect))
        .action(action!(query))
        .action(action!(query_pages))
        .poll(changed::Changed)
}

fn fields() -> Vec<Field> {
    let address = Field::new("base_url", FieldKind::Url, "Address", "ที่อยู่")
        .about(
            "Where the API takes queries. The sign-in is sent there and to no other host.",
            "ที่อยู่ที่ API รับคิวรี ข้อมูลยืนยันตัวตนจะส่งไปที่โฮสต์นี้เท่านั้น",
        )
        .required()
        .example("https://shop.example.com/admin-api");
    [address].into_iter().chain(http::signing_in()).chain([http::headers(), Field::rate(None)]).collect()
}

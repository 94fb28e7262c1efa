//! `http/request`: one call of any address.

use super::authorize::{authorize, complete, with_good_token};
use super::{body, pages};
use async_trait::async_trait;
use connector::http::{Answer, IDEMPOTENCY_KEY, TIMEOUT};
use connector::{Action, ActionCx, Connection, Error, decode};
use http::Method;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec, Span};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The most pages that one step reads.
pub const PAGES_MAX: u64 = 1_000;
const PAGES_DEFAULT: u64 = 100;

pub struct Request;

#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Input {
    pub method: String,
    pub url: String,
    pub headers: Map<String, Value>,
    pub query: Map<String, Value>,
    pub body_kind: BodyKind,
    pub body: Value,
    pub timeout: Span,
    pub fail_on_status: bool,
    pub on_unknown: OnUnknown,
    pub idempotency_header: String,
    pub pagination: Pagination,
    pub items: String,
    pub cursor: String,
    pub page_parameter: String,
    pub page_first: u64,
    pub pages_max: u64,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            method: "GET".into(),
            url: String::new(),
            headers: Map::new(),
            query: Map::new(),
            body_kind: BodyKind::Json,
            body: Value::Null,
            timeout: TIMEOUT,
            fail_on_status: true,
            on_unknown: OnUnknown::Ask,
            idempotency_header: IDEMPOTENCY_KEY.into(),
            pagination: Pagination::None,
            items: String::new(),
            cursor: String::new(),
            page_parameter: "page".into(),
            page_first: 1,
            pages_max: PAGES_DEFAULT,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    Json,
    Form,
    Text,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    Ask,
    SendAgain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pagination {
    None,
    NextLink,
    Cursor,
    Page,
    Offset,
}

#[async_trait]
impl Action for Request {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    /// By what HTTP promises about the method; POST and PATCH promise nothing, so the node's author may.
    fn effect(&self, input: &Value) -> EffectRule {
        let text = |name: &str| input.get(name).and_then(Value::as_str);
        match text("method").unwrap_or("GET") {
            "GET" | "HEAD" => EffectRule::Read,
            "PUT" | "DELETE" => EffectRule::Idempotent,
            _ if text("on_unknown") == Some("send_again") => EffectRule::Idempotent,
            _ => EffectRule::Ask,
        }
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        read_input(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let input = read_input(input)?;
        if input.pagination == Pagination::None {
            let answer = send(cx, &input, &input.address(cx.connection)?).await?;
            let read = body::read(&answer)?;
            return Ok(body::output(&answer, read));
        }
        if input.method != "GET" {
            return Err(Error::Input {
                message: format!("{} cannot be repeated for every page", input.method),
                advice: "Use GET, or leave pages out.".into(),
            });
        }
        pages::read_all(cx, &input).await
    }
}

impl Input {
    /// The whole address with the query's names and values.
    pub fn address(&self, connection: Option<&Connection>) -> Result<Cow<'_, str>, Error> {
        let address = complete(&self.url, connection)?;
        if self.query.is_empty() {
            return Ok(address);
        }
        let mut url = connector::http::read_url(&address)?;
        let pairs = self.query.iter().map(|(name, value)| (name, body::as_text(value)));
        url.query_pairs_mut().extend_pairs(pairs);
        Ok(Cow::Owned(url.into()))
    }
}

/// The body is taken out first: it may be large, and decoding it would copy it piece by piece.
pub fn read_input(mut value: Value) -> Result<Input, Error> {
    let body = value.get_mut("body").map(Value::take).unwrap_or_default();
    let input: Input = decode(value)?;
    Ok(Input { body, ..input })
}

/// Sends the request to an address, which is the node's own or that of a further page.
pub async fn send(cx: &ActionCx<'_>, input: &Input, url: &str) -> Result<Answer, Error> {
    let method = Method::from_bytes(input.method.as_bytes()).map_err(|_| Error::Input {
        message: format!("\"{}\" is not a method", input.method),
        advice: "Choose one of the methods offered.".into(),
    })?;
    let changes = !matches!(method, Method::GET | Method::HEAD);
    let mut call = cx.http.request(method, url).timeout(input.timeout.min(cx.timeout));
    if changes && !input.idempotency_header.is_empty() {
        call = call.header(&input.idempotency_header, cx.step_key);
    }
    for (name, value) in &input.headers {
        call = call.header(name, &body::as_text(value));
    }
    if let Some(connection) = cx.connection {
        call = authorize(call, connection)?;
    }
    let mut answer = body::add(call, input)?.send().await?;
    if let Some(connection) = cx.connection {
        answer = with_good_token(answer, connection)?;
    }
    if input.fail_on_status { answer.error_for_status(body::message) } else { Ok(answer) }
}

pub fn spec() -> OperationSpec {
    let spec = OperationSpec::action("http/request", "Call an address", "เรียกที่อยู่เว็บ")
        .about(
            "Sends one HTTP request and gives status, headers and body of the answer.",
            "ส่งคำขอ HTTP หนึ่งครั้ง แล้วให้สถานะ เฮดเดอร์ และเนื้อหาของคำตอบ",
        )
        .effect(EffectRule::Ask)
        .reads_where("method", &["GET", "HEAD"])
        .connection(Need::Optional)
        .example(
            json!({"method": "POST", "url": "https://api.example.com/orders", "body": {"ref": "#1001"}}),
            json!({"status": 201, "headers": {"content-type": "application/json"}, "body": {"id": 120}}),
        );
    let spec = request_fields().into_iter().fold(spec, OperationSpec::field);
    let spec = care_fields().into_iter().fold(spec, OperationSpec::field);
    page_fields().into_iter().fold(spec, OperationSpec::field)
}

fn request_fields() -> [Field; 6] {
    [
        Field::choice("method", &METHODS, "Method", "เมธอด")
            .about(
                "GET reads, POST creates, PUT replaces, PATCH changes, DELETE removes.",
                "GET อ่าน, POST สร้าง, PUT แทนที่, PATCH แก้บางส่วน, DELETE ลบ",
            )
            .default("GET")
            .example("POST"),
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about(
                "Where to call. With a connection, /orders goes on from its base address, and other hosts are refused. \
                 Credentials belong into the connection.",
                "ที่อยู่ที่จะเรียก หากมีการเชื่อมต่อ ค่าอย่าง /orders จะต่อจากที่อยู่หลัก และจะไม่เรียกโฮสต์อื่น ข้อมูลยืนยันตัวตนให้ใส่ในการเชื่อมต่อ",
            )
            .required()
            .example("https://api.example.com/orders"),
        Field::new("headers", FieldKind::Map, "Headers", "เฮดเดอร์")
            .about("Further headers of the request.", "เฮดเดอร์เพิ่มเติมของคำขอ")
            .example(json!({"x-shop": "bangkok"}))
            .advanced(),
        Field::new("query", FieldKind::Map, "Query", "พารามิเตอร์")
            .about(
                "Names and values added to the address behind the question mark.",
                "ชื่อและค่าที่ต่อท้ายที่อยู่หลังเครื่องหมายคำถาม",
            )
            .example(json!({"since": "${vars.since}"})),
        Field::choice(
            "body_kind",
            &[
                ("json", "JSON", "JSON"),
                ("form", "Form", "ฟอร์ม"),
                ("text", "Text", "ข้อความ"),
                ("none", "No body", "ไม่มีเนื้อหา"),
            ],
            "Kind of body",
            "ชนิดของเนื้อหา",
        )
        .about("How the body is written.", "รูปแบบที่ใช้เขียนเนื้อหา")
        .default("json")
        .example("json"),
        Field::new("body", FieldKind::Json, "Body", "เนื้อหา")
            .about("What is sent.", "ข้อมูลที่ส่ง")
            .example("${input}"),
    ]
}

const METHODS: [(&str, &str, &str); 6] = [
    ("GET", "GET", "GET"),
    ("POST", "POST", "POST"),
    ("PUT", "PUT", "PUT"),
    ("PATCH", "PATCH", "PATCH"),
    ("DELETE", "DELETE", "DELETE"),
    ("HEAD", "HEAD", "HEAD"),
];

fn care_fields() -> [Field; 4] {
    [
        Field::new("timeout", FieldKind::Span, "Time-out", "หมดเวลา")
            .about(
                "How long the call may take in all.",
                "ระยะเวลาทั้งหมดที่การเรียกใช้ได้",
            )
            .default("30s")
            .example("30s")
            .advanced(),
        Field::new("fail_on_status", FieldKind::Bool, "Fail on an error status", "ถือว่าล้มเหลวเมื่อสถานะผิดพลาด")
            .about(
                "Off: a status such as 404 is a result like any other.",
                "หากปิด สถานะอย่าง 404 จะเป็นผลลัพธ์ตามปกติ",
            )
            .default(true)
            .example(true)
            .advanced(),
        Field::choice(
            "on_unknown",
            &[
                ("ask", "Ask a person", "ให้คนตัดสินใจ"),
                ("send_again", "Send it again", "ส่งอีกครั้ง"),
            ],
            "When the outcome is unknown",
            "เมื่อไม่รู้ผล",
        )
        .about(
            "For POST and PATCH whose answer was lost. Send again only if the target knows repeats by the key.",
            "สำหรับ POST และ PATCH ที่คำตอบหายไป ให้ส่งอีกครั้งเฉพาะเมื่อปลายทางรู้จักคำขอซ้ำจากคีย์",
        )
        .default("ask")
        .example("ask")
        .advanced(),
        Field::new("idempotency_header", FieldKind::Text, "Header of the key", "เฮดเดอร์ของคีย์กันซ้ำ")
            .about(
                "Carries the same key in every attempt, so that the target can know a repeat. Empty: none is sent.",
                "ส่งคีย์เดิมทุกครั้งที่ลองใหม่ เพื่อให้ปลายทางรู้ว่าเป็นคำขอซ้ำ หากว่างจะไม่ส่ง",
            )
            .default(IDEMPOTENCY_KEY)
            .example(IDEMPOTENCY_KEY)
            .advanced(),
    ]
}

fn page_fields() -> [Field; 6] {
    [
        Field::choice(
            "pagination",
            &[
                ("none", "One answer", "คำตอบเดียว"),
                ("next_link", "A link to the next page", "ลิงก์ไปหน้าถัดไป"),
                ("cursor", "A cursor in the answer", "เคอร์เซอร์ในคำตอบ"),
                ("page", "Page numbers", "เลขหน้า"),
                ("offset", "An offset", "ตำแหน่งเริ่ม"),
            ],
            "Pages",
            "การแบ่งหน้า",
        )
        .about(
            "How the target splits a long list. The elements of all pages come out as one list.",
            "วิธีที่ปลายทางแบ่งรายการยาว รายการจากทุกหน้าจะรวมเป็นลิสต์เดียว",
        )
        .default("none")
        .example("none")
        .advanced(),
        Field::new("items", FieldKind::Text, "Where the elements are", "ตำแหน่งของรายการ")
            .about(
                "A JSON pointer to the list in each answer; empty when the answer is the list.",
                "JSON pointer ไปยังลิสต์ในคำตอบ เว้นว่างหากคำตอบคือลิสต์นั้นเอง",
            )
            .default("")
            .example("/data")
            .advanced(),
        Field::new("cursor", FieldKind::Text, "Where the cursor is", "ตำแหน่งของเคอร์เซอร์")
            .about(
                "A JSON pointer to the next page's cursor; the last page has none.",
                "JSON pointer ไปยังเคอร์เซอร์ของหน้าถัดไป หน้าสุดท้ายจะไม่มี",
            )
            .default("")
            .example("/next_cursor")
            .advanced(),
        Field::new("page_parameter", FieldKind::Text, "Query parameter", "ชื่อพารามิเตอร์")
            .about(
                "The parameter that takes the cursor, the page number or the offset.",
                "พารามิเตอร์ที่รับเคอร์เซอร์ เลขหน้า หรือตำแหน่งเริ่ม",
            )
            .default("page")
            .example("cursor")
            .advanced(),
        Field::new("page_first", FieldKind::Number, "First page", "เลขหน้าแรก")
            .about("The number of the first page.", "เลขของหน้าแรก")
            .at_most(1)
            .default(1)
            .example(1)
            .advanced(),
        Field::new("pages_max", FieldKind::Number, "Most pages", "จำนวนหน้าสูงสุด")
            .about(
                "More pages than this are an error, so that nothing is left out silently.",
                "หากมีมากกว่านี้ถือเป็นข้อผิดพลาด เพื่อไม่ให้ข้อมูลตกหล่นโดยไม่รู้ตัว",
            )
            .at_least(1)
            .at_most(PAGES_MAX)
            .default(PAGES_DEFAULT)
            .example(PAGES_DEFAULT)
            .advanced(),
    ]
}

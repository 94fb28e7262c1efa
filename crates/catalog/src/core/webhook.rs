//! `core/webhook`: any system that can send an HTTP request starts a flow.

mod sender;

use crate::door;
use connector::nesting::Shape;
use connector::{Body, Connection, Delivery, Passed, Passing, Refusal, Request, Webhook};
use model::{Field, FieldKind, Need, OperationSpec, Span};
use sender::{Signer, authenticate, given_signature};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub struct ReceiveRequest;

/// What the fields of a node say, with their defaults.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub struct Input {
    pub path: String,
    pub methods: Vec<String>,
    pub auth: Auth,
    pub hmac_header: String,
    pub hmac_algorithm: Algorithm,
    pub hmac_encoding: Encoding,
    pub hmac_prefix: String,
    pub answer: Answer,
    pub answer_timeout: Span,
    pub body_bytes_max: u64,
    pub delivery_id: String,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            path: String::new(),
            methods: vec!["POST".into()],
            auth: Auth::None,
            hmac_header: "x-signature".into(),
            hmac_algorithm: Algorithm::Sha256,
            hmac_encoding: Encoding::Hex,
            hmac_prefix: String::new(),
            answer: Answer::Accepted,
            answer_timeout: Span::from_secs(10),
            body_bytes_max: door::BODY_BYTES_DEFAULT,
            delivery_id: String::new(),
        }
    }
}

impl Input {
    /// What a node says, where a request's method is one that it takes.
    fn read(request: &Request<'_>, with: &Map<String, Value>) -> Result<Self, Refusal> {
        let input = Self::deserialize(with)
            .map_err(|error| Refusal::NotSetUp(format!("the webhook's fields do not fit: {error}")))?;
        let method = request.method.as_str();
        match input.methods.iter().any(|one| one.eq_ignore_ascii_case(method)) {
            true => Ok(input),
            false => Err(Refusal::Method { allowed: input.methods.join(", ") }),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    None,
    Basic,
    Header,
    Hmac,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    Sha256,
    Sha1,
    Sha512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    Hex,
    Base64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Accepted,
    Result,
}

impl Webhook for ReceiveRequest {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    fn body_bytes_max(&self, with: &Map<String, Value>) -> u64 {
        let wanted = with.get("body_bytes_max").and_then(Value::as_u64);
        wanted.unwrap_or(door::BODY_BYTES_DEFAULT).min(door::BODY_BYTES_CEILING)
    }

    fn receive(
        &self,
        request: &Request<'_>,
        with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        let input = Input::read(request, with)?;
        door::check_size(request, self.body_bytes_max(with))?;
        let secret_header = authenticate(request, &input, connection)?;
        let mut body = door::read_body(request)?;
        let id = delivery_id(&input.delivery_id, request, &mut body);
        Ok(door::delivery(id, body, door::head(request, &secret_header)))
    }

    fn receive_long(
        &self,
        request: &Request<'_>,
        with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Option<Box<dyn Passing>>, Refusal> {
        let input = Input::read(request, with)?;
        Ok(Some(Box::new(Long::begin(request, &input, connection)?)))
    }
}

/// A body that is too long to be held.
struct Long {
    /// What the signature is to be, once all has passed, and what it was said to be.
    signature: Option<(Signer, Option<Vec<u8>>)>,
    shape: Option<Shape>,
    /// What is wrong with the body, until it is known who asks.
    wrong: Option<String>,
    passed: Passed,
}

impl Long {
    fn begin(request: &Request<'_>, input: &Input, connection: Option<&Connection>) -> Result<Self, Refusal> {
        if input.delivery_id.starts_with('/') {
            let why = "the delivery id lies in the body, which is too long to be looked into: take it from a header";
            return Err(Refusal::NotSetUp(why.into()));
        }
        let (signature, secret_header) = match (input.auth, connection) {
            (Auth::Hmac, Some(connection)) => {
                let signer = Signer::of(input, connection)?;
                (Some((signer, given_signature(request, input))), input.hmac_header.clone())
            }
            _ => (None, authenticate(request, input, connection)?),
        };
        let content_type = door::header(request.headers, "content-type").unwrap_or_default().to_owned();
        let id = delivery_id(&input.delivery_id, request, &mut Body::Value(Value::Null));
        let head = door::head(request, &secret_header);
        Ok(Self {
            signature,
            shape: door::is_json(&content_type).then(Shape::default),
            wrong: None,
            passed: Passed { id: id.filter(|id| !id.is_empty()), head, content_type },
        })
    }
}

impl Passing for Long {
    fn pass(&mut self, part: &[u8]) -> Result<(), Refusal> {
        if let Some((signer, _)) = &mut self.signature {
            signer.update(part);
        }
        let Some(shape) = self.shape.as_mut().filter(|_| self.wrong.is_none()) else { return Ok(()) };
        match shape.pass(part) {
            Err(wrong) if self.signature.is_none() => Err(Refusal::Malformed(wrong)),
            // Whoever is not known yet is told nothing about the body.
            Err(wrong) => {
                self.wrong = Some(wrong);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn end(self: Box<Self>) -> Result<Passed, Refusal> {
        if let Some((signer, given)) = self.signature
            && !given.is_some_and(|given| door::same(&given, &signer.finish()))
        {
            return Err(Refusal::Unauthorized);
        }
        let ended = || self.shape.as_ref().and_then(|shape| shape.end().err());
        match self.wrong.clone().or_else(ended) {
            Some(wrong) => Err(Refusal::Malformed(wrong)),
            None => Ok(self.passed),
        }
    }
}

/// `place` is a header's name, or a JSON pointer into the body.
fn delivery_id(place: &str, request: &Request<'_>, body: &mut Body) -> Option<String> {
    if place.starts_with('/') {
        return match body.value().pointer(place)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
    }
    let name = Some(place).filter(|name| !name.is_empty())?;
    door::header(request.headers, name).map(str::to_owned)
}

pub fn spec() -> OperationSpec {
    let spec = OperationSpec::trigger("core/webhook", "Webhook", "เว็บฮุค")
        .about(
            "Starts when a system sends a request to an address of this server.",
            "เริ่มเมื่อระบบอื่นส่งคำขอมายังที่อยู่บนเซิร์ฟเวอร์นี้",
        )
        .connection(Need::Optional)
        .example(
            json!({"path": "orders", "auth": "hmac", "hmac_header": "x-signature", "delivery_id": "/id"}),
            json!({"id": 450789469, "name": "#1001"}),
        );
    let spec = address_fields().into_iter().fold(spec, OperationSpec::field);
    let spec = sender_fields().into_iter().fold(spec, OperationSpec::field);
    answer_fields().into_iter().fold(spec, OperationSpec::field)
}

fn address_fields() -> [Field; 2] {
    [
        Field::new("path", FieldKind::Path, "Path", "พาธ")
            .about(
                "Where the sender calls: /hooks/ and this. No two live flows share one.",
                "ที่อยู่ที่ผู้ส่งเรียก คือ /hooks/ ตามด้วยค่านี้ โฟลว์ที่ใช้งานอยู่จะใช้พาธซ้ำกันไม่ได้",
            )
            .required()
            .example("orders"),
        Field::new("methods", FieldKind::Json, "Methods", "เมธอด")
            .about("The HTTP methods that are taken, as a list.", "รายชื่อเมธอด HTTP ที่รับ")
            .default(json!(["POST"]))
            .example(json!(["POST", "PUT"]))
            .advanced(),
    ]
}

fn sender_fields() -> [Field; 5] {
    [
        Field::choice(
            "auth",
            &[
                ("none", "Anybody may send", "ใครส่งก็ได้"),
                ("basic", "User name and password", "ชื่อผู้ใช้และรหัสผ่าน"),
                ("header", "A token in a header", "โทเคนในเฮดเดอร์"),
                ("hmac", "A signature (HMAC)", "ลายเซ็น (HMAC)"),
            ],
            "Check the sender",
            "ตรวจผู้ส่ง",
        )
        .about(
            "What the sender must prove to know; the secrets are kept in the connection.",
            "สิ่งที่ผู้ส่งต้องพิสูจน์ว่ารู้ ค่าลับเก็บไว้ในการเชื่อมต่อ",
        )
        .default("none")
        .example("hmac"),
        Field::new("hmac_header", FieldKind::Text, "Signature's header", "เฮดเดอร์ของลายเซ็น")
            .about("The header that carries the signature.", "เฮดเดอร์ที่มีลายเซ็น")
            .default("x-signature")
            .example("x-hub-signature-256")
            .advanced(),
        Field::choice(
            "hmac_algorithm",
            &[("sha256", "SHA-256", "SHA-256"), ("sha1", "SHA-1", "SHA-1"), ("sha512", "SHA-512", "SHA-512")],
            "Signature's hash",
            "แฮชของลายเซ็น",
        )
        .about("The hash in the signature.", "แฮชที่ใช้ในลายเซ็น")
        .default("sha256")
        .example("sha256")
        .advanced(),
        Field::choice(
            "hmac_encoding",
            &[("hex", "Hex", "เลขฐานสิบหก"), ("base64", "Base64", "Base64")],
            "Signature's spelling",
            "รูปแบบของลายเซ็น",
        )
        .about("How the signature is written.", "วิธีเขียนลายเซ็น")
        .default("hex")
        .example("hex")
        .advanced(),
        Field::new("hmac_prefix", FieldKind::Text, "Before the signature", "ข้อความหน้าลายเซ็น")
            .about("What stands before the signature in its header.", "ข้อความที่อยู่หน้าลายเซ็นในเฮดเดอร์")
            .default("")
            .example("sha256=")
            .advanced(),
    ]
}

fn answer_fields() -> [Field; 4] {
    [
        Field::choice(
            "answer",
            &[
                ("accepted", "At once, with the run's id", "ตอบทันทีพร้อมรหัสการรัน"),
                ("result", "With the flow's result", "ตอบด้วยผลของโฟลว์"),
            ],
            "Answer",
            "การตอบกลับ",
        )
        .about(
            "Either way the event is on disk before anything is answered.",
            "ไม่ว่าแบบใด เหตุการณ์จะถูกบันทึกลงดิสก์ก่อนตอบเสมอ",
        )
        .default("accepted")
        .example("accepted"),
        Field::new("answer_timeout", FieldKind::Span, "Wait for the result", "รอผลนาน")
            .about(
                "When the flow takes longer, the answer is 202 and the run goes on.",
                "หากโฟลว์ใช้เวลานานกว่านี้ จะตอบ 202 แล้วทำงานต่อ",
            )
            .default("10s")
            .example("10s")
            .advanced(),
        Field::new("body_bytes_max", FieldKind::Number, "Largest body", "เนื้อหาใหญ่สุด")
            .about(
                "In bytes. Larger requests are refused with 413. A body of more than 16 MB goes to the disk as it comes, and is gone through by a for-each.",
                "หน่วยเป็นไบต์ คำขอที่ใหญ่กว่านี้จะถูกปฏิเสธด้วย 413 เนื้อหาที่เกิน 16 MB จะถูกเขียนลงดิสก์ขณะรับ และใช้ for-each อ่านทีละรายการ",
            )
            .at_least(1)
            .at_most(door::BODY_BYTES_CEILING)
            .default(door::BODY_BYTES_DEFAULT)
            .example(door::BODY_BYTES_DEFAULT)
            .advanced(),
        Field::new("delivery_id", FieldKind::Text, "Delivery id", "รหัสการส่ง")
            .about(
                "A header's name, or a JSON pointer into the body (of up to 16 MB). The same id again is the same event.",
                "ชื่อเฮดเดอร์ หรือ JSON pointer ในเนื้อหา (ไม่เกิน 16 MB) รหัสเดิมที่ส่งมาอีกถือเป็นเหตุการณ์เดียวกัน",
            )
            .default("")
            .example("/id"),
    ]
}

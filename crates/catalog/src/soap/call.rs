//! `soap/call`: one operation of a service.

use super::service::{Message, Service};
use super::xml;
use crate::unchanged::nothing_done;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const BODY_CHARS_MAX: u64 = 1_000_000;

#[derive(Deserialize)]
pub struct Input {
    #[serde(default)]
    operation: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    fields: Map<String, Value>,
    #[serde(default)]
    body_xml: String,
    #[serde(default)]
    children: Children,
    #[serde(default)]
    namespaces: Map<String, Value>,
    #[serde(default)]
    header: Map<String, Value>,
    #[serde(default)]
    lists: String,
    #[serde(default)]
    repeats: Repeats,
    #[serde(default)]
    server_faults: ServerFaults,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Children {
    #[default]
    Qualified,
    Unqualified,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Repeats {
    Reads,
    Send,
    #[default]
    Ask,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ServerFaults {
    #[default]
    Doubt,
    Refuse,
}

/// Nobody but the node's author knows what an operation does.
pub fn effect(input: &Value) -> EffectRule {
    match input.get("repeats").and_then(Value::as_str) {
        Some("reads") => EffectRule::Read,
        Some("send") => EffectRule::Idempotent,
        _ => EffectRule::Ask,
    }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let mut header = String::new();
    for (name, value) in &input.header {
        xml::write(name, value, &mut header).map_err(wrong)?;
    }
    let message = Message {
        action: input.action.trim(),
        header: &header,
        body: &body(&input)?,
        faults_refuse: input.server_faults == ServerFaults::Refuse,
    };
    let service = Service { http: cx.http, connection: cx.connection()?, timeout: cx.timeout };
    let told = service.call(&message).await;
    let told = if input.repeats == Repeats::Reads { told.map_err(nothing_done) } else { told }?;
    let lists: Vec<&str> = input.lists.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    Ok(match told {
        Some(element) => json!({"name": element.name, "body": element.json(&lists)}),
        None => json!({"name": null, "body": null}),
    })
}

fn wrong(message: String) -> Error {
    Error::Input { message, advice: "Open the node and correct the field.".into() }
}

/// The operation's element. With qualified children it is the namespace of all that is within; else it has a prefix alone.
fn body(input: &Input) -> Result<String, Error> {
    if !input.body_xml.trim().is_empty() {
        let text = input.body_xml.trim();
        xml::read(text).map_err(|why| wrong(format!("the body cannot be sent: {why}")))?;
        // The envelope has begun already.
        let inner =
            text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or(text, |(_, rest)| rest);
        return Ok(inner.to_owned());
    }
    if input.operation.is_empty() {
        return Err(wrong("the node names no operation and has no body of its own".into()));
    }
    let (prefix, xmlns) = match (input.namespace.is_empty(), input.children) {
        (true, _) => ("", None),
        (false, Children::Qualified) => ("", Some("@xmlns")),
        (false, Children::Unqualified) => ("m:", Some("@xmlns:m")),
    };
    let mut fields = Map::new();
    fields.extend(xmlns.map(|name| (name.to_owned(), input.namespace.as_str().into())));
    fields.extend(input.namespaces.iter().map(|(name, space)| (format!("@xmlns:{name}"), space.clone())));
    fields.extend(input.fields.clone());
    let mut text = String::new();
    xml::write(&format!("{prefix}{}", input.operation), &Value::Object(fields), &mut text).map_err(wrong)?;
    Ok(text)
}

pub fn spec() -> OperationSpec {
    let spec = OperationSpec::action("soap/call", "Call an operation", "เรียก operation")
        .about(
            "Calls one operation of the service, and gives the answer as JSON. Faults fail the step in the service's own words.",
            "เรียก operation หนึ่งของบริการ และให้คำตอบเป็น JSON หากบริการแจ้ง fault ขั้นตอนจะล้มเหลวพร้อมข้อความของบริการ",
        )
        .effect(EffectRule::Ask)
        .reads_where("repeats", &["reads"])
        .connection(Need::Required);
    let spec = message_fields().into_iter().fold(spec, OperationSpec::field);
    let spec = form_fields().into_iter().fold(spec, OperationSpec::field);
    care_fields().into_iter().fold(spec, OperationSpec::field).example(
        json!({
            "operation": "GetStock", "namespace": "http://example.com/stock", "action": "http://example.com/stock/GetStock",
            "fields": {"sku": "TEA-100", "warehouse": "BKK"}, "repeats": "reads"
        }),
        json!({"name": "GetStockResponse", "body": {"sku": "TEA-100", "quantity": "12"}}),
    )
}

fn message_fields() -> [Field; 5] {
    [
        Field::new("operation", FieldKind::Record(super::wsdl::OPERATION.into()), "Operation", "Operation")
            .about(
                "The element that asks for it. With a WSDL in the connection the list shows each with its fields, action and namespace.",
                "ชื่อ element ที่ใช้เรียก หากในการเชื่อมต่อมี WSDL รายการจะแสดงแต่ละตัวพร้อมฟิลด์ action และ namespace",
            )
            .default("")
            .example("GetStock"),
        Field::new("namespace", FieldKind::Text, "Namespace", "Namespace")
            .about("The namespace of that element.", "Namespace ของ element นั้น")
            .at_most(500)
            .default("")
            .example("http://example.com/stock"),
        Field::new("action", FieldKind::Text, "SOAPAction", "SOAPAction")
            .about(
                "The action as the documentation or the WSDL has it; some services find the operation by it.",
                "ค่า action ตามเอกสารหรือ WSDL บางบริการใช้ค่านี้หา operation",
            )
            .at_most(500)
            .default("")
            .example("http://example.com/stock/GetStock"),
        Field::new("fields", FieldKind::Json, "Fields", "ฟิลด์")
            .about(
                "What is within the element, in the order in which the service wants it. A list is the same element again, @name an attribute, #text the text beside attributes; null is left out.",
                "ข้อมูลภายใน element ตามลำดับที่บริการต้องการ ลิสต์คือ element เดิมซ้ำ @name คือแอตทริบิวต์ #text คือข้อความเมื่อมีแอตทริบิวต์ ค่า null จะไม่ส่ง",
            )
            .default(json!({}))
            .example(json!({"sku": "${input.sku}", "line": [{"@no": 1, "quantity": 2}]})),
        Field::new("body_xml", FieldKind::LongText, "Body as XML", "เนื้อหาเป็น XML")
            .about(
                "Instead of the operation and its fields: one element with all that is in it, as it is to stand in the envelope's body.",
                "ใช้แทน operation และฟิลด์ โดยใส่ element เดียวพร้อมเนื้อหาทั้งหมดตามที่จะอยู่ใน body ของ envelope",
            )
            .at_most(BODY_CHARS_MAX)
            .default("")
            .example("<GetStock xmlns=\"http://example.com/stock\"><sku>TEA-100</sku></GetStock>")
            .advanced(),
    ]
}

fn form_fields() -> [Field; 4] {
    [
        Field::choice(
            "children",
            &[
                ("qualified", "In the same namespace", "อยู่ใน namespace เดียวกัน"),
                ("unqualified", "In no namespace", "ไม่มี namespace"),
            ],
            "Elements within",
            "Element ภายใน",
        )
        .about(
            "The same namespace for what is made with .NET and most others; no namespace for the style rpc, and where the schema says unqualified.",
            "เลือก namespace เดียวกันสำหรับบริการที่ทำด้วย .NET และส่วนใหญ่ เลือกไม่มี namespace สำหรับแบบ rpc หรือเมื่อ schema ระบุ unqualified",
        )
        .default("qualified")
        .example("qualified")
        .advanced(),
        Field::new("namespaces", FieldKind::Map, "Further namespaces", "Namespace เพิ่มเติม")
            .about(
                "Prefixes with their namespaces. A field is put into one by its name, such as t:sku.",
                "คำนำหน้าและ namespace ของแต่ละตัว ใส่ฟิลด์ใน namespace ได้ด้วยชื่อ เช่น t:sku",
            )
            .at_most(20)
            .default(json!({}))
            .example(json!({"t": "http://example.com/types"}))
            .advanced(),
        Field::new("header", FieldKind::Json, "SOAP header", "ส่วนหัว SOAP")
            .about(
                "What stands in the envelope's header, besides the connection's own; written as the fields are. Secrets belong into the connection.",
                "ข้อมูลในส่วนหัวของ envelope นอกเหนือจากของการเชื่อมต่อ เขียนแบบเดียวกับฟิลด์ ข้อมูลลับให้ใส่ในการเชื่อมต่อ",
            )
            .default(json!({}))
            .example(json!({"Session": {"@xmlns": "http://example.com/stock", "id": "7"}}))
            .advanced(),
        Field::new("lists", FieldKind::Text, "Always lists", "เป็นลิสต์เสมอ")
            .about(
                "Names of elements of the answer, with commas between, that are lists also where there is one alone.",
                "ชื่อ element ในคำตอบที่ให้เป็นลิสต์เสมอแม้มีเพียงตัวเดียว คั่นด้วยจุลภาค",
            )
            .at_most(1_000)
            .default("")
            .example("line, payment"),
    ]
}

fn care_fields() -> [Field; 2] {
    [
        Field::choice(
            "repeats",
            &[
                ("ask", "Ask a person", "ให้คนตัดสินใจ"),
                ("send", "Send it again", "ส่งอีกครั้ง"),
                ("reads", "It only reads", "อ่านอย่างเดียว"),
            ],
            "When an answer was lost",
            "เมื่อคำตอบสูญหาย",
        )
        .about(
            "What only reads is simply asked again. Choose to send again where a repeat does no harm, or the service knows it by a number in the fields.",
            "การอ่านอย่างเดียวจะถามใหม่ได้เลย เลือกส่งอีกครั้งเมื่อการทำซ้ำไม่ก่อปัญหา หรือบริการรู้จักรายการซ้ำจากเลขในฟิลด์",
        )
        .default("ask")
        .example("reads"),
        Field::choice(
            "server_faults",
            &[
                ("doubt", "It may have been done", "อาจทำไปแล้ว"),
                ("refuse", "It was not done", "ไม่ได้ทำ"),
            ],
            "A fault of the service",
            "เมื่อบริการแจ้ง fault ฝั่งเซิร์ฟเวอร์",
        )
        .about(
            "What a fault Server or Receiver means. Many services use it for every refusal as well; choose \"not done\" where that is known.",
            "ความหมายของ fault แบบ Server หรือ Receiver หลายบริการใช้กับการปฏิเสธทุกกรณีด้วย เลือก \"ไม่ได้ทำ\" เมื่อรู้แน่ชัด",
        )
        .default("doubt")
        .example("doubt")
        .advanced(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(input: Value) -> Result<String, Error> {
        body(&connector::decode(input).unwrap())
    }

    #[test]
    fn the_operation_s_element_has_its_namespace_and_its_children_may_have_it_too() {
        let mut input = json!({"operation": "Get", "namespace": "urn:a&b", "fields": {"sku": "1", "t:x": 2}, "namespaces": {"t": "urn:t"}});
        let qualified = "<Get xmlns=\"urn:a&amp;b\" xmlns:t=\"urn:t\"><sku>1</sku><t:x>2</t:x></Get>";
        assert_eq!(written(input.clone()).unwrap(), qualified);
        input["children"] = "unqualified".into();
        let alone = "<m:Get xmlns:m=\"urn:a&amp;b\" xmlns:t=\"urn:t\"><sku>1</sku><t:x>2</t:x></m:Get>";
        assert_eq!(written(input).unwrap(), alone);
    }

    #[test]
    fn a_body_of_its_own_is_sent_as_it_is_if_it_is_one() {
        assert_eq!(written(json!({"body_xml": "<?xml version=\"1.0\"?><a/>"})).unwrap(), "<a/>");
        for wrong in [
            json!({}),
            json!({"body_xml": "<a>"}),
            json!({"body_xml": "<a/></soap:Body>"}),
            json!({"operation": "a b"}),
        ] {
            assert_eq!(written(wrong.clone()).unwrap_err().code(), "E0301", "{wrong}");
        }
    }
}

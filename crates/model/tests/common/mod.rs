//! A small catalog for the model's own tests: the core operations as the engine knows them, a shop and an ERP.
#![allow(dead_code)] // each test file uses its own part

pub mod scripts;

use model::money::Currency;
use model::{
    ConnectionSpec, ConnectorSpec, EffectRule, Field, FieldKind, Inputs, Need, OperationSpec, Specs, Words,
};

pub fn specs() -> Specs {
    let operations = [triggers(), controls(), others()].concat();
    let connectors = ["core", "http", "shopify", "odoo"].map(connector);
    Specs::new(connectors.to_vec(), operations)
}

fn connector(id: &str) -> ConnectorSpec {
    let fields = vec![field("address", FieldKind::Url), field("token", FieldKind::Secret)];
    ConnectorSpec {
        id: id.into(),
        title: Words::new(id, id),
        about: Words::default(),
        connection: (id != "core").then_some(ConnectionSpec { fields }),
        ..ConnectorSpec::default()
    }
}

fn field(name: &str, kind: FieldKind) -> Field {
    Field::new(name, kind, name, name)
}

fn choice(name: &str, options: &[&str]) -> Field {
    let options: Vec<_> = options.iter().map(|value| (*value, *value, *value)).collect();
    Field::choice(name, &options, name, name)
}

fn triggers() -> Vec<OperationSpec> {
    vec![
        OperationSpec::trigger("core/webhook", "Webhook", "เว็บฮุก")
            .field(field("path", FieldKind::Path).required())
            .field(field("methods", FieldKind::Json))
            .field(choice("auth", &["none", "basic", "header", "hmac"]))
            .field(choice("answer", &["accepted", "result"]))
            .field(field("answer_timeout", FieldKind::Span))
            .field(field("body_bytes_max", FieldKind::Number).at_least(1).at_most(8 << 20))
            .field(field("delivery_id", FieldKind::Text).at_most(200)),
        OperationSpec::trigger("core/schedule", "Schedule", "ตารางเวลา")
            .field(field("cron", FieldKind::Cron).required())
            .field(field("time_zone", FieldKind::TimeZone))
            .field(choice("catch_up", &["skip", "last", "all"])),
        OperationSpec::trigger("core/manual", "By hand", "เริ่มเอง").field(field("input", FieldKind::Json)),
        OperationSpec::trigger("core/called", "Called", "ถูกเรียก"),
        OperationSpec::trigger("shopify/order_created", "Order created", "มีคำสั่งซื้อใหม่")
            .connection(Need::Required)
            .field(field("path", FieldKind::Path).required()),
    ]
}

fn controls() -> Vec<OperationSpec> {
    let port = field("port", FieldKind::Text).required();
    let when = field("when", FieldKind::Condition).required();
    vec![
        OperationSpec::control("core/switch", "Switch", "แยกทาง")
            .ports_from_cases()
            .field(field("cases", FieldKind::List(vec![port, when.clone()])).required().at_most(64)),
        OperationSpec::control("core/filter", "Filter", "กรอง").ports(&["out", "else", "error"]).field(when),
        OperationSpec::control("core/merge", "Merge", "รวมทาง")
            .inputs(Inputs::Many)
            .field(choice("mode", &["all", "any"])),
        OperationSpec::control("core/for_each", "For each", "ทำทีละรายการ")
            .ports(&["item", "done", "error"])
            .field(field("items", FieldKind::Json).required())
            .field(field("parallel", FieldKind::Number).at_least(1).at_most(64))
            .field(choice("on_item_error", &["stop", "collect"])),
        OperationSpec::control("core/wait", "Wait", "รอ")
            .ports(&["out", "timeout"])
            .field(field("for", FieldKind::Span))
            .field(field("until", FieldKind::Text))
            .field(field("callback", FieldKind::Bool))
            .field(field("timeout", FieldKind::Span)),
        OperationSpec::control("core/call", "Call a flow", "เรียกโฟลว์")
            .ports(&["out", "error"])
            .field(field("flow", FieldKind::Flow).required())
            .field(field("input", FieldKind::Json)),
        OperationSpec::control("core/respond", "Answer", "ตอบกลับ")
            .field(field("status", FieldKind::Number).at_least(200).at_most(599))
            .field(field("headers", FieldKind::Map))
            .field(field("body", FieldKind::Json)),
    ]
}

fn others() -> Vec<OperationSpec> {
    let baht = FieldKind::Money(Some(Currency::Fixed("THB".into())));
    let fee = field("amount", baht).required().at_least(1).at_most(100);
    vec![
        OperationSpec::transform("core/script", "Script", "สคริปต์")
            .field(field("script", FieldKind::Code).required().at_most(64 << 10)),
        OperationSpec::transform("core/map", "Map fields", "จับคู่ฟิลด์")
            .field(field("target", FieldKind::Text))
            .field(field("fields", FieldKind::Mapping).required()),
        OperationSpec::transform("core/set", "Set", "กำหนดค่า")
            .field(field("value", FieldKind::Json).required()),
        OperationSpec::action("http/request", "HTTP request", "เรียก HTTP")
            .connection(Need::Optional)
            .field(choice("method", &["GET", "POST", "PUT", "PATCH", "DELETE"]).required())
            .field(field("url", FieldKind::Url).required())
            .field(field("headers", FieldKind::Map).at_most(32))
            .field(field("body", FieldKind::Json)),
        OperationSpec::action("odoo/create_sales_order", "Create a sales order", "สร้างใบสั่งขาย")
            .effect(EffectRule::Probe)
            .connection(Need::Required)
            .field(field("order", FieldKind::Json).required().shape(order()))
            .field(field("confirm", FieldKind::Bool))
            .field(field("total", FieldKind::Money(Some(Currency::Field("order.currency".into())))))
            .field(field("fees", FieldKind::List(vec![fee])).at_most(9)),
    ]
}

fn order() -> [Field; 4] {
    let line = vec![
        field("sku", FieldKind::Text).required(),
        field("quantity", FieldKind::Number).required(),
        field("gift", FieldKind::Bool),
        field("price", FieldKind::Money(None)),
    ];
    [
        field("reference", FieldKind::Text).required(),
        field("partner", FieldKind::Json)
            .required()
            .shape([field("name", FieldKind::Text), field("zip", FieldKind::Text)]),
        field("lines", FieldKind::List(line)).required(),
        field("note", FieldKind::Text),
    ]
}

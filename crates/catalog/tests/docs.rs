//! `docs/connectors/` is written from the specs. `UPDATE=1` writes it anew.

use model::money::Currency;
use model::{
    Choice, ConnectorSpec, EffectRule, Field, FieldKind, Need, OperationSpec, Ports, Purpose, Specs, Words,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const INDEX: &str = "README.md";

/// The order in which people look for a system.
const PURPOSES: [(Purpose, &str); 9] = [
    (Purpose::Shop, "Shops (ร้านค้า)"),
    (Purpose::BackOffice, "Back office and warehouse (หลังบ้านและคลังสินค้า)"),
    (Purpose::Accounting, "Accounting (บัญชี)"),
    (Purpose::Crm, "Customers (ลูกค้าสัมพันธ์)"),
    (Purpose::Courier, "Couriers (ขนส่ง)"),
    (Purpose::Message, "Messages (ข้อความ)"),
    (Purpose::Data, "Addresses, databases, files (ที่อยู่เว็บ ฐานข้อมูล ไฟล์)"),
    (Purpose::Queue, "Queues (คิวข้อความ)"),
    (Purpose::Flow, "What flows are built with (ส่วนประกอบของโฟลว์)"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/connectors")
}

#[test]
fn the_pages_are_as_fresh_as_the_specs() {
    let all = catalog::all();
    let (index, mut names) = (index(all.specs()), BTreeSet::new());
    for connector in all.specs().connectors.values() {
        let of_connector = |spec: &&OperationSpec| spec.id.connector() == connector.id;
        let operations: Vec<&OperationSpec> = all.specs().operations.values().filter(of_connector).collect();
        let name = format!("{}.md", connector.id);
        check(&folder().join(&name), &page(connector, &operations));
        assert!(index.contains(&format!("({name})")), "{name} is not in the list");
        names.insert(name);
    }
    check(&folder().join(INDEX), &index);
    names.insert(INDEX.to_owned());
    for entry in folder().read_dir().unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name), "{name} belongs to no connector");
    }
}

fn check(path: &Path, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, text, "{} is stale: UPDATE=1 writes it anew", path.display());
}

/// All of them by what they are for.
fn index(specs: &Specs) -> String {
    let mut text = "# Connectors (ตัวเชื่อมต่อ)\n\nEach page says how to get the credentials, what every field means, the limits, and \
                    what is good to know. It is written from what the connector itself says in the editor.\n"
        .to_owned();
    for (purpose, title) in PURPOSES {
        let of_it = |connector: &&ConnectorSpec| connector.purpose == purpose;
        let mut rows = String::new();
        for connector in specs.connectors.values().filter(of_it) {
            let _ = writeln!(rows, "| {} | {} |", linked(connector), operations(specs, connector));
        }
        let _ = write!(text, "\n## {title}\n\n| Connector | Triggers and actions |\n| --- | --- |\n{rows}");
    }
    text
}

fn linked(connector: &ConnectorSpec) -> String {
    format!("[{}]({}.md): {}", both(&connector.title), connector.id, connector.about.en)
}

fn operations(specs: &Specs, connector: &ConnectorSpec) -> String {
    let of_it = specs.operations.values().filter(|spec| spec.id.connector() == connector.id);
    let titles: Vec<&str> = of_it.map(|spec| spec.title.en.as_str()).collect();
    titles.join(", ")
}

fn page(connector: &ConnectorSpec, operations: &[&OperationSpec]) -> String {
    let mut text = format!("# {}\n\n", both(&connector.title));
    let _ = writeln!(text, "{}\n\n{}\n", connector.about.en, connector.about.th);
    if let Some(connection) = &connector.connection {
        text.push_str("## Connection\n\n");
        numbered(&mut text, &connector.guide.steps);
        table(&mut text, &connection.fields);
    }
    listed(&mut text, "Limits", &connector.guide.limits);
    listed(&mut text, "Good to know", &connector.guide.quirks);
    for operation in operations {
        section(&mut text, operation);
    }
    text
}

fn numbered(text: &mut String, steps: &[Words]) {
    for (number, step) in steps.iter().enumerate() {
        let _ = writeln!(text, "{}. {}\n   {}", number + 1, step.en, step.th);
    }
    if !steps.is_empty() {
        text.push('\n');
    }
}

fn listed(text: &mut String, title: &str, words: &[Words]) {
    if words.is_empty() {
        return;
    }
    let _ = writeln!(text, "## {title}\n");
    for words in words {
        let _ = writeln!(text, "- {}\n  {}", words.en, words.th);
    }
    text.push('\n');
}

fn section(text: &mut String, spec: &OperationSpec) {
    let _ = writeln!(text, "## {}\n", both(&spec.title));
    let _ = writeln!(text, "`{}`: {}\n\n{}\n", spec.id, spec.about.en, spec.about.th);
    let _ = writeln!(text, "- Family: {}", format!("{:?}", spec.family).to_lowercase());
    let _ = writeln!(text, "- Ways out: {}", ports(&spec.ports));
    match spec.connection {
        Need::None => {}
        Need::Optional => text.push_str("- Connection: optional\n"),
        Need::Required => text.push_str("- Connection: required\n"),
    }
    if let Some(effect) = spec.effect {
        let _ = writeln!(text, "- When an answer was lost: {}", rule(effect));
    }
    text.push('\n');
    if !spec.fields.is_empty() {
        table(text, &spec.fields);
    }
    let _ = writeln!(text, "Example:\n\n```json\n{}\n```\n", pretty(&spec.example));
    let _ = writeln!(text, "gives\n\n```json\n{}\n```\n", pretty(&spec.example_output));
}

/// A title in both languages, or once where it is a name.
fn both(title: &Words) -> String {
    if title.en == title.th {
        return title.en.clone();
    }
    format!("{} ({})", title.en, title.th)
}

fn ports(ports: &Ports) -> String {
    match ports {
        Ports::Fixed(ports) => ports.iter().map(|port| format!("`{port}`")).collect::<Vec<_>>().join(", "),
        Ports::Cases => "one per case, `else`, `error`".into(),
    }
}

fn rule(effect: EffectRule) -> &'static str {
    match effect {
        EffectRule::Read => "asked again, for nothing changes",
        EffectRule::Idempotent => "sent again with the same key",
        EffectRule::Probe => "the target is asked first, and sent to only if it was not done",
        EffectRule::Ask => "a person decides, unless the fields say otherwise",
    }
}

fn table(text: &mut String, fields: &[Field]) {
    text.push_str("| Field | Kind | Default | What it is |\n| --- | --- | --- | --- |\n");
    for field in fields {
        row(text, "", field);
    }
    text.push('\n');
}

fn row(text: &mut String, prefix: &str, field: &Field) {
    let name = format!("{prefix}{}", field.name);
    let default = match &field.default {
        _ if field.required => "required".into(),
        Value::Null => String::new(),
        value => format!("`{value}`"),
    };
    let mut about = format!("**{}.** {}", field.title.en, field.about.en);
    if field.about.th != field.about.en {
        let _ = write!(about, "<br>**{}** {}", field.title.th, field.about.th);
    }
    let _ = writeln!(text, "| `{name}` | {} | {default} | {} |", kind(field), about.replace('|', "\\|"));
    if let FieldKind::List(inner) = &field.kind {
        for field in inner {
            row(text, &format!("{name}[]."), field);
        }
    }
    for field in &field.shape {
        row(text, &format!("{name}."), field);
    }
}

fn kind(field: &Field) -> String {
    let name = match &field.kind {
        FieldKind::Choice(options) => {
            let named = |option: &Choice| match (&option.title.en, &option.title.th) {
                (en, _) if *en == option.value => format!("`{en}`"),
                (en, th) if en == th => format!("`{}`: {en}", option.value),
                (en, th) => format!("`{}`: {en} ({th})", option.value),
            };
            return options.iter().map(named).collect::<Vec<_>>().join("<br>").replace('|', "\\|");
        }
        FieldKind::Text => "text",
        FieldKind::LongText => "long text",
        FieldKind::Number => "number",
        FieldKind::Money(currency) => return bounded(field, &money(currency.as_ref())),
        FieldKind::Bool => "true or false",
        FieldKind::Json => "JSON",
        FieldKind::Map => "names and texts",
        FieldKind::List(_) => "list",
        FieldKind::Code => "script",
        FieldKind::Mapping => "a line for each field",
        FieldKind::Condition => "condition",
        FieldKind::Span => "length of time",
        FieldKind::Cron => "cron",
        FieldKind::TimeZone => "time zone",
        FieldKind::Url => "address",
        FieldKind::Path => "path",
        FieldKind::Flow => "flow",
        FieldKind::Record(_) => "record of the connected system",
        FieldKind::Rate => "rate budget",
        FieldKind::Secret => "secret",
    };
    bounded(field, name)
}

fn money(currency: Option<&Currency>) -> String {
    match currency {
        Some(Currency::Fixed(code)) => format!("amount of money in {code}"),
        Some(Currency::Field(name)) => format!("amount of money in the currency of `{name}`"),
        None => "amount of money".into(),
    }
}

fn bounded(field: &Field, name: &str) -> String {
    match (field.at_least, field.at_most) {
        (Some(least), Some(most)) => format!("{name}, {least} to {most}"),
        (None, Some(most)) => format!("{name}, at most {most}"),
        (Some(least), None) => format!("{name}, at least {least}"),
        (None, None) => name.into(),
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

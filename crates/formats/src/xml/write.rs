//! `files/write_xml`: JSON as an XML document.

use super::{ATTRIBUTE, LEVELS_MAX, TEXT};
use crate::charset::{self, Charset};
use crate::{failure, given, rows, words};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, OperationSpec};
use quick_xml::escape::escape;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub name: String,
    pub document: Map<String, Value>,
    #[serde(default = "words::yes")]
    declaration: bool,
    #[serde(default = "words::yes")]
    indent: bool,
    #[serde(default, deserialize_with = "given::or_default")]
    charset: Charset,
}

pub fn spec() -> OperationSpec {
    let switch = |name: &str, en: &str, th: &str| {
        Field::new(name, FieldKind::Bool, en, th).default(true).example(true).advanced()
    };
    OperationSpec::action("files/write_xml", "Write XML", "สร้าง XML")
        .about(
            "JSON as an XML document: @name is an attribute, #text the text beside them, a list the same element several times.",
            "สร้างเอกสาร XML จาก JSON โดย @ชื่อ คือแอตทริบิวต์ #text คือข้อความที่อยู่คู่กัน และรายการคือแท็กชื่อเดียวกันหลายครั้ง",
        )
        .effect(EffectRule::Read)
        .field(words::name("order.xml"))
        .field(
            Field::new("document", FieldKind::Json, "Document", "เอกสาร")
                .about(
                    "An object with one member, which is the root. Members are written in their order.",
                    "ออบเจ็กต์ที่มีสมาชิกเดียวคือแท็กราก สมาชิกจะเขียนตามลำดับ",
                )
                .required()
                .example(json!({"Order": {"@id": "0081", "Line": [{"@sku": "TEA", "#text": "2"}]}})),
        )
        .field(switch("declaration", "Declaration", "บรรทัดประกาศ").about("Whether <?xml …?> stands at the beginning.", "เขียน <?xml …?> ไว้บรรทัดแรกหรือไม่"))
        .field(switch("indent", "Lines", "จัดบรรทัด").about("Whether elements stand on lines of their own.", "ให้แต่ละแท็กอยู่คนละบรรทัดหรือไม่"))
        .field(charset::target_field())
        .example(
            json!({"name": "order.xml", "document": {"Order": {"@id": "0081", "Line": ["ชา"]}}, "indent": false}),
            json!({
                "file": {
                    "name": "order.xml", "content_type": "application/xml", "bytes": 84,
                    "base64": "PD94bWwgdmVyc2lvbj0iMS4wIiBlbmNvZGluZz0iVVRGLTgiPz4KPE9yZGVyIGlkPSIwMDgxIj48TGluZT7guIrguLI8L0xpbmU+PC9PcmRlcj4K",
                },
            }),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || write(&input)).await
}

pub fn write(input: &Input) -> Result<Value, Error> {
    let mut members = input.document.iter();
    let (Some((root, value)), None) = (members.next(), members.next()) else {
        return Err(mistake(format!("the document has {} roots; XML has one", input.document.len())));
    };
    let mut to = Writer { text: String::new(), indent: input.indent };
    if input.declaration {
        let encoding = match input.charset {
            Charset::Utf8 | Charset::Utf8Bom => "UTF-8",
            Charset::Tis620 => "TIS-620",
            Charset::Utf16 => "UTF-16",
        };
        to.text = format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n");
    }
    if value.is_array() {
        return Err(mistake(format!("the root <{root}> is a list; XML has one root")));
    }
    to.element(root, value, 0)?;
    if !to.text.ends_with('\n') {
        to.text.push('\n');
    }
    // What a charset does not have has a number all the same.
    if input.charset == Charset::Tis620 {
        to.text = referred(&to.text);
    }
    let file = failure::file(&input.name, "", charset::write(&to.text, input.charset)?)?;
    failure::made(file, json!({}))
}

struct Writer {
    text: String,
    indent: bool,
}

impl Writer {
    fn element(&mut self, name: &str, value: &Value, level: usize) -> Result<(), Error> {
        if level == LEVELS_MAX {
            return Err(mistake(format!("the document is nested deeper than {LEVELS_MAX} elements")));
        }
        check_name(name)?;
        match value {
            Value::Array(all) => all.iter().try_for_each(|one| match one {
                Value::Array(_) => {
                    Err(mistake(format!("<{name}> is a list in a list, which XML does not have")))
                }
                one => self.element(name, one, level),
            }),
            Value::Object(members) => self.object(name, members, level),
            plain => {
                let text = escaped(name, &rows::text(Some(plain)))?;
                self.line(level);
                match text.is_empty() {
                    true => self.text.push_str(&format!("<{name}/>")),
                    false => self.text.push_str(&format!("<{name}>{text}</{name}>")),
                }
                self.end_line();
                Ok(())
            }
        }
    }

    fn object(&mut self, name: &str, members: &Map<String, Value>, level: usize) -> Result<(), Error> {
        self.line(level);
        self.text.push('<');
        self.text.push_str(name);
        for (key, value) in members {
            let Some(key) = key.strip_prefix(ATTRIBUTE) else { continue };
            check_name(key)?;
            if value.is_array() || value.is_object() {
                return Err(mistake(format!("the attribute {key} of <{name}> is no text")));
            }
            if !value.is_null() {
                let value = escaped(key, &rows::text(Some(value)))?;
                // Written as they are, they would be read as spaces.
                let value = value.replace('\n', "&#10;").replace('\t', "&#9;");
                self.text.push_str(&format!(" {key}=\"{value}\""));
            }
        }
        let text = escaped(name, &rows::text(members.get(TEXT)))?;
        let inner = || members.iter().filter(|(key, _)| !key.starts_with(ATTRIBUTE) && *key != TEXT);
        if inner().next().is_none() && text.is_empty() {
            self.text.push_str("/>");
            self.end_line();
            return Ok(());
        }
        self.text.push('>');
        self.text.push_str(&text);
        if inner().next().is_some() {
            // Spaces beside a text would be a part of it.
            let indent = self.indent;
            self.indent = indent && text.is_empty();
            self.end_line();
            inner().try_for_each(|(key, value)| self.element(key, value, level + 1))?;
            self.line(level);
            self.indent = indent;
        }
        self.text.push_str(&format!("</{name}>"));
        self.end_line();
        Ok(())
    }

    fn line(&mut self, level: usize) {
        if self.indent {
            self.text.extend(std::iter::repeat_n("  ", level));
        }
    }

    fn end_line(&mut self) {
        if self.indent {
            self.text.push('\n');
        }
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    let start = |letter: char| letter.is_alphabetic() || letter == '_';
    let rest = |letter: char| {
        start(letter) || letter.is_numeric() || is_thai_mark(letter) || matches!(letter, '-' | '.')
    };
    let is_part = |part: &str| part.starts_with(start) && part.chars().all(rest);
    let fine = match name.split_once(':') {
        Some((prefix, local)) => is_part(prefix) && is_part(local),
        None => is_part(name),
    };
    match fine {
        true => Ok(()),
        false => Err(mistake(format!("\"{name}\" cannot be the name of an element or attribute"))),
    }
}

fn is_thai_mark(letter: char) -> bool {
    matches!(letter, '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}')
}

/// A text as XML has it; XML has no control characters, and a carriage return only as a number.
fn escaped(place: &str, text: &str) -> Result<String, Error> {
    let allowed =
        |letter: char| !letter.is_control() || matches!(letter, '\t' | '\n' | '\r' | '\u{80}'..='\u{9f}');
    match text.chars().all(|letter| allowed(letter) && !matches!(letter, '\u{fffe}' | '\u{ffff}')) {
        true => Ok(escape(text).into_owned()),
        false => {
            Err(mistake(format!("the text of {place} has a control character, which XML does not have")))
        }
    }
}

fn referred(text: &str) -> String {
    let letter = |letter: char| match charset::tis_620(letter) {
        Some(_) => letter.to_string(),
        None => format!("&#{};", letter as u32),
    };
    text.chars().map(letter).collect()
}

fn mistake(message: String) -> Error {
    failure::input(message, "Correct the document before this step.")
}

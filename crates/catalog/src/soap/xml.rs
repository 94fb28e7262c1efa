//! XML as SOAP services write and read it: read to a tree, told as JSON, and written from JSON.
//!
//! A document type is refused, so nothing is ever fetched or expanded; depth is bounded, and size is by the HTTP client.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::{escape, resolve_xml_entity};
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

const DEPTH_MAX: usize = 100;

#[derive(Debug, Default)]
pub struct Element {
    /// Without its prefix, which every service chooses as it likes.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
}

impl Element {
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// An attribute by its name without prefix.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let local = |given: &str| given.rsplit(':').next() == Some(name);
        self.attributes.iter().find(|(given, _)| local(given)).map(|(_, value)| value.as_str())
    }

    /// The text of an element below, by the names that lead there.
    pub fn text_at(&self, names: &[&str]) -> Option<&str> {
        let found = names.iter().try_fold(self, |at, name| at.child(name))?;
        Some(found.text.trim()).filter(|text| !text.is_empty())
    }

    /// As JSON: a text, or an object of children, attributes (`@name`) and what else is said (`#text`). What comes more than once
    /// is a list, and so is what `lists` names, however often it comes.
    pub fn json(&self, lists: &[&str]) -> Value {
        let is_nil = matches!(self.attribute("nil"), Some("true" | "1"));
        let told = |name: &str| !name.starts_with("xmlns") && !name.starts_with("xsi:");
        let attributes: Vec<_> = self.attributes.iter().filter(|(name, _)| told(name)).collect();
        if is_nil && self.children.is_empty() {
            return Value::Null;
        }
        if attributes.is_empty() && self.children.is_empty() {
            return self.text.as_str().into();
        }
        let mut object = Map::new();
        for (name, value) in attributes {
            let local = name.rsplit(':').next().unwrap_or(name);
            object.insert(format!("@{local}"), value.as_str().into());
        }
        for child in &self.children {
            add(&mut object, &child.name, child.json(lists), lists.contains(&child.name.as_str()));
        }
        if !self.text.trim().is_empty() {
            object.insert("#text".into(), self.text.trim().into());
        }
        Value::Object(object)
    }
}

fn add(object: &mut Map<String, Value>, name: &str, value: Value, is_list: bool) {
    match object.get_mut(name) {
        Some(Value::Array(list)) => list.push(value),
        Some(one) => {
            let first = one.take();
            *one = Value::Array(vec![first, value]);
        }
        None => {
            let value = if is_list { Value::Array(vec![value]) } else { value };
            object.insert(name.to_owned(), value);
        }
    }
}

/// Reads a whole document.
pub fn read(text: &str) -> Result<Element, String> {
    let mut reader = Reader::from_str(text);
    // What is open, from the document itself on.
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().map_err(|error| format!("it is no XML: {error}"))?;
        match event {
            Event::Start(start) => {
                if open.len() > DEPTH_MAX {
                    return Err(format!("it is deeper than {DEPTH_MAX} elements"));
                }
                open.push(begun(&start)?);
            }
            Event::Empty(start) => put(&mut open, begun(&start)?)?,
            Event::End(_) => {
                let done = open.pop().unwrap_or_default();
                put(&mut open, done)?;
            }
            Event::Text(text) => say(&mut open, &text.xml10_content()),
            Event::CData(text) => say(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let letter = reference.resolve_char_ref().map_err(|error| error.to_string())?;
                match (letter, resolve_xml_entity(&reference.xml10_content())) {
                    (Some(letter), _) => say(&mut open, letter.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => say(&mut open, text),
                    (None, None) => {
                        return Err("it holds an entity of its own, and these are not read".into());
                    }
                }
            }
            Event::DocType(_) => return Err("it has a document type, and these are not read".into()),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    let document = open.pop().filter(|_| open.is_empty()).ok_or("it ends too early")?;
    let mut roots = document.children.into_iter();
    match (roots.next(), roots.next()) {
        (Some(root), None) if document.text.trim().is_empty() => Ok(root),
        (Some(_), _) => Err("there is more in it than one element".into()),
        (None, _) => Err("there is no element in it".into()),
    }
}

fn begun(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element = Element { name: start.local_name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("an attribute cannot be read: {error}"))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        element.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(element)
}

fn put(open: &mut [Element], done: Element) -> Result<(), String> {
    open.last_mut().ok_or("an element ends that was not begun")?.children.push(done);
    Ok(())
}

fn say(open: &mut [Element], text: &str) {
    if let Some(last) = open.last_mut() {
        last.text.push_str(text);
    }
}

/// Writes an element: `@name` is an attribute, `#text` the text, a list the same element again; null is left out.
pub fn write(name: &str, value: &Value, to: &mut String) -> Result<(), String> {
    write_at(name, value, to, 0)
}

fn write_at(name: &str, value: &Value, to: &mut String, depth: usize) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err(format!("the fields are deeper than {DEPTH_MAX} elements"));
    }
    check_name(name)?;
    match value {
        Value::Null => Ok(()),
        Value::Array(list) => list.iter().try_for_each(|one| write_at(name, one, to, depth + 1)),
        Value::Object(fields) => {
            to.push('<');
            to.push_str(name);
            for (key, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                if let Some(attribute) = key.strip_prefix('@') {
                    check_name(attribute)?;
                    to.push_str(&format!(" {attribute}=\"{}\"", told(attribute, value)?));
                }
            }
            to.push('>');
            for (key, value) in fields {
                match key.as_str() {
                    "#text" => to.push_str(&told(name, value)?),
                    attribute if attribute.starts_with('@') => {}
                    child => write_at(child, value, to, depth + 1)?,
                }
            }
            to.push_str(&format!("</{name}>"));
            Ok(())
        }
        plain => {
            to.push_str(&format!("<{name}>{}</{name}>", told(name, plain)?));
            Ok(())
        }
    }
}

/// A value that has no parts, as XML writes it.
fn told(name: &str, value: &Value) -> Result<String, String> {
    let text = match value {
        Value::Array(_) | Value::Object(_) => {
            return Err(format!("\"{name}\" needs a text, a number, or true or false"));
        }
        plain => crate::http::body::as_text(plain),
    };
    if text.chars().any(|letter| letter < ' ' && !matches!(letter, '\t' | '\n' | '\r')) {
        return Err(format!("\"{name}\" holds a character that XML cannot carry"));
    }
    Ok(escape(text).into_owned())
}

/// Names come from what a node's author wrote, or from data; neither may write more than a name.
pub fn check_name(name: &str) -> Result<(), String> {
    let begins = |part: &str| part.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    let is_of_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let mut parts = name.split(':');
    let fine = parts.clone().count() <= 2 && parts.all(|part| begins(part) && part.chars().all(is_of_name));
    if fine { Ok(()) } else { Err(format!("\"{name}\" cannot be the name of an element")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(value: &Value) -> Result<String, String> {
        let mut text = String::new();
        write("Order", value, &mut text).map(|()| text)
    }

    #[test]
    fn json_becomes_elements_in_its_order() {
        let order = json!({
            "@id": 7, "@type": null, "Number": "A<1>", "Total": "10.50", "Paid": true, "Note": null,
            "Line": [{"Sku": "T1"}, {"Sku": "T2"}], "m:Sum": {"@currency": "\"THB\"", "#text": 5}
        });
        assert_eq!(
            written(&order).unwrap(),
            "<Order id=\"7\"><Number>A&lt;1&gt;</Number><Total>10.50</Total><Paid>true</Paid><Line><Sku>T1</Sku></Line>\
             <Line><Sku>T2</Sku></Line><m:Sum currency=\"&quot;THB&quot;\">5</m:Sum></Order>"
        );
        for wrong in [
            json!({"a b": 1}),
            json!({"a>": 1}),
            json!({"@x=\"1\" y": 1}),
            json!({"1": 1}),
            json!({"a": "\u{1}"}),
        ] {
            assert!(written(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn elements_become_json_without_prefixes() {
        let text = "<?xml version=\"1.0\"?><s:A xmlns:s=\"urn:s\" xmlns:xsi=\"urn:i\" s:kind=\"x\"><!-- c -->\
            <s:B>1.10</s:B><B>สวัสดี &amp; &#x41;<![CDATA[<b>]]></B><C xsi:nil=\"true\"/><D/><E>only</E><F xsi:type=\"s:t\">f</F></s:A>";
        let told = read(text).unwrap().json(&["E"]);
        assert_eq!(
            told,
            json!({"@kind": "x", "B": ["1.10", "สวัสดี & A<b>"], "C": null, "D": "", "E": ["only"], "F": "f"})
        );
    }

    #[test]
    fn what_would_fetch_or_swell_or_is_no_document_is_refused() {
        let deep = "<a>".repeat(DEPTH_MAX + 2);
        for (text, says) in [
            ("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", "document type"),
            ("<a>&b;</a>", "entity"),
            (deep.as_str(), "deeper"),
            ("<a><b></a>", "no XML"),
            ("<a>", "too early"),
            ("hello", "no element"),
            ("<a/><b/>", "more in it"),
            ("", "no element"),
        ] {
            assert!(read(text).unwrap_err().contains(says), "{text}");
        }
    }
}

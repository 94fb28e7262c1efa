//! Reads the XML of a payload into the JSON that the same calls take: elements and their text, nothing else.

use serde_json::{Map, Value};

const DEPTH_MAX: usize = 16;
/// Elements of one payload.
const ELEMENTS_MAX: usize = 20_000;

/// `<Request><A>1</A><A>2</A></Request>` becomes `{"Request":{"A":["1","2"]}}`. `None` if it is no such XML.
pub(super) fn read(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text.trim(), elements: 0 };
    if let Some(after) = reader.rest.strip_prefix("<?xml") {
        reader.rest = after.split_once("?>")?.1.trim_start();
    }
    let (name, value) = reader.element(0)?;
    reader.skip();
    reader.rest.is_empty().then(|| Value::Object(Map::from_iter([(name, value)])))
}

struct Reader<'a> {
    rest: &'a str,
    elements: usize,
}

impl Reader<'_> {
    /// Space and comments mean nothing.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            let comment = self.rest.strip_prefix("<!--").and_then(|rest| rest.split_once("-->"));
            match comment {
                Some((_, after)) => self.rest = after,
                None => return,
            }
        }
    }

    fn element(&mut self, depth: usize) -> Option<(String, Value)> {
        self.elements += 1;
        if depth > DEPTH_MAX || self.elements > ELEMENTS_MAX {
            return None;
        }
        let (tag, after) = self.rest.strip_prefix('<')?.split_once('>')?;
        self.rest = after;
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name =
            tag.split_whitespace().next().filter(|name| !name.starts_with(['/', '!', '?']))?.to_owned();
        if empty {
            return Some((name, Value::from("")));
        }
        let value = self.content(depth)?;
        self.rest = self.rest.strip_prefix("</")?.strip_prefix(name.as_str())?.strip_prefix('>')?;
        Some((name, value))
    }

    /// Either text or elements.
    fn content(&mut self, depth: usize) -> Option<Value> {
        if let Some(text) = self.rest.strip_prefix("<![CDATA[") {
            let (text, after) = text.split_once("]]>")?;
            self.rest = after;
            return Some(text.into());
        }
        let (text, _) = self.rest.split_once('<')?;
        if !text.trim().is_empty() {
            self.rest = &self.rest[text.len()..];
            return Some(unescaped(text.trim()).into());
        }
        self.children(depth)
    }

    fn children(&mut self, depth: usize) -> Option<Value> {
        let mut children = Map::new();
        self.skip();
        while !self.rest.starts_with("</") {
            let (name, value) = self.element(depth + 1)?;
            match children.get_mut(&name) {
                None => drop(children.insert(name, value)),
                Some(Value::Array(list)) => list.push(value),
                Some(single) => *single = Value::Array(vec![single.take(), value]),
            }
            self.skip();
        }
        Some(if children.is_empty() { Value::from("") } else { children.into() })
    }
}

fn unescaped(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn elements_become_objects_and_the_repeated_ones_lists() {
        let text = "<?xml version=\"1.0\"?>\n<Request> <Product><Skus><!-- one --><Sku><SellerSku>A &amp; B</SellerSku></Sku>\
            <Sku><Quantity>2</Quantity><Empty/></Sku></Skus><Text><![CDATA[<p>ชา</p>]]></Text></Product></Request>";
        let expected = json!({ "Request": { "Product": {
            "Skus": { "Sku": [{ "SellerSku": "A & B" }, { "Quantity": "2", "Empty": "" }] },
            "Text": "<p>ชา</p>",
        } } });
        assert_eq!(read(text), Some(expected));
    }

    #[test]
    fn what_is_not_closed_or_too_deep_is_no_xml() {
        for wrong in ["", "text", "<a>", "<a></b>", "<a><b></a></b>", "<a></a><b></b>", "<a>1<b/></a>"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(read(&"<a>".repeat(100)), None);
    }
}

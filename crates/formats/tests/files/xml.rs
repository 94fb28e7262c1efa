use crate::common::{done, file, given, refused, text};
use serde_json::{Value, json};

fn xml(text: &str, more: Value) -> Value {
    let mut fields = json!({"file": given("a.xml", text.as_bytes())});
    fields.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    fields
}

#[test]
fn a_document_becomes_json_and_the_same_document_again() {
    let source = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Order id=\"0081\" note=\"ก &amp; ข &quot;ค&quot;\">\n  <Buyer>คุณสมศรี &lt;น้ำใจ&gt;</Buyer>\n  <Line sku=\"TEA\">2</Line>\n  <Line sku=\"CUP\">1</Line>\n  <Empty/>\n</Order>\n";
    let found = done("read_xml", xml(source, json!({})));
    let wanted = json!({"Order": {
        "@id": "0081", "@note": "ก & ข \"ค\"", "Buyer": "คุณสมศรี <น้ำใจ>",
        "Line": [{"@sku": "TEA", "#text": "2"}, {"@sku": "CUP", "#text": "1"}], "Empty": "",
    }});
    assert_eq!((&found["document"], &found["root"]), (&wanted, &json!("Order")));
    let made = done("write_xml", json!({"name": "a.xml", "document": found["document"]}));
    assert_eq!(text(&made), source);
}

#[test]
fn one_line_and_ten_are_read_alike_and_prefixes_may_go() {
    let source = "<o:Order xmlns:o=\"urn:o\" o:id=\"1\"><o:Line><![CDATA[a < b]]></o:Line></o:Order>";
    let found = done("read_xml", xml(source, json!({"lists": ["Line"], "drop_prefixes": true})));
    assert_eq!(found["document"], json!({"Order": {"@id": "1", "Line": ["a < b"]}}));
    let kept = done("read_xml", xml(source, json!({})));
    assert_eq!(kept["document"]["o:Order"]["@xmlns:o"], "urn:o");
}

#[test]
fn a_thai_office_s_document_is_read_and_written_in_its_charset() {
    let document = json!({"เอกสาร": {"@เลขที่": "๐๑", "ผู้ขาย": "ร้านน้ำชา", "ยอด": "฿50", "อื่น": "🙂"}});
    let made = done(
        "write_xml",
        json!({"name": "a.xml", "document": document, "charset": "tis_620", "indent": false}),
    );
    let bytes = file(&made).bytes;
    assert!(
        bytes.starts_with(b"<?xml version=\"1.0\" encoding=\"TIS-620\"?>\n<\xe0\xcd\xa1\xca\xd2\xc3"),
        "{bytes:?}"
    );
    assert_eq!(done("read_xml", json!({"file": made["file"]}))["document"], document);
    let wide = done("write_xml", json!({"name": "a.xml", "document": document, "charset": "utf_16"}));
    assert_eq!(done("read_xml", json!({"file": wide["file"]}))["document"], document);
}

#[test]
fn nothing_that_a_document_defines_is_expanded() {
    let bomb = "<!DOCTYPE a [<!ENTITY x \"lol\"><!ENTITY y \"&x;&x;&x;\">]><a>&y;</a>";
    let said = refused("read_xml", xml(bomb, json!({})));
    assert!(said.contains("&y; is not expanded"), "{said}");
    let file = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a b=\"&x;\"/>";
    assert!(refused("read_xml", xml(file, json!({}))).contains("cannot be read"));
    assert_eq!(
        done("read_xml", xml("<!DOCTYPE a><a>&#3585;&#x0E02;</a>", json!({})))["document"],
        json!({"a": "กข"})
    );
}

#[test]
fn what_is_no_document_is_told_with_its_line() {
    for (source, says) in [
        ("", "no element"),
        ("ชา", "text outside"),
        ("<a>\n<b></a>", "line 2"),
        ("<a/><b/>", "second element"),
        ("<a>\n", "never closed"),
        ("<a b='1' b='2'/>", "twice"),
        ("<a>&nbsp;</a>", "&nbsp; is not expanded"),
    ] {
        let said = refused("read_xml", xml(source, json!({})));
        assert!(said.contains(says), "{source}: {said}");
    }
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert!(refused("read_xml", xml(&deep, json!({}))).contains("deeper than 28"));
    let wide = format!("<a{}/>", (0..600_000).map(|number| format!(" b{number}=''")).collect::<String>());
    assert!(refused("read_xml", xml(&wide, json!({}))).contains("more than 500000"));
}

#[test]
fn what_xml_cannot_say_is_refused() {
    for (document, says) in [
        (json!({}), "0 roots"),
        (json!({"a": 1, "b": 2}), "2 roots"),
        (json!({"a": [1, 2]}), "is a list"),
        (json!({"a": {"b": [[1]]}}), "list in a list"),
        (json!({"a b": 1}), "cannot be the name"),
        (json!({"a": {"<": 1}}), "cannot be the name"),
        (json!({"a": {"@b": {"c": 1}}}), "is no text"),
        (json!({"a": "\u{1}"}), "control character"),
    ] {
        let said = refused("write_xml", json!({"name": "a.xml", "document": document}));
        assert!(said.contains(says), "{document}: {said}");
    }
}

#[test]
fn texts_beside_elements_get_no_spaces_that_nobody_wrote() {
    let made = done(
        "write_xml",
        json!({"name": "a.xml", "declaration": false, "document": {"p": {"#text": "ชา", "b": "ร้อน", "c": {"d": null}}}}),
    );
    assert_eq!(text(&made), "<p>ชา<b>ร้อน</b><c><d/></c></p>\n");
}

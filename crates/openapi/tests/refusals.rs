//! What cannot be imported or called, and what is said of it.

mod common;

use common::{import, read, request, wanted};
use openapi::{Imported, Wanted, limits};
use serde_json::{Value, json};

fn refused(text: &str) -> String {
    let problem = openapi::read(text, &wanted()).expect_err("it is refused");
    assert!(!problem.message.th.is_empty() && !problem.advice.th.is_empty());
    problem.to_string()
}

#[test]
fn what_is_no_api_document_is_refused_with_advice() {
    assert!(refused("").contains("is empty"));
    assert!(refused("\u{feff}  \n").contains("is empty"));
    assert!(refused("<!DOCTYPE html><html>").contains("This is a web page"));
    assert!(
        refused("{\"openapi\": \"3.0.0\",")
            .starts_with("line 1, column 20: The document cannot be read as JSON")
    );
    assert!(refused("openapi: 3.0.0\npaths: [\n").starts_with("line "));
    assert!(refused("hello").contains("neither \"openapi\" nor \"swagger\""));
    assert!(refused("[1, 2]").contains("neither \"openapi\" nor \"swagger\""));
    assert!(refused("{\"swagger\": \"1.2\"}").starts_with("/swagger: The version \"1.2\" is not read."));
    assert!(refused("openapi: 4.0.0").starts_with("/openapi: The version \"4.0.0\" is not read."));
    assert!(
        refused("openapi: 3.0.0\ninfo: {title: x}\npaths: {}").starts_with("/paths: There is no operation")
    );
    assert!(refused("openapi: 3.0.0\npaths: 7").starts_with("/paths: There is no operation"));
}

#[test]
fn documents_of_other_kinds_are_called_by_their_name() {
    assert!(refused("asyncapi: 2.6.0\nchannels: {}").contains("a document of AsyncAPI"));
    assert!(refused(r#"{"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": []}"#).contains("Postman"));
    assert!(refused(r#"{"data": {"__schema": {}}}"#).contains("GraphQL"));
}

#[test]
fn a_document_that_is_too_large_is_refused_before_it_is_read() {
    let text = format!("{{\"openapi\": \"3.0.0\", \"x\": \"{}\"}}", "x".repeat(limits::DOCUMENT_BYTES_MAX));
    assert!(refused(&text).contains("larger than 20 MB"));
    assert!(refused(&"[".repeat(200)).contains("cannot be read as JSON: recursion limit"));
}

#[test]
fn what_is_wanted_has_to_make_sense() {
    let text = common::text("courier.yaml");
    let with = |wanted: Wanted| openapi::read(&text, &wanted).map_err(|problem| problem.code);
    for id in ["", "Reo", "2reo", "reo express", "_reo", &"x".repeat(41)] {
        assert_eq!(
            with(Wanted { id: Some((*id).to_owned()), ..Wanted::default() }).map(|_| ()),
            Err("bad-id".to_owned()),
            "{id}"
        );
    }
    let address = Some("ftp://x.example/openapi.yaml".to_owned());
    assert_eq!(with(Wanted { address, ..Wanted::default() }).map(|_| ()), Err("bad-address".to_owned()));
    let tags = vec!["Nothing".to_owned()];
    assert_eq!(with(Wanted { tags, ..Wanted::default() }).map(|_| ()), Err("nothing-wanted".to_owned()));
    let some =
        with(Wanted { id: Some("reo".to_owned()), tags: vec!["Tracking".to_owned()], ..Wanted::default() })
            .expect("some");
    let ids: Vec<_> = some.operations.iter().map(|operation| operation.spec.id.as_str()).collect();
    assert_eq!(ids, ["reo/track_parcel"]);
}

fn problem(imported: &Imported, id: &str, fields: Value) -> String {
    let problem = request(imported, id, fields).expect_err("it is refused");
    assert!(!problem.message.th.is_empty() && !problem.advice.th.is_empty());
    problem.to_string()
}

#[test]
fn a_value_that_leads_to_another_address_is_refused() {
    let imported = import("courier.yaml");
    let label = |pno: &str| problem(&imported, "reo_express_open_api/get_label", json!({"pno": pno}));
    assert!(label("..").starts_with("/pno: \"pno\" makes \"..\" a part of the address"));
    assert!(label(".").contains("which leads elsewhere"));
    assert!(label("").contains("required and has no value"));
    let imported = import("pets-openapi-3.0.yaml");
    let empty_list = problem(&imported, "pets_friends/get_owners_by_ids", json!({"ids": []}));
    assert!(empty_list.contains("is a part of the address and is empty"), "{empty_list}");
}

#[test]
fn a_value_in_a_header_cannot_begin_another_header() {
    let imported = import("pets-openapi-3.0.yaml");
    let said = problem(
        &imported,
        "pets_friends/get_owners_by_ids",
        json!({"ids": [1], "x_fields": ["a\r\nX-Evil: 1"]}),
    );
    assert!(said.starts_with("/x_fields: \"x_fields\" goes into a header and holds a line break"), "{said}");
    let imported = import("pets-openapi-3.1.yaml");
    let paper = json!({"base64": "", "type": "a\r\nb: c"});
    let said = problem(
        &imported,
        "pet_hotel/add_papers",
        json!({"stay_id": "x", "kind": "insurance", "paper": paper}),
    );
    assert!(said.starts_with("/paper: "), "{said}");
}

#[test]
fn a_connector_that_was_changed_by_hand_sends_no_header_of_its_own_making() {
    let imported = import("courier.yaml");
    for (from, to) in [
        ("\"Accept-Language\",", "\"X: 1\\r\\nY\","),
        ("\"accept\": \"application/json\"", "\"accept\": \"a\\r\\nY: 1\""),
    ] {
        let json = imported.to_json().expect("JSON");
        assert!(json.contains(from), "{from}");
        let changed = Imported::from_json(&json.replace(from, to)).expect("it is JSON all the same");
        let fields = json!({"pno": "TH0101ABCD0A", "accept_language": "th"});
        let said = problem(&changed, "reo_express_open_api/track_parcel", fields);
        assert!(said.contains("goes into a header"), "{said}");
    }
}

#[test]
fn values_of_another_kind_are_told_with_both_kinds() {
    let imported = import("courier.yaml");
    let mut fields = json!({
        "out_trade_no": 1001, "weight": "1000", "dst_name": "สมชาย", "dst_phone": "081", "dst_province_name": "x",
        "dst_postal_code": 50210, "dst_detail_address": "99",
    });
    let text = common::sent(&imported, "reo_express_open_api/create_parcel", fields.clone());
    assert!(
        text.contains(r#""outTradeNo":"1001","expressCategory":1,"weight":1000,"#)
            && text.contains(r#""dstPostalCode":"50210""#),
        "{text}"
    );
    fields["weight"] = "heavy".into();
    let said = problem(&imported, "reo_express_open_api/create_parcel", fields.clone());
    assert_eq!(
        said,
        "/weight: \"weight\" has to be a number, and is another text. Give a value of that kind."
    );
    fields["weight"] = 1.into();
    fields["items"] = json!({"itemName": "x"});
    assert!(
        problem(&imported, "reo_express_open_api/create_parcel", fields.clone())
            .contains("has to be a list, and is an object")
    );
    fields["items"] = Value::Null;
    fields["dst_name"] = json!(["a"]);
    assert!(
        problem(&imported, "reo_express_open_api/create_parcel", fields)
            .contains("has to be a text, and is a list")
    );
}

#[test]
fn fields_that_are_missing_or_unknown_are_named() {
    let imported = import("courier.yaml");
    let said = problem(&imported, "reo_express_open_api/track_parcel", json!({}));
    assert!(said.starts_with("/pno: The field \"pno\" is required and has no value."), "{said}");
    let said =
        problem(&imported, "reo_express_open_api/track_parcel", json!({"pno": "TH0101ABCD0A", "parcel": 1}));
    assert!(
        said.contains("There is no field \"parcel\".") && said.contains("pno, accept_language"),
        "{said}"
    );
    assert!(problem(&imported, "reo_express_open_api/ping", json!([])).contains("have to be an object"));
    let file = json!({"stay_id": "x", "kind": "insurance", "paper": {"base64": "?"}});
    let said = problem(&import("pets-openapi-3.1.yaml"), "pet_hotel/add_papers", file);
    assert!(said.contains("says base64 and cannot be read as that"), "{said}");
}

#[test]
fn more_operations_and_fields_than_are_taken_are_told() {
    let mut paths = serde_json::Map::new();
    for number in 0..=limits::OPERATIONS_MAX {
        paths.insert(format!("/p{number}"), json!({"get": {}}));
    }
    let imported = read(&json!({"openapi": "3.0.0", "info": {"title": "Many"}, "paths": paths}).to_string());
    assert_eq!(imported.operations.len(), limits::OPERATIONS_MAX);
    assert!(
        said(&imported, "too-many-operations")
            .starts_with("The document has 2001 operations, and the first 2000 are taken.")
    );

    let parameter =
        |number: usize| json!({"name": format!("p{number}"), "in": "query", "schema": {"type": "string"}});
    let parameters: Vec<_> = (0..limits::FIELDS_MAX + 5).map(parameter).collect();
    let imported = read(&json!({"openapi": "3.0.0", "info": {"title": "Wide"}, "paths": {"/p": {"get": {"parameters": parameters}}}}).to_string());
    assert_eq!(imported.operations[0].spec.fields.len(), limits::FIELDS_MAX);
    assert!(said(&imported, "too-many-fields").contains("those from \"p200\" on are left out"));

    let properties: serde_json::Map<_, _> =
        (0..limits::FIELDS_MAX + 1).map(|number| (format!("m{number}"), json!({"type": "string"}))).collect();
    let body =
        json!({"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}});
    let imported = read(&json!({"openapi": "3.0.0", "info": {"title": "Body"}, "paths": {"/p": {"post": {"requestBody": body}}}}).to_string());
    assert!(said(&imported, "whole-body").contains("one JSON value"));
    let text = common::sent(&imported, "body/post_p", json!({"body": {"m0": "x"}}));
    assert!(text.ends_with("\n\n{\"m0\":\"x\"}"), "{text}");
}

fn said(imported: &Imported, code: &str) -> String {
    let found = imported.notes.iter().find(|note| note.code == code);
    found.unwrap_or_else(|| panic!("no {code} in {:#?}", imported.notes)).message.en.clone()
}

#[test]
fn an_operation_that_cannot_be_called_is_left_out_and_told() {
    let parameter = |number: usize| json!({"name": format!("p{number}"), "in": "query", "required": true, "schema": {"type": "string"}});
    let parameters: Vec<_> = (0..limits::FIELDS_MAX + 1).map(parameter).collect();
    let document = json!({"openapi": "3.0.0", "info": {"title": "x"}, "paths": {"/a": {"get": {"parameters": parameters}}, "/b": {"get": {}}}});
    let imported = read(&document.to_string());
    assert_eq!(imported.operations.len(), 1);
    assert!(said(&imported, "uncallable").contains("more than 200 fields"));
}

#[test]
fn a_schema_that_grows_with_each_step_has_an_end() {
    // Each object has ten members, each of which is the next object: a billion in all.
    let mut schemas = serde_json::Map::new();
    for level in 0..9 {
        let next = json!({"$ref": format!("#/components/schemas/L{}", level + 1)});
        let properties: serde_json::Map<_, _> =
            (0..10).map(|number| (format!("m{number}"), next.clone())).collect();
        schemas.insert(
            format!("L{level}"),
            json!({"type": "object", "required": ["m0"], "properties": properties}),
        );
    }
    schemas.insert("L9".to_owned(), json!({"type": "string"}));
    let body = json!({"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/L0"}}}});
    let answer =
        json!({"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/L0"}}}}});
    let document = json!({"openapi": "3.0.0", "info": {"title": "Growing"}, "components": {"schemas": schemas},
        "paths": {"/p": {"post": {"requestBody": body, "responses": answer}}}});
    let imported = read(&document.to_string());
    common::check_all(&imported, "growing");
    assert!(imported.to_json().expect("JSON").len() < 1 << 20);
    assert!(said(&imported, "too-wide").contains("more fields than are told"));
}

#[test]
fn variants_of_variants_have_an_end() {
    let mut schemas = serde_json::Map::new();
    for level in 0..40 {
        let next = json!({"$ref": format!("#/components/schemas/V{}", level + 1)});
        schemas.insert(
            format!("V{level}"),
            json!({"oneOf": [next.clone(), next.clone(), next.clone()], "allOf": [next.clone(), next]}),
        );
    }
    schemas.insert("V40".to_owned(), json!({"type": "object", "properties": {"a": {"type": "string"}}}));
    let body = json!({"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/V0"}}}});
    let document = json!({"openapi": "3.1.0", "info": {"title": "Variants"}, "components": {"schemas": schemas}, "paths": {"/p": {"post": {"requestBody": body}}}});
    let imported = read(&document.to_string());
    assert!(said(&imported, "too-many-parts").contains("More than 64 schemas"));
}

#[test]
fn a_connector_of_a_later_format_is_refused() {
    let imported = import("courier.yaml");
    let json = imported.to_json().expect("JSON").replacen("\"format\": 1", "\"format\": 2", 1);
    assert_eq!(Imported::from_json(&json).map_err(|problem| problem.code), Err("format".to_owned()));
    assert_eq!(Imported::from_json("{}").map_err(|problem| problem.code), Err("not-a-connector".to_owned()));
    assert_eq!(
        Imported::from_json("{\"format\": 1}").map_err(|problem| problem.code),
        Err("not-a-connector".to_owned())
    );
}

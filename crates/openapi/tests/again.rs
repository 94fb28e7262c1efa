//! A document that is imported again: flows go on with the ids that they have.

mod common;

use common::{read, wanted};
use openapi::{Imported, Wanted};
use serde_json::{Value, json};

fn document(paths: Value) -> String {
    json!({"openapi": "3.0.0", "info": {"title": "Shop"}, "servers": [{"url": "https://x.example"}], "paths": paths}).to_string()
}

fn ids(imported: &Imported) -> Vec<&str> {
    imported.operations.iter().map(|operation| operation.spec.id.operation()).collect()
}

fn again(before: &Imported, paths: Value) -> Imported {
    let wanted = Wanted { keep: before.ids(), ..wanted() };
    openapi::read(&document(paths), &wanted).unwrap_or_else(|problem| panic!("{problem}"))
}

#[test]
fn the_same_document_gives_the_same_connector() {
    for path in common::documents() {
        let text = std::fs::read_to_string(&path).expect("a document");
        let first = read(&text);
        assert_eq!(first, read(&text), "{}", path.display());
        let wanted = Wanted { keep: first.ids(), ..wanted() };
        let second = openapi::read(&text, &wanted).expect("it is read again");
        assert_eq!(first.operations, second.operations, "{}", path.display());
    }
}

#[test]
fn an_operation_keeps_its_id_when_the_vendor_renames_it() {
    let before = read(&document(json!({"/orders/{id}": {"get": {"operationId": "getOrder"}}})));
    assert_eq!(ids(&before), ["get_order"]);
    let after = again(
        &before,
        json!({
            "/orders": {"get": {"operationId": "getOrder"}},
            "/orders/{orderId}": {"get": {"operationId": "readOrder"}},
        }),
    );
    assert_eq!(after.operations[1].spec.id.as_str(), "shop/get_order");
    assert!(ids(&after)[0].starts_with("get_order_") && ids(&after).len() == 2, "{:?}", ids(&after));
}

#[test]
fn an_operation_that_moves_keeps_its_id_by_its_name() {
    let before = read(&document(json!({"/v1/orders": {"get": {"operationId": "listOrders"}}})));
    let after = again(&before, json!({"/v2/orders": {"get": {"operationId": "listOrders"}}}));
    assert_eq!(ids(&after), ["list_orders"]);
}

#[test]
fn two_operations_of_one_name_have_the_same_ids_in_any_order() {
    let (a, b) = (json!({"get": {"operationId": "list"}}), json!({"get": {"operationId": "List"}}));
    let one = read(&document(json!({"/a": a.clone(), "/b": b.clone()})));
    let other = read(&document(json!({"/b": b, "/a": a})));
    assert_eq!(ids(&one)[0], ids(&other)[1]);
    assert_eq!(ids(&one)[1], ids(&other)[0]);
    assert_ne!(ids(&one)[0], ids(&one)[1]);
}

#[test]
fn fields_of_one_name_say_where_they_go() {
    let parameters = json!([
        {"name": "id", "in": "query", "schema": {"type": "string"}}, {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
        {"name": "Id", "in": "header", "schema": {"type": "string"}},
    ]);
    let body = json!({"content": {"application/json": {"schema": {"type": "object", "properties": {"ID": {"type": "string"}, "pages_max": {"type": "integer"}}}}}});
    let imported =
        read(&document(json!({"/x/{id}": {"put": {"parameters": parameters, "requestBody": body}}})));
    let names: Vec<_> = imported.operations[0].spec.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["id", "id_query", "id_header", "id_body", "pages_max_body"]);
    let fields = json!({"id": "p", "id_query": "q", "id_header": "h", "id_body": "b"});
    let text = common::written(&openapi::request(&imported.operations[0], &fields).expect("a request"));
    assert_eq!(text, "PUT /x/p?id=q\nId: h\ncontent-type: application/json\n\n{\"ID\":\"b\"}");
}

#[test]
fn fields_in_thai_have_names_that_stay() {
    let body = |names: &[&str]| {
        let properties: serde_json::Map<_, _> =
            names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
        let media = json!({"application/json": {"schema": {"type": "object", "properties": properties}}});
        read(&document(json!({"/x": {"post": {"requestBody": {"content": media}}}})))
    };
    let name = |imported: &Imported, title: &str| {
        let fields = &imported.operations[0].spec.fields;
        fields.iter().find(|field| field.title.th == title).expect("a field").name.clone()
    };
    let (one, other) = (body(&["ชื่อ", "ที่อยู่"]), body(&["รหัส", "ที่อยู่", "ชื่อ"]));
    assert_eq!(name(&one, "ที่อยู่"), name(&other, "ที่อยู่"));
    assert_ne!(name(&one, "ที่อยู่"), name(&one, "ชื่อ"));
}

#[test]
fn a_large_document_is_read_within_its_bounds() {
    let about = "Says something of some length about itself, as vendors do. ".repeat(8);
    let schema = |number: usize| {
        let member = |at: usize| {
            (format!("member_{at}"), json!({"type": "string", "description": about, "maxLength": 200}))
        };
        let next =
            ("next".to_owned(), json!({"$ref": format!("#/components/schemas/S{}", (number + 1) % 600)}));
        let properties: serde_json::Map<_, _> = (0..12).map(member).chain([next]).collect();
        (format!("S{number}"), json!({"type": "object", "required": ["member_0"], "properties": properties}))
    };
    let operation = |number: usize| {
        let media = json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/S{}", number % 600)}}});
        let operation = json!({"operationId": format!("operation{number}"), "description": about,
            "requestBody": {"required": true, "content": media}, "responses": {"200": {"description": "ok", "content": media}}});
        (format!("/records/{number}"), json!({"post": operation}))
    };
    let schemas: serde_json::Map<_, _> = (0..600).map(schema).collect();
    let paths: serde_json::Map<_, _> = (0..900).map(operation).collect();
    let document = json!({"openapi": "3.0.0", "info": {"title": "Large"}, "components": {"schemas": schemas}, "paths": paths});
    let text = serde_json::to_string_pretty(&document).expect("JSON");
    assert!(text.len() > 5 << 20, "{} bytes", text.len());
    let imported = read(&text);
    assert_eq!(imported.operations.len(), 900);
    let fields: usize = imported.operations.iter().map(|operation| count(&operation.spec.fields)).sum();
    assert!((40_000..60_000).contains(&fields), "{fields} fields");
    assert!(imported.notes.iter().any(|note| note.code == "too-wide"));
    assert!(imported.operations.iter().all(|operation| operation.spec.fields.len() == 13));
    assert!(imported.notes.len() <= openapi::limits::NOTES_MAX + 1);
}

fn count(fields: &[model::Field]) -> usize {
    fields.iter().map(|field| 1 + count(&field.shape)).sum()
}

//! Calls, as they go over the wire.

mod common;

use common::{import, operation, read, request, sent};
use openapi::Imported;
use serde_json::{Value, json};

/// A connector with one operation that has one parameter, `color`.
fn with_parameter(path: &str, parameter: Value) -> Imported {
    let document = json!({
        "openapi": "3.1.0", "info": {"title": "Styles", "version": "1"},
        "paths": {path: {"get": {"operationId": "paint", "parameters": [parameter]}}},
    });
    read(&document.to_string())
}

fn target(imported: &Imported, fields: Value) -> String {
    request(imported, "styles/paint", fields).unwrap_or_else(|problem| panic!("{problem}")).target
}

/// The values of the specification's table of styles.
fn colours() -> [Value; 3] {
    [json!("blue"), json!(["blue", "black", "brown"]), json!({"R": 100, "G": 200, "B": 150})]
}

fn types() -> [&'static str; 3] {
    ["string", "array", "object"]
}

#[test]
fn paths_are_written_as_in_the_table_of_styles() {
    let table = [
        ("matrix", false, [";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"]),
        ("matrix", true, [";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"]),
        ("label", false, [".blue", ".blue,black,brown", ".R,100,G,200,B,150"]),
        ("label", true, [".blue", ".blue.black.brown", ".R=100.G=200.B=150"]),
        ("simple", false, ["blue", "blue,black,brown", "R,100,G,200,B,150"]),
        ("simple", true, ["blue", "blue,black,brown", "R=100,G=200,B=150"]),
    ];
    for (style, explode, expected) in table {
        for ((kind, value), expected) in types().iter().zip(colours()).zip(expected) {
            let parameter = json!({"name": "color", "in": "path", "required": true, "style": style, "explode": explode, "schema": {"type": kind}});
            let imported = with_parameter("/{color}/x", parameter);
            assert_eq!(
                target(&imported, json!({"color": value})),
                format!("/{expected}/x"),
                "{style} {explode}"
            );
        }
    }
}

#[test]
fn queries_are_written_as_in_the_table_of_styles() {
    let table = [
        ("form", false, 0, "color=blue"),
        ("form", false, 1, "color=blue,black,brown"),
        ("form", false, 2, "color=R,100,G,200,B,150"),
        ("form", true, 0, "color=blue"),
        ("form", true, 1, "color=blue&color=black&color=brown"),
        ("form", true, 2, "R=100&G=200&B=150"),
        ("spaceDelimited", false, 1, "color=blue%20black%20brown"),
        ("spaceDelimited", false, 2, "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", false, 1, "color=blue%7Cblack%7Cbrown"),
        ("pipeDelimited", false, 2, "color=R%7C100%7CG%7C200%7CB%7C150"),
        ("deepObject", true, 2, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
    ];
    for (style, explode, which, expected) in table {
        let parameter = json!({"name": "color", "in": "query", "style": style, "explode": explode, "schema": {"type": types()[which]}});
        let imported = with_parameter("/x", parameter);
        let given = json!({"color": colours()[which]});
        assert_eq!(target(&imported, given), format!("/x?{expected}"), "{style} {explode}");
    }
}

#[test]
fn headers_and_cookies_are_written_as_in_the_table_of_styles() {
    let header = |explode: bool, which: usize| {
        let parameter = json!({"name": "X-Color", "in": "header", "explode": explode, "schema": {"type": types()[which]}});
        let imported = with_parameter("/x", parameter);
        let prepared =
            request(&imported, "styles/paint", json!({"x_color": colours()[which]})).expect("a request");
        prepared.headers
    };
    let of = |value: &str| vec![("X-Color".to_owned(), value.to_owned())];
    assert_eq!(header(false, 0), of("blue"));
    assert_eq!(header(false, 1), of("blue,black,brown"));
    assert_eq!(header(false, 2), of("R,100,G,200,B,150"));
    assert_eq!(header(true, 2), of("R=100,G=200,B=150"));
    let parameter = json!({"name": "color", "in": "cookie", "explode": false, "schema": {"type": "array"}});
    let prepared =
        request(&with_parameter("/x", parameter), "styles/paint", json!({"color": ["blue", "a b"]}));
    assert_eq!(prepared.expect("a request").headers, [("cookie".to_owned(), "color=blue,a%20b".to_owned())]);
}

#[test]
fn what_is_in_a_value_stays_in_the_value() {
    let path = json!({"name": "color", "in": "path", "required": true, "schema": {"type": "string"}});
    let imported = with_parameter("/x/{color}.json", path);
    assert_eq!(target(&imported, json!({"color": "a/b?c=d#e%20f"})), "/x/a%2Fb%3Fc%3Dd%23e%2520f.json");
    assert_eq!(
        target(&imported, json!({"color": "ใบเสร็จ 1"})),
        "/x/%E0%B9%83%E0%B8%9A%E0%B9%80%E0%B8%AA%E0%B8%A3%E0%B9%87%E0%B8%88%201.json"
    );
    let query = json!({"name": "a[b]", "in": "query", "explode": false, "schema": {"type": "array"}});
    let imported = with_parameter("/x", query);
    assert_eq!(target(&imported, json!({"a_b": ["1,2", "3&4"]})), "/x?a%5Bb%5D=1%2C2,3%264");
}

#[test]
fn reserved_signs_stay_where_the_document_says_so_and_end_no_parameter() {
    let imported = import("shop-admin.json");
    let text = sent(
        &imported,
        "talad_shop_admin_api/products_list",
        json!({"redirect": "https://x.example/a?b=c&d=e#f", "ids": [1, 2]}),
    );
    assert!(
        text.starts_with("GET /products.json?ids=1,2&redirect=https://x.example/a?b=c%26d=e%23f\n"),
        "{text}"
    );
}

#[test]
fn a_number_beyond_what_floats_hold_goes_out_with_its_digits() {
    let imported = import("accounting-th.yaml");
    let id = "accounting_api/change_status";
    let fields: Value =
        serde_json::from_str(r#"{"record_id": 12345678901234567890, "status_id": "5"}"#).expect("JSON");
    assert!(
        sent(&imported, id, fields).starts_with("POST /tax-invoices/12345678901234567890/status-key/5\n")
    );
    let as_text = json!({"record_id": "12345678901234567890", "status_id": 5});
    assert!(
        sent(&imported, id, as_text).starts_with("POST /tax-invoices/12345678901234567890/status-key/5\n")
    );
}

#[test]
fn an_invoice_goes_out_as_the_vendor_describes_it() {
    let imported = import("accounting-th.yaml");
    let example = operation(&imported, "accounting_api/create_tax_invoice").spec.example.clone();
    let expected = concat!(
        "POST /tax-invoices\naccept: application/json\ncontent-type: application/json; charset=utf-8\n\n",
        r#"{"contactName":"สมชาย ใจดี","contactTaxId":"1103700000001","publishedOn":"2026-11-20","dueDate":"2026-11-20","#,
        r#""creditType":3,"isVatInclusive":true,"items":[{"name":"ชาเขียว 100 g","quantity":1,"unitName":"ถุง","#,
        r#""pricePerUnit":267.50,"vatRate":7,"total":267.50}],"total":267.50,"grandTotal":267.50}"#,
    );
    assert_eq!(sent(&imported, "accounting_api/create_tax_invoice", example), expected);
}

#[test]
fn null_clears_a_value_where_the_vendor_allows_it_and_is_nothing_elsewhere() {
    let imported = import("pets-openapi-3.0.yaml");
    let with = json!({"pet_id": "P000042", "nickname": null, "name": null, "chipped": false});
    let text = sent(&imported, "pets_friends/pets_change", with);
    assert!(text.ends_with("\n\n{\"nickname\":null,\"chipped\":false}"), "{text}");
    let imported = import("accounting-th.yaml");
    let text = sent(
        &imported,
        "accounting_api/put_contacts_by_id",
        json!({"id": 1, "contact_name": "ร้านชา", "id_body": 7}),
    );
    assert!(
        text.starts_with("PUT /contacts/1\n")
            && text.ends_with(r#"{"contactName":"ร้านชา","contactType":3,"id":7}"#),
        "{text}"
    );
}

#[test]
fn what_has_to_be_there_and_may_be_null_is_null_when_it_is_left_empty() {
    let members = json!({"name": {"type": "string"}, "note": {"type": ["string", "null"]}});
    let media = json!({"application/json": {"schema": {"type": "object", "required": ["name", "note"], "properties": members}}});
    let in_path =
        json!({"name": "id", "in": "path", "required": true, "schema": {"type": ["string", "null"]}});
    let document = json!({"openapi": "3.1.0", "info": {"title": "Null"},
        "paths": {"/x/{id}": {"put": {"parameters": [in_path], "requestBody": {"required": true, "content": media}}}}});
    let imported = read(&document.to_string());
    let text = sent(&imported, "null/put_x_by_id", json!({"id": "1", "name": "a"}));
    assert!(text.ends_with("{\"name\":\"a\",\"note\":null}"), "{text}");
    let missing = request(&imported, "null/put_x_by_id", json!({"name": "a"})).expect_err("no id");
    assert_eq!(missing.code, "missing-field");
}

#[test]
fn what_has_to_be_there_and_is_usual_is_sent_without_being_filled_in() {
    let imported = import("accounting-th.yaml");
    let text = sent(&imported, "accounting_api/list_tax_invoices", json!({"page_size": 50}));
    assert!(text.starts_with("GET /tax-invoices?currentPage=1&pageSize=50\n"), "{text}");
    let imported = import("pets-openapi-3.0.yaml");
    let text = sent(
        &imported,
        "pets_friends/pets_list",
        json!({"kind": ["cat", "dog"], "near": {"lat": 18.79, "lon": 98.98}}),
    );
    assert!(text.starts_with("GET /pets?kind=cat,dog&lat=18.79&lon=98.98\nX-Tenant: main\n"), "{text}");
}

#[test]
fn a_payment_is_a_form_with_brackets_and_says_where_its_key_goes() {
    let imported = import("payments.yaml");
    let fields = json!({
        "amount": 26750, "capture": true, "expand": ["customer", "refunds"], "metadata": {"order": "#1001"},
        "shipping": {"name": "สมชาย", "address": {"line1": "99 ถ.", "city": null}},
        "line_items": [{"sku": "TEA-001", "quantity": 2}, {"sku": "CUP", "quantity": 1}],
    });
    let prepared = request(&imported, "siam_pay_api/post_charges", fields).expect("a request");
    assert_eq!(prepared.key_header.as_deref(), Some("Idempotency-Key"));
    let body = String::from_utf8(prepared.body.expect("a body")).expect("a text");
    let expected = [
        "amount=26750",
        "currency=thb",
        "capture=true",
        "expand%5B%5D=customer",
        "expand%5B%5D=refunds",
        "metadata%5Border%5D=%231001",
        "shipping%5Bname%5D=%E0%B8%AA%E0%B8%A1%E0%B8%8A%E0%B8%B2%E0%B8%A2",
        "shipping%5Baddress%5D%5Bline1%5D=99+%E0%B8%96.",
        "line_items%5B0%5D%5Bsku%5D=TEA-001",
        "line_items%5B0%5D%5Bquantity%5D=2",
        "line_items%5B1%5D%5Bsku%5D=CUP",
        "line_items%5B1%5D%5Bquantity%5D=1",
    ];
    assert_eq!(body.split('&').collect::<Vec<_>>(), expected);
    let list = sent(
        &imported,
        "siam_pay_api/get_charges",
        json!({"created": {"gte": 1795143600}, "expand": ["data.customer"]}),
    );
    assert!(
        list.starts_with("GET /v1/charges?created%5Bgte%5D=1795143600&expand%5B%5D=data.customer\n"),
        "{list}"
    );
}

#[test]
fn forms_write_lists_and_objects_as_the_document_says() {
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "Forms", "version": "1"},
        "paths": {"/x": {"post": {"operationId": "send", "requestBody": {"required": true, "content": {
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object", "properties": {
                    "plain": {"type": "string"}, "many": {"type": "array", "items": {"type": "string"}},
                    "joined": {"type": "array", "items": {"type": "string"}}, "object": {"type": "object"},
                    "rows": {"type": "array", "items": {"type": "object"}},
                }},
                "encoding": {"joined": {"style": "form", "explode": false}, "rows": {"contentType": "application/json"}},
            },
        }}}}},
    });
    let imported = read(&document.to_string());
    let fields = json!({"plain": "a b+c", "many": ["1", "2"], "joined": ["1", "2"], "object": {"a": 1}, "rows": [{"b": 2}, {"b": 3}]});
    let text = sent(&imported, "forms/send", fields);
    let expected = "plain=a+b%2Bc&many=1&many=2&joined=1,2&object=%7B%22a%22%3A1%7D&rows=%7B%22b%22%3A2%7D&rows=%7B%22b%22%3A3%7D";
    assert_eq!(text.split("\n\n").nth(1), Some(expected));
}

#[test]
fn a_file_goes_out_with_its_name_and_its_bytes() {
    let imported = import("pets-openapi-3.1.yaml");
    let fields = json!({
        "stay_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "kind": "vaccination",
        "paper": {"base64": "JVBERi0xLjcK", "name": "สมุด \"1\".pdf", "type": "application/pdf"},
        "pages": [1, 2], "about": {"until": "2027-01-31"},
    });
    let text = sent(&imported, "pet_hotel/add_papers", fields.clone());
    let (head, body) = text.split_once("\n\n").expect("a body");
    let boundary = head.split("boundary=").nth(1).expect("a boundary");
    let part = |head: &str, content: &str| {
        format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    };
    let expected = [
        part("name=\"kind\"", "vaccination"),
        part("name=\"paper\"; filename=\"สมุด %221%22.pdf\"\r\nContent-Type: application/pdf", "%PDF-1.7\n"),
        part("name=\"pages\"", "1"),
        part("name=\"pages\"", "2"),
        part("name=\"about\"\r\nContent-Type: application/json", "{\"until\":\"2027-01-31\"}"),
        format!("--{boundary}--\r\n"),
    ];
    assert_eq!(body, expected.concat());
    assert_eq!(text, sent(&imported, "pet_hotel/add_papers", fields), "the same fields give the same bytes");
}

#[test]
fn what_stands_between_parts_stands_in_none_of_them() {
    let imported = import("pets-openapi-3.1.yaml");
    let fields = |paper: &str| json!({"stay_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "kind": "insurance", "paper": paper});
    let boundary = |paper: &str| {
        let text = sent(&imported, "pet_hotel/add_papers", fields(paper));
        text.split("boundary=").nth(1).and_then(|rest| rest.lines().next()).expect("a boundary").to_owned()
    };
    let first = boundary("x");
    let text = sent(&imported, "pet_hotel/add_papers", fields(&first));
    assert_eq!(text.matches(&format!("--{}", boundary(&first))).count(), 3, "{text}");
}

#[test]
fn bytes_text_and_xml_go_out_as_they_are() {
    let imported = import("pets-openapi-3.0.yaml");
    let fields = json!({"pet_id": "P000042", "index": 3, "body": {"base64": "/9j/"}});
    let prepared =
        request(&imported, "pets_friends/put_pets_by_pet_id_photos_by_index_jpg", fields).expect("a request");
    assert_eq!(
        (prepared.target.as_str(), prepared.body),
        ("/pets/P000042/photos/3.jpg", Some(vec![0xff, 0xd8, 0xff]))
    );
    let imported = import("courier.yaml");
    let text = sent(
        &imported,
        "reo_express_open_api/cancel_parcel",
        json!({"pno": "TH0101ABCD0A", "body": "ลูกค้ายกเลิก"}),
    );
    assert_eq!(text, "POST /v1/parcels/TH0101ABCD0A/cancel\ncontent-type: text/plain\n\nลูกค้ายกเลิก");
    let text = sent(&imported, "reo_express_open_api/cancel_parcel", json!({"pno": "TH0101ABCD0A"}));
    assert_eq!(text, "POST /v1/parcels/TH0101ABCD0A/cancel\n");
}

#[test]
fn lists_of_old_documents_are_joined_by_their_signs() {
    let imported = import("pets-swagger-2.json");
    let fields = json!({"status": ["available", "sold"], "colours": ["red", "dark blue"], "sizes": [1, 2], "breeds": ["a", "b"]});
    let text = sent(&imported, "happy_pets/find_pets_by_status", fields);
    let query = "status=available&status=sold&colours=red%7Cdark%20blue&sizes=1%202&breeds=a,b";
    assert!(text.starts_with(&format!("GET /pet/findByStatus?{query}\n")), "{text}");
    let imported = import("inventory-swagger-2.yaml");
    let text = sent(
        &imported,
        "warehouse/stock_get_by_warehouse",
        json!({"warehouse": "BKK 1", "skus": ["A", "B"], "top": 10}),
    );
    assert!(text.starts_with("GET /Stock/BKK%201?skus=A%09B&api-version=1.0&%24top=10\n"), "{text}");
}

#[test]
fn deep_filters_and_labels_are_written_for_the_crm() {
    let imported = import("crm.yaml");
    let fields = json!({"filter": {"tags": ["vip", "new"], "created": {"gte": "2026-01-01"}}, "fields": ["name", "email"], "page_size": 50});
    let text = sent(&imported, "customer_desk/contacts_search", fields);
    let query = "filter%5Btags%5D%5B%5D=vip&filter%5Btags%5D%5B%5D=new&filter%5Bcreated%5D%5Bgte%5D=2026-01-01&page%5Bsize%5D=50&fields=name%20email";
    assert_eq!(text, format!("GET /contacts?{query}\naccept: application/vnd.api+json\n"));
    assert!(
        sent(&imported, "customer_desk/notes", json!({"id": "c 1"}))
            .starts_with("GET /contacts/.c%201/notes\n")
    );
}

#[test]
fn one_value_may_stand_for_a_list_of_one_in_a_query() {
    let imported = import("pets-swagger-2.json");
    let text = sent(&imported, "happy_pets/find_pets_by_status", json!({"status": "sold", "sizes": []}));
    assert!(text.starts_with("GET /pet/findByStatus?status=sold\n"), "{text}");
}

#[test]
fn every_example_of_every_document_can_be_sent() {
    for path in common::documents() {
        let imported = import(&path.file_name().unwrap_or_default().to_string_lossy());
        for operation in &imported.operations {
            let prepared = openapi::request(operation, &operation.spec.example);
            let prepared = prepared.unwrap_or_else(|problem| panic!("{}: {problem}", operation.spec.id));
            assert!(prepared.target.starts_with('/') && prepared.target.is_ascii(), "{}", prepared.target);
            let full = url::Url::parse(&format!("https://x.example{}", prepared.target)).expect("an address");
            assert_eq!(
                full.as_str(),
                format!("https://x.example{}", prepared.target),
                "an address says the same when it is read"
            );
        }
    }
}

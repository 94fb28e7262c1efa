//! Lists that come in pages: which call follows an answer.

mod common;

use common::{import, operation};
use openapi::pages::{Answered, Following, following};
use serde_json::{Value, json};

fn next(document: &str, id: &str, fields: Value, links: &[&str], body: Value) -> Option<Following> {
    let imported = import(document);
    following(operation(&imported, id), &fields, Answered { links, body: &body })
}

fn fields(value: Value) -> Option<Following> {
    Some(Following::Fields(value))
}

fn list(count: usize) -> Value {
    (1..=count).map(|number| json!({"id": number})).collect()
}

#[test]
fn the_shop_s_next_page_is_at_the_link_in_the_header() {
    let id = "talad_shop_admin_api/products_list";
    let link = "<https://tea.talad.example/admin/api/2026-10/products.json?page_info=abc>; rel=\"next\"";
    let found = next("shop-admin.json", id, json!({}), &[link], json!({"products": list(1)}));
    let expected = "https://tea.talad.example/admin/api/2026-10/products.json?page_info=abc";
    assert_eq!(found, Some(Following::Address(expected.to_owned())));
    assert_eq!(next("shop-admin.json", id, json!({}), &[], json!({"products": list(1)})), None);
    assert_eq!(
        next("shop-admin.json", id, json!({}), &[link], json!({"products": []})),
        None,
        "an empty page is the last"
    );
}

#[test]
fn pages_by_number_go_on_until_one_is_empty() {
    let id = "accounting_api/list_tax_invoices";
    let page = |count| json!({"data": {"list": list(count)}});
    let of = |given: Value, count| next("accounting-th.yaml", id, given, &[], page(count));
    assert_eq!(of(json!({"sort_by": "x"}), 20), fields(json!({"sort_by": "x", "current_page": 2})));
    assert_eq!(
        of(json!({"current_page": 2, "page_size": 5}), 5),
        fields(json!({"current_page": 3, "page_size": 5}))
    );
    assert_eq!(
        of(json!({"current_page": "2", "page_size": 500}), 100),
        fields(json!({"current_page": 3, "page_size": 500})),
        "the system may give fewer at once than it is asked for"
    );
    assert_eq!(of(json!({"current_page": 3, "page_size": 500}), 0), None);
    let rooms = next(
        "pets-openapi-3.1.yaml",
        "pet_hotel/list_rooms",
        json!({"from": "2026-11-27"}),
        &[],
        json!({"items": list(50)}),
    );
    assert_eq!(rooms, fields(json!({"from": "2026-11-27", "page": 1})), "its first page is 0");
}

#[test]
fn pages_by_offset_go_on_by_what_has_come() {
    let of = |given: Value, count| {
        next("pets-openapi-3.0.yaml", "pets_friends/pets_list", given, &[], json!({"pets": list(count)}))
    };
    assert_eq!(of(json!({}), 20), fields(json!({"offset": 20})));
    assert_eq!(of(json!({"offset": 40, "limit": 10}), 10), fields(json!({"offset": 50, "limit": 10})));
    assert_eq!(of(json!({"offset": 40, "limit": 10}), 9), fields(json!({"offset": 49, "limit": 10})));
    assert_eq!(of(json!({"offset": 49, "limit": 10}), 0), None);
}

#[test]
fn pages_by_cursor_end_where_there_is_none() {
    let id = "customer_desk/contacts_search";
    let of = |cursor: Value| {
        next(
            "crm.yaml",
            id,
            json!({"page_size": 1}),
            &[],
            json!({"data": list(1), "meta": {"next_cursor": cursor}}),
        )
    };
    assert_eq!(of(json!("abc")), fields(json!({"page_size": 1, "page_cursor": "abc"})));
    for none in [json!(null), json!(""), json!(false)] {
        assert_eq!(of(none), None);
    }
    let stated = next(
        "crm.yaml",
        "customer_desk/events",
        json!({}),
        &[],
        json!({"events": list(1), "paging": {"last": 900719925474099312_u64}}),
    );
    assert_eq!(stated, fields(json!({"after_event": "900719925474099312"})));
}

#[test]
fn payments_go_on_after_the_last_one_while_there_are_more() {
    let of = |more: bool| {
        let body = json!({"data": [{"id": "chrg_1"}, {"id": "chrg_2"}], "has_more": more});
        next("payments.yaml", "siam_pay_api/get_charges", json!({"limit": 2}), &[], body)
    };
    assert_eq!(of(true), fields(json!({"limit": 2, "starting_after": "chrg_2"})));
    assert_eq!(of(false), None);
}

#[test]
fn an_address_in_the_answer_is_called_as_it_stands() {
    let notes = |next_page: Value| {
        next(
            "crm.yaml",
            "customer_desk/notes",
            json!({"id": "1"}),
            &[],
            json!({"notes": list(1), "next": next_page}),
        )
    };
    assert_eq!(
        notes(json!("/v4/contacts/1/notes?page_token=x")),
        Some(Following::Address("/v4/contacts/1/notes?page_token=x".to_owned()))
    );
    assert_eq!(notes(json!(null)), None);
    let body = json!({"value": list(1), "@odata.nextLink": "https://x.example/next"});
    let stock = next(
        "inventory-swagger-2.yaml",
        "warehouse/stock_get_by_warehouse",
        json!({"warehouse": "B"}),
        &[],
        body,
    );
    assert_eq!(stock, Some(Following::Address("https://x.example/next".to_owned())));
}

#[test]
fn an_answer_that_is_not_as_described_has_no_next_page() {
    let of =
        |body: Value| next("accounting-th.yaml", "accounting_api/list_tax_invoices", json!({}), &[], body);
    for body in [json!(null), json!([]), json!({"data": {"list": "many"}}), json!({"status": false})] {
        assert_eq!(of(body), None);
    }
    assert_eq!(next("courier.yaml", "reo_express_open_api/ping", json!({}), &[], json!({})), None);
}

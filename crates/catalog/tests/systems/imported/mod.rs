//! Connectors made of API documents, against a server that answers what it is told.

mod documents;
mod pages;
mod signing_in;

use crate::common::fake::Fake;
use crate::common::{Runner, connection, http};
use connector::{Catalog, Connection, Error};
use model::EffectRule;
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("tea-shop.yaml");

fn tea_shop() -> Catalog {
    let imported = openapi::read(DOCUMENT, &openapi::Wanted::default()).unwrap();
    Catalog::new(catalog::imported::parts(imported))
}

/// A connection that the shop knows by its key.
fn shop(fake: &Fake) -> Connection {
    connection("tea_shop", json!({"base_url": format!("{}/api", fake.url)}), &[("key", "S3CRET-KEY")])
}

fn runner(operation: &str, connection: Connection) -> Runner {
    let action = tea_shop().action(&format!("tea_shop/{operation}").as_str().into()).unwrap().clone();
    Runner { http: http(10_000), action, connection: Some(connection) }
}

#[tokio::test]
async fn an_operation_is_called_as_the_document_says_and_gives_the_body_of_the_answer() {
    let fake = Fake::start().await;
    fake.answers_with(
        200,
        &[("content-type", "application/json")],
        r#"{"id":9007199254740993,"total":10.50}"#,
    );
    let found = runner("get_order", shop(&fake)).run(json!({"id": "A/1", "fields": ["id", "total"]})).await;
    assert_eq!(found.unwrap().to_string(), r#"{"id":9007199254740993,"total":10.50}"#, "digits stay");
    let asked = &fake.asked()[0];
    assert_eq!((asked.path.as_str(), asked.query.as_str()), ("/api/orders/A%2F1", "fields=id,total"));
    assert_eq!((asked.header("x-key"), asked.header("accept")), ("S3CRET-KEY", "application/json"));
}

#[tokio::test]
async fn a_write_carries_the_step_s_key_where_the_document_names_a_header_for_it() {
    let fake = Fake::start().await;
    fake.answers(201, json!({"id": 7}));
    let order = json!({"reference": "SHOPIFY-1", "total": "267.50"});
    let runner = runner("create_order", shop(&fake));
    assert_eq!(runner.action.effect(&order), EffectRule::Idempotent);
    assert_eq!(runner.run(order.clone()).await, Ok(json!({"id": 7})));
    let asked = &fake.asked()[0];
    assert_eq!((asked.header("idempotency-key"), asked.json()), (crate::common::STEP_KEY, order));
}

#[tokio::test]
async fn an_answer_without_a_body_gives_its_status_and_a_text_stays_a_text() {
    let fake = Fake::start().await;
    fake.answers_with(204, &[], "").answers_with(200, &[("content-type", "text/plain")], "removed");
    for expected in [json!({"status": 204}), json!("removed")] {
        assert_eq!(runner("remove_order", shop(&fake)).run(json!({"id": "1"})).await, Ok(expected));
    }
}

#[tokio::test]
async fn a_failure_is_told_in_the_system_s_own_words_wherever_it_puts_them() {
    for (body, expected) in [
        (json!({"message": "no stock"}), "no stock"),
        (json!({"error": "no stock"}), "no stock"),
        (json!({"error": {"message": "no stock"}}), "no stock"),
        (json!({"errors": [{"message": "no stock"}]}), "no stock"),
        (json!({"errors": ["no stock"]}), "no stock"),
        (json!({"type": "about:blank", "title": "Conflict", "detail": "no stock"}), "no stock"),
        (json!({"title": "no stock"}), "no stock"),
    ] {
        let fake = Fake::start().await;
        fake.answers(422, body.clone());
        let failed = runner("get_order", shop(&fake)).run(json!({"id": "1"})).await.unwrap_err();
        let Error::Status { status: 422, message, .. } = &failed else { panic!("{failed:?}") };
        assert_eq!(message, expected, "{body}");
    }
}

#[tokio::test]
async fn too_many_calls_wait_as_long_as_the_system_says() {
    let fake = Fake::start().await;
    fake.answers_with(429, &[("retry-after", "7")], "");
    let failed = runner("get_order", shop(&fake)).run(json!({"id": "1"})).await.unwrap_err();
    assert!(
        matches!(failed, Error::RateLimited { after: Some(after), .. } if after.as_ms() == 7_000),
        "{failed:?}"
    );
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_anything_is_sent() {
    let fake = Fake::start().await;
    for fields in [json!({}), json!({"id": ".."}), json!({"id": "1", "nonsense": 1})] {
        let failed = runner("get_order", shop(&fake)).run(fields.clone()).await.unwrap_err();
        assert!(matches!(failed, Error::Input { .. }), "{fields}: {failed:?}");
    }
    let without_key = connection("tea_shop", json!({"base_url": fake.url}), &[]);
    let failed = runner("get_order", without_key).run(json!({"id": "1"})).await.unwrap_err();
    assert!(matches!(&failed, Error::Connection { message, .. } if message.contains("key")), "{failed:?}");
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn a_connection_is_tried_by_a_question_that_changes_nothing() {
    let fake = Fake::start().await;
    fake.answers(200, json!([])).answers(403, json!({"message": "not yours"}));
    let (shop_here, all) = (shop(&fake), tea_shop());
    let tea_shop = all.connector("tea_shop").unwrap();
    let said = tea_shop.test(&http(10_000), &shop_here).await.unwrap();
    assert!(said.ends_with("answered 200"), "{said}");
    let failed = tea_shop.test(&http(10_000), &shop_here).await.unwrap_err();
    assert!(failed.to_string().contains("not yours"), "{failed}");
    assert_eq!(fake.asked()[0].path, "/api/orders", "not the one that signs out");
}

#[tokio::test]
async fn where_nothing_can_be_asked_the_connection_is_looked_at() {
    let document = r#"{"openapi": "3.0.3", "info": {"title": "One"}, "paths": {"/x/{id}": {"get": {"parameters":
        [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]}}}}"#;
    let imported = openapi::read(document, &openapi::Wanted::default()).unwrap();
    let all = Catalog::new(catalog::imported::parts(imported));
    let test = async |fields: Value| {
        let connection = connection("one", fields, &[]);
        all.connector("one").unwrap().test(&http(1), &connection).await
    };
    assert!(
        test(json!({"base_url": "https://one.example"}))
            .await
            .unwrap()
            .starts_with("Complete, for one.example")
    );
    assert!(matches!(test(json!({})).await, Err(Error::Connection { .. })));
}

//! SOAP: against a service that nobody here wrote, and against answers that it never gives.

use crate::common::fake::Fake;
use crate::common::{Runner, connection, http, http_at};
use connector::lookup::Wanted;
use connector::{Connection, Error, Retry};
use model::EffectRule;
use serde_json::{Value, json};
use testkit_servers::{Soap, here};

const SPACE: &str = "http://khlong.test/stock";
const PASSWORD: &str = "S3CRET-SOAP";

fn at(url: &str, mut fields: Value, secrets: &[(&str, &str)]) -> Connection {
    fields["url"] = url.into();
    connection("soap", fields, secrets)
}

fn runner(connection: Connection) -> Runner {
    Runner { http: http(1 << 20), ..Runner::new("soap/call", Some(connection)) }
}

fn get_stock(sku: &str) -> Value {
    json!({"operation": "GetStock", "namespace": SPACE, "action": format!("{SPACE}/GetStock"), "fields": {"sku": sku}})
}

#[tokio::test]
async fn a_real_service_is_asked_in_both_versions_and_its_answer_is_json() {
    let Some(service) = here::<Soap>() else { return };
    let places = json!([{"warehouse": "BKK", "quantity": "12.50"}, {"warehouse": "CNX", "quantity": "3"}]);
    for (url, version) in [(service.url(), "soap_1_1"), (service.url_of_1_2(), "soap_1_2")] {
        let runner = runner(at(&url, json!({"version": version}), &[]));
        let output = runner.run(get_stock("TEA-100")).await.unwrap();
        assert_eq!(output, json!({"name": "GetStockResponse", "body": {"sku": "TEA-100", "place": places}}));
        let mut one = get_stock("ชา-01");
        assert_eq!(runner.run(one.clone()).await.unwrap()["body"]["place"]["quantity"], "7");
        one["lists"] = "place".into();
        assert_eq!(runner.run(one).await.unwrap()["body"]["place"][0]["quantity"], "7");
    }
}

#[tokio::test]
async fn a_real_service_keeps_what_it_is_told_and_refuses_in_its_own_words() {
    let Some(service) = here::<Soap>() else { return };
    let runner = runner(at(&service.url(), json!({}), &[]));
    let count = json!({"sku": "NEW", "count": {"warehouse": "A & B", "quantity": "1.05"}});
    let put = json!({"operation": "PutCount", "namespace": SPACE, "fields": count});
    assert_eq!(runner.run(put.clone()).await.unwrap()["body"], json!({"number": "1"}));
    let found = runner.run(get_stock("NEW")).await.unwrap();
    assert_eq!(found["body"]["place"], json!({"warehouse": "A & B", "quantity": "1.05"}));
    let raw = format!("<GetStock xmlns=\"{SPACE}\"><sku>NEW</sku></GetStock>");
    assert_eq!(runner.run(json!({"body_xml": raw})).await.unwrap(), found);
    let error = runner.run(get_stock("NONE")).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused { .. }) && error.to_string().contains("there is no SKU NONE"),
        "{error}"
    );
    let mut down = put;
    down["fields"]["sku"] = "DOWN".into();
    let error = runner.run(down.clone()).await.unwrap_err();
    assert_eq!((error.retry(), error.may_have_happened()), (Retry::Backoff, true), "{error}");
    down["server_faults"] = "refuse".into();
    assert_eq!(runner.run(down.clone()).await.unwrap_err().code(), "E0308");
    down["server_faults"] = "doubt".into();
    down["repeats"] = "reads".into();
    let error = runner.run(down).await.unwrap_err();
    assert_eq!((error.retry(), error.may_have_happened()), (Retry::Backoff, false), "{error}");
}

#[tokio::test]
async fn a_real_service_lets_in_who_proves_a_password_as_text_and_as_digest() {
    let Some(service) = here::<Soap>() else { return };
    for auth in ["username_token", "username_token_digest"] {
        let fields = json!({"auth": auth, "username": Soap::USER});
        let known = at(&service.safe_url(), fields.clone(), &[("password", service.password())]);
        assert!(runner(known).run(get_stock("TEA-100")).await.is_ok(), "{auth}");
        let wrong = at(&service.safe_url(), fields, &[("password", PASSWORD)]);
        let error = runner(wrong).run(get_stock("TEA-100")).await.unwrap_err();
        assert_eq!(error.code(), "E0302", "{error}");
        assert!(!format!("{error:?}").contains(PASSWORD), "{error:?}");
    }
}

#[tokio::test]
async fn a_real_service_s_wsdl_tells_its_operations() {
    let Some(service) = here::<Soap>() else { return };
    let wsdl = format!("{}?wsdl", service.url());
    let connection = at(&service.url(), json!({"wsdl": wsdl}), &[]);
    let all = catalog::all();
    let connector = all.connector("soap").unwrap();
    let told = connector.test(&http(1 << 20), &connection).await.unwrap();
    assert!(told.contains("2 operations"), "{told}");
    let wanted = Wanted { kind: "operation".into(), text: "stock".into(), ..Wanted::default() };
    let page = connector.look_up(&http(1 << 20), &connection, &wanted).await.unwrap();
    assert_eq!(page.records[0].label, "GetStock(sku, warehouse)");
    assert_eq!(page.records[0].detail, format!("SOAPAction: {SPACE}/GetStock · {SPACE}"));
}

const DONE: &str =
    "<s:Envelope xmlns:s=\"urn:s\"><s:Body><r:DoneResponse xmlns:r=\"urn:r\"/></s:Body></s:Envelope>";

#[tokio::test]
async fn an_envelope_is_written_as_its_version_the_connection_and_the_node_say() {
    let fake = Fake::start().await;
    fake.answers_with(200, &[], DONE).answers_with(200, &[], DONE);
    let own = "<Auth xmlns=\"urn:a\"><key>S3CRET-KEY</key></Auth>";
    let fields = json!({"version": "soap_1_2", "auth": "username_token_digest", "username": "kh<ong", "headers": {"x-shop": "bkk"}});
    let connection = at(&fake.url, fields, &[("password", PASSWORD), ("header_xml", own)]);
    // 20 November 2026, 03:20:00 UTC.
    let dated = Runner { http: http_at(1_795_144_800_000), ..Runner::new("soap/call", Some(connection)) };
    let input =
        json!({"operation": "Do", "action": "urn:do", "header": {"Session": {"@xmlns": "urn:s", "id": 7}}});
    assert_eq!(dated.run(input).await.unwrap(), json!({"name": "DoneResponse", "body": ""}));
    let asked = &fake.asked()[0];
    assert_eq!(asked.header("content-type"), "application/soap+xml; charset=utf-8; action=\"urn:do\"");
    assert_eq!((asked.header("soapaction"), asked.header("x-shop")), ("", "bkk"));
    let text = String::from_utf8(asked.body.to_vec()).unwrap();
    assert!(text.contains("http://www.w3.org/2003/05/soap-envelope"), "{text}");
    assert!(
        text.contains("<wsu:Created>2026-11-20T03:20:00.000Z</wsu:Created>") && text.contains("kh&lt;ong"),
        "{text}"
    );
    assert!(
        text.contains(&format!("{own}<Session xmlns=\"urn:s\"><id>7</id></Session></soap:Header>")),
        "{text}"
    );
    assert!(text.contains("<soap:Body><Do></Do></soap:Body>") && !text.contains(PASSWORD), "{text}");
    let fields = json!({"auth": "basic", "username": "khlong"});
    let basic = runner(at(&fake.url, fields, &[("password", PASSWORD)]));
    basic.run(json!({"operation": "Do"})).await.unwrap();
    let asked = &fake.asked()[1];
    assert_eq!(
        (asked.header("content-type"), asked.header("soapaction")),
        ("text/xml; charset=utf-8", "\"\"")
    );
    assert!(asked.header("authorization").starts_with("Basic "));
}

#[tokio::test]
async fn what_a_fault_means_depends_on_its_code_and_sometimes_on_the_status() {
    let fake = Fake::start().await;
    let fault = |code: &str| {
        format!(
            "<e:Envelope xmlns:e=\"urn:e\"><e:Body><e:Fault><faultcode>{code}</faultcode><faultstring>Busy</faultstring></e:Fault></e:Body></e:Envelope>"
        )
    };
    for (status, headers, body, code, retry) in [
        (500, vec![], fault("e:Client"), "E0308", Retry::Never),
        (200, vec![], fault("e:Client"), "E0308", Retry::Never),
        (401, vec![], fault("e:Client"), "E0302", Retry::Never),
        (
            503,
            vec![("retry-after", "9")],
            fault("e:Server"),
            "E0307",
            Retry::After(model::Span::from_secs(9)),
        ),
        (500, vec![], "<html>crash</html>".into(), "E0307", Retry::Backoff),
        (200, vec![], "<html>login</html>".into(), "E0309", Retry::Never),
    ] {
        fake.answers_with(status, &headers, &body);
        let error = runner(at(&fake.url, json!({}), &[])).run(json!({"operation": "Do"})).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (code, retry), "{status}: {error}");
    }
    fake.answers_with(202, &[], "");
    let taken = runner(at(&fake.url, json!({}), &[])).run(json!({"operation": "Do"})).await.unwrap();
    assert_eq!(taken, json!({"name": null, "body": null}));
}

#[tokio::test]
async fn an_envelope_with_a_password_is_not_carried_to_where_the_service_redirects() {
    let (fake, other) = (Fake::start().await, Fake::start().await);
    fake.answers_with(307, &[("location", &other.url)], "");
    let fields = json!({"auth": "username_token", "username": "khlong"});
    let connection = at(&fake.url, fields, &[("password", PASSWORD)]);
    let error = runner(connection).run(json!({"operation": "Do"})).await.unwrap_err();
    assert_eq!((error.code(), other.asked().len()), ("E0308", 0), "{error}");
}

#[tokio::test]
async fn a_header_that_is_no_xml_is_told_without_what_is_in_it() {
    let fake = Fake::start().await;
    let connection = at(&fake.url, json!({}), &[("header_xml", "<key>S3CRET-KEY")]);
    let error = runner(connection).run(json!({"operation": "Do"})).await.unwrap_err();
    assert!(error.code() == "E0302" && !format!("{error:?}").contains("S3CRET"), "{error:?}");
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn what_is_done_about_a_lost_answer_is_the_author_s_choice() {
    let runner = runner(at("http://127.0.0.1:9", json!({}), &[]));
    let effect = |repeats: &str| runner.action.effect(&json!({"repeats": repeats}));
    assert_eq!(effect("reads"), EffectRule::Read);
    assert_eq!(effect("send"), EffectRule::Idempotent);
    assert_eq!(effect("ask"), EffectRule::Ask);
}

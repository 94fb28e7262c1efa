//! What a mapping makes goes on, and what it cannot make is told where it is.

use crate::{hook, send};
use engine::LiveState;
use model::Span;
use serde_json::{Value, json};
use store::{RunId, Status, XrefRow};
use testkit::{Answer, Life, World, flow};

fn world(with: Value) -> World {
    let nodes = json!({"in": hook(), "map": {"use": "core/map", "with": with}, "a": send("send_probe", "a"),
                       "b": send("send_probe", "b")});
    World::new([flow("order", nodes, "in -> map -> a; map.error -> b")])
}

fn order() -> Value {
    json!({
        "target": "odoo/create_sales_order.order",
        "fields": {
            "reference": "SHOP-${input.id}",
            "partner.name": {"from": "${input.name}", "as": "trim"},
            "lines": {"each": "${input.items}", "fields": {"sku": "${item.sku}", "quantity": {"from": "${item.qty}", "as": "integer"}}}
        }
    })
}

#[test]
fn an_order_is_sent_as_its_mapping_says() {
    let world = world(order());
    let life = world.start();
    let run = life.send("in", json!({"id": 7, "name": " Ann ", "items": [{"sku": "A", "qty": "2"}]}));
    assert_eq!(life.until_ended(run), Status::Done);
    let sent =
        json!({"reference": "SHOP-7", "partner": {"name": "Ann"}, "lines": [{"sku": "A", "quantity": 2}]});
    assert_eq!(world.target.works(), [("a".to_owned(), sent)]);
}

#[test]
fn what_the_target_needs_and_the_event_has_not_fails_the_step_and_names_the_line() {
    let world = world(order());
    let life = world.start();
    let run = life.send("in", json!({"id": 7, "items": [{"sku": "A", "qty": 1}, {"qty": 1}]}));
    assert_eq!(life.until_ended(run), Status::Done);
    let error = life.step(run, "map").error.expect("the step failed");
    assert_eq!(error.code, "E0213");
    assert!(
        error.message.contains("lines[1].sku") && error.message.contains("item.sku"),
        "{}",
        error.message
    );
    assert_eq!(
        (world.target.works_for("a"), world.target.works_for("b")),
        (0, 1),
        "the way out for errors leads on"
    );
}

/// The shop's customer is our partner.
fn add(world: &World, external: &str, own: &str) {
    let [entity, system, external, own] = ["customer", "shopify", external, own].map(str::to_owned);
    let row = XrefRow { entity, system, external, own, changed_at: 0, changed_by: "ann".into() };
    world.ask(world.store.put_xrefs(vec![row])).expect("put");
}

fn partner() -> Value {
    let lookup = json!({"xref": {"entity": "customer", "from": "shopify"}});
    json!({"fields": {"n": "${input.n}", "partner": {"from": "${input.customer}", "as": lookup}}})
}

#[test]
fn a_customer_of_the_shop_becomes_the_partner_that_the_cross_references_name() {
    let world = world(partner());
    add(&world, "8231", "17");
    let life = world.start();
    let run = life.send("in", json!({"n": 1, "customer": 8231}));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(world.target.works(), [("a".to_owned(), json!({"n": 1, "partner": "17"}))]);
}

/// Stops while an order's call is to be tried again, leads its customer elsewhere, and goes on to the order's end.
fn goes_on_after_a_change(world: &World) -> (Life<'_>, RunId) {
    let life = world.start();
    let run = life.send("in", json!({"customer": "8231"}));
    life.until_state(run, LiveState::Retrying);
    drop(life);
    add(world, "8231", "40");
    let life = world.start();
    assert_eq!(life.until_settled(run), Some(Status::Done));
    (life, run)
}

#[test]
fn a_run_that_goes_on_after_a_stop_maps_as_before_whatever_was_changed_meanwhile() {
    let world = world(partner());
    add(&world, "8231", "17");
    world.target.answers("a", [Answer::Limited(Some(Span::from_secs(600)))]);
    let (life, run) = goes_on_after_a_change(&world);
    let bodies: Vec<Value> = world.target.calls().into_iter().map(|call| call.body).collect();
    assert_eq!(bodies, [json!({"partner": "17"}), json!({"partner": "17"})]);
    assert_eq!(life.step(run, "map").output, Some(json!({"partner": "17"})));
}

#[test]
fn what_was_not_found_before_a_stop_is_not_found_after_it() {
    let world = world(partner());
    world.target.answers("b", [Answer::Limited(Some(Span::from_secs(600)))]);
    goes_on_after_a_change(&world);
    assert_eq!((world.target.calls_for("a"), world.target.works_for("b")), (0, 1));
}

#[test]
fn what_is_not_found_fails_the_step_by_name_and_a_retry_reads_it_anew() {
    let nodes =
        json!({"in": hook(), "map": {"use": "core/map", "with": partner()}, "a": send("send_probe", "a")});
    let world = World::new([flow("order", nodes, "in -> map -> a")]);
    let life = world.start();
    let run = life.send("in", json!({"customer": "8231"}));
    assert_eq!(life.until_ended(run), Status::Failed);
    let error = life.step(run, "map").error.expect("the step failed");
    assert_eq!(error.code, "E0217");
    let named = ["partner", "customer", "8231", "shopify"].iter().all(|word| error.message.contains(word));
    assert!(named, "{}", error.message);
    add(&world, "8231", "17");
    let again = life.ask(life.engine.retry(run)).expect("retried");
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!(world.target.works(), [("a".to_owned(), json!({"partner": "17"}))]);
}

#[test]
fn a_retry_maps_anew_what_the_target_had_refused() {
    let world = world(partner());
    add(&world, "8231", "17");
    world.target.answers("a", [Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({"customer": "8231"}));
    assert_eq!(life.until_ended(run), Status::Failed);
    add(&world, "8231", "40");
    let again = life.ask(life.engine.retry(run)).expect("retried");
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!(world.target.works(), [("a".to_owned(), json!({"partner": "40"}))]);
}

/// Runs an order whose mail is refused at first, adds a cross-reference, and retries it.
fn mailed_in_the_second_run(world: &World, row: (&str, &str)) {
    world.target.answers("mail", [Answer::Refused]);
    let life = world.start();
    let run = life.send("in", json!({"customer": "8231"}));
    assert_eq!(life.until_ended(run), Status::Failed);
    add(world, row.0, row.1);
    let again = life.ask(life.engine.retry(run)).expect("retried");
    assert_eq!(life.until_ended(again), Status::Done);
    assert_eq!(world.target.works_for("mail"), 1);
}

#[test]
fn a_retry_is_about_the_same_record_where_it_was_written_to_already() {
    let nodes = json!({
        "in": hook(), "map": {"use": "core/map", "with": partner()},
        "which": {"use": "core/switch", "with": {"cases": [{"port": "old", "when": "${input.partner == \"17\"}"}]}},
        "a": send("send_probe", "a"), "b": send("send_probe", "b"), "mail": send("send_probe", "mail")
    });
    let edges = "in -> map -> which; which.old -> a -> mail; which.else -> b -> mail";
    let world = World::new([flow("order", nodes, edges)]);
    add(&world, "8231", "17");
    mailed_in_the_second_run(&world, ("8231", "40"));
    assert_eq!((world.target.works_for("a"), world.target.works_for("b")), (1, 0));
    let mail = world.target.works().into_iter().find(|(target, _)| target == "mail");
    assert!(mail.is_some_and(|(_, body)| !body.to_string().contains("40")));
}

#[test]
fn a_retry_goes_the_way_for_errors_again_where_it_has_written_something() {
    let nodes = json!({"in": hook(), "map": {"use": "core/map", "with": partner()}, "a": send("send_probe", "a"),
                       "b": send("send_probe", "b"), "mail": send("send_probe", "mail")});
    let world = World::new([flow("order", nodes, "in -> map -> a; map.error -> b -> mail")]);
    mailed_in_the_second_run(&world, ("8231", "17"));
    assert_eq!((world.target.works_for("a"), world.target.works_for("b")), (0, 1));
}

#[test]
fn a_mapping_waits_for_a_store_that_takes_too_long() {
    let world = world(partner());
    add(&world, "8231", "17");
    let life = world.start();
    life.store.fail_next("find_xrefs");
    let run = life.send("in", json!({"customer": "8231"}));
    assert_eq!(life.until_ended(run), Status::Done);
    assert_eq!(world.target.works(), [("a".to_owned(), json!({"partner": "17"}))]);
}

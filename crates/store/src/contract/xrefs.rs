use super::Home;
use super::sample::*;
use crate::{Error, Store, XrefFilter, XrefRow};
use model::xref::{Found, KEYS_MAX, Key, Way};

pub fn row(entity: &str, system: &str, external: &str, own: &str) -> XrefRow {
    let [entity, system, external, own] = [entity, system, external, own].map(str::to_owned);
    XrefRow { entity, system, external, own, changed_at: at(1), changed_by: "ann".into() }
}

fn key(entity: &str, system: &str, way: Way, id: &str) -> Key {
    Key { entity: entity.into(), system: system.into(), way, id: id.into() }
}

fn customer(way: Way, id: &str) -> Key {
    key("customer", "shopify", way, id)
}

fn one(other: &str) -> Found {
    Found::One(other.into())
}

async fn find(store: &dyn Store, keys: &[Key]) -> Vec<Found> {
    store.find_xrefs(keys).await.expect("asked")
}

pub async fn a_cross_reference_is_found_both_ways_after_reopening(home: &dyn Home) {
    let store = home.open().await;
    let rows = vec![
        row("customer", "shopify", "8231", "17"),
        row("customer", "lazada", "8231", "18"),
        row("product", "shopify", "8231", "ก-1"),
    ];
    store.put_xrefs(rows).await.expect("put");
    drop(store);
    let store = home.open().await;
    let keys = [
        customer(Way::ToOwn, "8231"),
        customer(Way::ToOwn, "17"),
        customer(Way::ToSystem, "17"),
        key("customer", "lazada", Way::ToOwn, "8231"),
        key("product", "shopify", Way::ToSystem, "ก-1"),
        key("product", "odoo", Way::ToOwn, "8231"),
        customer(Way::ToOwn, "8231"),
        customer(Way::ToOwn, "a\0b"),
    ];
    let found = [
        one("17"),
        Found::Nothing,
        one("8231"),
        one("18"),
        one("8231"),
        Found::Nothing,
        one("17"),
        Found::Nothing,
    ];
    assert_eq!(find(&*store, &keys).await, found);
    assert_eq!(find(&*store, &[]).await, []);
}

pub async fn a_record_of_a_system_is_one_of_ours_and_the_later_word_counts(home: &dyn Home) {
    let store = home.open().await;
    store.put_xrefs(vec![row("customer", "shopify", "8231", "17")]).await.expect("put");
    let later =
        XrefRow { changed_at: at(2), changed_by: "bo".into(), ..row("customer", "shopify", "8231", "40") };
    let twice = vec![row("customer", "shopify", "8231", "18"), later.clone()];
    store.put_xrefs(twice).await.expect("put");
    let all = store.xrefs(&XrefFilter { limit: 10, ..XrefFilter::default() }).await.expect("asked");
    assert_eq!(all, std::slice::from_ref(&later));
    let back = [customer(Way::ToSystem, "17"), customer(Way::ToSystem, "40")];
    assert_eq!(find(&*store, &back).await, [Found::Nothing, one("8231")]);
    assert!(store.remove_xref(&later.place()).await.expect("removed"));
    assert!(!store.remove_xref(&later.place()).await.expect("asked"), "it is gone");
    assert_eq!(find(&*store, &[customer(Way::ToOwn, "8231")]).await, [Found::Nothing]);
}

pub async fn two_records_of_a_system_that_are_one_of_ours_are_both_told_of_on_the_way_back(home: &dyn Home) {
    let store = home.open().await;
    let rows = ["8231", "8232"].map(|external| row("customer", "shopify", external, "17"));
    store.put_xrefs(rows.into()).await.expect("put");
    let keys = [customer(Way::ToOwn, "8232"), customer(Way::ToSystem, "17")];
    assert_eq!(find(&*store, &keys).await, [one("17"), Found::Several(2)]);
}

pub async fn cross_references_are_put_and_asked_for_up_to_a_bound(home: &dyn Home) {
    let store = home.open().await;
    let rows = |many: usize| {
        (0..many).map(|n| row("customer", "shopify", &n.to_string(), &format!("c{n}"))).collect()
    };
    store.put_xrefs(rows(KEYS_MAX)).await.expect("put");
    let keys: Vec<Key> = (0..KEYS_MAX).map(|n| customer(Way::ToOwn, &n.to_string())).collect();
    let found = find(&*store, &keys).await;
    assert!((0..KEYS_MAX).all(|n| found[n] == one(&format!("c{n}"))), "{:?}", &found[..3]);
    let refused = store.put_xrefs(rows(KEYS_MAX + 1)).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    let more = [keys, vec![customer(Way::ToOwn, "x")]].concat();
    assert!(matches!(store.find_xrefs(&more).await, Err(Error::Conflict(_))));
    let long = store.xrefs(&XrefFilter { limit: usize::MAX, ..XrefFilter::default() }).await.expect("asked");
    assert_eq!(long.len(), KEYS_MAX);
}

pub async fn cross_references_come_in_pages_and_are_searched_by_either_id(home: &dyn Home) {
    let store = home.open().await;
    let rows = vec![
        row("customer", "shopify", "Gid-8231", "C0017"),
        row("customer", "shopify", "a_b", "C0018"),
        row("customer", "lazada", "L9", "C0017"),
        row("product", "shopify", "ก", "100%"),
    ];
    store.put_xrefs(rows).await.expect("put");
    let all = || XrefFilter { limit: 10, ..XrefFilter::default() };
    let ids = async |filter: XrefFilter| -> Vec<String> {
        store.xrefs(&filter).await.expect("asked").into_iter().map(|row| row.external).collect()
    };
    assert_eq!(
        ids(all()).await,
        ["L9", "Gid-8231", "a_b", "ก"],
        "by entity, system and id, in order of bytes"
    );
    let first = store.xrefs(&XrefFilter { limit: 2, ..all() }).await.expect("asked");
    assert_eq!(ids(XrefFilter { after: Some(first[1].place()), ..all() }).await, ["a_b", "ก"]);
    assert_eq!(ids(XrefFilter { entity: Some("product".into()), ..all() }).await, ["ก"]);
    let shopify = XrefFilter { system: Some("shopify".into()), ..all() };
    assert_eq!(ids(XrefFilter { text: Some(" c0017 ".into()), ..shopify }).await, ["Gid-8231"]);
    let text = |text: &str| XrefFilter { text: Some(text.into()), ..all() };
    assert_eq!(ids(text("gID")).await, ["Gid-8231"], "whatever the case");
    assert_eq!(ids(text("_")).await, ["a_b"], "a sign means itself");
    assert_eq!(ids(text("0%")).await, ["ก"]);
    assert_eq!(ids(text(" ")).await.len(), 4);
    let kinds = store.xref_kinds().await.expect("asked");
    let kinds: Vec<(&str, &str)> =
        kinds.iter().map(|(entity, system)| (entity.as_str(), system.as_str())).collect();
    assert_eq!(kinds, [("customer", "lazada"), ("customer", "shopify"), ("product", "shopify")]);
}

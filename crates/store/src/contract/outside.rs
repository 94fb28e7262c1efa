//! What is remembered of other systems.

use super::Home;
use super::sample::{START, at, flow};
use crate::{CONNECTORS_MAX, ConnectorRow, Error, HealthRow};
use model::{ConnectionName, NodeId};

pub async fn a_cursor_is_kept_and_goes_with_its_flow(home: &dyn Home) {
    let store = home.open().await;
    let row = store.save_flow(flow("orders")).await.expect("saved");
    let node = NodeId::new("changed");
    assert_eq!(store.cursor(row.key, &node).await.expect("asked"), None);
    for cursor in ["{\"at\":1}", "{\"at\":2,\"ชื่อ\":\"ก\"}"] {
        store.set_cursor(row.key, &node, cursor).await.expect("written");
    }
    drop(store);
    let store = home.open().await;
    let kept = store.cursor(row.key, &node).await.expect("asked");
    assert_eq!(kept.as_deref(), Some("{\"at\":2,\"ชื่อ\":\"ก\"}"));
    assert_eq!(store.cursor(row.key, &NodeId::new("other")).await.expect("asked"), None);
    assert!(store.delete_flow(&row.id, at(9)).await.expect("deleted"));
    assert_eq!(store.cursor(row.key, &node).await.expect("asked"), None);
}

pub async fn one_renews_a_connection_s_tokens_at_a_time(home: &dyn Home) {
    let store = home.open().await;
    let (shop, other) = (ConnectionName::new("shop"), ConnectionName::new("other"));
    assert!(store.begin_renewal(&shop, START, at(10)).await.expect("asked"));
    assert!(!store.begin_renewal(&shop, at(9), at(20)).await.expect("asked"));
    assert!(store.begin_renewal(&other, START, at(10)).await.expect("asked"));
    // Whoever began it has not been heard of since.
    assert!(store.begin_renewal(&shop, at(10), at(20)).await.expect("asked"));
    assert!(!store.begin_renewal(&shop, at(11), at(30)).await.expect("asked"));
    store.end_renewal(&shop).await.expect("ended");
    assert!(store.begin_renewal(&shop, at(11), at(30)).await.expect("asked"));
}

pub(super) fn connector(id: &str, document: &str) -> ConnectorRow {
    ConnectorRow { id: id.into(), document: document.into(), changed_at: START, changed_by: "ann".into() }
}

pub async fn an_imported_connector_is_kept_replaced_and_deleted(home: &dyn Home) {
    let store = home.open().await;
    store.save_connector(connector("petstore", "{}")).await.expect("saved");
    store.save_connector(connector("courier", "{\"a\": \"ก\"}")).await.expect("saved");
    store.save_connector(connector("petstore", "{\"v\": 2}")).await.expect("saved");
    drop(store);
    let store = home.open().await;
    let wanted = [connector("courier", "{\"a\": \"ก\"}"), connector("petstore", "{\"v\": 2}")];
    assert_eq!(store.connectors().await.expect("asked"), wanted);
    assert!(store.delete_connector("courier").await.expect("deleted"));
    assert!(!store.delete_connector("courier").await.expect("asked"));
    for n in 1..CONNECTORS_MAX {
        store.save_connector(connector(&format!("c{n}"), "{}")).await.expect("there is room");
    }
    let refused = store.save_connector(connector("one_more", "{}")).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    store.save_connector(connector("c1", "{\"v\": 2}")).await.expect("one that is there may change");
}

pub async fn of_a_connection_s_health_the_latest_is_kept_and_goes_with_it(home: &dyn Home) {
    let store = home.open().await;
    let row = |name: &str, n: i64| HealthRow {
        connection: ConnectionName::new(name),
        checked_at: at(n),
        document: format!("{{\"n\":{n},\"said\":\"ใช้ได้\"}}"),
    };
    for (name, n) in [("shop", 1), ("erp", 2), ("shop", 3)] {
        store.keep_health(row(name, n)).await.expect("kept");
    }
    drop(store);
    let store = home.open().await;
    assert_eq!(store.health().await.expect("asked"), [row("erp", 2), row("shop", 3)]);
    store.delete_connection(&ConnectionName::new("shop")).await.expect("deleted");
    assert_eq!(store.health().await.expect("asked"), [row("erp", 2)]);
}

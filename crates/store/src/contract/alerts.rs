//! What people are to be told of.

use super::Home;
use super::sample::{START, at};
use crate::{ALERTS_MAX, AlertRow, Error};

pub(super) fn alert(id: &str) -> AlertRow {
    AlertRow {
        id: id.into(),
        rule: "{\"name\":\"คำสั่งซื้อ\"}".into(),
        state: "{}".into(),
        revision: 0,
        changed_at: START,
        changed_by: "ann".into(),
    }
}

pub async fn an_alert_is_kept_changed_and_deleted(home: &dyn Home) {
    let store = home.open().await;
    for id in ["orders", "erp"] {
        assert!(store.save_alert(alert(id)).await.expect("saved"));
    }
    drop(store);
    let store = home.open().await;
    let kept = store.alerts().await.expect("asked");
    assert_eq!(kept.iter().map(|kept| kept.id.as_str()).collect::<Vec<_>>(), ["erp", "orders"]);
    let erp = store.alert("erp").await.expect("asked").expect("it is there");
    assert_eq!(AlertRow { revision: 0, ..erp.clone() }, alert("erp"));
    let rule =
        AlertRow { rule: "{\"v\":2}".into(), changed_at: at(5), changed_by: "bo".into(), ..erp.clone() };
    assert!(store.save_alert(rule.clone()).await.expect("saved"));
    let changed = store.alert("erp").await.expect("asked").expect("it is there");
    assert_eq!(AlertRow { revision: erp.revision, ..changed.clone() }, rule);
    assert_ne!(changed.revision, erp.revision);
    assert!(store.delete_alert("erp").await.expect("deleted"));
    assert!(!store.delete_alert("erp").await.expect("asked"));
    assert_eq!(store.alert("erp").await.expect("asked"), None);
}

pub async fn of_two_who_change_an_alert_the_first_has_it(home: &dyn Home) {
    let store = home.open().await;
    assert!(store.save_alert(alert("orders")).await.expect("saved"));
    assert!(!store.save_alert(alert("orders")).await.expect("asked"), "there is one already");
    let read = store.alert("orders").await.expect("asked").expect("it is there");
    let told = |by: &str| AlertRow { state: format!("{{\"by\":\"{by}\"}}"), ..read.clone() };
    assert!(store.save_alert(told("one")).await.expect("saved"));
    assert!(!store.save_alert(told("other")).await.expect("asked"));
    let kept = store.alert("orders").await.expect("asked").expect("it is there");
    assert_eq!(kept.state, "{\"by\":\"one\"}");
    // One that is made anew is not the one that somebody has read before.
    assert!(store.delete_alert("orders").await.expect("deleted"));
    assert!(!store.save_alert(told("other")).await.expect("asked"), "it is gone");
    assert!(store.save_alert(AlertRow { changed_at: at(60), ..alert("orders") }).await.expect("saved"));
    assert!(!store.save_alert(AlertRow { ..kept }).await.expect("asked"));
}

pub async fn alerts_have_a_bound(home: &dyn Home) {
    let store = home.open().await;
    for n in 0..ALERTS_MAX {
        assert!(store.save_alert(alert(&format!("a{n}"))).await.expect("there is room"));
    }
    let refused = store.save_alert(alert("one_more")).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    let there = store.alert("a1").await.expect("asked").expect("it is there");
    assert!(store.save_alert(there).await.expect("one that is there may change"));
}

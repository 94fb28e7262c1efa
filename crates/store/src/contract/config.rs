use super::Home;
use super::sample::*;
use crate::{Batch, Error, FlowRow, FlowState, SaveFlow, ScheduleMoved, SealedConnection, Status};
use model::{ConnectionName, FlowId, NodeId};

pub async fn a_flow_saved_is_there(home: &dyn Home) {
    let store = home.open().await;
    let saved = store.save_flow(flow("b-flow")).await.expect("saved");
    let other = store.save_flow(flow("a-flow")).await.expect("saved");
    assert_eq!((saved.state, saved.version_number, saved.name.as_str()), (FlowState::Live, 1, "B-FLOW"));
    drop(store);
    let store = home.open().await;
    assert_eq!(store.flow(&saved.id).await.expect("asked"), Some(saved.clone()));
    assert_eq!(store.flows().await.expect("asked"), [other, saved]);
    assert_eq!(store.flow(&FlowId::new("c-flow")).await.expect("asked"), None);
}

pub async fn the_same_logic_again_is_the_same_version(home: &dyn Home) {
    let store = home.open().await;
    let first = store.save_flow(flow("a-flow")).await.expect("saved");
    let moved = SaveFlow { document: "drawn anew".into(), at: at(5), ..flow("a-flow") };
    let again = store.save_flow(moved).await.expect("saved");
    assert_eq!((again.key, again.version, again.version_number), (first.key, first.version, 1));
    assert_eq!((again.document.as_str(), again.created_at, again.updated_at), ("drawn anew", START, at(5)));
    assert_eq!(store.flow(&again.id).await.expect("asked"), Some(again));
}

pub async fn other_logic_is_the_next_version(home: &dyn Home) {
    let store = home.open().await;
    let first = store.save_flow(flow("a-flow")).await.expect("saved");
    store.save_flow(flow("b-flow")).await.expect("saved");
    let next = SaveFlow { logic: "other".into(), at: at(5), ..flow("a-flow") };
    let next = store.save_flow(next).await.expect("saved");
    assert_eq!((next.key, next.version_number), (first.key, 2));
    let old = store.version(first.version).await.expect("asked").expect("old versions are kept");
    let new = store.version(next.version).await.expect("asked").expect("it is there");
    assert_eq!((old.logic.as_str(), old.flow, old.number), ("{}", first.key, 1));
    assert_eq!((new.logic.as_str(), new.created_at, new.created_by.as_str()), ("other", at(5), "somebody"));
}

pub async fn a_flow_is_only_replaced_as_it_was_seen(home: &dyn Home) {
    let store = home.open().await;
    let seen = store.save_flow(flow("a-flow")).await.expect("saved");
    let over = |row: &FlowRow| Some((row.version, row.updated_at));
    let replacing = |over| SaveFlow { logic: "mine".into(), at: at(9), over, ..flow("a-flow") };
    let next = store.save_flow(SaveFlow { logic: "theirs".into(), at: at(5), ..flow("a-flow") });
    let next = next.await.expect("saved");
    let refused = store.save_flow(replacing(over(&seen))).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    assert_eq!(store.flow(&next.id).await.expect("asked"), Some(next.clone()));
    let mine = store.save_flow(replacing(over(&next))).await.expect("saved");
    assert_eq!(mine.version_number, 3);
    // What was deleted meanwhile does not come back.
    assert!(store.delete_flow(&mine.id, at(10)).await.expect("deleted"));
    let refused = store.save_flow(replacing(over(&mine))).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    assert_eq!(store.flow(&mine.id).await.expect("asked"), None);
}

pub async fn versions_come_newest_first(home: &dyn Home) {
    let store = home.open().await;
    for logic in ["one", "two", "three"] {
        store.save_flow(SaveFlow { logic: logic.into(), ..flow("a-flow") }).await.expect("saved");
    }
    let versions = store.versions(FLOW).await.expect("asked");
    let logics: Vec<&str> = versions.iter().map(|version| version.logic.as_str()).collect();
    assert_eq!(logics, ["three", "two", "one"]);
    assert_eq!(store.versions(99).await.expect("asked"), []);
    let numbered = |flow, number| store.numbered_version(flow, number);
    assert_eq!(numbered(FLOW, 2).await.expect("asked"), Some(versions[1].clone()));
    assert_eq!(numbered(FLOW, 4).await.expect("asked"), None);
    assert_eq!(numbered(99, 2).await.expect("asked"), None);
}

pub async fn a_flow_is_paused_and_goes_on(home: &dyn Home) {
    let store = home.open().await;
    let id = with_flow(&*store).await.id;
    assert!(store.set_flow_state(&id, FlowState::Paused, at(1)).await.expect("set"));
    let again = store.save_flow(flow("order-to-erp")).await.expect("saved");
    assert_eq!(again.state, FlowState::Paused, "saving does not start it");
    assert!(store.set_flow_state(&id, FlowState::Live, at(2)).await.expect("set"));
    assert_eq!(store.flow(&id).await.expect("asked").expect("it is there").state, FlowState::Live);
    let nobody = FlowId::new("nobody");
    assert!(!store.set_flow_state(&nobody, FlowState::Paused, at(3)).await.expect("asked"));
}

pub async fn a_flow_is_held(home: &dyn Home) {
    let store = home.open().await;
    let id = with_flow(&*store).await.id;
    assert!(store.set_flow_state(&id, FlowState::Held, at(1)).await.expect("set"));
    drop(store);
    let store = home.open().await;
    assert_eq!(store.flow(&id).await.expect("asked").expect("it is there").state, FlowState::Held);
}

pub async fn a_flow_with_open_runs_stays(home: &dyn Home) {
    let store = home.open().await;
    let id = with_flow(&*store).await.id;
    commit(&*store, accepts([accept(1)])).await;
    let refused = store.delete_flow(&id, at(2)).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    commit(&*store, finishes([finish(run(1), Status::Done)])).await;
    assert!(store.delete_flow(&id, at(3)).await.expect("deleted"));
}

pub async fn a_deleted_flow_is_gone_and_can_come_back(home: &dyn Home) {
    let store = home.open().await;
    let flow_row = with_flow(&*store).await;
    let nightly = ScheduleMoved { flow: FLOW, node: NodeId::new("nightly"), next_at: at(9) };
    commit(&*store, Batch { schedules: vec![nightly], ..Batch::default() }).await;
    assert!(store.delete_flow(&flow_row.id, at(3)).await.expect("deleted"));
    assert!(!store.delete_flow(&flow_row.id, at(4)).await.expect("asked"));
    assert_eq!(store.flow(&flow_row.id).await.expect("asked"), None);
    assert_eq!(store.flows().await.expect("asked"), []);
    assert_eq!(store.schedules().await.expect("asked"), [].into());
    let again = SaveFlow { logic: "other".into(), at: at(5), ..flow("order-to-erp") };
    let back = store.save_flow(again).await.expect("saved");
    assert_eq!((back.key, back.version_number, back.state), (flow_row.key, 2, FlowState::Live));
    assert_eq!(back.created_at, at(5));
}

pub async fn a_connection_is_kept_replaced_and_deleted(home: &dyn Home) {
    let store = home.open().await;
    let name = ConnectionName::new("shop");
    let mut connection = SealedConnection {
        name: name.clone(),
        connector: "shopify".into(),
        fields: "{\"shop\": \"a\"}".into(),
        secrets: vec![0, 255, 1],
        updated_at: START,
    };
    store.save_connection(connection.clone()).await.expect("saved");
    connection.secrets = vec![4; 99];
    store.save_connection(connection.clone()).await.expect("saved");
    drop(store);
    let store = home.open().await;
    assert_eq!(store.connections().await.expect("asked"), std::slice::from_ref(&connection));
    assert_eq!(store.connection(&name).await.expect("asked"), Some(connection));
    assert!(store.delete_connection(&name).await.expect("deleted"));
    assert!(!store.delete_connection(&name).await.expect("asked"));
    assert_eq!(store.connection(&name).await.expect("asked"), None);
}

pub async fn a_setting_is_kept_and_replaced(home: &dyn Home) {
    let store = home.open().await;
    assert_eq!(store.setting("store_id").await.expect("asked"), None);
    store.set_setting("store_id", "one").await.expect("set");
    store.set_setting("store_id", "two").await.expect("set");
    assert_eq!(store.setting("store_id").await.expect("asked").as_deref(), Some("two"));
}

use super::Home;
use super::sample::*;
use crate::{DraftRow, DraftSaved, KeepPoint, POINTS_MAX, SaveDraft};
use model::FlowId;

fn save(flow: &str, document: &str, before: i64) -> SaveDraft {
    let (at, by) = (at(before + 1), "somebody".into());
    SaveDraft { flow: FlowId::new(flow), document: document.into(), based_on: 3, before, at, by }
}

fn row(flow: &str, document: &str, revision: i64, before: i64) -> DraftRow {
    let SaveDraft { flow, document, based_on, at, by, .. } = save(flow, document, before);
    DraftRow { flow, document, based_on, revision, saved_at: at, saved_by: by }
}

pub async fn a_draft_is_there_after_reopening(home: &dyn Home) {
    let store = home.open().await;
    assert_eq!(store.draft(&FlowId::new("b")).await.expect("asked"), None);
    for flow in ["b", "a"] {
        assert_eq!(store.save_draft(save(flow, "{}", 0)).await.expect("saved"), DraftSaved::As(1));
    }
    drop(store);
    let store = home.open().await;
    assert_eq!(store.draft(&FlowId::new("b")).await.expect("asked"), Some(row("b", "{}", 1, 0)));
    assert_eq!(store.drafts().await.expect("asked"), [row("a", "{}", 1, 0), row("b", "{}", 1, 0)]);
}

pub async fn of_two_who_save_on_one_revision_the_first_has_it(home: &dyn Home) {
    let store = home.open().await;
    store.save_draft(save("a", "one", 0)).await.expect("saved");
    assert_eq!(store.save_draft(save("a", "two", 1)).await.expect("saved"), DraftSaved::As(2));
    let late = store.save_draft(save("a", "other", 1)).await.expect("asked");
    assert_eq!(late, DraftSaved::Overtaken(Some(row("a", "two", 2, 1))));
    let anew = store.save_draft(save("a", "other", 0)).await.expect("asked");
    assert_eq!(anew, DraftSaved::Overtaken(Some(row("a", "two", 2, 1))));
    assert_eq!(store.draft(&FlowId::new("a")).await.expect("asked"), Some(row("a", "two", 2, 1)));
}

/// Whoever has worked on must not write over what was begun after it was published.
pub async fn a_discarded_draft_is_gone_and_no_revision_comes_twice(home: &dyn Home) {
    let store = home.open().await;
    let flow = FlowId::new("a");
    store.save_draft(save("a", "one", 0)).await.expect("saved");
    assert!(!store.discard_draft(&flow, 7).await.expect("asked"), "that is another revision");
    assert!(store.discard_draft(&flow, 1).await.expect("discarded"));
    assert!(!store.discard_draft(&flow, 1).await.expect("asked"), "it is gone");
    assert_eq!(
        (store.draft(&flow).await.expect("asked"), store.drafts().await.expect("asked")),
        (None, Vec::new())
    );
    assert_eq!(store.save_draft(save("a", "late", 1)).await.expect("asked"), DraftSaved::Overtaken(None));
    assert_eq!(store.save_draft(save("a", "two", 0)).await.expect("saved"), DraftSaved::As(3));
}

fn point(flow: &str, name: &str) -> KeepPoint {
    KeepPoint {
        flow: FlowId::new(flow),
        name: name.into(),
        document: format!("{{{name}}}"),
        at: at(1),
        by: "ann".into(),
    }
}

pub async fn named_points_are_kept_and_their_number_is_bounded(home: &dyn Home) {
    let store = home.open().await;
    let (a, b) = (FlowId::new("a"), FlowId::new("b"));
    assert_eq!(store.keep_point(point("a", "before VAT")).await.expect("kept"), 1);
    assert_eq!(store.keep_point(point("b", "other")).await.expect("kept"), 1);
    for n in 2..=POINTS_MAX + 2 {
        assert_eq!(store.keep_point(point("a", &n.to_string())).await.expect("kept"), n);
    }
    drop(store);
    let store = home.open().await;
    let points = store.points(&a).await.expect("asked");
    let numbers: Vec<u32> = points.iter().map(|point| point.number).collect();
    let wanted: Vec<u32> = (3..=POINTS_MAX + 2).rev().collect();
    assert_eq!((numbers, points[0].created_by.as_str()), (wanted, "ann"));
    let found = store.point(&b, 1).await.expect("asked").expect("it is there");
    assert_eq!((found.name.as_str(), found.document.as_str(), found.created_at), ("other", "{other}", at(1)));
    assert_eq!(store.point(&a, 1).await.expect("asked"), None, "the oldest made room");
    store.forget_points(&a).await.expect("forgotten");
    assert_eq!(
        (store.points(&a).await.expect("asked").len(), store.points(&b).await.expect("asked").len()),
        (0, 1)
    );
}

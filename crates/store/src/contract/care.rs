use super::Home;
use super::sample::*;
use crate::care::{COMMENTS_MAX, Care, Snooze, Subject};
use crate::{DeadLetter, GroupFilter, Status, Store};

const GROUP: Subject = Subject::Group(7);

fn record(n: i64) -> Subject {
    Subject::Record(id(n))
}

/// The nth run fails in the group of this number.
async fn failed(store: &dyn Store, n: i64, fingerprint: i64) {
    commit(store, accepts([accept(n)])).await;
    let mut end = finish(run(n), Status::Failed);
    end.dead = Some(DeadLetter { fingerprint, doc: b"letter".as_slice().into() });
    commit(store, finishes([end])).await;
}

async fn found(store: &dyn Store, filter: GroupFilter) -> Vec<i64> {
    let groups = store.error_groups(GroupFilter { limit: 10, ..filter }).await.expect("asked");
    groups.iter().map(|group| group.fingerprint).collect()
}

async fn care(store: &dyn Store, subject: Subject) -> Option<Care> {
    store.cares(&[subject]).await.expect("asked").pop()
}

pub async fn a_group_and_a_record_are_assigned_and_talked_about(home: &dyn Home) {
    let store = home.open().await;
    failed(&*store, 1, 7).await;
    assert_eq!(care(&*store, GROUP).await, None);
    for subject in [GROUP, record(1)] {
        assert!(store.assign(subject, Some("mali")).await.expect("asked"));
        assert!(store.comment(subject, at(5), "mali", "The ERP\0 was moved").await.expect("asked"));
        assert!(store.comment(subject, at(6), "somchai", "Since Monday").await.expect("asked"));
    }
    drop(store);
    let store = home.open().await;
    let expected = Care { subject: GROUP, assignee: Some("mali".into()), snooze: None, comments: 2 };
    assert_eq!(care(&*store, GROUP).await, Some(expected));
    let said = store.comments(record(1)).await.expect("asked");
    let said: Vec<_> = said.iter().map(|comment| (comment.n, comment.at, comment.who.as_str())).collect();
    assert_eq!(said, [(1, at(5), "mali"), (2, at(6), "somchai")]);
    assert!(store.assign(GROUP, None).await.expect("asked"));
    assert_eq!(care(&*store, GROUP).await.expect("it is there").assignee, None);
    assert_eq!(store.cares(&[GROUP, record(1), record(9)]).await.expect("asked").len(), 2);
}

pub async fn what_is_not_there_is_not_taken_care_of(home: &dyn Home) {
    let store = home.open().await;
    for subject in [GROUP, record(1)] {
        assert!(!store.assign(subject, Some("mali")).await.expect("asked"));
        assert!(!store.snooze(subject, None).await.expect("asked"));
        assert!(!store.comment(subject, at(1), "mali", "hello").await.expect("asked"));
        assert_eq!(care(&*store, subject).await, None);
    }
}

pub async fn groups_are_listed_by_who_takes_care_and_whether_they_are_put_aside(home: &dyn Home) {
    let store = home.open().await;
    for (n, group) in [(1, 7), (2, 8), (3, 9), (4, 9)] {
        failed(&*store, n, group).await;
    }
    let last = store.error_groups(GroupFilter { limit: 9, ..GroupFilter::default() }).await.expect("asked");
    let last = last.iter().map(|group| group.last_at).max().expect("there are some");
    store.assign(Subject::Group(8), Some("mali")).await.expect("asked");
    assert_eq!(found(&*store, GroupFilter { fingerprint: Some(9), ..GroupFilter::default() }).await, [9]);
    assert_eq!(
        found(&*store, GroupFilter { assignee: Some("mali".into()), ..GroupFilter::default() }).await,
        [8]
    );
    store.snooze(GROUP, Some(Snooze { at: last, until: Some(last + 1_000) })).await.expect("asked");
    store.snooze(Subject::Group(9), Some(Snooze { at: last, until: None })).await.expect("asked");
    let aside = |aside: bool, now: i64| GroupFilter { snoozed: Some((aside, now)), ..GroupFilter::default() };
    assert_eq!(found(&*store, aside(true, last)).await, [9, 7]);
    assert_eq!(found(&*store, aside(false, last)).await, [8]);
    assert_eq!(store.open_errors(last).await.expect("asked"), (1, 1));
    // The time is over for the one, and the other happens again.
    assert_eq!(found(&*store, aside(false, last + 1_000)).await, [8, 7]);
    failed(&*store, 90_000, 9).await;
    assert_eq!(found(&*store, aside(false, last)).await, [9, 8]);
    assert_eq!(store.open_errors(last + 1_000).await.expect("asked"), (3, 5));
    store.snooze(GROUP, None).await.expect("asked");
    assert_eq!(found(&*store, aside(true, last)).await, NONE);
}

pub async fn comments_have_a_bound(home: &dyn Home) {
    let store = home.open().await;
    failed(&*store, 1, 7).await;
    for n in 0..COMMENTS_MAX as i64 {
        store.comment(GROUP, at(n), "mali", "again").await.expect("there is room");
    }
    let refused = store.comment(GROUP, at(1), "mali", "again").await;
    assert!(matches!(refused, Err(crate::Error::Conflict(_))), "{refused:?}");
    assert_eq!(store.comments(GROUP).await.expect("asked").len(), COMMENTS_MAX);
}

pub async fn what_was_said_goes_with_what_it_was_about(home: &dyn Home) {
    let store = home.open().await;
    failed(&*store, 1, 7).await;
    failed(&*store, 2, 8).await;
    for subject in [GROUP, Subject::Group(8), record(1), record(2)] {
        store.comment(subject, at(3), "mali", "hello").await.expect("asked");
    }
    store.forget_errors(id(2), 9).await.expect("forgotten");
    let left = store.cares(&[GROUP, Subject::Group(8), record(1), record(2)]).await.expect("asked");
    let mut left: Vec<Subject> = left.into_iter().map(|care| care.subject).collect();
    left.sort_unstable();
    assert_eq!(left, [Subject::Group(8), record(2)]);
    assert!(store.comments(GROUP).await.expect("asked").is_empty());
    // Should the same happen once more, it is a group without a past.
    failed(&*store, 3, 7).await;
    assert_eq!(care(&*store, GROUP).await, None);
}

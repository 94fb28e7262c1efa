use super::Home;
use super::sample::*;
use crate::{
    Accept, Accepted, Batch, DeadLetter, ErrorGroup, Finish, GroupFilter, InboxFilter, InboxRow, InboxState,
    Status, Store,
};
use bytes::Bytes;

async fn inbox(store: &dyn Store, filter: InboxFilter) -> Vec<InboxRow> {
    store.inbox(InboxFilter { limit: 100, ..filter }).await.expect("records are listed")
}

async fn states(store: &dyn Store) -> Vec<(i64, InboxState)> {
    let rows = inbox(store, InboxFilter::default()).await;
    rows.into_iter().map(|row| (numbers([row.run])[0], row.state)).collect()
}

async fn groups(store: &dyn Store, filter: GroupFilter) -> Vec<ErrorGroup> {
    store.error_groups(GroupFilter { limit: 100, ..filter }).await.expect("groups are listed")
}

/// Ends a run with a failure of one kind.
fn failure(accept: &Accept, fingerprint: i64) -> Finish {
    let mut end = finish(accept.run.clone(), Status::Failed);
    let doc = Bytes::from(format!("letter of {}", end.run.id));
    end.dead = Some(DeadLetter { fingerprint, doc });
    end
}

async fn failed(store: &dyn Store, n: i64, fingerprint: i64) {
    commit(store, accepts([accept(n)])).await;
    commit(store, finishes([failure(&accept(n), fingerprint)])).await;
}

pub async fn a_failed_run_waits_in_the_inbox(home: &dyn Home) {
    let store = home.open().await;
    failed(&*store, 1, 7).await;
    ended(&*store, 2, Status::Done).await;
    ended(&*store, 3, Status::Cancelled).await;
    drop(store);
    let store = home.open().await;
    let rows = inbox(&*store, InboxFilter::default()).await;
    let end = failure(&accept(1), 7);
    assert_eq!(
        rows,
        [InboxRow {
            run: id(1),
            flow: FLOW,
            fingerprint: 7,
            at: end.finished_at,
            key: end.run.key.clone(),
            node: end.error_node.clone().expect("it failed"),
            code: end.error_code.clone().expect("it failed"),
            message: end.error.clone().expect("it failed"),
            state: InboxState::Open,
            changed_at: end.finished_at,
            changed_by: String::new(),
            reason: String::new(),
        }]
    );
    let (row, doc) = store.dead_letter(id(1)).await.expect("asked").expect("it is there");
    assert_eq!((&row, &doc), (&rows[0], &end.dead.expect("it failed").doc));
    assert_eq!(store.dead_letter(id(2)).await.expect("asked"), None);
    commit(&*store, finishes([failure(&accept(1), 7)])).await;
    assert_eq!(groups(&*store, GroupFilter::default()).await[0].runs, 1, "an end repeated changes nothing");
}

/// A text that holds a NUL, as it may come back: not every store can hold one.
fn or_replaced(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

pub async fn a_failure_waits_whatever_characters_its_texts_hold(home: &dyn Home) {
    let store = home.open().await;
    let mut first = accept(1);
    first.run.key = Some("order\0one".into());
    commit(&*store, accepts([first.clone()])).await;
    let mut end = failure(&first, 7);
    (end.error_code, end.error) = (Some("E\0".into()), Some("the shop said \0".into()));
    commit(&*store, finishes([end])).await;
    let (ignored, who, why) = (InboxState::Ignored, "som\0chai", "be\0cause");
    let changed = store.set_inbox_state(&[id(1)], ignored, at(2), who, why).await;
    assert_eq!(changed.expect("it is changed"), 1);
    let row = inbox(&*store, InboxFilter::default()).await.remove(0);
    let texts =
        [row.key.as_deref().expect("it has one"), &row.code, &row.message, &row.changed_by, &row.reason];
    let given = ["order\0one", "E\0", "the shop said \0", who, why];
    assert_eq!(texts.map(or_replaced), given.map(or_replaced));
    let group = groups(&*store, GroupFilter::default()).await.remove(0);
    assert_eq!(or_replaced(&group.message), or_replaced("the shop said \0"));
    let mut again = retrying(3, 1, 1);
    again.retries.as_mut().expect("it retries").who = who.into();
    assert_eq!(commit(&*store, accepts([again])).await, [Accepted::New]);
}

pub async fn failures_that_are_alike_are_one_group(home: &dyn Home) {
    let store = home.open().await;
    let all = [accept(1), accept(2), accept(3)];
    commit(&*store, accepts(all.clone())).await;
    let mut ends: Vec<_> = [7, 8, 7].into_iter().zip(&all).map(|(print, run)| failure(run, print)).collect();
    ends[2].error = Some("and the latest says this".into());
    commit(&*store, finishes(ends)).await;
    let found = groups(&*store, GroupFilter::default()).await;
    let counts: Vec<_> = found.iter().map(|group| (group.fingerprint, group.runs, group.open)).collect();
    assert_eq!(counts, [(7, 2, 2), (8, 1, 1)]);
    assert_eq!((found[0].first_at, found[0].last_at), (at(1) + 500, at(3) + 500));
    assert_eq!(found[0].message, "and the latest says this");
    assert_eq!((found[0].flow, found[0].node.as_str(), found[0].code.as_str()), (FLOW, "erp", "E0207"));
    let other = GroupFilter { flow: Some(FLOW + 1), ..Default::default() };
    assert_eq!(groups(&*store, other).await, []);
}

pub async fn groups_come_in_pages(home: &dyn Home) {
    let store = home.open().await;
    // Two at a time fail in the same moment, so that a page ends between two that only their numbers tell apart.
    for n in 1..=5 {
        commit(&*store, accepts([accept(n)])).await;
        let finished_at = at(10 + (n + 1) / 2);
        commit(&*store, finishes([Finish { finished_at, ..failure(&accept(n), 100 + n) }])).await;
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let filter = GroupFilter { before, limit: 2, ..Default::default() };
        let page = store.error_groups(filter).await.expect("groups are listed");
        let Some(last) = page.last() else { break };
        before = Some((last.last_at, last.fingerprint));
        seen.extend(page.iter().map(|group| group.fingerprint));
    }
    assert_eq!(seen, [105, 104, 103, 102, 101]);
}

pub async fn a_run_is_retried_once(home: &dyn Home) {
    let store = home.open().await;
    failed(&*store, 1, 7).await;
    let first = retrying(2, 1, 1);
    assert_eq!(commit(&*store, accepts([first.clone()])).await, [Accepted::New]);
    assert_eq!(commit(&*store, accepts([first])).await, [Accepted::New], "the same again changes nothing");
    let refused = [Accepted::New, Accepted::RetriedBefore { by: id(2) }];
    assert_eq!(commit(&*store, accepts([accept(4), retrying(3, 1, 1)])).await, refused);
    assert_eq!(store.load_run(id(3)).await.expect("asked"), None);
    assert!(store.load_run(id(4)).await.expect("asked").is_some(), "the others of its batch are written");
    let mut twice = vec![retrying(5, 4, 4), retrying(6, 4, 4)];
    commit(&*store, finishes([failure(&accept(4), 7)])).await;
    assert_eq!(
        commit(&*store, accepts(twice.drain(..))).await,
        [Accepted::New, Accepted::RetriedBefore { by: id(5) }]
    );
    assert_eq!(states(&*store).await, [(4, InboxState::Retried), (1, InboxState::Retried)]);
    let (_, doc) = store.dead_letter(id(1)).await.expect("asked").expect("it is there");
    assert!(doc.is_empty(), "its retry knows what it needs");
    let by = store.retried_by(id(1)).await.expect("asked").expect("it was retried");
    assert_eq!((by.by_run, by.retried), (id(2), retried(2, 1)));
    assert_eq!(store.retried_by(id(2)).await.expect("asked"), None);
    let links = store.retries_by(&[id(5), id(2), id(1)]).await.expect("asked");
    assert_eq!(links.iter().map(|link| link.retried.run).collect::<Vec<_>>(), [id(1), id(4)]);
    assert_eq!(store.retries_by(&[]).await.expect("asked"), []);
}

/// Run 1 has failed, and run 2 that retries it, and run 3 retries that.
async fn three_in_a_row(store: &dyn Store) {
    failed(store, 1, 7).await;
    commit(store, accepts([retrying(2, 1, 1)])).await;
    commit(store, finishes([failure(&retrying(2, 1, 1), 8)])).await;
    commit(store, accepts([retrying(3, 2, 1)])).await;
}

fn open_counts(groups: &[ErrorGroup]) -> Vec<(i64, u64, u64)> {
    groups.iter().map(|group| (group.fingerprint, group.runs, group.open)).collect()
}

pub async fn a_retry_that_succeeds_resolves_all_it_goes_back_to(home: &dyn Home) {
    let store = home.open().await;
    three_in_a_row(&*store).await;
    let open = GroupFilter { open: true, ..Default::default() };
    assert_eq!(groups(&*store, open.clone()).await, []);
    commit(&*store, finishes([finish(retrying(3, 2, 1).run, Status::Done)])).await;
    assert_eq!(states(&*store).await, [(2, InboxState::Resolved), (1, InboxState::Resolved)]);
    assert_eq!(open_counts(&groups(&*store, GroupFilter::default()).await), [(8, 1, 0), (7, 1, 0)]);
}

pub async fn a_retry_that_fails_waits_in_its_stead(home: &dyn Home) {
    let store = home.open().await;
    three_in_a_row(&*store).await;
    commit(&*store, finishes([failure(&retrying(3, 2, 1), 7)])).await;
    let expected = [(3, InboxState::Open), (2, InboxState::Retried), (1, InboxState::Retried)];
    assert_eq!(states(&*store).await, expected);
    assert_eq!(open_counts(&groups(&*store, GroupFilter::default()).await), [(7, 2, 1), (8, 1, 0)]);
}

pub async fn a_retry_that_is_cancelled_leaves_nobody_waiting(home: &dyn Home) {
    let store = home.open().await;
    three_in_a_row(&*store).await;
    commit(&*store, finishes([finish(retrying(3, 2, 1).run, Status::Cancelled)])).await;
    assert_eq!(states(&*store).await, [(2, InboxState::Ignored), (1, InboxState::Ignored)]);
}

pub async fn a_person_ignores_and_takes_up_again(home: &dyn Home) {
    let store = home.open().await;
    failed(&*store, 1, 7).await;
    failed(&*store, 2, 7).await;
    let ids = [id(1), id(2), id(77)];
    let set = async |state| {
        store.set_inbox_state(&ids, state, at(50), "somebody", "a test").await.expect("the state is set")
    };
    assert_eq!(set(InboxState::Ignored).await, 2);
    assert_eq!(set(InboxState::Ignored).await, 0, "nothing changes");
    assert_eq!(open_counts(&groups(&*store, GroupFilter::default()).await), [(7, 2, 0)]);
    let row = &inbox(&*store, InboxFilter::default()).await[0];
    assert_eq!(
        (row.changed_at, row.changed_by.as_str(), row.reason.as_str()),
        (at(50), "somebody", "a test")
    );
    assert_eq!(set(InboxState::Open).await, 2);
    let (_, doc) = store.dead_letter(id(1)).await.expect("asked").expect("it is there");
    assert!(!doc.is_empty(), "what was ignored can be retried");
    assert_eq!(set(InboxState::Resolved).await, 2);
    assert_eq!(open_counts(&groups(&*store, GroupFilter::default()).await), [(7, 2, 0)]);
    assert_eq!(set(InboxState::Open).await, 2, "what a person closed a person opens");
    let (_, doc) = store.dead_letter(id(1)).await.expect("asked").expect("it is there");
    assert!(!doc.is_empty(), "and it can be retried then");
    set(InboxState::Resolved).await;
    assert_eq!(commit(&*store, accepts([retrying(3, 1, 1)])).await, [Accepted::New]);
    assert_eq!(states(&*store).await, [(2, InboxState::Resolved), (1, InboxState::Retried)]);
}

pub async fn what_a_run_closed_no_person_opens(home: &dyn Home) {
    let store = home.open().await;
    three_in_a_row(&*store).await;
    let next = store.retries_of(&[id(1), id(2), id(9)]).await.expect("asked");
    let next: Vec<_> = next.iter().map(|row| (row.retried.run, row.by_run)).collect();
    assert_eq!(next, [(id(1), id(2)), (id(2), id(3))]);
    let set = async |state| store.set_inbox_state(&[id(1), id(2)], state, at(50), "somebody", "").await;
    assert_eq!(set(InboxState::Open).await.expect("asked"), 0, "another run goes on with them");
    commit(&*store, finishes([finish(retrying(3, 2, 1).run, Status::Done)])).await;
    assert_eq!(set(InboxState::Open).await.expect("asked"), 0);
    let (_, doc) = store.dead_letter(id(1)).await.expect("asked").expect("it is there");
    assert!(doc.is_empty());
}

pub async fn a_record_is_found_by_what_it_says(home: &dyn Home) {
    let store = home.open().await;
    for n in 1..=3 {
        commit(&*store, accepts([accept(n)])).await;
        let mut end = failure(&accept(n), n);
        end.error = Some(format!("the shop answered {n}0% late"));
        commit(&*store, finishes([end])).await;
    }
    store.set_inbox_state(&[id(3)], InboxState::Ignored, at(9), "", "").await.expect("set");
    let found = async |filter: InboxFilter| numbers(inbox(&*store, filter).await.iter().map(|row| row.run));
    let of = InboxFilter::default;
    assert_eq!(found(InboxFilter { fingerprint: Some(2), ..of() }).await, [2]);
    assert_eq!(found(InboxFilter { state: Some(InboxState::Ignored), ..of() }).await, [3]);
    assert_eq!(found(InboxFilter { flow: Some(FLOW), state: Some(InboxState::Open), ..of() }).await, [2, 1]);
    assert_eq!(found(InboxFilter { flow: Some(FLOW + 1), ..of() }).await, NONE);
    assert_eq!(found(InboxFilter { since: Some(at(2)), until: Some(at(3)), ..of() }).await, [2]);
    assert_eq!(found(InboxFilter { text: Some("0% LATE".into()), ..of() }).await, [3, 2, 1]);
    assert_eq!(found(InboxFilter { text: Some("order-2".into()), ..of() }).await, [2]);
    assert_eq!(found(InboxFilter { text: Some("order_2".into()), ..of() }).await, NONE);
}

pub async fn records_come_in_both_orders(home: &dyn Home) {
    let store = home.open().await;
    for n in 1..=4 {
        failed(&*store, n, 7).await;
    }
    let page = async |filter: InboxFilter| {
        let rows = store.inbox(InboxFilter { limit: 2, ..filter }).await.expect("records are listed");
        numbers(rows.iter().map(|row| row.run))
    };
    let of = InboxFilter::default;
    assert_eq!(page(of()).await, [4, 3]);
    assert_eq!(page(InboxFilter { before: Some(id(3)), ..of() }).await, [2, 1]);
    assert_eq!(page(InboxFilter { after: Some(0), ..of() }).await, [1, 2]);
    assert_eq!(page(InboxFilter { after: Some(id(2)), before: Some(id(4)), ..of() }).await, [3]);
}

pub async fn records_of_a_group_come_in_pages(home: &dyn Home) {
    let store = home.open().await;
    for n in 1..=9 {
        failed(&*store, n, 7 + n % 2).await;
    }
    store.set_inbox_state(&[id(5)], InboxState::Ignored, at(50), "somebody", "").await.expect("it is set");
    let open = InboxFilter { fingerprint: Some(8), state: Some(InboxState::Open), ..InboxFilter::default() };
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page =
            store.inbox(InboxFilter { before, limit: 2, ..open.clone() }).await.expect("they are listed");
        let Some(last) = page.last() else { break };
        before = Some(last.run);
        seen.push(numbers(page.iter().map(|row| row.run)));
        // What fails meanwhile is not on a page that comes later.
        failed(&*store, 20 + 2 * seen.len() as i64 + 1, 8).await;
    }
    assert_eq!(seen, [vec![9, 7], vec![3, 1]]);
}

pub async fn an_event_comes_back_with_its_retry(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    failed(&*store, 1, 7).await;
    let late = START + 400 * DAY;
    store.expire(late, 100).await.expect("old runs go");
    assert_eq!(store.run_detail(id(1)).await.expect("asked"), None);
    assert_eq!(states(&*store).await, [(1, InboxState::Open)], "the record outlives the history");
    let mut again = Accept { event: Some(event(2)), ..retrying(2, 1, 1) };
    again.run.event = id(2);
    assert_eq!(commit(&*store, accepts([again])).await, [Accepted::New]);
    let loaded = store.load_run(id(2)).await.expect("asked").expect("it is open");
    assert_eq!(&loaded.body[..], b"body 2");
}

pub async fn records_are_forgotten_with_their_groups(home: &dyn Home) {
    let store = home.open().await;
    failed(&*store, 1, 7).await;
    failed(&*store, 2, 8).await;
    failed(&*store, 3, 8).await;
    commit(&*store, Batch { ..accepts([retrying(4, 1, 1)]) }).await;
    assert_eq!(store.forget_errors(id(3), 1).await.expect("forgotten"), 1);
    assert_eq!(store.forget_errors(id(3), 9).await.expect("forgotten"), 1);
    assert_eq!(store.forget_errors(id(3), 9).await.expect("forgotten"), 0);
    assert_eq!(states(&*store).await, [(3, InboxState::Open)]);
    assert_eq!(open_counts(&groups(&*store, GroupFilter::default()).await), [(8, 2, 1)]);
    assert_eq!(store.retried_by(id(1)).await.expect("asked"), None);
    assert_eq!(store.dead_letter(id(1)).await.expect("asked"), None);
}

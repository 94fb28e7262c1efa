//! What one store holds, taken by another: nothing is lost, and both go on alike. Not among the questions of
//! `contract_tests!`, because two stores are needed.

use super::likeness::{Likeness, both_have_the_flow};
use super::sample::*;
use crate::care::{Snooze, Subject};
use crate::memory::MemoryStore;
use crate::moving::{Moving, Page, Pages, Row, TABLES, Table};
use crate::{
    Accept, Accepted, AuditEntry, Batch, BlobRow, BlobUse, DeadLetter, Error, Finish, Record, Role,
    SaveDraft, Session, Status, Store, Token, User,
};
use async_trait::async_trait;
use bytes::Bytes;
use model::{ConnectionName, FlowId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const COMMANDS: u64 = 250;
/// More than one part of a body, and more than a page.
const LARGE: usize = 5 << 20;
/// Runs by chance are numbered from 1 on, these from here.
const FIRST: i64 = 500_000;

/// A store and the ways to move it.
pub trait Movable: Store + Moving {}
impl<T: Store + Moving> Movable for T {}

/// All that a store gave.
#[derive(Default)]
pub struct Held(BTreeMap<&'static str, Vec<Row>>);

#[async_trait]
impl Pages for Held {
    async fn page(&mut self, page: Page) -> Result<(), Error> {
        for row in &page.rows {
            assert_eq!(row.len(), page.table.columns.len(), "{}", page.table.name);
            let kinds = row.iter().zip(page.table.columns);
            assert!(kinds.into_iter().all(|(cell, (_, kind))| cell.is(*kind)), "{} {row:?}", page.table.name);
        }
        self.0.entry(page.table.name).or_default().extend(page.rows);
        Ok(())
    }
}

/// Rows of a table come in any order, but each once.
pub async fn held(store: &dyn Movable) -> BTreeMap<&'static str, Vec<Row>> {
    let mut held = Held::default();
    store.give(&mut held).await.expect("it gives all");
    held.0.values_mut().for_each(|rows| rows.sort());
    held.0
}

/// All tables of a store, and their columns, against what moves. `stays` names what does not, as `table` or `table.column`.
pub fn assert_all_move(there: &[(String, String)], moves: impl Fn(&Table) -> Option<String>, stays: &[&str]) {
    let known: BTreeSet<(String, String)> = TABLES
        .iter()
        .filter_map(|table| Some((moves(table)?, table)))
        .flat_map(|(name, table)| table.names().map(move |column| (name.clone(), column.to_owned())))
        .collect();
    let stays = |table: &str, column: &str| {
        stays.contains(&table) || stays.contains(&format!("{table}.{column}").as_str())
    };
    for (table, column) in there {
        let moves = known.contains(&(table.clone(), column.clone()));
        assert!(
            moves || stays(table, column),
            "`export --all` does not know {table}.{column}: store::moving::TABLES"
        );
    }
    for (table, column) in &known {
        assert!(there.contains(&(table.clone(), column.clone())), "there is no {table}.{column}");
    }
}

/// Fills the first store by chance, moves it into the second, and compares.
pub async fn what_moves_is_all_there(from: &dyn Movable, to: &dyn Movable) {
    let (model, mut likeness) = (MemoryStore::default(), Likeness::new(42));
    both_have_the_flow(&model, from).await;
    for number in 0..COMMANDS {
        likeness.command(number, &model, from).await;
    }
    furnish(&model).await;
    furnish(from).await;
    let given = held(from).await;
    let missing: Vec<_> = TABLES.iter().filter(|table| !given.contains_key(table.name)).collect();
    assert!(missing.iter().all(|table| table.name == "control"), "nothing was given of {missing:?}");

    let mut taking = to.begin().await.expect("it is empty");
    from.give(&mut *taking).await.expect("it goes over");
    taking.end().await.expect("all has come");

    let there = held(to).await;
    for (table, rows) in &given {
        let same = there.get(table) == Some(rows);
        assert!(same, "{table}: {} rows, and {:?}", rows.len(), there.get(table).map(Vec::len));
    }
    likeness.assert_alike(&model, to, "after the move").await;
    goes_on(to).await;
    likeness_goes_on(&model, to, likeness).await;
    let refused = to.begin().await.err();
    assert!(matches!(refused, Some(Error::Conflict(_))), "it is not empty any more");
}

/// Takes some pages on, and then fails.
struct CutOff<'a>(&'a mut dyn Pages, usize);

#[async_trait]
impl Pages for CutOff<'_> {
    async fn page(&mut self, page: Page) -> Result<(), Error> {
        self.1 = self.1.checked_sub(1).ok_or_else(|| Error::Unavailable("cut off".into()))?;
        self.0.page(page).await
    }
}

/// Breaks an import off at several places, and then does it. `open` opens the place that is filled; if told so, also while
/// it is not whole.
pub async fn an_import_that_was_cut_off_says_so_and_begins_anew<S: Movable>(
    from: &dyn Movable,
    open: impl AsyncFn(bool) -> Result<Arc<S>, Error>,
) {
    let given = held(from).await;
    for pages in [0, 5, 12, 20] {
        let store = open(true).await.expect("it may be filled");
        let mut taking = store.begin().await.expect("it is empty, or of an import that was cut off");
        from.give(&mut CutOff(&mut *taking, pages)).await.expect_err("cut off");
        drop(taking);
        drop(store);
        let refused = open(false).await.err().expect("it is not whole").to_string();
        assert!(refused.contains("broken off"), "{refused}");
    }
    let store = open(true).await.expect("it may be filled");
    let mut taking = store.begin().await.expect("all begins anew");
    from.give(&mut *taking).await.expect("it goes over");
    taking.end().await.expect("all has come");
    drop(store);
    assert_eq!(held(&*open(false).await.expect("it is whole")).await, given);
}

/// What random commands do not make.
async fn furnish(store: &dyn Store) {
    let user = User {
        id: "0b5f".into(),
        email: "ann@example.org".into(),
        name: "Ann".into(),
        role: Role::Owner,
        password_hash: "$argon2id$".into(),
        created_at: START,
    };
    assert!(store.create_owner(user).await.expect("created"));
    let token = Token {
        id: "77aa".into(),
        name: "shop".into(),
        hash: [9; 32],
        role: Role::Operator,
        created_at: START,
        created_by: "ann".into(),
        last_used_at: None,
    };
    store.create_token(token).await.expect("created");
    let session = Session { id_hash: [3; 32], data: vec![0, 255, 1], expires_at: START + 400 * DAY };
    store.save_session(session).await.expect("saved");
    for n in 0..3 {
        store.audit(audit(n)).await.expect("written");
    }
    store.set_setting("store_id", "one").await.expect("set");
    let connection = crate::SealedConnection {
        name: ConnectionName::new("erp"),
        connector: "odoo".into(),
        fields: "{}".into(),
        secrets: vec![0, 1, 2, 255],
        updated_at: START,
    };
    store.save_connection(connection).await.expect("saved");
    for flow in ["drawn", "published"] {
        let (flow, document, by) = (FlowId::new(flow), "{}".into(), "somebody".into());
        let draft = SaveDraft { flow, document, based_on: 1, before: 0, at: START, by };
        store.save_draft(draft).await.expect("saved");
    }
    let (flow, by) = (FlowId::new("drawn"), "somebody".to_owned());
    let keep = crate::KeepPoint { flow, name: "before".into(), document: "{}".into(), at: START, by };
    assert_eq!(store.keep_point(keep).await.expect("kept"), 1);
    // What was published leaves its number behind.
    assert!(store.discard_draft(&FlowId::new("published"), 1).await.expect("discarded"));
    let xref = super::xrefs::row("customer", "shopify", "8231", "17");
    store.claim(super::claims::by_hand(7, "ann"), None).await.expect("claimed");
    store.put_xrefs(vec![xref]).await.expect("put");
    let open = crate::OpenBreaker { since: at(1), trials: 3, next_trial_at: at(9), error: "away".into() };
    store.open_breaker(&ConnectionName::new("erp"), &open).await.expect("opened");
    store.add_job(super::jobs::job(7)).await.expect("it is put down");
    store.set_cursor(FLOW, &model::NodeId::new("changed"), "{}").await.expect("written");
    store.save_connector(super::outside::connector("petstore", "{}")).await.expect("saved");
    assert!(store.save_alert(super::alerts::alert("orders")).await.expect("saved"));
    large(store).await;
    blob(store).await;
    retried_ones(store).await;
    cared_for(store).await;
}

/// Of the group and the record of the run with long bodies.
async fn cared_for(store: &dyn Store) {
    for subject in [Subject::Group(5), Subject::Record(id(FIRST + 1))] {
        store.assign(subject, Some("ann")).await.expect("assigned");
        let snooze = Snooze { at: at(FIRST), until: None };
        store.snooze(subject, Some(snooze)).await.expect("put aside");
        store.comment(subject, at(FIRST), "ann", "the ERP was moved").await.expect("said");
    }
}

fn audit(n: i64) -> AuditEntry {
    AuditEntry { at: at(n), who: "ann".into(), what: "flow.import".into(), on: format!("flow {n}") }
}

/// Bytes that look like nothing, so that they do not get shorter.
fn bytes(seed: u8, len: usize) -> Bytes {
    (0..len).map(|n| (n as u8).wrapping_mul(31) ^ (n >> 8) as u8 ^ seed).collect()
}

/// An open run and one that has ended, both with long bodies.
async fn large(store: &dyn Store) {
    let mut open = accept(FIRST);
    open.event.as_mut().expect("it has one").body = bytes(1, LARGE);
    let mut over = accept(FIRST + 1);
    over.event.as_mut().expect("it has one").body = bytes(2, LARGE);
    commit(store, accepts([open, over])).await;
    commit(store, records([Record { body: bytes(3, LARGE), ..record(FIRST, 0) }, record(FIRST, 1)])).await;
    let mut end = finish(run(FIRST + 1), Status::Failed);
    (end.doc, end.dead) = (bytes(4, LARGE), Some(DeadLetter { fingerprint: 5, doc: bytes(5, LARGE) }));
    commit(store, finishes([end])).await;
    let parks = vec![(id(FIRST), at(FIRST) + 300 * DAY)];
    commit(store, Batch { parks, crashes: vec![(id(FIRST), 2)], ..Batch::default() }).await;
}

const BLOB: [u8; 32] = [77; 32];

/// In three pieces, used by the open run's event.
async fn blob(store: &dyn Store) {
    let (upload, pieces) = (id(FIRST - 1), [bytes(7, 1_000), bytes(8, LARGE), bytes(9, 1)]);
    for (n, piece) in pieces.iter().enumerate() {
        store.put_piece(upload, n as u32, piece.clone()).await.expect("it is put");
    }
    let stored = pieces.iter().map(|piece| piece.len() as u64).sum();
    let row = BlobRow { hash: BLOB, bytes: 9 * stored, stored, pieces: 3 };
    store.seal_blob(upload, row, at(FIRST)).await.expect("it is sealed");
    let blob_uses = vec![BlobUse::of_event(id(FIRST), BLOB)];
    commit(store, Batch { blob_uses, ..Batch::default() }).await;
}

/// Runs of one event on several days: ended, retried, retried again, and one that is open.
async fn retried_ones(store: &dyn Store) {
    let day = DAY / 1_000;
    let (first, second, third) = (FIRST + day, FIRST + 2 * day, FIRST + 3 * day);
    ended(store, first, Status::Failed).await;
    for (n, of) in [(second, first), (third, second)] {
        commit(store, accepts([retrying(n, of, first)])).await;
        commit(store, finishes([finish(later(n, first), Status::Failed)])).await;
    }
    ended(store, first + 1, Status::Failed).await;
    commit(store, accepts([retrying(third + 1, first + 1, first + 1), delivered(third + 2, 200)])).await;
    commit(store, finishes([finish(run(third + 2), Status::Done)])).await;
}

fn later(n: i64, first: i64) -> crate::RunRow {
    Accept { ..retry(n, first) }.run
}

/// Numbers go on, and nothing that is known is taken for new.
async fn goes_on(store: &dyn Store) {
    let day = DAY / 1_000;
    let again = commit(store, accepts([delivered(FIRST + 4 * day, 200)])).await;
    assert_eq!(again, [Accepted::Duplicate { event: id(FIRST + 3 * day + 2) }]);
    let by = commit(store, accepts([retrying(FIRST + 4 * day + 1, FIRST + day, FIRST + day)])).await;
    assert_eq!(by, [Accepted::RetriedBefore { by: id(FIRST + 2 * day) }]);
    store.audit(audit(9)).await.expect("it is written");
    assert_eq!(store.audit_trail(i64::MAX, 10).await.expect("asked").len(), 4);
    let loaded = store.load_run(id(FIRST)).await.expect("asked").expect("it is open");
    assert_eq!((loaded.body, loaded.records.len()), (bytes(1, LARGE), 2));
    assert_eq!(loaded.records[0].body, bytes(3, LARGE));
    assert_eq!(store.job(id(7)).await.expect("asked"), Some(super::jobs::job(7)));
    let cares = store.cares(&[Subject::Group(5), Subject::Record(id(FIRST + 1))]).await.expect("asked");
    let cares: Vec<_> =
        cares.iter().map(|care| (care.assignee.as_deref(), care.snooze, care.comments)).collect();
    assert_eq!(cares, [(Some("ann"), Some(Snooze { at: at(FIRST), until: None }), 1); 2]);
    assert_eq!(store.comments(Subject::Group(5)).await.expect("asked")[0].body, "the ERP was moved");
    // What is used stays, and is whole.
    store.sweep_blobs(at(FIRST) + 2 * DAY).await.expect("swept");
    let row = store.blob(BLOB).await.expect("asked").expect("it is kept");
    assert_eq!((row.pieces, row.bytes), (3, 9 * row.stored));
    assert_eq!(store.blob_piece(BLOB, 1).await.expect("asked"), Some(bytes(8, LARGE)));
    let (_, letter) = store.dead_letter(id(FIRST + 1)).await.expect("asked").expect("it waits");
    assert_eq!(letter, bytes(5, LARGE));
    let detail = store.run_detail(id(FIRST + 3 * day)).await.expect("asked").expect("it ended");
    assert_eq!(detail.event.map(|event| event.id), Some(id(FIRST + day)));
}

/// What was open ends, in both.
async fn likeness_goes_on(model: &dyn Store, store: &dyn Store, mut likeness: Likeness) {
    let day = DAY / 1_000;
    model.audit(audit(9)).await.expect("it is written");
    for store in [model, store] {
        commit(store, accepts([accept(FIRST + 6 * day)])).await;
    }
    let open =
        [finish(run(FIRST), Status::Done), finish(later(FIRST + 3 * day + 1, FIRST + day + 1), Status::Done)];
    for end in open {
        let end = Finish { finished_at: at(FIRST + 5 * day), ..end };
        commit(model, finishes([end.clone()])).await;
        commit(store, finishes([end])).await;
    }
    likeness.goes_on_after(FIRST + 6 * day);
    for number in 0..20 {
        likeness.command(COMMANDS + number, model, store).await;
    }
}

use super::Home;
use super::sample::*;
use crate::{BLOB_GRACE, Batch, BlobHash, BlobRow, BlobUse, InboxState, Status, Store};
use bytes::Bytes;

const HASH: BlobHash = [7; 32];

fn pieces(count: u8) -> Vec<Bytes> {
    (0..count).map(|n| Bytes::from(vec![n; 3_000 + usize::from(n)])).collect()
}

fn row(hash: BlobHash, pieces: &[Bytes]) -> BlobRow {
    let stored = pieces.iter().map(|piece| piece.len() as u64).sum();
    BlobRow { hash, bytes: stored * 2, stored, pieces: pieces.len() as u32 }
}

/// Uploads as the nth and seals that many seconds after the start.
async fn keep(store: &dyn Store, n: i64, hash: BlobHash, pieces: &[Bytes]) -> BlobRow {
    for (place, piece) in (0..).zip(pieces) {
        store.put_piece(id(n), place, piece.clone()).await.expect("it is put");
    }
    store.seal_blob(id(n), row(hash, pieces), at(n)).await.expect("it is sealed");
    row(hash, pieces)
}

async fn read(store: &dyn Store, hash: BlobHash) -> Vec<Bytes> {
    let mut read = Vec::new();
    while let Some(piece) = store.blob_piece(hash, read.len() as u32).await.expect("asked") {
        read.push(piece);
    }
    read
}

/// Accepts run n, whose event's body is the blob.
fn needs(n: i64, blob: BlobHash) -> Batch {
    Batch { blob_uses: vec![BlobUse::of_event(id(n), blob)], ..accepts([accept(n)]) }
}

async fn sweep(store: &dyn Store, now: i64) -> usize {
    store.sweep_blobs(now).await.expect("swept")
}

pub async fn a_blob_comes_back_piece_by_piece_after_reopening(home: &dyn Home) {
    let store = home.open().await;
    let given = pieces(5);
    let row = keep(&*store, 1, HASH, &given).await;
    drop(store);
    let store = home.open().await;
    assert_eq!(store.blob(HASH).await.expect("asked"), Some(row));
    assert_eq!(read(&*store, HASH).await, given);
    assert_eq!(store.blob_piece([1; 32], 0).await.expect("asked"), None);
}

pub async fn the_same_content_is_one_blob(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    let first = keep(&*store, 1, HASH, &pieces(3)).await;
    // Another release may cut and pack the same content otherwise.
    keep(&*store, 2, HASH, &pieces(4)).await;
    assert_eq!(store.blobs(None, 10).await.expect("listed"), [first]);
    assert_eq!(read(&*store, HASH).await, pieces(3));
}

pub async fn a_blob_goes_with_the_last_event_that_needs_it(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    keep(&*store, 1, HASH, &pieces(2)).await;
    let later = 3 * DAY / 1_000;
    for n in [1, later] {
        commit(&*store, needs(n, HASH)).await;
        commit(&*store, finishes([finish(run(n), Status::Done)])).await;
    }
    for (now, gone) in [(START + 9 * DAY, 0), (START + 9 * DAY + 2 * BLOB_GRACE, 0), (START + 12 * DAY, 0)] {
        store.expire(now, 100).await.expect("old runs go");
        assert_eq!(sweep(&*store, now).await, gone);
        assert!(store.blob(HASH).await.expect("asked").is_some());
    }
    assert_eq!(sweep(&*store, START + 12 * DAY + 2 * BLOB_GRACE).await, 1);
    assert_eq!(read(&*store, HASH).await, Vec::<Bytes>::new());
    // The same content comes in again.
    keep(&*store, later + 20 * DAY / 1_000, HASH, &pieces(2)).await;
    assert_eq!(read(&*store, HASH).await, pieces(2));
}

pub async fn a_record_in_the_inbox_keeps_its_blob(home: &dyn Home) {
    let store = home.open().await;
    with_flow(&*store).await;
    keep(&*store, 1, HASH, &pieces(2)).await;
    commit(&*store, needs(1, HASH)).await;
    let uses = vec![BlobUse::of_record(id(1), HASH)];
    commit(&*store, Batch { blob_uses: uses, ..finishes([finish(run(1), Status::Failed)]) }).await;
    let late = START + 60 * DAY;
    store.expire(late, 100).await.expect("old runs go");
    for now in [late, late + 2 * BLOB_GRACE] {
        assert_eq!(sweep(&*store, now).await, 0);
    }
    let resolved = InboxState::Resolved;
    store.set_inbox_state(&[id(1)], resolved, late, "somebody", "").await.expect("it is changed");
    assert_eq!(sweep(&*store, late + 2 * BLOB_GRACE).await, 0, "whoever closed it may open it again");
    store.forget_errors(id(2), 9).await.expect("the record goes");
    assert_eq!(sweep(&*store, late + 3 * BLOB_GRACE).await, 0);
    assert_eq!(sweep(&*store, late + 5 * BLOB_GRACE).await, 1);
}

pub async fn an_upload_that_never_ended_is_swept(home: &dyn Home) {
    let store = home.open().await;
    for upload in [1, 2] {
        store.put_piece(id(upload), 0, pieces(1).remove(0)).await.expect("it is put");
    }
    store.drop_upload(id(1)).await.expect("it is given up");
    sweep(&*store, at(2) + 2 * BLOB_GRACE).await;
    for upload in [1, 2] {
        let sealed = store.seal_blob(id(upload), row(HASH, &pieces(1)), at(3)).await;
        sealed.expect_err("its piece is gone");
    }
}

pub async fn an_upload_that_is_not_whole_is_no_blob(home: &dyn Home) {
    let store = home.open().await;
    store.put_piece(id(1), 0, pieces(1).remove(0)).await.expect("it is put");
    store.seal_blob(id(1), row(HASH, &pieces(2)), at(3)).await.expect_err("a piece is missing");
    assert_eq!(store.blob(HASH).await.expect("asked"), None);
}

pub async fn blobs_are_listed_in_order(home: &dyn Home) {
    let store = home.open().await;
    let mut rows = Vec::new();
    for n in [3, 1, 2] {
        rows.push(keep(&*store, n, [n as u8; 32], &pieces(1)).await);
    }
    rows.sort_by_key(|row| row.hash);
    assert_eq!(store.blobs(None, 2).await.expect("listed"), rows[..2]);
    assert_eq!(store.blobs(Some([2; 32]), 2).await.expect("listed"), rows[2..]);
}

//! The questions that every buffer is asked. `contract_tests!` makes a test of each.

use crate::{Buffer, Drawn, Error, Most, Parcel, Receipt};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;

/// What a broker can and others cannot.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// It drops a second parcel of one key.
    pub drops_repeats: bool,
    pub keeps_order: bool,
    /// It tells how often it gave a parcel out.
    pub counts: bool,
}

/// A place of one buffer, which is empty at first.
#[async_trait]
pub trait Home: Send + Sync {
    fn kind(&self) -> Kind;

    /// A handle of the one buffer: another process.
    async fn open(&self) -> Arc<dyn Buffer>;
}

/// Asks all questions; each evaluates the expression to get a `Home` of its own. One test each, or, `in turn`, all of them
/// in the test that calls it: a broker takes long to start.
///
/// The calling crate needs tokio with `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! contract_tests {
    ($home:expr) => {
        $crate::contract_tests! { @ each $home }
    };
    (in turn $home:expr) => {
        $crate::contract_tests! { @ turn $home }
    };
    (@ $how:ident $home:expr) => {
        $crate::contract_tests! { @ $how $home;
            what_is_put_in_is_drawn, a_parcel_is_done_once, what_is_given_back_comes_again,
            what_its_drawer_never_finished_comes_again, a_lane_keeps_its_order, a_draw_is_bounded_in_number,
            a_draw_is_bounded_in_bytes, an_empty_buffer_gives_nothing, a_repeat_is_dropped_where_the_broker_can,
            a_parcel_that_is_too_large_is_refused_with_the_limit, text_comes_back_as_it_was,
            what_is_buried_is_kept_apart, the_depth_is_told, a_check_says_what_it_found,
            an_old_receipt_is_no_error
        }
    };
    (@ each $home:expr; $($question:ident),*) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $question() {
            $crate::contract::$question(&$home).await;
        }
    )* };
    (@ turn $home:expr; $($question:ident),*) => { $(
        eprintln!("asking: {}", stringify!($question));
        $crate::contract::$question(&$home).await;
    )* };
}

pub const MOST: Most = Most { parcels: 10, bytes: 1 << 20 };
const SOON: Duration = Duration::from_millis(200);
/// Longer than any broker here leaves a parcel with somebody who is gone.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn parcel(key: &str) -> Parcel {
    Parcel { key: key.into(), lane: Some("lane".into()), text: format!("{{\"n\":\"{key}\"}}").into() }
}

pub async fn put(buffer: &dyn Buffer, keys: &[&str]) {
    for key in keys {
        buffer.put(&parcel(key)).await.expect("it is kept");
    }
}

/// Draws until there are so many.
pub async fn draw(buffer: &dyn Buffer, count: usize) -> Vec<Drawn> {
    let mut drawn = Vec::new();
    let drawing = async {
        while drawn.len() < count {
            let most = Most { parcels: (count - drawn.len()).min(MOST.parcels), ..MOST };
            drawn.extend(buffer.draw(most, SOON).await.expect("it can be reached"));
        }
    };
    tokio::time::timeout(PATIENCE, drawing).await.expect("they come");
    drawn
}

pub fn texts(drawn: &[Drawn]) -> Vec<Bytes> {
    drawn.iter().map(|drawn| drawn.text.clone()).collect()
}

pub fn receipts(drawn: &[Drawn]) -> Vec<Receipt> {
    drawn.iter().map(|drawn| drawn.receipt.clone()).collect()
}

fn expected(keys: &[&str]) -> Vec<Bytes> {
    keys.iter().map(|key| parcel(key).text).collect()
}

fn sorted(mut texts: Vec<Bytes>) -> Vec<Bytes> {
    texts.sort();
    texts
}

async fn is_empty(buffer: &dyn Buffer) {
    assert_eq!(texts(&buffer.draw(MOST, SOON).await.expect("it can be reached")), Vec::<Bytes>::new());
}

pub async fn what_is_put_in_is_drawn(home: &dyn Home) {
    put(&*home.open().await, &["a", "b", "c"]).await;
    let drawn = draw(&*home.open().await, 3).await;
    assert_eq!(sorted(texts(&drawn)), expected(&["a", "b", "c"]));
    assert!(drawn.iter().all(|drawn| drawn.times == 1));
}

pub async fn a_parcel_is_done_once(home: &dyn Home) {
    let buffer = home.open().await;
    put(&*buffer, &["a", "b"]).await;
    let drawn = draw(&*buffer, 2).await;
    buffer.done(&receipts(&drawn)).await.expect("they are forgotten");
    is_empty(&*buffer).await;
}

pub async fn what_is_given_back_comes_again(home: &dyn Home) {
    let buffer = home.open().await;
    put(&*buffer, &["a"]).await;
    let first = draw(&*buffer, 1).await;
    buffer.give_back(&receipts(&first)).await.expect("it is taken back");
    let again = draw(&*buffer, 1).await;
    assert_eq!(texts(&again), texts(&first));
    if home.kind().counts {
        assert_eq!(again[0].times, 2);
    }
}

pub async fn what_its_drawer_never_finished_comes_again(home: &dyn Home) {
    let (mine, other) = (home.open().await, home.open().await);
    put(&*mine, &["a", "b"]).await;
    let first = draw(&*mine, 1).await;
    mine.give_back(&receipts(&first)).await.expect("it is taken back");
    drop(mine);
    let drawn = draw(&*other, 2).await;
    assert_eq!(sorted(texts(&drawn)), expected(&["a", "b"]));
}

pub async fn a_lane_keeps_its_order(home: &dyn Home) {
    let buffer = home.open().await;
    let keys: Vec<String> = (0..25).map(|n| format!("k{n:02}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    put(&*buffer, &keys).await;
    let mut came = Vec::new();
    while came.len() < keys.len() {
        let drawn = draw(&*buffer, 1).await;
        came.extend(texts(&drawn));
        buffer.done(&receipts(&drawn)).await.expect("it is forgotten");
    }
    if !home.kind().keeps_order {
        came.sort();
    }
    assert_eq!(came, expected(&keys));
}

pub async fn a_draw_is_bounded_in_number(home: &dyn Home) {
    let buffer = home.open().await;
    put(&*buffer, &["a", "b", "c", "d"]).await;
    let drawn = buffer.draw(Most { parcels: 3, ..MOST }, SOON).await.expect("it can be reached");
    assert!(drawn.len() <= 3, "{}", drawn.len());
    // Some give no more of a lane while something of it is in hands.
    buffer.done(&receipts(&drawn)).await.expect("they are forgotten");
    let rest = draw(&*buffer, 4 - drawn.len()).await;
    assert_eq!(sorted([texts(&drawn), texts(&rest)].concat()), expected(&["a", "b", "c", "d"]));
}

/// A parcel of so many bytes.
fn of_bytes(key: &str, bytes: usize) -> Parcel {
    let text = format!("\"{}\"", "x".repeat(bytes - 2)).into();
    Parcel { text, ..parcel(key) }
}

pub async fn a_draw_is_bounded_in_bytes(home: &dyn Home) {
    const KB: usize = 1 << 10;
    let buffer = home.open().await;
    for key in ["a", "b", "c", "d"] {
        buffer.put(&of_bytes(key, 30 * KB)).await.expect("it is kept");
    }
    let mut came = 0;
    while came < 4 {
        let most = Most { parcels: 10, bytes: 70 * KB };
        let drawn = buffer.draw(most, SOON).await.expect("it can be reached");
        assert!(drawn.len() <= 2, "{} at once", drawn.len());
        came += drawn.len();
        buffer.done(&receipts(&drawn)).await.expect("they are forgotten");
    }
    // One that is larger than all that may be drawn comes nevertheless.
    buffer.put(&of_bytes("e", 30 * KB)).await.expect("it is kept");
    let most = Most { parcels: 10, bytes: KB };
    let alone = async { while buffer.draw(most, SOON).await.expect("it can be reached").is_empty() {} };
    tokio::time::timeout(PATIENCE, alone).await.expect("it comes");
}

pub async fn an_empty_buffer_gives_nothing(home: &dyn Home) {
    is_empty(&*home.open().await).await;
}

pub async fn a_repeat_is_dropped_where_the_broker_can(home: &dyn Home) {
    let buffer = home.open().await;
    put(&*buffer, &["a", "a", "b"]).await;
    let kinds = if home.kind().drops_repeats { &["a", "b"][..] } else { &["a", "a", "b"] };
    let drawn = draw(&*buffer, kinds.len()).await;
    assert_eq!(sorted(texts(&drawn)), expected(kinds));
}

pub async fn a_parcel_that_is_too_large_is_refused_with_the_limit(home: &dyn Home) {
    let buffer = home.open().await;
    // The first contact may teach it what the broker takes.
    put(&*buffer, &["a"]).await;
    let limit = buffer.parcel_bytes_max();
    let refused = buffer.put(&of_bytes("b", limit + 1)).await;
    assert_eq!(refused, Err(Error::TooLarge { limit }));
    buffer.put(&of_bytes("c", limit)).await.expect("what just fits is kept");
    let drawn = draw(&*buffer, 2).await;
    assert_eq!(drawn.iter().map(|drawn| drawn.text.len()).max(), Some(limit));
}

pub async fn text_comes_back_as_it_was(home: &dyn Home) {
    let buffer = home.open().await;
    let text = "{\"ชื่อ\": \"ชา 🍵 <&>\\u0000\",\n\t\"n\": 1.10, \"odd\": \"\u{fdd0}\u{85}\"}";
    buffer.put(&Parcel { text: text.into(), ..parcel("a") }).await.expect("it is kept");
    assert_eq!(texts(&draw(&*buffer, 1).await), [Bytes::from(text)]);
}

pub async fn what_is_buried_is_kept_apart(home: &dyn Home) {
    let buffer = home.open().await;
    put(&*buffer, &["a", "b"]).await;
    let drawn = draw(&*buffer, 2).await;
    buffer.bury(&drawn[0], "nobody can read it").await.expect("it is kept");
    buffer.done(&receipts(&drawn[1..])).await.expect("it is forgotten");
    is_empty(&*buffer).await;
    let dead = async {
        while buffer.depth().await.expect("it tells").dead != Some(1) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, dead).await.expect("it is counted");
}

pub async fn the_depth_is_told(home: &dyn Home) {
    let buffer = home.open().await;
    put(&*buffer, &["a", "b", "c"]).await;
    let told = async {
        // Some brokers count after a moment.
        while buffer.depth().await.expect("it tells").waiting != Some(3) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("three wait");
}

pub async fn a_check_says_what_it_found(home: &dyn Home) {
    let said = home.open().await.check().await.expect("it is in order");
    assert!(!said.is_empty());
}

pub async fn an_old_receipt_is_no_error(home: &dyn Home) {
    let buffer = home.open().await;
    put(&*buffer, &["a"]).await;
    let drawn = draw(&*buffer, 1).await;
    buffer.done(&receipts(&drawn)).await.expect("it is forgotten");
    buffer.done(&receipts(&drawn)).await.expect("and was before");
    is_empty(&*buffer).await;
}

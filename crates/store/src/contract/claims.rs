//! A key is claimed by a flow or by a person.

use super::Home;
use super::gates::at_once;
use super::sample::*;
use crate::{ClaimRow, Claimed, Error, Status, Store};

pub(super) fn by_hand(n: i64, who: &str) -> ClaimRow {
    let (key, who) = (format!("order-{n}"), who.to_owned());
    ClaimRow { lane: -n, flow: FLOW, key, run: None, who, at: at(n) }
}

fn by_flow(n: i64) -> ClaimRow {
    ClaimRow { run: Some(id(n)), who: String::new(), ..by_hand(n, "") }
}

async fn claim(store: &dyn Store, row: ClaimRow) -> Claimed {
    store.claim(row, None).await.expect("asked")
}

pub async fn who_claims_a_key_first_has_it_also_after_reopening(home: &dyn Home) {
    let store = home.open().await;
    assert_eq!(claim(&*store, by_hand(1, "ann")).await, Claimed::Yours);
    assert_eq!(claim(&*store, by_flow(2)).await, Claimed::Yours);
    drop(store);
    let store = home.open().await;
    assert_eq!(claim(&*store, by_flow(1)).await, Claimed::Another(by_hand(1, "ann")));
    assert_eq!(claim(&*store, by_hand(1, "บุญ")).await, Claimed::Another(by_hand(1, "ann")));
    assert_eq!(claim(&*store, by_hand(1, "ann")).await, Claimed::Yours);
    assert_eq!(claim(&*store, by_hand(2, "ann")).await, Claimed::Another(by_flow(2)));
    // Of another run of the key it is the same flow's.
    assert_eq!(claim(&*store, ClaimRow { run: Some(id(9)), ..by_flow(2) }).await, Claimed::Yours);
    assert_eq!(store.claim_of(-2).await.expect("asked"), Some(by_flow(2)));
    assert_eq!(store.claim_of(-3).await.expect("asked"), None);
}

pub async fn of_many_who_claim_a_key_at_once_one_has_it(home: &dyn Home) {
    let store = home.open().await;
    for n in 1..=20 {
        let all = (0..6).map(|who| {
            let row = if who == 0 { by_flow(n) } else { by_hand(n, &format!("person {who}")) };
            claim(&*store, row)
        });
        let all = at_once(all).await;
        let winners = all.iter().filter(|claimed| **claimed == Claimed::Yours).count();
        assert_eq!(winners, 1, "{all:?}");
        let held = store.claim_of(-n).await.expect("asked").expect("somebody has it");
        assert!(
            all.iter().all(|one| matches!(one, Claimed::Yours) || *one == Claimed::Another(held.clone()))
        );
    }
}

pub async fn what_people_do_by_hand_is_listed_and_let_go_of(home: &dyn Home) {
    let store = home.open().await;
    for row in [by_hand(1, "ann"), by_flow(2), by_hand(3, "bea"), ClaimRow { flow: 9, ..by_hand(4, "ann") }] {
        assert_eq!(claim(&*store, row).await, Claimed::Yours);
    }
    let listed = store.claims_of_people(FLOW).await.expect("asked");
    assert_eq!(listed, [by_hand(3, "bea"), by_hand(1, "ann")]);
    assert!(store.release_claim(-1).await.expect("released"));
    assert!(!store.release_claim(-1).await.expect("asked"));
    assert_eq!(claim(&*store, by_flow(1)).await, Claimed::Yours);
}

pub async fn a_flow_s_claim_is_not_let_go_of_while_a_run_of_the_key_is_open(home: &dyn Home) {
    let store = home.open().await;
    commit(&*store, accepts([accept(1)])).await;
    assert_eq!(claim(&*store, by_flow(1)).await, Claimed::Yours);
    let refused = store.release_claim(-1).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    commit(&*store, finishes([finish(run(1), Status::Failed)])).await;
    assert!(store.release_claim(-1).await.expect("released"));
}

pub async fn a_claim_goes_with_what_its_flow_keeps(home: &dyn Home) {
    let store = home.open().await;
    let row = store.save_flow(flow("orders")).await.expect("saved");
    assert_eq!(claim(&*store, ClaimRow { flow: row.key, ..by_hand(1, "ann") }).await, Claimed::Yours);
    store.expire(at(1) + 20 * DAY, 100).await.expect("expired");
    assert!(store.claim_of(-1).await.expect("asked").is_some());
    store.expire(at(1) + 400 * DAY, 100).await.expect("expired");
    assert_eq!(store.claim_of(-1).await.expect("asked"), None);
}

//! Bytes that may be held at once.

use crate::explore::explore;
use interleave::inside::Budget;
use shuttle::thread;

const MOST: usize = 100;

#[test]
fn no_more_is_taken_than_there_is_and_all_of_it_comes_back() {
    explore(5_000, || {
        let budget = Budget::of(MOST);
        let taking = [60, 30, 50, 10].map(|bytes| {
            let budget = budget.clone();
            thread::spawn(move || {
                for _ in 0..2 {
                    if let Some(_held) = budget.take(bytes) {
                        assert!(budget.held() <= MOST, "more is held than there is");
                    }
                }
            })
        });
        taking.into_iter().for_each(|taker| taker.join().unwrap());
        assert_eq!(budget.held(), 0);
        assert!(budget.take(MOST).is_some(), "there is room for all of it again");
    });
}

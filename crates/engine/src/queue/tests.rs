//! The queue by itself.

use super::*;

pub(super) fn ready(run: RunId, flow: FlowKey, lane: Option<i64>) -> Ready {
    Ready::new(run, flow, 0, lane)
}

fn at_once(limit: usize) -> Rules {
    Rules { limit, ..Rules::default() }
}

fn taken(queue: &mut Queue) -> Vec<RunId> {
    std::iter::from_fn(|| queue.pop().map(|ready| ready.run)).collect()
}

#[test]
fn one_key_goes_one_after_the_other_and_others_pass_it() {
    let mut queue = Queue::new(10);
    queue.rule(1, at_once(10));
    for (run, lane) in [(1, 7), (2, 7), (3, 8), (4, 7)] {
        queue.push(ready(run, 1, Some(lane)));
    }
    assert_eq!(taken(&mut queue), [1, 3]);
    queue.ended(1, Some(7));
    assert_eq!(taken(&mut queue), [2]);
}

#[test]
fn a_parked_run_keeps_its_lane_and_comes_back_first() {
    let mut queue = Queue::new(10);
    queue.rule(1, at_once(10));
    queue.push(ready(1, 1, Some(7)));
    queue.push(ready(2, 1, Some(7)));
    assert_eq!(taken(&mut queue), [1]);
    queue.park(1, 500, Parked { flow: 1, shard: 0, lane: Some(7), state: LiveState::Waiting, crashes: None });
    assert_eq!(taken(&mut queue), [] as [RunId; 0]);
    assert_eq!(queue.wake_due(499), Some(500));
    assert_eq!(queue.wake_due(500), None);
    assert_eq!(taken(&mut queue), [1]);
    queue.ended(1, Some(7));
    assert_eq!(taken(&mut queue), [2]);
}

#[test]
fn a_held_flow_begins_none_and_lets_those_go_on_that_have_begun() {
    let mut queue = Queue::new(10);
    queue.rule(1, at_once(10));
    queue.push(ready(1, 1, Some(7)));
    assert_eq!(taken(&mut queue), [1]);
    let parked = Parked { flow: 1, shard: 0, lane: Some(7), state: LiveState::Waiting, crashes: None };
    queue.park(1, 500, parked);
    queue.rule(1, Rules { held: Some(3), ..at_once(10) });
    queue.push(ready(2, 1, Some(7)));
    queue.push(ready(3, 1, None));
    assert!(!queue.is_held_full(1));
    queue.push(ready(4, 1, None));
    assert!(queue.is_held_full(1));
    assert_eq!(taken(&mut queue), [] as [RunId; 0]);
    queue.wake_due(500);
    assert_eq!(taken(&mut queue), [1], "it has begun");
    queue.ended(1, Some(7));
    assert_eq!(taken(&mut queue), [] as [RunId; 0]);
    assert_eq!(queue.waiting_of(1), 3);
    queue.rule(1, at_once(10));
    assert!(!queue.is_held_full(1));
    assert_eq!(taken(&mut queue), [3, 4, 2]);
    assert_eq!(queue.waiting_of(1), 0);
}

#[test]
fn a_shard_that_is_let_go_takes_its_lanes_and_sleepers_along() {
    let mut queue = Queue::new(10);
    queue.rule(1, at_once(10));
    // Lane 7 is in shard 7.
    for (run, lane, shard) in [(1, Some(7), 7), (2, Some(7), 7), (3, Some(8), 8), (4, None, 7), (5, None, 9)]
    {
        queue.push(Ready { shard, ..ready(run, 1, lane) });
    }
    queue.restore_parked(
        6,
        500,
        Parked { flow: 1, shard: 7, lane: None, state: LiveState::Waiting, crashes: None },
    );
    let mut dropped: Vec<RunId> = queue.drop_shards(&[7]).iter().map(|ready| ready.run).collect();
    dropped.sort_unstable();
    assert_eq!((dropped, queue.waiting(), queue.parked()), (vec![1, 2, 4], 2, 0));
    assert_eq!(taken(&mut queue), [3, 5]);
    assert_eq!(queue.wake_due(1_000), None);
    // It comes back: nothing stands in its lane's way.
    queue.push(Ready { shard: 7, ..ready(2, 1, Some(7)) });
    assert_eq!(taken(&mut queue), [2]);
}

#[test]
fn a_run_called_out_leaves_its_place_to_the_next() {
    let mut queue = Queue::new(10);
    queue.rule(1, at_once(10));
    for run in 1..=4 {
        queue.push(ready(run, 1, Some(7)));
    }
    let called = queue.call_out(2).unwrap();
    assert_eq!((called.run, called.lane, queue.waiting()), (2, None, 3));
    queue.ended(1, called.lane);
    let head = queue.call_out(1).unwrap();
    queue.ended(1, head.lane);
    assert_eq!(taken(&mut queue), [3]);
    assert!(queue.call_out(9).is_none());
}

#[test]
fn a_waiting_run_hears_what_it_was_told_and_a_crowd_is_sent_away() {
    let mut queue = Queue::new(1);
    queue.push(ready(1, 1, None));
    let word = || Signal::Inspect(tokio::sync::oneshot::channel().0);
    assert!((0..SIGNALS_MAX).all(|_| queue.attach(1, word()).is_ok()));
    assert!(matches!(queue.attach(1, word()), Err(Unheard::Crowded)));
    assert!(matches!(queue.attach(2, word()), Err(Unheard::Gone(_))));
    assert!(queue.attach(1, Signal::Cancel(tokio::sync::oneshot::channel().0)).is_ok());
    assert_eq!(queue.pop().map(|ready| ready.signals.len()), Some(SIGNALS_MAX + 1));
    assert!(matches!(queue.attach(1, word()), Err(Unheard::Gone(_))));
}

#[test]
fn a_busy_flow_leaves_room_for_others() {
    let mut queue = Queue::new(10);
    queue.rule(1, at_once(2));
    queue.rule(2, at_once(2));
    for run in 1..=5 {
        queue.push(ready(run, 1, None));
    }
    queue.push(ready(9, 2, None));
    assert_eq!(taken(&mut queue), [1, 9, 2]);
}

#[test]
fn a_key_may_have_several_runs_at_once() {
    let mut queue = Queue::new(10);
    queue.rule(1, Rules { limit: 10, per_key: 2, ..Rules::default() });
    for (run, lane) in [(1, 7), (2, 7), (3, 7), (4, 7), (5, 8)] {
        queue.push(ready(run, 1, Some(lane)));
    }
    assert_eq!(taken(&mut queue), [1, 2, 5]);
    queue.ended(1, Some(7));
    assert_eq!(taken(&mut queue), [3]);
    queue.rule(1, at_once(10));
    queue.ended(1, Some(7));
    assert_eq!(
        taken(&mut queue),
        [] as [RunId; 0],
        "the key is strictly in order now, and one run is left of before"
    );
    queue.ended(1, Some(7));
    assert_eq!(taken(&mut queue), [4]);
}

#[test]
fn when_a_key_may_have_more_at_once_the_next_end_lets_them_in() {
    let mut queue = Queue::new(10);
    queue.rule(1, at_once(10));
    (1..=4).for_each(|run| drop(queue.push(ready(run, 1, Some(7)))));
    assert_eq!(taken(&mut queue), [1]);
    queue.rule(1, Rules { limit: 10, per_key: 2, ..Rules::default() });
    queue.push(ready(5, 1, Some(7)));
    assert_eq!(taken(&mut queue), [] as [RunId; 0], "nobody passes those who wait");
    queue.ended(1, Some(7));
    assert_eq!(taken(&mut queue), [2, 3]);
}

#[test]
fn the_more_urgent_flow_goes_first_and_leaves_the_others_a_share() {
    let mut queue = Queue::new(1_000);
    let flows = [(1, Priority::Low), (2, Priority::Normal), (3, Priority::High)];
    for (flow, priority) in flows {
        queue.rule(flow, Rules { limit: 1_000, priority, ..Rules::default() });
        (0..100).for_each(|n| drop(queue.push(ready(flow * 1_000 + n, flow, None))));
    }
    let first: Vec<RunId> = taken(&mut queue).into_iter().take(42).map(|run| run / 1_000).collect();
    let of = |flow| first.iter().filter(|at| **at == flow).count();
    assert_eq!((first[0], of(3), of(2), of(1)), (3, 32, 8, 2));
}

#[test]
fn flows_of_one_priority_take_turns_whatever_the_others_do() {
    let mut queue = Queue::new(1_000);
    for flow in 1..=4 {
        let priority = if flow == 4 { Priority::High } else { Priority::Normal };
        queue.rule(flow, Rules { limit: 1_000, priority, ..Rules::default() });
        (0..10).for_each(|n| drop(queue.push(ready(flow * 1_000 + n, flow, None))));
    }
    let normal: Vec<RunId> =
        taken(&mut queue).into_iter().map(|run| run / 1_000).filter(|f| *f < 4).collect();
    assert_eq!(normal[..6], [1, 2, 3, 1, 2, 3]);
}

#[test]
fn another_priority_counts_from_the_flows_next_turn_on() {
    let mut queue = Queue::new(1_000);
    (1..=2).for_each(|flow| queue.rule(flow, at_once(10)));
    for n in 0..3 {
        queue.push(ready(10 + n, 1, None));
        queue.push(ready(20 + n, 2, None));
    }
    queue.rule(2, Rules { priority: Priority::High, ..at_once(10) });
    assert_eq!(taken(&mut queue), [10, 20, 21, 22, 11, 12]);
}

#[test]
fn a_flow_whose_only_run_was_called_out_takes_no_turn() {
    let mut queue = Queue::new(10);
    (1..=2).for_each(|flow| queue.rule(flow, at_once(10)));
    queue.push(ready(1, 1, None));
    queue.push(ready(2, 2, None));
    assert_eq!(queue.call_out(1).map(|ready| ready.run), Some(1));
    assert_eq!(taken(&mut queue), [2]);
    queue.push(ready(3, 1, None));
    assert_eq!(taken(&mut queue), [3]);
}

fn fresh(run: RunId, lane: i64, came: Ms) -> Ready {
    Ready { came, burst: came, collapsible: true, ..ready(run, 1, Some(lane)) }
}

fn collapsing(quiet: Ms) -> Queue {
    let mut queue = Queue::new(10);
    queue.rule(1, Rules { collapse: Some(quiet), ..at_once(10) });
    queue
}

fn replaced(gone: Option<Replaced>) -> Option<(RunId, RunId)> {
    gone.map(|gone| (gone.ready.run, gone.by))
}

#[test]
fn the_newer_run_takes_the_place_but_does_not_start_before_the_end_of_the_older_is_written() {
    let mut queue = collapsing(0);
    assert!(queue.push(fresh(1, 7, 0)).is_none());
    queue.push(fresh(2, 8, 0));
    assert_eq!(replaced(queue.push(fresh(3, 7, 0))), Some((1, 3)));
    assert_eq!(taken(&mut queue), [2], "run 3 stands first, and waits");
    queue.push(fresh(4, 9, 0));
    queue.end_written(7);
    assert_eq!(taken(&mut queue), [3, 4]);
    assert!(queue.push(fresh(5, 7, 0)).is_none(), "run 3 has begun");
    assert_eq!(replaced(queue.push(fresh(6, 7, 0))), Some((5, 6)));
    queue.ended(1, Some(7));
    assert_eq!(taken(&mut queue), [] as [RunId; 0]);
    queue.end_written(7);
    assert_eq!(taken(&mut queue), [6]);
}

#[test]
fn a_run_that_nobody_may_replace_is_not_overtaken_by_the_newest() {
    let mut queue = collapsing(0);
    queue.push(fresh(1, 7, 0));
    queue.push(ready(2, 1, Some(7)));
    assert_eq!(replaced(queue.push(fresh(3, 7, 0))), Some((1, 3)));
    queue.end_written(7);
    assert_eq!(taken(&mut queue), [2]);
    queue.push(ready(4, 1, Some(7)));
    assert_eq!(replaced(queue.push(fresh(5, 7, 0))), Some((3, 5)));
    queue.end_written(7);
    queue.ended(1, Some(7));
    assert_eq!(taken(&mut queue), [4]);
    queue.ended(1, Some(7));
    assert_eq!(taken(&mut queue), [5]);
}

#[test]
fn an_older_run_that_comes_late_is_the_one_that_is_replaced() {
    let mut queue = collapsing(0);
    queue.push(fresh(5, 7, 0));
    assert_eq!(replaced(queue.push(fresh(4, 7, 0))), Some((4, 5)));
    queue.end_written(7);
    assert_eq!(taken(&mut queue), [5]);
}

#[test]
fn quiet_begins_anew_with_each_event_and_is_forgotten_with_its_shard() {
    let mut queue = collapsing(5);
    queue.push(fresh(1, 7, 0));
    queue.push(fresh(2, 7, 3));
    queue.end_written(7);
    assert_eq!(queue.wake_due(7), Some(8));
    assert_eq!((taken(&mut queue), queue.wake_due(8)), (vec![], None));
    assert_eq!(taken(&mut queue), [2]);
    let shard = store::shard_of(8);
    queue.push(Ready { shard, ..fresh(3, 8, 10) });
    assert_eq!(queue.drop_shards(&[shard]).len(), 1);
    assert_eq!(queue.wake_due(99), None);
}

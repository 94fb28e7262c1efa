//! What a restart knows: the fold over a run's events.

use proptest::prelude::*;
use run::doc::StepError;
use run::{Event, Failure, Memory, StepId};
use serde_json::json;

fn step() -> StepId {
    StepId::new("a".into(), vec![])
}

fn intent(attempt: u32) -> Event {
    Event::Intent { step: step(), attempt, at: 1 }
}

fn done(n: i64) -> Event {
    Event::Done { step: step(), port: model::Port::out(), output: json!(n), at: 2, settled: None }
}

fn failed(attempt: u32, unknown: bool, retry_at: Option<i64>) -> Event {
    let error = StepError { code: "E0".into(), message: "no".into(), advice: String::new() };
    let failure = Failure {
        attempt,
        error,
        unknown,
        retry_at,
        given_up: false,
        spared: false,
        lost: false,
        found_not_done: false,
    };
    Event::Failed { step: step(), failure, at: 3 }
}

fn fold(events: impl IntoIterator<Item = Event>) -> run::StepMemory {
    Memory::fold(events).step(&step()).cloned().unwrap_or_default()
}

#[test]
fn an_intent_without_an_answer_is_unknown() {
    assert!(fold([intent(1)]).is_unknown());
    assert!(!fold([intent(1), done(1)]).is_unknown());
    assert!(!fold([intent(1), failed(1, false, Some(9))]).is_unknown());
    assert!(fold([intent(1), failed(1, true, None)]).is_unknown());
    assert!(fold([intent(1), failed(1, false, Some(9)), intent(2)]).is_unknown());
}

#[test]
fn a_later_attempt_puts_an_earlier_failure_behind() {
    let known = fold([intent(1), failed(1, false, Some(9)), intent(2)]);
    assert_eq!((known.tries(), known.failure.is_some()), (2, false));
    assert_eq!(known.attempts[0].retry_at, Some(9));
}

#[test]
fn a_person_who_says_it_did_not_happen_settles_it() {
    let again = Event::SendAgain { step: step(), at: 4 };
    assert!(!fold([intent(1), failed(1, true, None), again]).is_unknown());
}

#[test]
fn nothing_that_comes_after_the_outcome_changes_it() {
    let known = fold([intent(1), done(1)]);
    for late in [done(2), failed(2, true, None), intent(2), Event::SendAgain { step: step(), at: 9 }] {
        assert_eq!(fold([intent(1), done(1), late]), known);
    }
}

#[test]
fn an_event_reads_back_as_it_was_written() {
    let waiting = Event::Waiting { step: step(), until: Some(5), callback: true, at: 1 };
    for event in [intent(1), done(1), failed(1, true, None), waiting] {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (1..4u32).prop_map(intent),
        (0..3i64).prop_map(done),
        (1..4u32, any::<bool>(), proptest::option::of(0..9i64))
            .prop_map(|(n, unknown, at)| failed(n, unknown, at)),
        Just(Event::SendAgain { step: step(), at: 4 }),
        Just(Event::Called { step: step(), run: 7, at: 1, earlier: false }),
        Just(Event::Called { step: step(), run: 6, at: 1, earlier: true }),
        Just(Event::Waiting { step: step(), until: None, callback: true, at: 1 }),
    ]
}

proptest! {
    #[test]
    fn the_first_outcome_stays_whatever_follows(
        before in proptest::collection::vec(any_event(), 0..6),
        after in proptest::collection::vec(any_event(), 0..6),
    ) {
        let known = fold(before.clone().into_iter().chain([done(1)]));
        prop_assert!(known.outcome.is_some() && !known.is_unknown());
        prop_assert_eq!(fold(before.into_iter().chain([done(1)]).chain(after)), known);
    }

    #[test]
    fn an_attempt_that_another_one_has_followed_changes_nothing(
        before in proptest::collection::vec(any_event(), 0..6),
        attempt in 2..6u32,
        stale in 1..6u32,
        unknown in any::<bool>(),
    ) {
        let last = before.into_iter().chain([intent(attempt)]).collect::<Vec<_>>();
        let known = fold(last.clone());
        prop_assume!(stale < known.tries());
        prop_assert_eq!(fold(last.into_iter().chain([failed(stale, unknown, Some(9))])), known);
    }

    /// A process that stops anywhere and reads the journal up to there goes on as one that did not.
    #[test]
    fn a_prefix_read_back_and_then_the_rest_is_the_whole(
        events in proptest::collection::vec(any_event(), 0..12),
        stop in 0..12usize,
    ) {
        let texts: Vec<String> = events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
        let read = texts.iter().map(|text| serde_json::from_str::<Event>(text).unwrap());
        let mut memory = Memory::fold(read.take(stop));
        events.iter().skip(stop).cloned().for_each(|event| memory.apply(event));
        let whole = Memory::fold(events);
        prop_assert_eq!(memory.step(&step()), whole.step(&step()));
    }
}

//! Histories written by hand, each with one thing wrong: it is found, and nothing else.

use history::{History, Outcome, What};

fn sent(delivery: &str) -> What {
    What::Sent {
        delivery: delivery.into(),
        key: Some("A".into()),
        effects: vec!["erp".into(), "mail".into()],
    }
}

fn acknowledged(delivery: &str) -> What {
    What::Acknowledged { delivery: delivery.into() }
}

fn done(delivery: &str, effect: &str) -> What {
    What::Done { delivery: delivery.into(), effect: effect.into(), key: Some(format!("{delivery}/{effect}")) }
}

fn ended(delivery: &str, run: &str, outcome: Outcome) -> What {
    What::Ended { delivery: delivery.into(), run: run.into(), outcome, replaces: None }
}

fn due(time: &str) -> What {
    What::Due { schedule: "nightly".into(), time: time.into() }
}

fn ticked(time: &str) -> What {
    What::Ticked { schedule: "nightly".into(), time: time.into() }
}

/// A delivery that went as it should.
fn good(delivery: &str) -> Vec<What> {
    vec![
        sent(delivery),
        acknowledged(delivery),
        done(delivery, "erp"),
        done(delivery, "mail"),
        ended(delivery, delivery, Outcome::Done),
    ]
}

#[track_caller]
fn check(what: impl IntoIterator<Item = What>, expected: &[&str]) {
    let mut history = History::default();
    what.into_iter().zip(0..).for_each(|(what, at)| history.push(at, what));
    let found: Vec<String> = history.check().iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

/// The good one, without what is named.
fn without(what: What) -> Vec<What> {
    good("1").into_iter().filter(|entry| *entry != what).collect()
}

#[test]
fn what_went_well_is_not_complained_about() {
    check(good("1").into_iter().chain(good("2")), &[]);
    check([sent("1"), What::Unclear { delivery: "1".into() }], &[]);
    check([sent("1"), What::Refused { delivery: "1".into() }], &[]);
    check([due("02:00"), ticked("02:00")], &[]);
}

#[test]
fn an_acknowledged_delivery_without_an_end_is_lost() {
    let found = ["lost: 1 was acknowledged and has no end"];
    check(without(ended("1", "1", Outcome::Done)), &found);
}

#[test]
fn two_ends_are_one_too_many_unless_one_takes_the_other_s_place() {
    let twice = good("1").into_iter().chain([ended("1", "2", Outcome::Failed)]);
    check(twice, &["ended twice: 1, by the runs 1 and 2"]);
    let (replaces, outcome) = (Some("1".into()), Outcome::Done);
    let again = What::Ended { delivery: "1".into(), run: "2".into(), outcome, replaces };
    let mut retried = without(ended("1", "1", Outcome::Done));
    retried.extend([ended("1", "1", Outcome::Failed), again]);
    check(retried, &[]);
}

#[test]
fn a_refused_delivery_does_not_run() {
    let refused = [sent("1"), What::Refused { delivery: "1".into() }, ended("1", "7", Outcome::Failed)];
    check(refused.clone(), &["run though refused: 1, by the run 7"]);
    // Sent once more, it may.
    check(std::iter::once(sent("1")).chain(refused), &[]);
}

#[test]
fn an_effect_done_twice_is_found_under_one_key_and_under_two() {
    let again = good("1").into_iter().chain([done("1", "erp")]);
    check(again, &["done 2 times: erp of 1"]);
    let other = What::Done { delivery: "1".into(), effect: "erp".into(), key: Some("another".into()) };
    check(good("1").into_iter().chain([other]), &["done 2 times: erp of 1"]);
}

#[test]
fn two_effects_under_one_key_are_found() {
    let same =
        |effect: &str| What::Done { delivery: "1".into(), effect: effect.into(), key: Some("k".into()) };
    let history = [sent("1"), acknowledged("1"), same("erp"), same("mail"), ended("1", "1", Outcome::Done)];
    check(history, &["two things were done under the key k"]);
}

#[test]
fn an_effect_for_nobody_is_found() {
    check([done("9", "erp")], &["done for nobody: erp of 9, which nobody sent"]);
}

#[test]
fn an_effect_that_a_good_run_left_out_is_found() {
    check(without(done("1", "mail")), &["not done: mail of 1, whose run went well"]);
    let mut failed = without(done("1", "mail"));
    failed.pop();
    failed.push(ended("1", "1", Outcome::Failed));
    check(failed, &[]);
}

#[test]
fn a_delivery_that_overtakes_an_earlier_one_is_found() {
    let overtaken = [
        sent("1"),
        acknowledged("1"),
        sent("2"),
        done("1", "erp"),
        done("2", "erp"),
        acknowledged("2"),
        done("1", "mail"),
        done("2", "mail"),
        ended("1", "1", Outcome::Done),
        ended("2", "2", Outcome::Done),
    ];
    let found = ["out of order in A: 1 was acknowledged before 2 was sent, and done after it"];
    check(overtaken.clone(), &found);
    // One that a person has retried has no place any more.
    check(overtaken.into_iter().chain([What::Disturbed { delivery: "1".into() }]), &[]);
}

#[test]
fn deliveries_sent_at_the_same_time_have_no_order() {
    let both = [
        sent("1"),
        sent("2"),
        acknowledged("1"),
        acknowledged("2"),
        done("2", "erp"),
        done("2", "mail"),
        done("1", "erp"),
        done("1", "mail"),
        ended("1", "1", Outcome::Done),
        ended("2", "2", Outcome::Done),
    ];
    check(both, &[]);
}

#[test]
fn a_time_of_a_schedule_comes_once_and_only_when_it_is_due() {
    check([due("02:00")], &["missing: 02:00 of the schedule nightly"]);
    check([due("02:00"), ticked("02:00"), ticked("02:00")], &["came 2 times: 02:00 of the schedule nightly"]);
    check([ticked("03:00")], &["not due: 03:00 of the schedule nightly"]);
}

#[test]
fn a_window_with_too_many_calls_is_found() {
    let limit = |most| What::Limit { target: "erp".into(), most, window: 3 };
    let calls = || vec![What::Called { target: "erp".into() }; 5];
    check(calls().into_iter().chain([limit(3)]), &[]);
    check(calls().into_iter().chain([limit(2)]), &["too many: 3 calls of erp in the window from 2"]);
}

#[test]
fn a_log_comes_back_as_it_was_written() {
    let mut history = History::default();
    good("1").into_iter().chain([due("02:00")]).zip(0..).for_each(|(what, at)| history.push(at, what));
    let mut text = Vec::new();
    history.write(&mut text).unwrap();
    assert_eq!(History::read(&text[..]).unwrap(), history);
}

//! Two things that meet in one run: a cancellation, its time running out, a retry by a person, and a result.
//!
//! Each happens at every place that the run comes to: before what is under way there goes on, in the same moment, and in
//! the same moment with the other first. Whatever the order, the run has one end, its effects are done and noted once, and
//! what people were told is so.

mod stage;

use engine::Error;
use model::FlowDocument;
use serde_json::json;
use stage::{Life, Places, Stage};
use std::sync::Arc;
use std::time::Duration;
use store::{RunId, RunSummaryRow, Status};
use testkit::{Answer, flow, with_settings};

const TIMEOUT: &str = "1h";
const LONGER_THAN_THAT: Duration = Duration::from_secs(2 * 3_600);
/// More places than a run comes to.
const PLACES_MAX: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Cancel,
    /// The run's time runs out.
    Timeout,
    Retry,
}

/// Who goes first of a deed and of what is held where it happens.
#[derive(Clone, Copy, Debug)]
enum Order {
    /// The deed goes as far as it can alone.
    Alone,
    First,
    Second,
}

const ORDERS: [Order; 3] = [Order::Alone, Order::First, Order::Second];

/// What somebody was told, and how the run stood in the store at that moment.
#[derive(Debug)]
enum Said {
    /// The run was not there yet.
    Nothing,
    Cancelled(Result<bool, Error>, Option<Status>),
    Retried(Result<RunId, Error>, Option<Status>),
}

/// A run of two writes, of which the first is answered like this.
#[derive(Clone, Debug)]
struct Case {
    flows: Vec<FlowDocument>,
    answers: Vec<Answer>,
}

fn hook() -> serde_json::Value {
    json!({"use": "core/webhook", "with": {"path": "in"}})
}

fn send(rule: &str, to: &str) -> serde_json::Value {
    json!({"use": format!("test/{rule}"), "with": {"to": to}})
}

fn chain(rule: &str, answers: &[Answer]) -> Case {
    let nodes = json!({"in": hook(), "a": send(rule, "a"), "b": send("send_probe", "b")});
    let chain = with_settings(flow("chain", nodes, "in -> a -> b"), json!({"timeout": TIMEOUT}));
    Case { flows: vec![chain], answers: answers.to_vec() }
}

fn called(answers: &[Answer]) -> Case {
    let called = flow("called", json!({"in": "core/called", "a": send("send_probe", "a")}), "in -> a");
    let call = json!({"use": "core/call", "with": {"flow": "called"}});
    let caller =
        flow("caller", json!({"in": hook(), "call": call, "b": send("send_probe", "b")}), "in -> call -> b");
    let settings = json!({"timeout": TIMEOUT});
    let flows = vec![with_settings(called, settings.clone()), with_settings(caller, settings)];
    Case { flows, answers: answers.to_vec() }
}

async fn act(life: Life, deed: Deed) -> Said {
    let Some(run) = life.first() else { return Said::Nothing };
    let status = || life.first().and_then(|run| run.status);
    match deed {
        Deed::Timeout => {
            life.pass(LONGER_THAN_THAT);
            Said::Nothing
        }
        Deed::Cancel => {
            let said = life.engine.cancel(run.id).await;
            Said::Cancelled(said, status())
        }
        Deed::Retry => {
            let said = life.engine.retry(run.id).await;
            Said::Retried(said, status())
        }
    }
}

/// Plays a run to its end, with deeds at their places, and judges it. False where it did not come to all of them.
fn play(case: &Case, deeds: &[(usize, Deed)], order: Order) -> bool {
    let mut stage = Stage::new(&case.flows);
    stage.target.answers("a", case.answers.clone());
    let places = Places::holding(deeds.iter().map(|deed| deed.0));
    stage.target.meets(places.clone());
    let (reached, runs) = stage.live(places.clone(), async |life| {
        let sender = tokio::spawn({
            let life = life.clone();
            async move { life.knock().await }
        });
        let mut acting = Vec::new();
        let all = async {
            for same_place in deeds.chunk_by(|a, b| a.0 == b.0) {
                places.reached().await;
                if matches!(order, Order::Second) {
                    places.let_go();
                }
                for (_, deed) in same_place {
                    acting.push(tokio::spawn(act(life.clone(), *deed)));
                    if matches!(order, Order::Alone) {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                }
                if !matches!(order, Order::Second) {
                    places.let_go();
                }
            }
        };
        let reached = tokio::select! {
            biased;
            () = all => true,
            () = life.settle() => false,
        };
        sender.await.unwrap();
        let mut said = Vec::new();
        for deed in acting {
            said.push(deed.await.unwrap());
        }
        life.settle().await;
        judge(life, &said);
        (reached, life.runs())
    });
    // Whatever is left of it is done once, in the end, by an engine that knows only what is on disk.
    stage.live(Arc::default(), async |life| {
        assert_eq!(ends(&life.runs()), ends(&runs), "an end stays what it was");
        while let Some(last) = life.runs().into_iter().rfind(|run| run.lineage == runs[0].lineage)
            && last.status != Some(Status::Done)
        {
            life.engine.retry(last.id).await.expect("what has not gone well can be retried");
            life.settle().await;
        }
    });
    assert_eq!((stage.target.works_for("a"), stage.target.works_for("b")), (1, 1));
    reached
}

fn ends(runs: &[RunSummaryRow]) -> Vec<(RunId, Option<Status>, Option<String>)> {
    runs.iter().map(|run| (run.id, run.status, run.error_code.clone())).collect()
}

/// What must be so when all has come to its end.
fn judge(life: &Life, said: &[Said]) {
    let runs = life.runs();
    let gauges = life.engine.gauges();
    assert_eq!(
        gauges.done + gauges.failed + gauges.cancelled,
        runs.len() as u64,
        "each run ended once: {runs:?}"
    );
    let mut retries = 0;
    for said in said {
        match said {
            Said::Nothing => {}
            Said::Cancelled(Ok(true), status) => {
                assert_eq!(*status, Some(Status::Cancelled), "it was cancelled when that was said");
            }
            Said::Cancelled(Ok(false), status) => {
                assert!(status.is_some(), "it had ended when that was said")
            }
            Said::Cancelled(Err(Error::NotPossible(_)), status) => {
                assert_eq!(*status, None, "it had not ended when that was said");
            }
            Said::Retried(Ok(run), status) => {
                retries += 1;
                assert!(matches!(status, Some(Status::Cancelled | Status::Failed)), "{status:?}");
                assert!(runs.iter().any(|known| known.id == *run), "there is the run that was told of");
            }
            Said::Retried(Err(Error::NotPossible(_)), _) => {}
            Said::Cancelled(Err(error), _) | Said::Retried(Err(error), _) => panic!("{error}"),
        }
    }
    assert!(retries <= 1, "two retries of one run: {said:?}");
    let lineage = runs.iter().filter(|run| run.lineage == runs[0].lineage).count();
    assert_eq!(lineage, 1 + retries, "what was not said did not happen: {said:?}");
}

/// The deeds at every place, and at every two places where there are two.
#[track_caller]
fn check(case: &Case, deeds: &[Deed]) {
    let play = |places: &[usize], order| {
        let placed: Vec<_> = places.iter().copied().zip(deeds.iter().copied()).collect();
        let said = std::panic::AssertUnwindSafe(|| play(case, &placed, order));
        std::panic::catch_unwind(said).unwrap_or_else(|_| panic!("{order:?}, {placed:?}, {:?}", case.answers))
    };
    for order in ORDERS {
        for first in 0..PLACES_MAX {
            let reached = match deeds.len() {
                1 => play(&[first], order),
                _ => (first..PLACES_MAX).take_while(|second| play(&[first, *second], order)).count() > 0,
            };
            if !reached {
                assert!(first > 6, "too few places to mean anything: {first}");
                break;
            }
            assert!(first + 1 < PLACES_MAX, "more places than were tried");
        }
    }
}

const RULES: [&str; 3] = ["send_idempotent", "send_probe", "send_ask"];

fn answers() -> [Vec<Answer>; 4] {
    let soon = Some(model::Span::from_secs(5));
    [vec![Answer::Ok], vec![Answer::LostAfterWork], vec![Answer::LostBeforeWork], vec![Answer::Limited(soon)]]
}

#[track_caller]
fn check_all(deeds: &[Deed]) {
    for rule in RULES {
        for answers in answers() {
            check(&chain(rule, &answers), deeds);
        }
    }
}

#[test]
fn a_cancellation_meets_a_result() {
    check_all(&[Deed::Cancel]);
}

#[test]
fn the_end_of_a_run_s_time_meets_a_result() {
    check_all(&[Deed::Timeout]);
}

#[test]
fn a_cancellation_or_the_end_of_its_time_meets_the_result_of_a_called_flow() {
    for deed in [Deed::Cancel, Deed::Timeout] {
        check(&called(&[Answer::Ok]), &[deed]);
        check(&called(&[Answer::LostAfterWork]), &[deed]);
    }
}

#[test]
fn a_cancellation_meets_a_retry() {
    check(&chain("send_probe", &[Answer::LostAfterWork]), &[Deed::Cancel, Deed::Retry]);
}

#[test]
fn a_retry_meets_a_retry() {
    // It has failed when they come.
    check(&chain("send_ask", &[Answer::Refused]), &[Deed::Retry, Deed::Retry]);
}

#[test]
fn a_cancellation_meets_another_and_the_end_of_the_run_s_time() {
    check(&chain("send_probe", &[Answer::Ok]), &[Deed::Cancel, Deed::Cancel]);
    check(&chain("send_ask", &[Answer::LostAfterWork]), &[Deed::Timeout, Deed::Cancel]);
}

/// A store that is too slow for a run to be read has not ended it.
#[test]
fn a_cancellation_that_nobody_heard_is_not_taken_for_an_end() {
    let nodes = json!({"in": hook(), "night": {"use": "core/wait", "with": {"for": "20m"}}, "a": send("send_probe", "a"),
                       "b": send("send_probe", "b")});
    let waits = with_settings(flow("chain", nodes, "in -> night -> a -> b"), json!({"timeout": TIMEOUT}));
    for mute in 0..PLACES_MAX {
        let mut stage = Stage::new(std::slice::from_ref(&waits));
        stage.live(Places::mute_at(mute), async |life| {
            life.knock().await;
            tokio::time::sleep(Duration::from_secs(60)).await;
            let said = act(life.clone(), Deed::Cancel).await;
            life.settle().await;
            judge(life, &[said]);
        });
    }
}

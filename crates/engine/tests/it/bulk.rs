//! What a person asks to be done with many runs is done with each of them once.

use crate::{hook, send};
use engine::{Again, Bulk, Deed, Edit, Error, Job, LiveState, Which};
use model::{FlowId, NodeId, Span};
use run::StepId;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{FlowState, InboxFilter, InboxRow, InboxState, JobState, KeyFilter, RunId, Status, ids};
use testkit::{Answer, Life, When, World, flow, with_settings};

/// Runs of one key go one after the other; as many fail as are told to.
fn world() -> World {
    let nodes = json!({"in": hook(), "b": send("send_idempotent", "b")});
    World::new([with_settings(flow("orders", nodes, "in -> b"), json!({"order_by": "${trigger.body.key}"}))])
}

fn fail(world: &World, life: &Life<'_>, runs: u64) -> Vec<RunId> {
    world.target.answers("b", vec![Answer::Refused; runs as usize]);
    let runs: Vec<RunId> = (0..runs).map(|n| life.send("in", json!({"n": n, "key": n % 7}))).collect();
    for run in &runs {
        assert_eq!(life.until_ended(*run), Status::Failed);
    }
    runs
}

fn retry(which: Which) -> Bulk {
    Bulk { which, deed: Deed::Retry { ignored: false, again: Again::default() } }
}

fn start(life: &Life<'_>, bulk: Bulk) -> i64 {
    life.ask(life.engine.start_job(bulk, "mali")).expect("it is put down").id
}

fn job(life: &Life<'_>, id: i64) -> Job {
    life.ask(life.engine.job(id)).expect("asked").expect("it is there")
}

fn until_done(life: &Life<'_>, id: i64) -> Job {
    life.until("the job is done", || job(life, id).state != JobState::Working);
    job(life, id)
}

fn inbox(world: &World, state: InboxState) -> Vec<InboxRow> {
    let filter = InboxFilter { limit: 1_000, state: Some(state), ..Default::default() };
    world.ask(world.store.inbox(filter)).expect("the inbox")
}

fn counts(job: &Job) -> (Option<u64>, u64, u64) {
    (job.progress.total, job.progress.done, job.progress.refused)
}

#[test]
fn hundreds_of_failed_runs_are_retried_once_each_and_in_the_order_of_their_keys() {
    let world = world();
    let life = world.start();
    fail(&world, &life, 250);
    let id = start(&life, retry(Which::default()));
    let done = until_done(&life, id);
    assert_eq!((done.state, counts(&done)), (JobState::Done, (Some(250), 250, 0)));
    life.until("all have gone well", || inbox(&world, InboxState::Resolved).len() == 250);
    let sent: Vec<u64> = world.target.works().iter().map(|(_, body)| body["n"].as_u64().unwrap()).collect();
    assert_eq!(sent.iter().collect::<BTreeSet<_>>().len(), 250);
    for key in 0..7 {
        let of_key: Vec<u64> = sent.iter().copied().filter(|n| n % 7 == key).collect();
        assert!(of_key.is_sorted(), "{of_key:?}");
    }
}

#[test]
fn wherever_the_engine_stops_every_run_is_retried_once() {
    const RUNS: u64 = 9;
    for when in [When::Before, When::After] {
        for at in 0..30 {
            let world = world();
            let life = world.start();
            fail(&world, &life, RUNS);
            drop(life);
            let life = world.start_failing(at, when);
            let id = start(&life, retry(Which::default()));
            life.until("the job is done or the store fails", || {
                life.store.has_failed() || job(&life, id).state != JobState::Working
            });
            let failed = life.store.has_failed();
            drop(life);
            let life = world.start();
            let done = until_done(&life, id);
            assert_eq!(counts(&done), (Some(RUNS), RUNS, 0), "stopped {when:?} commit {at}");
            life.until("all have gone well", || inbox(&world, InboxState::Resolved).len() as u64 == RUNS);
            assert_eq!(world.target.works_for("b") as u64, RUNS, "stopped {when:?} commit {at}");
            if !failed {
                break;
            }
        }
    }
}

#[test]
fn only_what_is_meant_is_retried_and_what_fails_again_waits_for_a_person() {
    let world = world();
    let life = world.start();
    let runs = fail(&world, &life, 6);
    world.ask(world.store.set_inbox_state(&runs[..1], InboxState::Ignored, 1, "mali", "no")).unwrap();
    world.target.answers("b", vec![Answer::Refused; 2]);
    let text = Some("1".to_owned());
    let fingerprint = Some(inbox(&world, InboxState::Open)[0].fingerprint);
    let id = start(&life, retry(Which { fingerprint, text, ..Which::default() }));
    // Of the keys 0 to 5 one has a 1 in it.
    assert_eq!(counts(&until_done(&life, id)), (Some(1), 1, 0));
    life.until("it has failed again", || inbox(&world, InboxState::Open).len() == 5);
    let id = start(&life, retry(Which { fingerprint: Some(-1), ..Which::default() }));
    assert_eq!(counts(&until_done(&life, id)), (Some(0), 0, 0));
    let again = Again::default();
    let id = start(&life, Bulk { which: Which::default(), deed: Deed::Retry { ignored: true, again } });
    assert_eq!(counts(&until_done(&life, id)), (Some(1), 1, 0));
}

#[test]
fn only_the_runs_that_were_named_are_retried_and_one_that_is_not_there_is_counted() {
    let world = world();
    let life = world.start();
    let runs = fail(&world, &life, 9);
    let mut named: Vec<RunId> = vec![runs[1], runs[4], runs[8]];
    let id = start(&life, retry(Which { runs: Some(named.clone()), ..Which::default() }));
    assert_eq!(counts(&until_done(&life, id)), (Some(3), 3, 0));
    life.until("all have gone well", || inbox(&world, InboxState::Resolved).len() == 3);
    assert_eq!(inbox(&world, InboxState::Open).len(), 6);
    named = vec![7, runs[2]];
    let id = start(&life, retry(Which { runs: Some(named), ..Which::default() }));
    assert_eq!(counts(&until_done(&life, id)), (Some(2), 1, 1));
}

#[test]
fn a_job_keeps_to_the_key_and_to_the_time_of_acceptance() {
    let world = world();
    let life = world.start();
    let runs = fail(&world, &life, 14);
    let key = Some(KeyFilter::Is("3".into()));
    let id = start(&life, retry(Which { key: key.clone(), ..Which::default() }));
    assert_eq!(counts(&until_done(&life, id)), (Some(2), 2, 0));
    let before = Some(ids::time_of(runs[0]));
    let id = start(&life, retry(Which { accepted_until: before, ..Which::default() }));
    assert_eq!(counts(&until_done(&life, id)), (Some(0), 0, 0));
    let id = start(&life, retry(Which { accepted_since: before, ..Which::default() }));
    assert_eq!(counts(&until_done(&life, id)), (Some(12), 12, 0));
    hold(&world, &life);
    for n in 0..14 {
        life.send("in", json!({"n": n, "key": n % 7}));
    }
    let deed = Deed::Cancel { states: Vec::new() };
    let id = start(&life, Bulk { which: Which { key, ..Which::default() }, deed });
    assert_eq!(counts(&until_done(&life, id)), (Some(2), 2, 0));
}

#[test]
fn a_step_s_input_is_the_same_for_all_and_an_event_cannot_be() {
    let world = world();
    let life = world.start();
    fail(&world, &life, 3);
    let from = Some(StepId::new(NodeId::from("b"), Vec::new()));
    let edit = Some(Edit::Input(json!({"to": "b", "body": "repaired"})));
    let again = Again { from, edit, ..Again::default() };
    let id = start(&life, Bulk { which: Which::default(), deed: Deed::Retry { ignored: false, again } });
    assert_eq!(counts(&until_done(&life, id)).1, 3);
    life.until("all have gone well", || inbox(&world, InboxState::Resolved).len() == 3);
    assert!(world.target.works().iter().all(|(_, body)| *body == json!("repaired")));
    let again = Again { edit: Some(Edit::Trigger(Value::Null)), ..Again::default() };
    let bulk = Bulk { which: Which::default(), deed: Deed::Retry { ignored: false, again } };
    assert!(matches!(life.ask(life.engine.start_job(bulk, "mali")), Err(Error::NotPossible(_))));
}

#[test]
fn a_run_that_cannot_be_retried_is_counted_and_the_others_are() {
    let world = world();
    let life = world.start();
    fail(&world, &life, 4);
    let from = Some(StepId::new(NodeId::from("nowhere"), Vec::new()));
    let again = Again { from, ..Again::default() };
    let id = start(&life, Bulk { which: Which::default(), deed: Deed::Retry { ignored: false, again } });
    let done = until_done(&life, id);
    assert_eq!(counts(&done), (Some(4), 0, 4));
    assert!(done.progress.refusal.is_some_and(|reason| reason.contains("nowhere")));
}

fn hold(world: &World, life: &Life<'_>) {
    let id = FlowId::from("orders");
    world.ask(world.store.set_flow_state(&id, FlowState::Held, world.clock.read())).expect("it is set");
    let row = world.ask(world.store.flow(&id)).expect("asked").expect("it is there");
    life.ask(life.engine.deploy(row)).expect("it is deployed");
}

#[test]
fn hundreds_of_open_runs_are_cancelled_and_none_begins_meanwhile() {
    let world = world();
    let life = world.start();
    hold(&world, &life);
    let runs: Vec<RunId> = (0..230).map(|n| life.send("in", json!({"n": n, "key": n % 7}))).collect();
    let states = vec![LiveState::Queued];
    let id = start(&life, Bulk { which: Which::default(), deed: Deed::Cancel { states } });
    let later = life.send("in", json!({"n": 1, "key": 1}));
    drop(life);
    let life = world.start();
    let done = until_done(&life, id);
    assert_eq!((counts(&done).1, counts(&done).2), (230, 0), "{done:?}");
    assert!(runs.iter().all(|run| life.status(*run) == Some(Status::Cancelled)));
    assert_eq!((world.target.calls().len(), life.status(later)), (0, None), "it came after");
}

#[test]
fn a_cancellation_means_the_states_that_it_says() {
    let nodes = json!({"in": hook(), "b": send("send_idempotent", "b")});
    let world = World::new([flow("orders", nodes, "in -> b")]);
    let life = world.start();
    world.target.answers("b", [Answer::Limited(Some(Span::from_secs(3_600))), Answer::Held]);
    let retrying = life.send("in", json!(1));
    life.until_state(retrying, LiveState::Retrying);
    let running = life.send("in", json!(2));
    life.until("it is under way", || world.target.calls_for("b") == 2);
    let states = vec![LiveState::Retrying];
    let id = start(&life, Bulk { which: Which::default(), deed: Deed::Cancel { states } });
    assert_eq!(counts(&until_done(&life, id)), (Some(1), 1, 0));
    assert_eq!((life.status(retrying), life.status(running)), (Some(Status::Cancelled), None));
}

#[test]
fn a_job_is_ended_by_a_person_and_what_it_did_stays() {
    let world = world();
    let life = world.start();
    fail(&world, &life, 3);
    let id = start(&life, retry(Which::default()));
    until_done(&life, id);
    assert!(!life.ask(life.engine.cancel_job(id, "somchai")).expect("asked"), "it is done");
    // No engine works on this one.
    drop(life);
    let row = world.ask(world.store.job(id)).expect("asked").expect("it is there");
    let open = store::JobRow { id: id + 1, state: JobState::Working, ..row };
    world.ask(world.store.add_job(open)).expect("it is put down");
    assert!(world.ask(world.store.cancel_job(id + 1, 7, "somchai")).expect("asked"));
    let life = world.start();
    assert_eq!(
        (job(&life, id + 1).state, job(&life, id + 1).changed_by.as_str()),
        (JobState::Cancelled, "somchai")
    );
    assert_eq!(life.ask(life.engine.jobs(None, 10)).expect("asked").len(), 2);
}

/// Not a test of anything: prints how long ten thousand take.
#[test]
#[ignore = "a measurement"]
fn ten_thousand_failed_runs_are_retried() {
    let world = world();
    let life = world.start();
    const RUNS: u64 = 10_000;
    world.target.answers("b", vec![Answer::Refused; RUNS as usize]);
    for n in 0..RUNS {
        life.send("in", json!({"n": n, "key": n % 1_000}));
    }
    let ended = |count| {
        life.until("all have ended", || life.engine.gauges().failed + life.engine.gauges().done == count)
    };
    ended(RUNS);
    let began = std::time::Instant::now();
    let id = start(&life, retry(Which::default()));
    let done = until_done(&life, id);
    let accepted = began.elapsed();
    ended(2 * RUNS);
    println!("{:?}: retried in {accepted:?}, all done after {:?}", counts(&done), began.elapsed());
}

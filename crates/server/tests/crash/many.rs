//! Jobs over hundreds of runs, whose process dies in the middle of them: each run is retried, or cancelled, once.

use crate::desk::Desk;
use crate::fleet::{Fleet, Kept};
use crate::process::text;
use crate::target::{self, EFFECT, Target};
use crate::{AGAIN, Chance, SETTLE_MAX, choices};
use history::{History, Outcome, What};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RUNS: usize = 240;
const KEYS: usize = 12;
const CRASHES: u64 = 6;
/// A server dies after so many runs of the job at most, by itself.
const RUNS_OF_A_LIFE_MAX: u64 = 60;
/// The longest that it lives otherwise.
const LIFE_MAX: Duration = Duration::from_millis(400);
const RETRIED: &str = "retried";
const CANCELLED: &str = "cancelled";

struct Scene {
    fleet: Fleet,
    target: Arc<Target>,
    history: History,
    chance: Chance,
    crashes: u64,
}

impl Scene {
    async fn open(kept: Kept) -> Self {
        let (crashes, seed) = choices(CRASHES);
        let mut chance = Chance(seed);
        let mut fleet = Fleet::of(kept, &mut chance).await;
        fleet.open().await;
        let target = Arc::new(Target::default());
        let url = target.open().await;
        let desk = &fleet.desks()[0];
        for flow in [RETRIED, CANCELLED] {
            let settings = json!({ "order_by": "${trigger.body.key}" });
            desk.ask(Method::POST, api::path::FLOWS, Some(target::flow(flow, &url, settings))).await;
        }
        Self { fleet, target, history: History::default(), chance, crashes }
    }

    fn desk(&self) -> Desk {
        self.fleet.desks().remove(0)
    }

    async fn send_all(&mut self, flow: &str) {
        let http = reqwest::Client::new();
        let url = format!("{}/hooks/{flow}", self.desk().url);
        for n in 0..RUNS {
            let (delivery, key) = (format!("{flow} {n}"), n % KEYS);
            let (effects, lane) = (vec![EFFECT.to_owned()], None);
            self.history.push(0, What::Sent { delivery: delivery.clone(), key: lane, effects });
            let request = http.post(&url).header("x-delivery", &delivery);
            let answer = request.json(&json!({ "d": delivery, "key": key })).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
            self.history.push(0, What::Acknowledged { delivery });
        }
    }

    /// Puts a job down, and kills whoever carries it out until it is done.
    async fn carry_out(&mut self, job: Value) {
        let job = self.desk().ask(Method::POST, api::path::RUNS_BULK, Some(job)).await;
        let path = api::path::JOB.replace("{id}", text(&job, "id"));
        for _ in 0..self.crashes {
            (0..self.fleet.members.len()).for_each(|at| self.fleet.kill(at));
            for at in 0..self.fleet.members.len() {
                let named = format!("job:{}", 1 + self.chance.below(RUNS_OF_A_LIFE_MAX));
                self.fleet.revive(at, Some(named)).await;
            }
            tokio::time::sleep(self.chance.up_to(LIFE_MAX)).await;
        }
        (0..self.fleet.members.len()).for_each(|at| self.fleet.kill(at));
        self.fleet.raise(None).await;
        let since = Instant::now();
        let done = loop {
            let job = self.desk().ask(Method::GET, &path, None).await;
            if job["state"] != "working" {
                break job;
            }
            assert!(since.elapsed() < SETTLE_MAX, "the job is never done: {job}");
            tokio::time::sleep(AGAIN).await;
        };
        let counts = (&done["state"], &done["total"], &done["done"], &done["refused"]);
        assert_eq!(counts, (&json!("done"), &json!(RUNS), &json!(RUNS), &json!(0)), "{done}");
    }

    /// Runs of a flow that have ended, as the history takes them.
    async fn ended(&mut self, flow: &str) -> BTreeMap<String, Vec<Outcome>> {
        let mut ends: BTreeMap<String, Vec<Outcome>> = BTreeMap::new();
        for run in self.desk().runs(flow).await {
            let delivery = text(&run.trigger["body"], "d").to_owned();
            ends.entry(delivery.clone()).or_default().push(run.outcome);
            let (outcome, replaces) = (run.outcome, run.replaces);
            self.history.push(0, What::Ended { delivery, run: run.id, outcome, replaces });
        }
        ends
    }

    async fn retry_all(&mut self) {
        self.target.refuse(true);
        self.send_all(RETRIED).await;
        self.desk().settled(&[RETRIED]).await;
        assert_eq!(self.target.works(), 0);
        self.target.refuse(false);
        self.carry_out(json!({ "action": "retry", "flow": RETRIED })).await;
        self.desk().settled(&[RETRIED]).await;
        let ends = self.ended(RETRIED).await;
        assert_eq!(ends.len(), RUNS);
        let once = |ends: &Vec<Outcome>| ends[..] == [Outcome::Failed, Outcome::Done];
        assert!(ends.values().all(once), "each was retried once: {ends:?}");
        assert_eq!(self.target.works(), RUNS);
    }

    async fn cancel_all(&mut self) {
        let hold = api::path::FLOW_STATE.replace("{id}", CANCELLED);
        self.desk().ask(Method::PUT, &hold, Some(json!({ "state": "held" }))).await;
        let calls = self.target.calls();
        self.send_all(CANCELLED).await;
        self.carry_out(json!({ "action": "cancel", "flow": CANCELLED })).await;
        self.desk().ask(Method::PUT, &hold, Some(json!({ "state": "live" }))).await;
        self.desk().settled(&[CANCELLED]).await;
        let ends = self.ended(CANCELLED).await;
        assert_eq!(ends.len(), RUNS);
        assert!(ends.values().all(|ends| ends[..] == [Outcome::Cancelled]), "{ends:?}");
        assert_eq!(self.target.calls(), calls, "nothing was begun");
    }
}

async fn play(kept: Kept) {
    let mut scene = Scene::open(kept).await;
    scene.retry_all().await;
    scene.cancel_all().await;
    scene.target.tell(&mut scene.history);
    crate::check(&scene.history);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_after_crash_a_job_over_many_runs_is_done_with_each_once() {
    play(Kept::Folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_after_crash_of_several_processes_a_job_over_many_runs_is_done_with_each_once() {
    play(Kept::Database).await;
}

//! A store on the move, whose export and whose import are killed at every page: both are refused clearly or begin anew,
//! and what was open before goes on once, in its order.

use crate::fleet::{Fleet, Kept};
use crate::target::{self, EFFECT, Target};
use crate::{AGAIN, Chance, choices};
use history::{History, Outcome, What};
use reqwest::Method;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

const FLOW: &str = "orders";
const KEYS: usize = 7;
/// Of both, so many have ended before the move, and so many wait.
const EVENTS: usize = 40;
/// Pages are gone through in steps of so many, from a random one on.
const STEP: u64 = 4;
const PATIENCE: Duration = Duration::from_secs(30);
/// In pieces that are kept beside the rows.
const LONG_BYTES: usize = 1_500_000;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether a command came to its end; otherwise it died at its place, or could not do its work, and says why.
#[derive(Debug, PartialEq)]
enum Came {
    Done,
    Died,
    Refused(String),
}

fn run(mut command: Command, args: &[&str], file: &Path, named: Option<String>) -> Came {
    command.args(args).arg(file).envs(named.map(|place| ("KHLONG_DIE_AT", place)));
    let output = command.output().unwrap();
    match output.status.code() {
        Some(0) => Came::Done,
        Some(_) => Came::Refused(said(&output)),
        None => Came::Died,
    }
}

/// The places that something dies at, one after the other: some pages, and the last moment.
fn places(what: &str, chance: &mut Chance) -> impl Iterator<Item = String> {
    let first = 1 + chance.below(STEP);
    let pages = (first..).step_by(STEP as usize).map(move |n| (n, what.to_owned()));
    pages.map(|(n, what)| format!("{what}.page:{n}"))
}

/// Exports a store whose processes are dead, killed at page after page until it is done.
async fn export(from: &Fleet, file: &Path, chance: &mut Chance) {
    let export = |named| run(from.khlong(), &["export", "--all"], file, named);
    // Leases of the dead run out first.
    let rested = async {
        while let Came::Refused(why) = export(Some("export.page:1".into())) {
            assert!(why.contains("processes work on the database"), "{why}");
            tokio::time::sleep(AGAIN * 20).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, rested).await.is_ok(), "the leases never run out");
    let mut died = 0;
    for place in places("export", chance) {
        match export(Some(place)) {
            Came::Died => died += 1,
            Came::Done => break,
            Came::Refused(why) => panic!("{why}"),
        }
        assert!(!file.exists(), "what was broken off is taken for nothing whole");
    }
    assert!(died > 1, "it was never killed on its way");
    std::fs::remove_file(file).unwrap();
    assert_eq!(export(Some("export.whole:1".into())), Came::Died);
    assert!(!file.exists());
    assert_eq!(export(None), Came::Done);
    assert!(matches!(export(None), Came::Refused(why) if why.contains("nothing is written over")));
    let folder = std::fs::read_dir(file.parent().unwrap()).unwrap();
    assert_eq!(folder.count(), 1, "nothing half is left beside it");
}

/// Imports into a new store, killed at page after page until it is done.
async fn import(to: &mut Fleet, file: &Path, chance: &mut Chance) {
    let mut died = 0;
    for place in places("import", chance) {
        match run(to.khlong(), &["import", "--all"], file, Some(place)) {
            Came::Died => died += 1,
            Came::Done => break,
            Came::Refused(why) => panic!("{why}"),
        }
        refuses_to_serve(to);
    }
    assert!(died > 1, "it was never killed on its way");
    let again = run(to.khlong(), &["import", "--all"], file, None);
    assert!(matches!(again, Came::Refused(why) if why.contains("not empty")));
}

/// The last moment of an import, in which all is there and nobody was told.
async fn import_whole(to: &mut Fleet, file: &Path) {
    let named = Some("import.whole:1".to_owned());
    assert_eq!(run(to.khlong(), &["import", "--all"], file, named), Came::Died);
    refuses_to_serve(to);
    assert_eq!(run(to.khlong(), &["import", "--all"], file, None), Came::Done);
}

fn refuses_to_serve(store: &Fleet) {
    let output = store.khlong().args(["serve", "--port", "0", "--json"]).output().unwrap();
    assert!(!output.status.success() && said(&output).contains("broken off"), "{}", said(&output));
}

struct Play {
    chance: Chance,
    target: Arc<Target>,
    history: History,
    sent: usize,
}

impl Play {
    async fn send(&mut self, fleet: &Fleet, events: usize) {
        let url = format!("{}/hooks/{FLOW}", fleet.desks()[0].url);
        let http = reqwest::Client::new();
        for _ in 0..events {
            let (delivery, key) = (self.sent.to_string(), (self.sent % KEYS).to_string());
            let (effects, lane) = (vec![EFFECT.to_owned()], Some(key.clone()));
            self.history.push(0, What::Sent { delivery: delivery.clone(), key: lane, effects });
            let note = if self.sent % 20 == 1 { "oolong ".repeat(LONG_BYTES / 7) } else { String::new() };
            let body = json!({ "d": delivery, "key": key, "note": note });
            // Of a long body only the beginning is shown: the delivery is in the address, too.
            let answer = http
                .post(format!("{url}?d={}", self.sent))
                .header("x-delivery", &delivery)
                .json(&body)
                .send()
                .await
                .unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
            self.history.push(0, What::Acknowledged { delivery });
            self.sent += 1;
        }
    }

    async fn set(&self, fleet: &Fleet, state: &str) {
        let path = api::path::FLOW_STATE.replace("{id}", FLOW);
        fleet.desks()[0].ask(Method::PUT, &path, Some(json!({ "state": state }))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_is_killed_at_every_page_loses_and_doubles_nothing() {
    let (_, seed) = choices(0);
    let mut play = Play {
        chance: Chance(seed),
        target: Arc::new(Target::default()),
        history: History::default(),
        sent: 0,
    };
    let files = tempfile::tempdir().unwrap();
    let mut here = Fleet::of(Kept::Folder, &mut play.chance).await;
    here.open().await;
    let settings = json!({ "order_by": "${trigger.body.key}" });
    let flow = target::flow(FLOW, &play.target.open().await, settings);
    here.desks()[0].ask(Method::POST, api::path::FLOWS, Some(flow)).await;
    play.send(&here, EVENTS).await;
    here.desks()[0].settled(&[FLOW]).await;
    play.set(&here, "held").await;
    play.send(&here, EVENTS).await;
    // From a folder to a database and back to a folder.
    for (round, kept) in [Kept::Database, Kept::Folder].into_iter().enumerate() {
        let folder = files.path().join(round.to_string());
        std::fs::create_dir(&folder).unwrap();
        let file = folder.join("all.khlong");
        (0..here.members.len()).for_each(|at| here.kill(at));
        export(&here, &file, &mut play.chance).await;
        let mut there = Fleet::of(kept, &mut play.chance).await;
        import(&mut there, &file, &mut play.chance).await;
        let mut other = Fleet::of(kept, &mut play.chance).await;
        import_whole(&mut other, &file).await;
        there.go_on_as(&here);
        there.raise(None).await;
        let open = there.desks()[0].totals(FLOW).await["open"].clone();
        assert_eq!(open, json!(play.sent - EVENTS), "what waited came along");
        play.send(&there, EVENTS).await;
        here = there;
    }
    assert_eq!(play.target.works(), EVENTS, "nothing has begun on the way");
    play.set(&here, "live").await;
    here.desks()[0].settled(&[FLOW]).await;
    play.target.tell(&mut play.history);
    for run in here.desks()[0].runs(FLOW).await {
        let delivery = run.trigger["query"]["d"].as_str().unwrap().to_owned();
        assert_eq!(run.outcome, Outcome::Done);
        play.history.push(0, What::Ended { delivery, run: run.id, outcome: run.outcome, replaces: None });
    }
    crate::check(&play.history);
}

//! `kill -9` at random moments and at named places, under load, while the other systems fail as well.
//!
//! `KHLONG_CRASHES=5000` makes it longer, `KHLONG_SEED=…` repeats the choices of an earlier run.

mod beside;
mod clocks;
mod copied;
mod desk;
mod fleet;
mod full;
mod held;
mod kept;
mod lanes;
mod long;
mod many;
mod moved;
mod orders;
mod paused;
mod poison;
#[path = "../common/mod.rs"]
mod process;
mod set_clock;
mod target;
mod workload;

use history::History;
use process::Process;
use serde_json::Value;
use std::time::Duration;
use testkit::Chance;

/// The longest life of the program before it is killed.
const LIFE_MAX: Duration = Duration::from_millis(900);
/// One in so many is killed while it is still starting.
const EARLY: u64 = 5;
/// One in so many dies by itself at a named place.
const NAMED: u64 = 2;
/// How often it may come to that place before.
const NAMED_TIMES: u64 = 12;
/// Nobody waits longer for the last runs to be settled.
const SETTLE_MAX: Duration = Duration::from_secs(300);
/// Between two tries of one thing, so that a dead server is not asked a million times.
const AGAIN: Duration = Duration::from_millis(10);

/// Whoever is killed every half second has runs that never come to rest.
const NEVER_POISON: &str = "1000000";

/// How often to kill, and the seed of all choices; both are printed.
fn choices(crashes: u64) -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let crashes = number("KHLONG_CRASHES").unwrap_or(crashes);
    let seed = number("KHLONG_SEED").unwrap_or_else(|| u64::from(std::process::id()) << 20 | crashes);
    println!("KHLONG_SEED={seed} KHLONG_CRASHES={crashes}");
    (crashes, seed)
}

/// A port that nobody is given by chance, so that whoever is killed and started again finds it free.
fn free_port(chance: &mut Chance) -> String {
    let below_the_given = || 10_000 + chance.below(20_000) as u16;
    let is_free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    std::iter::repeat_with(below_the_given).find(is_free).unwrap().to_string()
}

/// Where the next one is to die by itself, if at all.
fn some_place(chance: &mut Chance) -> Option<String> {
    let place = engine::failpoint::PLACES[chance.below(engine::failpoint::PLACES.len() as u64) as usize];
    (chance.below(NAMED) == 0).then(|| format!("{place}:{}", 1 + chance.below(NAMED_TIMES)))
}

/// Kills the program so many times; what is returned runs on.
async fn storm(world: &World, mut khlong: Process, chance: &mut Chance, crashes: u64) -> (Process, Value) {
    for _ in 0..crashes {
        let early = chance.below(EARLY) == 0;
        tokio::time::sleep(chance.up_to(LIFE_MAX)).await;
        khlong.kill();
        let named = some_place(chance);
        khlong = world.spawn(named.as_deref());
        if !early {
            let mut starting = khlong;
            khlong = tokio::task::spawn_blocking(move || {
                // It may come to the named place before it is ready.
                assert!(starting.ready().is_some() || named.is_some(), "it starts again");
                starting
            })
            .await
            .unwrap();
        }
    }
    khlong.kill();
    world.start()
}

/// Everything around the program that is killed.
struct World {
    http: reqwest::Client,
    stand_ins: String,
    data: String,
    port: String,
    poison_after: &'static str,
}

impl World {
    fn new(stand_ins: &str, data: &str, chance: &mut Chance) -> Self {
        Self {
            http: reqwest::Client::new(),
            stand_ins: stand_ins.into(),
            data: data.into(),
            port: free_port(chance),
            poison_after: NEVER_POISON,
        }
    }

    fn spawn(&self, named: Option<&str>) -> Process {
        let mut variables = vec![("KHLONG_POISON_AFTER", self.poison_after)];
        variables.extend(named.map(|place| ("KHLONG_DIE_AT", place)));
        let args = [
            "demo",
            "--json",
            "--orders",
            "0",
            "--port",
            &self.port,
            "--data",
            &self.data,
            "--sandbox",
            &self.stand_ins,
        ];
        Process::spawn_with(&args, &variables)
    }

    fn start(&self) -> (Process, Value) {
        let mut khlong = self.spawn(None);
        let ready = khlong.ready().expect("khlong is ready");
        (khlong, ready)
    }
}

/// Leaves the log behind where something is wrong.
fn check(history: &History) {
    let wrong: Vec<String> = history.check().iter().map(ToString::to_string).collect();
    if !wrong.is_empty() {
        let path = std::env::temp_dir().join(format!("khlong-crash-{}.jsonl", std::process::id()));
        history.write(std::fs::File::create(&path).unwrap()).unwrap();
        panic!("{} things are wrong; the log is {}: {wrong:#?}", wrong.len(), path.display());
    }
}

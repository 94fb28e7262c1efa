//! Random small flows, played with random outcomes.

use crate::player::{Player, SPECS, id, plan};
use model::{FlowDocument, Surroundings};
use proptest::prelude::*;
use run::LoopRule;
use serde_json::{Value, json};
use std::collections::HashSet;
use testkit::flow;

/// Longer than any of these flows can be played.
const OUTCOMES_MAX: usize = 10_000;

const OPERATIONS: [&str; 6] =
    ["core/set", "test/send_probe", "core/filter", "core/merge", "core/merge", "core/for_each"];

fn node(operation: &str, any: bool) -> Value {
    match operation {
        "core/set" => json!({"use": operation, "with": {"value": 1}}),
        "core/filter" => json!({"use": operation, "with": {"when": "${true}"}}),
        "core/merge" => json!({"use": operation, "with": {"mode": if any { "any" } else { "all" }}}),
        "core/for_each" => json!({"use": operation, "with": {"items": "${input}"}}),
        _ => json!({"use": operation, "with": {"to": "a"}}),
    }
}

/// Nodes with edges from earlier ones; most of these are valid flows.
fn small_flow() -> impl Strategy<Value = FlowDocument> {
    let node = (0..OPERATIONS.len(), any::<bool>(), proptest::collection::vec((0..8usize, 0..3usize), 1..3));
    proptest::collection::vec(node, 1..8).prop_map(|nodes| {
        let mut all = json!({"n0": "core/manual"});
        let mut edges = String::new();
        for (at, (operation, any, from)) in nodes.into_iter().enumerate() {
            let (operation, to) = (OPERATIONS[operation], format!("n{}", at + 1));
            all[&to] = self::node(operation, any);
            let most = if operation == "core/merge" { 2 } else { 1 };
            for (from, port) in from.into_iter().take(most) {
                let from = format!("n{}", from % (at + 1));
                let ports =
                    SPECS.operation(&all[&from]["use"].as_str().or(all[&from].as_str()).unwrap().into());
                let ports = ports.unwrap().ports_of(&Default::default());
                edges += &format!("{from}.{} -> {to};", ports[port % ports.len()]);
            }
        }
        flow("random", all, &edges)
    })
}

struct NoScripts;

impl model::ScriptCheck for NoScripts {
    fn script(&self, _: &str) -> Result<(), model::ScriptProblem> {
        Ok(())
    }

    fn expression(&self, _: &str) -> Result<(), model::ScriptProblem> {
        Ok(())
    }

    fn names(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn is_valid(flow: &FlowDocument) -> bool {
    let problems = model::validate(flow, &SPECS, &Surroundings::default(), &NoScripts);
    !problems.iter().any(model::Problem::is_error)
}

/// Plays to the end; `dice` chooses which step lands next and how.
fn play(flow: FlowDocument, dice: &[u8]) -> Result<String, TestCaseError> {
    let mut player = Player::begin(plan(flow), "n0", json!([1, 2, 3]));
    let mut started = HashSet::new();
    let mut dice = dice.iter().cycle().copied();
    let mut roll = || usize::from(dice.next().unwrap_or_default());
    for _ in 0..OUTCOMES_MAX {
        for (at, _) in &player.open {
            started.insert(player.run.step_id(at));
        }
        if player.open.is_empty() {
            break;
        }
        prop_assert_eq!(player.ends, 0, "ended with steps under way\n{}", player.log);
        let place = roll() % player.open.len();
        let (at, _) = &player.open[place];
        let (step, node) = (player.run.step_id(at).to_string(), id(&player, at));
        let operation = player.run.plan().doc.node(node.as_str()).unwrap().operation.to_string();
        match (operation.as_str(), roll()) {
            (_, luck) if luck % 16 == 0 => player.fail(&step),
            ("core/for_each", luck) => {
                let rule = if luck % 2 == 0 { LoopRule::Stop } else { LoopRule::Collect };
                player.open_loop(&step, luck as u32 % 4, rule);
            }
            ("core/filter", luck) if luck % 2 == 0 => player.complete(&step, "else", json!(step)),
            _ => player.complete(&step, "out", json!(step)),
        }
        if roll() % 2 == 0 {
            player.drop_halted();
        }
    }
    prop_assert_eq!(player.ends, 1, "no end, or more than one\n{}", player.log);
    let starts: Vec<&str> = player.log.lines().filter(|line| line.starts_with("  start")).collect();
    let steps = starts.iter().filter_map(|line| line.split(' ').nth(3)).collect::<HashSet<_>>();
    prop_assert_eq!(steps.len(), starts.len(), "a step was started twice\n{}", player.log);
    nothing_comes_before_its_inputs(&player)?;
    Ok(player.log)
}

/// A step starts only after one of those whose edges lead to it has given something on that port.
fn nothing_comes_before_its_inputs(player: &Player) -> Result<(), TestCaseError> {
    let flow = &player.run.plan().doc;
    let mut given: HashSet<(String, String)> = HashSet::new();
    for line in player.log.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let node = |step: &str| step.split('[').next().unwrap_or_default().to_owned();
        match words[..] {
            ["start", step, ..] => {
                let mut edges = flow.edges.iter().filter(|edge| edge.to.as_str() == node(step));
                let has_come = edges
                    .any(|edge| given.contains(&(edge.from.node.to_string(), edge.from.port.to_string())));
                prop_assert!(has_come, "{step} started before anything came\n{}", player.log);
            }
            ["close", step, ..] => {
                given.extend(["done", "error"].map(|port| (node(step), port.into())));
            }
            [step, "fails"] => drop(given.insert((node(step), "error".into()))),
            [step, "opens"] => drop(given.insert((node(step), "item".into()))),
            [landed] if landed.contains('.') => {
                let (step, port) = landed.rsplit_once('.').unwrap_or_default();
                given.insert((node(step), port.into()));
            }
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn every_step_starts_once_and_the_run_ends_once_when_nothing_is_under_way(
        flow in small_flow().prop_filter("an invalid flow", is_valid),
        dice in proptest::collection::vec(any::<u8>(), 1..40),
    ) {
        let first = play(flow.clone(), &dice)?;
        prop_assert_eq!(first, play(flow, &dice)?, "the same outcomes must give the same decisions");
    }
}

//! Which crate may know which: the map of docs/ARCHITECTURE.md as a table.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::cargo::cargo;
use crate::workspace::{Package, Workspace};

/// Normal dependencies between our crates. A crate that is not in the table knows none of ours.
const MAY_KNOW: [(&str, &[&str]); 34] = [
    ("api", &["model", "run"]),
    ("app", &["api", "canvas", "model", "n8n", "rehearsal", "run", "script", "templates", "ui"]),
    ("audit", &["model"]),
    ("bench", &["testkit-postgres"]),
    ("brokers", &["buffer", "links"]),
    ("buffer", &[]),
    ("canvas", &["model"]),
    ("catalog", &["connector", "formats", "model", "openapi", "wires"]),
    ("connector", &["model"]),
    ("engine", &["buffer", "connector", "model", "run", "script", "store"]),
    ("formats", &["connector", "model"]),
    ("fuzz", &["testkit"]),
    ("interleave", &["buffer", "connector", "model", "run", "script", "store"]),
    ("links", &[]),
    ("model", &[]),
    ("n8n", &["model"]),
    ("openapi", &["model"]),
    ("rehearsal", &["model", "run", "script"]),
    ("run", &["model"]),
    ("sandbox", &[]),
    ("script", &["model"]),
    (
        "server",
        &[
            "api",
            "audit",
            "brokers",
            "buffer",
            "catalog",
            "connector",
            "engine",
            "formats",
            "model",
            "n8n",
            "openapi",
            "rehearsal",
            "run",
            "sandbox",
            "script",
            "store",
            "store-postgres",
            "store-sqlite",
            "templates",
        ],
    ),
    ("simulation", &["connector", "engine", "history", "model", "run", "store", "testkit"]),
    ("store", &["model"]),
    ("store-postgres", &["model", "store"]),
    ("store-sqlite", &["model", "store"]),
    ("templates", &["model"]),
    ("testkit", &["catalog", "connector", "engine", "model", "run", "store", "store-sqlite"]),
    ("testkit-brokers", &["testkit-process"]),
    ("testkit-postgres", &["testkit-process"]),
    ("testkit-servers", &["testkit-brokers", "testkit-process"]),
    ("ui", &[]),
    ("wires", &["connector", "links", "model"]),
    ("xtask", &["testkit-brokers", "testkit-postgres", "testkit-servers"]),
];

/// Everything that these need, however far below, must work without a clock, a socket, a database or a page.
const PURE: [&str; 9] =
    ["model", "script", "run", "rehearsal", "n8n", "openapi", "templates", "api", "canvas"];
const NOT_BELOW_PURE: [&str; 6] = ["tokio", "sqlx", "reqwest", "axum", "leptos", "web-sys"];

/// Dev-dependencies may point anywhere: tests are at the outside.
pub fn between_our_crates(workspace: &Workspace) -> Vec<String> {
    let ours: BTreeSet<&str> = workspace.packages.iter().map(|package| package.name.as_str()).collect();
    let on_the_map = |name: &str| MAY_KNOW.iter().find(|(known, _)| *known == name);
    let wrong = |package: &Package| {
        let allowed = on_the_map(&package.name).map_or(&[][..], |(_, allowed)| allowed);
        wrong_arrows(package, allowed, &ours)
    };
    workspace.packages.iter().flat_map(wrong).collect()
}

/// An arrow that is not on the map, and one of the map that nobody draws: what nobody needs is not allowed in advance.
fn wrong_arrows(package: &Package, allowed: &[&str], ours: &BTreeSet<&str>) -> Vec<String> {
    let normal = package.dependencies.iter().filter(|dependency| dependency.kind.is_none());
    let known: BTreeSet<&str> = normal.map(|dependency| dependency.name.as_str()).collect();
    let wrong = known.intersection(ours).filter(|other| !allowed.contains(*other));
    let unused = allowed.iter().filter(|other| !known.contains(*other));
    let tell = |other: &&str, what: &str| {
        format!("{} -> {other}: this arrow {what} (crates/xtask/src/tidy/arrows.rs)", package.name)
    };
    let wrong = wrong.map(|other| tell(other, "is not on the map"));
    wrong.chain(unused.map(|other| tell(other, "is drawn by nobody: take it off the map"))).collect()
}

pub fn below_pure_crates(workspace: &Workspace) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for pure in PURE {
        let tree =
            cargo(&workspace.root).args(["tree", "--locked", "-p", pure, "-e", "normal", "--prefix", "none"]);
        let tree = tree.args(["--target", crate::toolchain::WASM]).read()?;
        let below: BTreeSet<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
        let wrong = NOT_BELOW_PURE.iter().filter(|name| below.contains(*name));
        problems.extend(wrong.map(|name| {
            format!("{pure} needs {name}: a pure crate must not (cargo tree -p {pure} -i {name})")
        }));
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies.iter();
        let dependencies =
            dependencies.map(|(name, kind)| Dependency { name: (*name).into(), kind: kind.map(Into::into) });
        Package {
            name: name.into(),
            manifest_path: "Cargo.toml".into(),
            dependencies: dependencies.collect(),
        }
    }

    #[test]
    fn an_arrow_that_is_not_on_the_map_is_named() {
        let ours = BTreeSet::from(["engine", "server", "store"]);
        let engine = package("engine", &[("store", None), ("server", None), ("serde", None)]);
        let wrong = wrong_arrows(&engine, &["store"], &ours);
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].starts_with("engine -> server"), "{wrong:?}");
    }

    #[test]
    fn an_arrow_of_the_map_that_nobody_draws_is_named() {
        let ours = BTreeSet::from(["model", "run", "store"]);
        let store = package("store", &[("model", None), ("run", Some("dev"))]);
        let wrong = wrong_arrows(&store, &["model", "run"], &ours);
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].starts_with("store -> run"), "{wrong:?}");
    }

    #[test]
    fn tests_may_know_everybody() {
        let ours = BTreeSet::from(["model", "testkit"]);
        assert!(wrong_arrows(&package("model", &[("testkit", Some("dev"))]), &[], &ours).is_empty());
    }
}

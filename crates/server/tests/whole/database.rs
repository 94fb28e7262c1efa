//! A server whose store is a PostgreSQL database.

use crate::backup::World;
use crate::process::{KHLONG, Process, text};
use serde_json::json;
use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;
use testkit_postgres::{Cluster, Database, Kill};

const AGAIN: Duration = Duration::from_millis(20);
const PASSWORD: &str = "oolong-from-the-north";

impl World {
    async fn all_done(&self, ready: &serde_json::Value, orders: u64) {
        while self.totals(ready).await["done"] != json!(orders) {
            tokio::time::sleep(AGAIN).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_go_through_a_database_and_a_restart_remembers_them() {
    let database = Database::create().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut sandbox = Process::spawn(&["sandbox", "--json", "--seed", "7"]);
    let stand_ins = text(&sandbox.ready().expect("the stand-ins are ready"), "url").to_owned();
    let world = World { http: reqwest::Client::new(), stand_ins };
    let url = database.url();

    let (mut first, ready) = world.start(folder.path(), &["--store", &url]);
    for order in 1..=10 {
        world.send(&ready, order).await;
    }
    world.all_done(&ready, 10).await;
    let told = Command::new("kill").arg(first.0.id().to_string()).status().unwrap();
    assert!(told.success() && first.0.wait().unwrap().success());

    let (_second, ready) = world.start(folder.path(), &["--store", &url]);
    // The shop sends some of them again, and some more.
    for order in 5..=15 {
        world.send(&ready, order).await;
    }
    world.all_done(&ready, 15).await;
    let once = (1..=15).map(|order| (format!("SHOPIFY-{order}"), 1)).collect::<BTreeMap<_, _>>();
    assert_eq!(world.arrived().await, once);
    assert!(!folder.path().join("khlong.db").exists(), "nothing lies in the folder but keys");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_crashes_under_orders_loses_none_and_the_server_goes_on() {
    let cluster = Arc::new(Cluster::start().unwrap());
    let database = Database::create_on(&cluster.url()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut sandbox = Process::spawn(&["sandbox", "--json", "--seed", "7"]);
    let stand_ins = text(&sandbox.ready().expect("the stand-ins are ready"), "url").to_owned();
    let world = World { http: reqwest::Client::new(), stand_ins };
    let (mut server, ready) = world.start(folder.path(), &["--store", &database.url()]);

    let crashing = tokio::task::spawn_blocking({
        let cluster = cluster.clone();
        move || (0..2).try_for_each(|_| cluster.stop(Kill::Immediate).and_then(|()| cluster.start_again()))
    });
    let mut sent = 0;
    // The shop keeps what was not acknowledged, and sends it again.
    while sent < 20 || !crashing.is_finished() {
        sent += 1;
        while !world.try_send(&ready, sent).await.status().is_success() {
            tokio::time::sleep(AGAIN).await;
        }
    }
    crashing.await.unwrap().unwrap();
    world.all_done(&ready, sent).await;
    let once = (1..=sent).map(|order| (format!("SHOPIFY-{order}"), 1)).collect::<BTreeMap<_, _>>();
    assert_eq!(world.arrived().await, once);
    assert!(server.0.try_wait().unwrap().is_none(), "it is the same process all the while");
}

fn khlong(args: &[&str], store: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(KHLONG);
    command.args(args).env("KHLONG_DATA", folder.path()).env("KHLONG_STORE", store).output().unwrap()
}

#[test]
fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    let nowhere = format!("postgres://ann:{PASSWORD}@127.0.0.1:1/orders");
    let no_address = format!("postgres://ann:{PASSWORD}@host:port/orders");
    for (store, names) in [(&nowhere, "127.0.0.1:1/orders"), (&no_address, "postgres://user:password@")] {
        for command in [&["export"][..], &["serve", "--port", "0"], &["doctor"], &["serve", "--help"]] {
            let output = khlong(command, store);
            let told = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
            assert!(!told.concat().contains(PASSWORD), "{told:?}");
            assert!(command.contains(&"--help") || told.concat().contains(names), "{told:?}");
        }
    }
}

#[test]
fn a_backup_of_a_database_is_its_own_tools_work() {
    let output = khlong(&["backup", "copy"], "postgres://ann@127.0.0.1:1/orders");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("pg_dump"));
}

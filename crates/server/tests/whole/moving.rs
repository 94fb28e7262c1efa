//! A server's store moves from a folder into a database and back, and a server there goes on with everything.

use crate::backup::World;
use crate::process::KHLONG;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;
use testkit_postgres::Database;

const ORDERS: u64 = 40;
const AGAIN: Duration = Duration::from_millis(20);

fn khlong(args: &[&str]) -> Output {
    Command::new(KHLONG).args(args).env_remove("KHLONG_STORE").output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn done(args: &[&str]) -> String {
    let output = khlong(args);
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    said(&output)
}

#[track_caller]
fn refused(args: &[&str], why: &str) {
    let output = khlong(args);
    assert!(!output.status.success() && said(&output).contains(why), "{args:?}: {}", said(&output));
}

/// What an export leaves out on purpose, and what the demo keeps beside it.
fn bring_keys(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["master.key", "demo.json"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_open_in_a_folder_ends_once_in_a_database_and_all_comes_back_to_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let [data, new, back] = ["data", "new", "back"].map(|name| folder.path().join(name));
    let [file, again] = ["all.khlong", "again.khlong"].map(|name| folder.path().join(name));
    let [data_arg, new_arg, back_arg, file_arg, again_arg] =
        [&data, &new, &back, &file, &again].map(|path| path.to_str().unwrap());
    let database = Database::create().await.unwrap();
    let url = database.url();
    let (_stand_ins, world) = World::with_slow_erp().await;
    let (mut first, ready) = world.start(&data, &[]);
    world.settle_soon(&ready).await;
    for order in 1..=ORDERS {
        world.send(&ready, order).await;
    }
    refused(&["export", "--all", file_arg, "--data", data_arg], "another process works in");
    first.kill();
    world.http.delete(world.faults()).send().await.unwrap();

    let told = done(&["export", "--all", file_arg, "--data", data_arg]);
    assert!(!told.contains(" 0 open runs"), "the test is about open runs: {told}");
    let import = ["import", "--all", file_arg, "--data", new_arg, "--store", &url];
    refused(&import, "there is no master key");
    bring_keys(&data, &new);
    std::fs::write(new.join("master.key"), "ab".repeat(32)).unwrap();
    refused(&import, "another master key");
    bring_keys(&data, &new);
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    refused(&import, "cut off or altered");
    std::fs::write(&file, &whole).unwrap();
    done(&import);
    refused(&import, "not empty");

    let (mut second, ready) = world.start(&new, &["--store", &url]);
    // The shop sends one again that it sent before.
    world.send(&ready, 3).await;
    while world.totals(&ready).await["open"] != json!(0) {
        tokio::time::sleep(AGAIN).await;
    }
    let totals = world.totals(&ready).await;
    assert_eq!((&totals["done"], &totals["failed"]), (&json!(ORDERS), &json!(0)), "{totals}");
    let once = |orders| (1..=orders).map(|order| (format!("SHOPIFY-{order}"), 1)).collect::<BTreeMap<_, _>>();
    assert_eq!(world.arrived().await, once(ORDERS));
    let told = Command::new("kill").arg(second.0.id().to_string()).status().unwrap();
    assert!(told.success() && second.0.wait().unwrap().success());

    done(&["export", "--all", again_arg, "--data", new_arg, "--store", &url]);
    bring_keys(&data, &back);
    done(&["import", "--all", again_arg, "--data", back_arg]);
    let (_third, ready) = world.start(&back, &[]);
    assert_eq!(world.totals(&ready).await["done"], json!(ORDERS), "history came along");
    for order in [5, ORDERS + 1] {
        world.send(&ready, order).await;
    }
    while world.totals(&ready).await["done"] != json!(ORDERS + 1) {
        tokio::time::sleep(AGAIN).await;
    }
    assert_eq!(world.arrived().await, once(ORDERS + 1));
}

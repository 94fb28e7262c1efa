//! A file of 20 MB whose intake and whose for-each are cut off at every place there is.

use crate::desk::Desk;
use crate::process::{Process, text};
use crate::{AGAIN, Chance, World, choices};
use serde_json::{Value, json};
use std::time::Duration;

const FLOW: &str = "stock";
const ROWS: usize = 10_000;
/// Where the program dies, the how manyth time that it comes there.
const PLACES: [&str; 6] =
    ["blob.piece:1", "blob.piece:70", "blob.sealed:1", "acknowledge:1", "items.fed:2", "items.fed:30"];

fn flow() -> Value {
    json!({
        "khlong": 1, "id": FLOW, "name": "Stock",
        "nodes": [
            {"id": "in", "use": "core/webhook",
             "with": {"path": FLOW, "body_bytes_max": 64 << 20, "delivery_id": "x-delivery"}},
            {"id": "each", "use": "core/for_each", "with": {"items": "${trigger.body}"}},
            {"id": "row", "use": "core/script", "with": {"script": "item.sku"}},
            {"id": "count", "use": "core/script", "with": {"script": "#{ rows: input.len() }"}},
        ],
        "edges": [{"from": "in", "to": "each"}, {"from": "each.item", "to": "row"}, {"from": "each.done", "to": "count"}],
    })
}

/// 20 MB, and not the same each time.
fn table(day: usize) -> String {
    let note = "oolong ".repeat(290);
    let rows = (0..ROWS).map(|n| format!("{day}-{n},\"{note}\"\n"));
    ["sku,note\n".to_owned()].into_iter().chain(rows).collect()
}

async fn send(url: &str, day: usize, body: String) -> Option<String> {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(120)).build().unwrap();
    let request = http.post(format!("{url}/hooks/{FLOW}")).header("content-type", "text/csv");
    let answer = request.header("x-delivery", format!("day {day}")).body(body).send().await.ok()?;
    let started: Value = answer.json().await.ok()?;
    started["run"].as_str().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_body_cut_off_anywhere_is_one_run_in_the_end_and_leaves_nothing_behind() {
    let (_, seed) = choices(0);
    let mut sandbox = Process::spawn(&["sandbox", "--json"]);
    let stand_ins = sandbox.ready().expect("the stand-ins are ready");
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(text(&stand_ins, "url"), folder.path().to_str().unwrap(), &mut Chance(seed));
    let (mut khlong, mut ready) = world.start();
    let imported = world.http.post(format!("{}{}", text(&ready, "url"), api::path::FLOWS));
    let imported =
        imported.bearer_auth(text(&ready, "api_token")).body(flow().to_string()).send().await.unwrap();
    assert!(imported.status().is_success(), "{}", imported.text().await.unwrap());
    for (day, place) in PLACES.into_iter().enumerate() {
        khlong.kill();
        khlong = world.spawn(Some(place));
        ready = khlong.ready().expect("it starts");
        let mut run = send(text(&ready, "url"), day, table(day)).await;
        // It may die while the run goes on, after it has said yes.
        while khlong.0.try_wait().unwrap().is_none() {
            assert!(!place.starts_with("blob") || run.is_none(), "it dies before it says yes");
            tokio::time::sleep(AGAIN).await;
        }
        (khlong, ready) = world.start();
        while run.is_none() {
            run = send(text(&ready, "url"), day, table(day)).await;
        }
        let desk = Desk::of(&ready);
        desk.settled(&[FLOW]).await;
        let path = api::path::RUN.replace("{id}", &run.expect("it was taken"));
        let detail = desk.ask(reqwest::Method::GET, &path, None).await;
        assert_eq!(detail["run"]["state"], "done", "{place}: {}", detail["run"]);
        let steps = detail["steps"].as_array().unwrap();
        let count = steps.iter().find(|step| step["node"] == "count").unwrap();
        assert_eq!(count["output"], json!({ "rows": ROWS }), "{place}");
    }
    assert_eq!(Desk::of(&ready).totals(FLOW).await["done"], json!(PLACES.len()));
    khlong.kill();
    let (_khlong, _) = world.start();
    let files = std::fs::read_dir(folder.path().join("blobs")).unwrap();
    let names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), PLACES.len(), "each file is kept once, and nothing half: {names:?}");
}

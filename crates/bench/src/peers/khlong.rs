//! Khlong does the same work through the same kind of door.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use super::work::{self, Figures, Peer};
use crate::flows;
use crate::khlong::Installed;
use crate::sink::Seen;

const PATHS: &[&str] = &["bench-w1", "bench-w2", "bench-w3"];

pub async fn measure(
    program: PathBuf,
    data: &Path,
    sink: SocketAddr,
    seen: &Seen,
    length: Duration,
) -> Result<Figures> {
    let installed = Installed::new(program, data.to_owned(), None);
    let server = installed.start().await?;
    for flow in [flows::to_an_action(sink), flows::to_an_answer(), over_each_item()] {
        server.import(&flow).await?;
    }
    let peer = Peer { pid: server.pid(), address: server.address, hooks: "/hooks/", paths: PATHS };
    let figures = work::measure(&peer, seen, length).await?;
    server.stop()?;
    Ok(figures)
}

/// As the others have it: one request brings the items, and is answered when the last of them is done.
fn over_each_item() -> Value {
    let nodes = json!([
        {"id": "in", "use": "core/webhook", "with": {"path": "bench-w3", "answer": "result"}},
        {"id": "each", "use": "core/for_each", "with": {"items": "${trigger.body.items}"}},
        {"id": "body", "use": "core/script", "with": {"script": "#{ n: input.n, twice: input.n * 2 }"}},
        {"id": "count", "use": "core/script", "with": {"script": "#{ count: input.len() }"}},
        {"id": "answer", "use": "core/respond", "with": {"body": "${nodes.count}"}},
    ]);
    let edges = json!([
        {"from": "in", "to": "each"}, {"from": "each.item", "to": "body"}, {"from": "each.done", "to": "count"},
        {"from": "count", "to": "answer"},
    ]);
    json!({"khlong": 1, "id": "bench-w3", "name": "bench-w3", "nodes": nodes, "edges": edges})
}

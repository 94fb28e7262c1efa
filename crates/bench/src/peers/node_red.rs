//! Everything this crate knows of Node-RED.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};

use super::installed::{self, Installed, Running};

const FLOWS: &str = include_str!("../../peers/node-red/flows.json");
const PATHS: &[&str] = &["bench-w1", "bench-w2", "bench-w3"];
/// What is said beside its own settings file, which it writes at its first start.
const SETTINGS: [&str; 3] =
    ["uiHost=127.0.0.1", "telemetry.enabled=false", "telemetry.updateNotification=false"];

pub async fn start(installed: &Installed<'_>, home: &Path, sink: SocketAddr) -> Result<Running> {
    std::fs::create_dir_all(home).context("making a folder for Node-RED")?;
    let (flows, said, address) = (home.join("flows.json"), home.join("said.log"), installed::free_address()?);
    installed::write_flows(FLOWS, sink, &flows)?;
    let mut command = installed.script("node-red", "red.js", home)?;
    command.arg("--userDir").arg(home).args(["--port", &address.port().to_string()]);
    command.args(SETTINGS.iter().flat_map(|setting| ["-D", setting])).arg(flows);
    installed::start(command, &said, address, ("/", PATHS)).await.context("starting Node-RED")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_flow_file_has_every_webhook() {
        let nodes: Vec<serde_json::Value> = serde_json::from_str(FLOWS).unwrap();
        let doors = nodes.iter().filter(|node| node["type"] == "http in");
        let paths: Vec<_> =
            doors.filter_map(|node| node["url"].as_str().map(|url| url.trim_start_matches('/'))).collect();
        assert_eq!(paths, PATHS);
    }
}

//! Everything this crate knows of n8n.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::installed::{self, Installed, Running};

const FLOWS: &str = include_str!("../../peers/n8n/flows.json");
/// Paths, and ids of the workflows too.
const PATHS: &[&str] = &["bench-w1", "bench-w2", "bench-w3", "bench-w3-loop"];
/// What it would ask or tell its makers. How it works stays as it is installed.
const SETTINGS: [(&str, &str); 9] = [
    ("N8N_DIAGNOSTICS_ENABLED", "false"),
    ("N8N_VERSION_NOTIFICATIONS_ENABLED", "false"),
    ("N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED", "false"),
    ("N8N_TEMPLATES_ENABLED", "false"),
    ("N8N_PERSONALIZATION_ENABLED", "false"),
    ("N8N_DYNAMIC_BANNERS_ENABLED", "false"),
    ("N8N_HIRING_BANNER_ENABLED", "false"),
    ("N8N_LICENSE_AUTO_RENEW_ENABLED", "false"),
    // A list of others' servers, fetched every few hours.
    ("N8N_DISABLED_MODULES", "mcp-registry"),
];

pub async fn start(installed: &Installed<'_>, home: &Path, sink: SocketAddr) -> Result<Running> {
    std::fs::create_dir_all(home).context("making a folder for n8n")?;
    let (flows, said) = (home.join("flows.json"), home.join("said.log"));
    let (address, broker) = (installed::free_address()?, installed::free_address()?);
    installed::write_flows(FLOWS, sink, &flows)?;
    let n8n = |arguments: &[&str]| -> Result<Command> {
        let mut command = installed.script("n8n", "bin/n8n", home)?;
        command.args(arguments);
        command.envs(SETTINGS).env("N8N_USER_FOLDER", home).env("N8N_LISTEN_ADDRESS", "127.0.0.1");
        command.env("N8N_PORT", address.port().to_string());
        command.env("N8N_RUNNERS_BROKER_PORT", broker.port().to_string());
        Ok(command)
    };
    let import = n8n(&["import:workflow", &format!("--input={}", flows.display())])?;
    installed::run(import, &said).context("bringing the workflows into n8n")?;
    for id in PATHS {
        let publish = n8n(&["publish:workflow", &format!("--id={id}")])?;
        installed::run(publish, &said).with_context(|| format!("making {id} live in n8n"))?;
    }
    installed::start(n8n(&["start"])?, &said, address, ("/webhook/", PATHS)).await.context("starting n8n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_flow_file_has_every_webhook_under_the_id_of_its_workflow() {
        let workflows: Vec<serde_json::Value> = serde_json::from_str(FLOWS).unwrap();
        let ids: Vec<_> = workflows.iter().filter_map(|workflow| workflow["id"].as_str()).collect();
        assert_eq!(ids, PATHS);
        for workflow in workflows {
            assert_eq!(workflow["nodes"][0]["parameters"]["path"], workflow["id"]);
        }
    }
}

//! The same work done by Khlong and by others, each as it is installed, one after the other.

mod installed;
mod khlong;
mod n8n;
mod node_red;
mod process;
mod table;
mod work;

use std::path::Path;

use anyhow::{Context, Result};

use crate::{Options, sink};
use installed::Installed;
use work::Figures;

/// What Khlong's users would come from, and how much faster it must be.
struct Measured {
    name: String,
    /// For programs.
    key: &'static str,
    figures: Figures,
    /// How many times this one Khlong must be; `None` is Khlong.
    times_min: Option<f64>,
}

const NODE_RED_TIMES_MIN: f64 = 5.0;
const N8N_TIMES_MIN: f64 = 200.0;

/// `folder` is where `cargo xtask bench --peers` has installed them.
pub async fn measure(options: &Options, folder: &Path) -> Result<()> {
    let program = options.khlong.clone().context("--khlong names the program to measure")?;
    let installed = Installed { folder };
    let data = tempfile::tempdir().context("making a data folder")?;
    let (sink, seen) = sink::start().await?;
    let (length, data) = (options.length(), data.path());

    eprintln!("==> Khlong");
    let figures = khlong::measure(program, &data.join("khlong"), sink, &seen, length).await?;
    let mut all = vec![Measured { name: "Khlong".into(), key: "khlong", figures, times_min: None }];

    let name = format!("Node-RED {}", installed.version("node-red")?);
    eprintln!("==> {name}");
    let node_red = node_red::start(&installed, &data.join("node-red"), sink).await?;
    let figures = work::measure(&node_red.peer(), &seen, length).await?;
    node_red.stop();
    all.push(Measured { name, key: "node_red", figures, times_min: Some(NODE_RED_TIMES_MIN) });

    let name = format!("n8n {}", installed.version("n8n")?);
    eprintln!("==> {name}");
    let n8n = n8n::start(&installed, &data.join("n8n"), sink).await?;
    let figures = work::measure(&n8n.peer(), &seen, length).await?;
    n8n.stop();
    all.push(Measured { name, key: "n8n", figures, times_min: Some(N8N_TIMES_MIN) });

    table::print(&all);
    if options.json {
        println!("{}", table::json(&all));
    }
    Ok(())
}

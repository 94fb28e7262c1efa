//! `khlong doctor`: what an administrator looks at first. It changes nothing, whether a server runs or not.

mod checks;
mod health;
mod report;

use super::client;
use super::serve::PORT;
use super::settings::{BufferList, Outgoing, Place, StorageBudget};
use report::Report;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    outgoing: Outgoing,
    #[command(flatten)]
    budget: StorageBudget,
    #[command(flatten)]
    buffers: BufferList,
    /// Only ask a running server whether it is ready, as a container's health check does.
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "http://127.0.0.1:8686")]
    health: Option<String>,
    /// Where the server that works on the data folder listens.
    #[arg(long, env = "KHLONG_PORT", default_value_t = PORT)]
    port: u16,
    /// Also ask every connected system whether it answers and takes the credentials.
    #[arg(long)]
    connections: bool,
    /// Read every page of the store, however large it is.
    #[arg(long)]
    deep: bool,
    /// Print the findings as one line of JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    if let Some(url) = &args.health {
        let url = format!("{}/health/ready", url.trim_end_matches('/'));
        let answer = client::http()?.get(&url).send().await?;
        let ready = answer.status.is_success();
        return Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut report = Report::default();
    checks::all(&args, &mut report).await;
    if args.json {
        super::print_json(&report.json())?;
    } else {
        report.print();
    }
    Ok(if report.is_bad() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

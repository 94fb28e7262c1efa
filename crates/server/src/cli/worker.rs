//! `khlong worker`.

use super::serve::url;
use super::settings::{Process, web_address};
use super::{print_json, stop_on_signal};
use crate::{App, Duty, Listening, Server};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    process: Process,
    /// The address at which health and metrics are answered.
    #[arg(long, env = "KHLONG_LISTEN", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "IP")]
    listen: IpAddr,
    /// Its port; 0 for a free one, so that several workers fit on a machine.
    #[arg(long, env = "KHLONG_WORKER_PORT", default_value_t = 0)]
    port: u16,
    /// The address under which shops reach the servers: part of the addresses that end a wait.
    #[arg(long, env = "KHLONG_BASE_URL", value_name = "URL", value_parser = web_address)]
    base_url: Option<String>,
    /// When ready, print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let stop = stop_on_signal()?;
    let listening = Listening::at(SocketAddr::new(args.listen, args.port))?;
    let mut settings = args.process.settings()?;
    let address = url(listening.address());
    settings.base_url = args.base_url.unwrap_or_else(|| address.clone());
    let app = App::open(&settings).await?;
    let server = Server::open_for(Duty::Work, app, listening)?;
    if args.json {
        print_json(&json!({ "url": address }))?;
    }
    tracing::info!(url = address, "working");
    server.run(stop).await?;
    Ok(ExitCode::SUCCESS)
}

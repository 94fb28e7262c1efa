//! `khlong serve`.

use super::settings::{Process, RunRoom, StorageBudget, web_address};
use super::{print_json, stop_on_signal};
use crate::{App, Listening, Server};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;

pub const PORT: u16 = 8686;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    process: Process,
    #[command(flatten)]
    run_room: RunRoom,
    #[command(flatten)]
    budget: StorageBudget,
    #[command(flatten)]
    port: Port,
    /// The address under which browsers and shops reach this server.
    #[arg(long, env = "KHLONG_BASE_URL", value_name = "URL", value_parser = web_address)]
    base_url: Option<String>,
    /// A reverse proxy stands in front: believe its X-Forwarded-For. Without one, anybody could make it up.
    #[arg(long, env = "KHLONG_BEHIND_PROXY")]
    behind_proxy: bool,
    /// Treat the disk as full when the store has this many bytes.
    #[arg(long, env = "KHLONG_STORE_BYTES_MAX", value_name = "BYTES")]
    store_bytes_max: Option<u64>,
    /// MB of the largest body that a webhook may take; its node may ask for less.
    #[arg(long, env = "KHLONG_BODY_MAX_MB", value_name = "MB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1024))]
    body_max_mb: u32,
    /// When ready, print one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct Port {
    /// The address to listen at.
    #[arg(long, env = "KHLONG_LISTEN", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "IP")]
    pub listen: IpAddr,
    /// The port; 0 for a free one.
    #[arg(long, env = "KHLONG_PORT", default_value_t = PORT)]
    pub port: u16,
}

impl Port {
    pub fn take(&self) -> anyhow::Result<Listening> {
        Listening::at(SocketAddr::new(self.listen, self.port))
    }
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let stop = stop_on_signal()?;
    let listening = args.port.take()?;
    let mut settings = args.process.settings()?;
    args.run_room.apply(&mut settings);
    args.budget.apply(&mut settings);
    settings.store_bytes_max = args.store_bytes_max;
    settings.body_bytes_max = Some(u64::from(args.body_max_mb) << 20);
    settings.behind_proxy = args.behind_proxy;
    settings.base_url = args.base_url.unwrap_or_else(|| url(listening.address()));
    settings.set_up_code = !listening.address().ip().is_loopback();
    let app = App::open(&settings).await?;
    if let Some(code) = app.set_up_code() {
        tracing::warn!(
            code = code.show(),
            "there is no owner yet: whoever creates the account needs this set-up code"
        );
    }
    let server = Server::open(app.clone(), listening)?;
    if args.json {
        print_json(&json!({ "url": app.base_url() }))?;
    }
    tracing::info!(url = app.base_url(), data = %settings.data.display(), "ready");
    server.run(stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// What to type into a browser on this machine.
pub fn url(address: SocketAddr) -> String {
    match address.ip().is_unspecified() {
        true => format!("http://127.0.0.1:{}", address.port()),
        false => format!("http://{address}"),
    }
}

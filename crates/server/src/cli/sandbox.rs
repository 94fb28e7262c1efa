//! `khlong sandbox`: the stand-ins as a process of their own.

use super::{print_json, stop_on_signal};
use sandbox::{Keys, Options, Sandbox, WhenFull};
use serde_json::json;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;

/// Retries of webhooks come sooner than a real shop's, so that nobody waits for them.
pub const RETRIES_FASTER: u32 = 60;

#[derive(clap::Args)]
pub struct Args {
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "IP")]
    listen: IpAddr,
    /// The port; 0 for a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Orders per minute that arrive on their own.
    #[arg(long, default_value_t = 0, value_name = "N")]
    orders: u32,
    /// Every so many orders has something to repair.
    #[arg(long, default_value_t = 0, value_name = "N")]
    trouble_every: u64,
    /// The number of the first order.
    #[arg(long, default_value_t = 1_001, value_name = "N")]
    first_order: u64,
    /// The same seed makes the same orders.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// When ready, print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let stop = stop_on_signal()?;
    let options = Options {
        listen: SocketAddr::new(args.listen, args.port),
        orders_per_minute: args.orders,
        trouble_every: args.trouble_every,
        first_order: args.first_order,
        seed: args.seed,
        when_full: WhenFull::default(),
        ..Options::new(Keys::random()?).retries_faster(RETRIES_FASTER)
    };
    let sandbox = Sandbox::bind(options).await?;
    let handle = sandbox.handle();
    match args.json {
        true => print_json(&json!({
            "url": handle.url(), "shop_url": handle.shop_url(), "erp_url": handle.erp_url(),
        }))?,
        false => eprintln!("the stand-ins are at {}/_sandbox", handle.url()),
    }
    sandbox.run(stop.cancelled_owned()).await?;
    Ok(ExitCode::SUCCESS)
}

//! `khlong demo`.

use super::serve::{Port, url};
use super::settings::{BufferList, Poison, data_folder};
use super::{print_json, stop_on_signal};
use crate::demo::{self, Demo, StandIns};
use crate::{App, Server, Settings, Traces};
use secrecy::SecretString;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// The demo's own data folder; a second start on it goes on where it was. Without it, `khlong-demo` in $XDG_DATA_HOME or ~/.local/share.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A PostgreSQL database to work in instead, as for `khlong serve`.
    #[arg(long, env = "KHLONG_STORE", hide_env_values = true, value_name = "URL")]
    store: Option<SecretString>,
    #[command(flatten)]
    buffers: BufferList,
    #[command(flatten)]
    port: Port,
    #[command(flatten)]
    poison: Poison,
    /// Orders per minute that arrive on their own.
    #[arg(long, default_value_t = 12, value_name = "N")]
    orders: u32,
    /// Use the stand-ins of `khlong sandbox` at this address instead of own ones.
    #[arg(long, value_name = "URL")]
    sandbox: Option<String>,
    /// When ready, print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let stop = stop_on_signal()?;
    let listening = args.port.take()?;
    let data = args.data.unwrap_or_else(|| data_folder("khlong-demo"));
    let mut demo = Demo::open(&data)?;
    let stand_ins = match &args.sandbox {
        Some(url) => StandIns::elsewhere(url).await?,
        None => StandIns::start(&mut demo, args.orders).await?,
    };
    let mut settings = Settings::new(&data, url(listening.address()));
    settings.database = args.store;
    args.poison.apply(&mut settings);
    args.buffers.apply(&mut settings);
    // The shop and the ERP of the demo are on this machine.
    settings.allow_private = true;
    settings.traces = Traces::from_env()?;
    let app = App::open(&settings).await?;
    demo::furnish(&app, &demo, &stand_ins).await?;
    let server = Server::open(app.clone(), listening)?;
    stand_ins.send_webhooks_to(&demo::webhook_url(&app)).await?;
    match args.json {
        true => print_json(&ready(&app, &demo, &stand_ins))?,
        false => welcome(&app, &demo, &stand_ins, args.orders),
    }
    let served = server.run(stop).await;
    stand_ins.stop(&mut demo).await?;
    served.map(|()| ExitCode::SUCCESS)
}

fn ready(app: &App, demo: &Demo, stand_ins: &StandIns) -> serde_json::Value {
    json!({
        "url": app.base_url(),
        "owner_email": demo::OWNER_EMAIL,
        "owner_password": demo.owner_password(),
        "api_token": demo.api_token(),
        "webhook_url": demo::webhook_url(app),
        "webhook_secret": stand_ins.webhook_secret(),
        "shop_url": stand_ins.shop_url(),
        "erp_url": stand_ins.erp_url(),
    })
}

fn welcome(app: &App, demo: &Demo, stand_ins: &StandIns, orders: u32) {
    println!("Khlong is running, with a tea shop and an ERP in the box.\n");
    println!("  Open      {}", app.base_url());
    println!("  E-mail    {}", demo::OWNER_EMAIL);
    println!("  Password  {}\n", demo.owner_password());
    match orders {
        0 => println!("No orders arrive on their own. Make one:"),
        n => {
            println!("About {n} orders a minute arrive; every tenth has something to repair. Make one more:")
        }
    }
    println!(
        "  curl -X POST {}/_sandbox/orders -H 'content-type: application/json' -d '{{}}'",
        stand_ins.shop_url()
    );
    println!("What the ERP holds:");
    println!("  curl {}/_sandbox/orders\n", stand_ins.erp_url());
    println!("Ctrl-C stops it; the next start goes on where it was.");
}

//! What people are told of by themselves, by a server's API: how rules stand, who takes care, and drills.

use super::runs::{There, lines};
use api::{AlertDrill, AlertInfo, AlertList, AlertTold, AlertTrouble};
use bytes::Bytes;
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum Alerts {
    /// List rules, what is wrong now, and how the latest messages came out.
    List {
        #[command(flatten)]
        there: There,
    },
    /// Take care of what a rule has told of: nobody is told again of that, but once when it is over.
    Ack(Which),
    /// Send everybody whom a rule tells a message that says that it is a drill. Fails where one did not arrive.
    Drill(Which),
}

#[derive(clap::Args)]
pub struct Which {
    /// The rule's id.
    id: String,
    #[command(flatten)]
    there: There,
}

pub async fn run(alerts: Alerts) -> anyhow::Result<ExitCode> {
    match alerts {
        Alerts::List { there } => {
            let list: AlertList = there.client()?.get(api::path::ALERTS).await?;
            there.print(&list, || lines(&list.alerts, alert))?;
        }
        Alerts::Ack(Which { id, there }) => {
            let path = api::path::ALERT_ACKNOWLEDGE.replace("{id}", &id);
            let now: AlertInfo = there.client()?.post(&path, Bytes::new()).await?;
            there.print(&now, || alert(&now))?;
        }
        Alerts::Drill(Which { id, there }) => {
            let path = api::path::ALERT_DRILL.replace("{id}", &id);
            let drill: AlertDrill = there.client()?.post(&path, Bytes::new()).await?;
            there.print(&drill, || lines(&drill.told, told))?;
            if drill.told.iter().any(|told| !told.ok) {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn alert(alert: &AlertInfo) -> String {
    let AlertInfo { id, rule, troubles, .. } = alert;
    let stands = match (rule.enabled, troubles.len()) {
        (false, _) => "off",
        (true, 0) => "well",
        (true, _) => "WRONG",
    };
    let first = format!("{id}  {stands}  {}", rule.name);
    let troubles = troubles.iter().map(trouble);
    let failed = alert.told.iter().filter(|told| !told.ok).map(|one| format!("  ! {}", told(one)));
    [first].into_iter().chain(troubles).chain(failed).collect::<Vec<_>>().join("\n")
}

fn trouble(trouble: &AlertTrouble) -> String {
    let by = trouble.acknowledged.as_ref().map(|by| format!("  (taken care of by {})", by.by));
    format!("  - {}{}", trouble.text, by.unwrap_or_default())
}

fn told(told: &AlertTold) -> String {
    let to = told.to.as_deref().map(|to| format!(" {to}")).unwrap_or_default();
    let AlertTold { connection, message, advice, .. } = told;
    match told.ok {
        true => format!("{connection}{to}: it arrived"),
        false => format!("{connection}{to}: {message}. {advice}"),
    }
}

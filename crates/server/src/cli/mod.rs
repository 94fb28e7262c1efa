//! The command line. What a command gives goes to stdout, what it says to stderr.

mod accounts;
mod alerts;
mod audit;
mod backup;
mod cases;
mod client;
mod connectors;
mod demo;
mod doctor;
mod files;
mod flow;
mod keys;
mod logs;
mod moving;
mod once;
mod runs;
mod sandbox;
mod serve;
mod settings;
mod worker;

pub(crate) use client::http as http_client;
pub(crate) use sandbox::RETRIES_FASTER;

use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Carries orders, stock and prices between web shops and the back office.
#[derive(Parser)]
#[command(name = "khlong", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    logs: logs::Logs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve: take events, run flows, show the web pages.
    Serve(serve::Args),
    /// Work on what servers take in, beside them, on a store that several processes share.
    Worker(worker::Args),
    /// Serve with a shop, an ERP and orders in the box, to see it work.
    Demo(demo::Args),
    /// Run one flow once, in a store that is thrown away.
    Run(once::Args),
    /// Say what is wrong with flow files.
    Validate(files::Validate),
    /// Walk flows with the cases that are written for them, without sending anything.
    Test(cases::Args),
    /// Take flow files in.
    Import(files::Import),
    /// Give flows out as files.
    Export(files::Export),
    /// List connectors and their operations, and make connectors of API documents.
    Connectors(connectors::Args),
    /// Hold a flow, pause it, let it run again, or say how far it goes.
    #[command(subcommand)]
    Flow(flow::Flow),
    /// Failed runs that wait for a person.
    #[command(subcommand)]
    Inbox(runs::Inbox),
    /// Retry or cancel runs, one or ten thousand.
    #[command(subcommand)]
    Runs(runs::Runs),
    /// What is being done with many runs, and how far it is.
    #[command(subcommand)]
    Jobs(runs::Jobs),
    /// Compare two files record by record: what is the same, different, missing, twice.
    Audit(Box<audit::Args>),
    /// What people are told of by themselves.
    #[command(subcommand)]
    Alerts(alerts::Alerts),
    /// Accounts of people.
    #[command(subcommand)]
    User(accounts::User),
    /// Tokens of programs.
    #[command(subcommand)]
    Token(accounts::Token),
    /// The key that secrets are sealed with.
    #[command(subcommand)]
    Key(keys::Key),
    /// Only the stand-ins for a shop and an ERP.
    Sandbox(sandbox::Args),
    /// Look whether everything is in order.
    Doctor(doctor::Args),
    /// Copy the store to a folder, while the server runs or not.
    Backup(backup::Backup),
    /// Make a data folder of a backup.
    Restore(backup::Restore),
}

/// Threads that block: for passwords and files. Each costs memory only while it works.
const BLOCKING_THREADS_MAX: usize = 16;

pub fn main() -> ExitCode {
    end_with_the_pipe();
    let cli = Cli::parse();
    cli.logs.start();
    match runtime().map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(run(cli.command))) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("khlong: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whoever reads what is printed may have seen enough, such as `head`: that is no fault.
fn end_with_the_pipe() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        if said.starts_with("failed printing to stdout") && said.contains("Broken pipe") {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

fn runtime() -> std::io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.clamp(2, 4))
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .enable_all()
        .build()
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::run(args).await,
        Command::Worker(args) => worker::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Run(args) => once::run(args).await,
        Command::Validate(args) => files::validate(&args).await,
        Command::Test(args) => cases::run(args).await,
        Command::Import(args) => files::import(args).await,
        Command::Export(args) => files::export(args).await,
        Command::Connectors(args) => connectors::run(args).await,
        Command::Flow(flow) => flow::run(flow).await,
        Command::Inbox(inbox) => runs::inbox(inbox).await,
        Command::Runs(runs) => runs::runs(runs).await,
        Command::Jobs(jobs) => runs::jobs(jobs).await,
        Command::Audit(args) => audit::run(&args),
        Command::Alerts(alerts) => alerts::run(alerts).await,
        Command::User(user) => accounts::user(user).await,
        Command::Token(token) => accounts::token(token).await,
        Command::Key(key) => keys::run(key).await,
        Command::Sandbox(args) => sandbox::run(args).await,
        Command::Doctor(args) => doctor::run(args).await,
        Command::Backup(args) => backup::backup(args).await,
        Command::Restore(args) => backup::restore(args).await,
    }
}

/// Cancelled by the first SIGTERM or SIGINT. A second one ends the process at once.
fn stop_on_signal() -> std::io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let told = stop.clone();
    tokio::spawn(async move {
        for again in [false, true] {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
            if again {
                std::process::exit(130);
            }
            tracing::info!("stopping");
            told.cancel();
        }
    });
    Ok(stop)
}

/// One line of JSON on stdout, seen at once by whoever waits for it.
fn print_json(value: &serde_json::Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}")?;
    out.flush()
}

//! What an operator does about runs from a shell, by a server's API: the inbox, and many runs at once.

use super::client::{Client, Remote};
use anyhow::{Context, bail};
use api::{BulkAction, BulkRuns, InboxList, InboxRecord, InboxState, JobInfo, JobList, JobState, RetryRun};
use clap::{Subcommand, ValueEnum};
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::process::ExitCode;
use std::time::Duration;

/// Between two looks at a job that is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const PAGE: usize = 200;

/// How to reach the server, and how to print.
#[derive(clap::Args)]
pub struct There {
    #[command(flatten)]
    remote: Remote,
    /// Print what the server says, as JSON.
    #[arg(long)]
    json: bool,
}

impl There {
    pub(super) fn client(&self) -> anyhow::Result<Client> {
        self.remote.client()?.context("say which server: --url and --token, or KHLONG_URL and KHLONG_TOKEN")
    }

    pub(super) fn print<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) -> anyhow::Result<()> {
        match self.json {
            true => super::print_json(&serde_json::to_value(value)?)?,
            false => println!("{}", text()),
        }
        Ok(())
    }
}

#[derive(Subcommand)]
pub enum Inbox {
    /// List failed runs that wait for a person, the newest first.
    List {
        /// A flow's id.
        #[arg(long)]
        flow: Option<String>,
        /// A group of failures.
        #[arg(long)]
        fingerprint: Option<String>,
        #[arg(long, default_value = "open")]
        state: Record,
        /// Part of the ordering key or of the message.
        #[arg(long)]
        text: Option<String>,
        /// Only runs older than this one.
        #[arg(long, value_name = "RUN")]
        before: Option<String>,
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        there: There,
    },
    /// Show one record.
    Show {
        run: String,
        #[command(flatten)]
        there: There,
    },
    /// Nothing is to be done about a failed run.
    Ignore(Close),
    /// A failed run's matter is mended in another way.
    Resolve(Close),
    /// Take a record up again that a person closed.
    Reopen(Close),
}

#[derive(clap::Args)]
pub struct Close {
    run: String,
    /// Why, for whoever looks later.
    #[arg(long, default_value = "")]
    reason: String,
    #[command(flatten)]
    there: There,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Record {
    Open,
    Retried,
    Resolved,
    Ignored,
    All,
}

impl Record {
    fn word(self) -> Option<&'static str> {
        match self {
            Self::Open => Some("open"),
            Self::Retried => Some("retried"),
            Self::Resolved => Some("resolved"),
            Self::Ignored => Some("ignored"),
            Self::All => None,
        }
    }
}

pub async fn inbox(inbox: Inbox) -> anyhow::Result<ExitCode> {
    match inbox {
        Inbox::List { flow, fingerprint, state, text, before, limit, there } => {
            let limit = Some(limit.clamp(1, PAGE).to_string());
            let state = state.word().map(str::to_owned);
            let query = query([
                ("flow", flow),
                ("fingerprint", fingerprint),
                ("state", state),
                ("text", text),
                ("before", before),
                ("limit", limit),
            ]);
            let list: InboxList = there.client()?.get(&format!("{}?{query}", api::path::INBOX)).await?;
            there.print(&list, || lines(&list.records, record))?;
        }
        Inbox::Show { run, there } => {
            let path = api::path::INBOX_RECORD.replace("{run}", &run);
            let found: InboxRecord = there.client()?.get(&path).await?;
            there.print(&found, || record(&found))?;
        }
        Inbox::Ignore(close) => set(close, InboxState::Ignored).await?,
        Inbox::Resolve(close) => set(close, InboxState::Resolved).await?,
        Inbox::Reopen(close) => set(close, InboxState::Open).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn set(close: Close, state: InboxState) -> anyhow::Result<()> {
    let Close { run, reason, there } = close;
    let path = api::path::INBOX_STATE.replace("{run}", &run);
    let changed: InboxRecord =
        send(&there.client()?, Method::PUT, &path, &api::SetInboxState { state, reason }).await?;
    there.print(&changed, || record(&changed))
}

fn record(record: &InboxRecord) -> String {
    let InboxRecord { run, flow, node, code, message, state, fingerprint, .. } = record;
    let key = record.key.as_deref().unwrap_or("-");
    let more = record.retried_by.as_deref().map(|by| format!("  retried by {by}")).unwrap_or_default();
    let reason = record.reason.as_deref().map(|reason| format!("  ({reason})")).unwrap_or_default();
    format!(
        "{run}  {}  {flow}  {key}  {node} {code}: {message}  [{fingerprint}]{more}{reason}",
        state.as_str()
    )
}

#[derive(Subcommand)]
pub enum Runs {
    /// Retry one failed run, or all that the filters mean.
    Retry {
        /// A run; without one, filters say which.
        run: Option<String>,
        #[command(flatten)]
        which: Which,
        /// Records that somebody ignored, in place of those that wait.
        #[arg(long)]
        ignored: bool,
        /// In the version of the flow that each run had, not in the newest.
        #[arg(long)]
        then: bool,
        /// Begin at this node.
        #[arg(long, value_name = "NODE")]
        from: Option<String>,
        /// What that node gets instead, as JSON.
        #[arg(long, value_name = "JSON", requires = "from")]
        input: Option<String>,
        /// Send writes again from there on, with the keys they had.
        #[arg(long)]
        repeat: bool,
        /// Send writes again from there on, with new keys.
        #[arg(long)]
        as_new: bool,
        #[command(flatten)]
        wait: Wait,
    },
    /// Cancel one open run, or all that the filters mean.
    Cancel {
        /// A run; without one, filters say which.
        run: Option<String>,
        #[command(flatten)]
        which: Which,
        /// States, parted by commas: queued, running, waiting, retrying, unknown.
        #[arg(long)]
        state: Option<String>,
        #[command(flatten)]
        wait: Wait,
    },
}

/// Which runs are meant: all of what is said holds.
#[derive(clap::Args)]
pub struct Which {
    /// A flow's id.
    #[arg(long)]
    flow: Option<String>,
    /// A group of failures.
    #[arg(long)]
    fingerprint: Option<String>,
    /// Not before this time, such as 2026-11-26T08:00:00+07:00.
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<i64>,
    /// Before this time.
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<i64>,
    /// Part of the ordering key or of the error.
    #[arg(long)]
    text: Option<String>,
    /// All of them, where nothing else is said.
    #[arg(long)]
    all: bool,
}

#[derive(clap::Args)]
pub struct Wait {
    /// Wait until the job is done.
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    there: There,
}

pub async fn runs(runs: Runs) -> anyhow::Result<ExitCode> {
    match runs {
        Runs::Retry { run, which, ignored, then, from, input, repeat, as_new, wait } => {
            let input = input.map(|text| serde_json::from_str(&text)).transpose().context("--input")?;
            let node = from.map(|node| node.as_str().into());
            let how = RetryRun { node, input, then, repeat, as_new, ..RetryRun::default() };
            match run {
                Some(run) => {
                    let path = api::path::RUN_RETRY.replace("{id}", &run);
                    let started: api::Started =
                        send(&wait.there.client()?, Method::POST, &path, &how).await?;
                    wait.there.print(&started, || started.run.clone())?;
                    Ok(ExitCode::SUCCESS)
                }
                None => {
                    let state = ignored.then(|| "ignored".to_owned());
                    let retry = (how != RetryRun::default()).then_some(how);
                    start(wait, BulkRuns { retry, state, ..which.bulk(BulkAction::Retry) }).await
                }
            }
        }
        Runs::Cancel { run: Some(run), wait, .. } => {
            let path = api::path::RUN_CANCEL.replace("{id}", &run);
            wait.there.client()?.send(Method::POST, &path, None).await?;
            Ok(ExitCode::SUCCESS)
        }
        Runs::Cancel { run: None, which, state, wait } => {
            start(wait, BulkRuns { state, ..which.bulk(BulkAction::Cancel) }).await
        }
    }
}

impl Which {
    fn bulk(self, action: BulkAction) -> BulkRuns {
        let Self { flow, fingerprint, since, until, text, all } = self;
        BulkRuns { action, flow, fingerprint, since, until, text, all, ..BulkRuns::default() }
    }
}

async fn start(wait: Wait, bulk: BulkRuns) -> anyhow::Result<ExitCode> {
    let client = wait.there.client()?;
    let mut job: JobInfo = send(&client, Method::POST, api::path::RUNS_BULK, &bulk).await?;
    let path = api::path::JOB.replace("{id}", &job.id);
    while wait.wait && job.state == JobState::Working {
        tokio::time::sleep(LOOK_EVERY).await;
        job = client.get(&path).await?;
    }
    wait.there.print(&job, || line(&job))?;
    Ok(if job.state == JobState::Failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

#[derive(Subcommand)]
pub enum Jobs {
    /// List jobs, the newest first.
    List {
        #[command(flatten)]
        there: There,
    },
    /// Show how far a job is.
    Show {
        id: String,
        #[command(flatten)]
        there: There,
    },
    /// End a job where it stands. What it has done stays done.
    Cancel {
        id: String,
        #[command(flatten)]
        there: There,
    },
}

pub async fn jobs(jobs: Jobs) -> anyhow::Result<ExitCode> {
    match jobs {
        Jobs::List { there } => {
            let list: JobList = there.client()?.get(api::path::JOBS).await?;
            there.print(&list, || lines(&list.jobs, line))?;
        }
        Jobs::Show { id, there } => {
            let job: JobInfo = there.client()?.get(&api::path::JOB.replace("{id}", &id)).await?;
            there.print(&job, || line(&job))?;
        }
        Jobs::Cancel { id, there } => {
            let path = api::path::JOB_CANCEL.replace("{id}", &id);
            there.client()?.send(Method::POST, &path, None).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(job: &JobInfo) -> String {
    let JobInfo { id, action, state, done, refused, .. } = job;
    let of = job.total.map(|total| format!(" of {total}")).unwrap_or_default();
    let why = job.refusal.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
    format!("{id}  {}  {}  {done}{of} done, {refused} refused{why}", action.as_str(), state.as_str())
}

pub(super) fn lines<T>(all: &[T], one: impl Fn(&T) -> String) -> String {
    match all.is_empty() {
        true => "none".to_owned(),
        false => all.iter().map(one).collect::<Vec<_>>().join("\n"),
    }
}

fn query<const N: usize>(fields: [(&str, Option<String>); N]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        if let Some(value) = value {
            query.append_pair(name, &value);
        }
    }
    query.finish()
}

fn time(text: &str) -> anyhow::Result<i64> {
    match chrono::DateTime::parse_from_rfc3339(text) {
        Ok(time) => Ok(time.timestamp_millis()),
        Err(_) => bail!("{text:?} is no time such as 2026-11-26T08:00:00+07:00"),
    }
}

async fn send<T: DeserializeOwned>(
    client: &Client,
    method: Method,
    path: &str,
    body: &impl Serialize,
) -> anyhow::Result<T> {
    Ok(client.send(method, path, Some(serde_json::to_vec(body)?.into())).await?.json()?)
}

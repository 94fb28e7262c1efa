//! Logs go to stderr: stdout belongs to what a command gives.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

const USUAL: &str = "info";

#[derive(clap::Args)]
pub struct Logs {
    /// What to log, such as `info` or `engine=debug,warn`.
    #[arg(long, env = "KHLONG_LOG", default_value = USUAL, global = true, value_name = "FILTER")]
    log: String,
    /// Log one JSON object per line.
    #[arg(long, env = "KHLONG_LOG_JSON", global = true)]
    log_json: bool,
}

impl Logs {
    pub fn start(&self) {
        let filter = EnvFilter::try_new(&self.log).unwrap_or_else(|error| {
            // A program that says nothing at all is worse than one that says what it usually does.
            eprintln!("khlong: --log {:?} is no filter ({error}); `{USUAL}` is logged", self.log);
            EnvFilter::new(USUAL)
        });
        let logs = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal());
        // A second start, as in tests, changes nothing.
        let _ = match self.log_json {
            true => logs.json().try_init(),
            false => logs.try_init(),
        };
    }
}

//! The real program as a process, for tests that start and kill it.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

pub const KHLONG: &str = env!("CARGO_BIN_EXE_khlong");

/// A running `khlong`; killed when dropped.
pub struct Process(pub Child);

impl Process {
    pub fn spawn(args: &[&str]) -> Self {
        Self::spawn_with(args, &[])
    }

    pub fn spawn_with(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(KHLONG);
        command.args(args).envs(variables.iter().copied());
        Self::of(command)
    }

    pub fn of(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        if std::env::var_os("KHLONG_TEST_LOG").is_none() {
            command.stderr(Stdio::null());
        }
        Self(command.spawn().expect("khlong starts"))
    }

    /// The line of JSON that says where it is; nothing where it ended before.
    pub fn ready(&mut self) -> Option<Value> {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut()?).read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }

    /// As when the power goes.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

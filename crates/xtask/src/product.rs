//! The program that people get: built, and started as a demo.

use std::path::PathBuf;

use anyhow::Result;

use crate::cargo::build_program;
use crate::command::{Cmd, step};
use crate::web;
use crate::workspace::Workspace;

/// What a build is for.
#[derive(Clone, Copy, PartialEq)]
pub enum Speed {
    /// To look at soon.
    Quick,
    /// To keep.
    Release,
}

impl Speed {
    pub fn server_profile(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Release => "release",
        }
    }

    pub fn web_profile(self) -> &'static str {
        match self {
            Self::Quick => "web-quick",
            Self::Release => "web",
        }
    }

    fn how_long(self) -> &'static str {
        match self {
            Self::Quick => "first time: 4 to 8 minutes",
            Self::Release => "first time: 8 to 15 minutes",
        }
    }
}

pub fn run_demo(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let khlong = build(workspace, Speed::Quick)?;
    Cmd::new(khlong, &workspace.root).arg("demo").args(arguments).replace_us()
}

pub fn build_release(workspace: &Workspace) -> Result<()> {
    let khlong = build(workspace, Speed::Release)?;
    println!("{}", khlong.display());
    Ok(())
}

/// The web UI first, since the server carries it; one after the other, since each wants all cores.
pub fn build(workspace: &Workspace, speed: Speed) -> Result<PathBuf> {
    web::build(workspace, speed)?;
    build_server(workspace, speed)
}

pub fn build_server(workspace: &Workspace, speed: Speed) -> Result<PathBuf> {
    step("compiling the server", speed.how_long(), || {
        build_program(workspace, "server", "khlong", speed.server_profile())
    })
}

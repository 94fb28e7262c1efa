//! An OpenID provider: the npm package `oidc-provider`, with the few lines of ours that configure it.

use crate::installed::{installed, node};
use crate::sign_in::sign_in;
use anyhow::{Context, Result};
use std::process::{Child, Command};
use testkit_process::{Home, Server, free_port, secret};

/// What a test may want otherwise than `start` has it.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// The path of the client's own address that a person is sent back to; any port of this machine.
    pub callback: &'a str,
    pub access_token_seconds: u32,
    pub refresh_token_seconds: u32,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Self { callback: "/oauth/callback", access_token_seconds: 60, refresh_token_seconds: 600 }
    }
}

pub struct Identity {
    _home: Home,
    port: u16,
    secret: String,
    _server: Child,
}

impl Server for Identity {
    const NAME: &'static str = "oidc-provider";

    fn is_installed() -> bool {
        node().is_some() && installed("oidc/provider.mjs").is_some()
    }

    fn start() -> Result<Self> {
        Self::start_with(Settings::default())
    }
}

impl Identity {
    /// Clients, by the way in which they tell their secret: as HTTP's Basic, or as a field of the form.
    pub const BASIC: &str = "basic";
    pub const POST: &str = "post";
    /// What a token may be good for, besides `openid` and `offline_access`.
    pub const SCOPE: &str = "orders";

    /// For `here_with`.
    pub fn start_with(settings: Settings<'_>) -> Result<Self> {
        let mut home = Home::new("identity")?;
        let (port, secret) = (free_port()?, secret());
        let mut command = Command::new(node().context("there is no Node.js")?);
        command.arg(installed("oidc/provider.mjs").context("there is no oidc-provider")?);
        command.env("PORT", port.to_string()).env("CLIENT_SECRET", &secret);
        command.env("CALLBACK", settings.callback);
        command.env("ACCESS_TOKEN_SECONDS", settings.access_token_seconds.to_string());
        command.env("REFRESH_TOKEN_SECONDS", settings.refresh_token_seconds.to_string());
        let mut server = home.spawn(&mut command)?;
        home.wait_for(port, &mut server)?;
        Ok(Self { _home: home, port, secret, _server: server })
    }

    /// Its addresses are in `/.well-known/openid-configuration` below this.
    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The one of both clients.
    pub fn client_secret(&self) -> &str {
        &self.secret
    }

    /// Does what a person does in a browser who follows a link to `/auth?…`: signs in, agrees, and is sent back. Gives the
    /// address that they are sent back to, with the code or the error in it.
    pub fn sign_in(&self, link: &str, name: &str) -> Result<String> {
        sign_in(self.port, link, name)
    }
}

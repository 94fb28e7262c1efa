//! A shop, an ERP, an owner and a flow, so that a newcomer sees an order move within a minute.

use crate::auth::{self, Random};
use crate::cli::{RETRIES_FASTER, http_client};
use crate::endpoints::connections;
use crate::failure::Failure;
use crate::{App, flows};
use anyhow::Context;
use api::SaveConnection;
use connector::Http;
use model::{ConnectionName, FlowId};
use sandbox::{Keys, Options, Running, Sandbox, Webhook, WhenFull};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use store::{Role, Token, User};
use uuid::Uuid;

pub const OWNER_EMAIL: &str = "owner@khlong.example";
const FLOW: &str = include_str!("../../../flows/order-to-erp.json");
const FLOW_ID: &str = "order-to-erp";
const HOOK_PATH: &str = "shopify/order-created";
const SHOP: &str = "shop";
const ERP: &str = "erp";
const BY: &str = "demo";
/// Every so many orders is odd: in turn one without a postcode, which the ERP takes, and one with an article that it does
/// not know. So every tenth has something to repair.
const TROUBLE_EVERY: u64 = 5;
/// More than one page of a list to choose from.
const CUSTOMERS: usize = 40;
/// Order numbers taken in advance, so that none comes twice after a crash.
const ORDERS_AHEAD: u64 = 1_000;
const FILE: &str = "demo.json";

/// What the demo keeps besides its data folder's own content.
#[derive(Serialize, Deserialize)]
struct Kept {
    owner_password: String,
    api_token: String,
    keys: Keys,
    first_order: u64,
    /// So that the addresses printed last time stay good where they can.
    sandbox_port: u16,
}

/// The demo's own secrets, in a file that only its owner may read.
pub struct Demo {
    path: PathBuf,
    kept: Kept,
}

impl Demo {
    /// Reads what an earlier start kept, or makes it up.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder).with_context(|| format!("making {}", folder.display()))?;
        let path = folder.join(FILE);
        if path.exists() {
            let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let kept =
                serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))?;
            return Ok(Self { path, kept });
        }
        let kept = Kept {
            owner_password: Random::<15>::new()?.text(),
            api_token: auth::new_token()?,
            keys: Keys::random()?,
            first_order: 1_001,
            sandbox_port: 0,
        };
        let demo = Self { path, kept };
        demo.save()?;
        Ok(demo)
    }

    pub fn owner_password(&self) -> &str {
        &self.kept.owner_password
    }

    pub fn api_token(&self) -> &str {
        &self.kept.api_token
    }

    /// Written aside and put into its place, so that a crash leaves the old or the new one.
    fn save(&self) -> anyhow::Result<()> {
        let aside = self.path.with_extension("new");
        let write = || -> std::io::Result<()> {
            let mut options = OpenOptions::new();
            let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
            file.write_all(serde_json::to_string_pretty(&self.kept)?.as_bytes())?;
            file.sync_all()?;
            fs::rename(&aside, &self.path)
        };
        write().with_context(|| format!("writing {}", self.path.display()))
    }
}

/// The shop and the ERP: in this process, or in another.
pub enum StandIns {
    Here { running: Running, keys: Box<Keys> },
    Elsewhere { guide: Box<Guide>, http: Box<Http> },
}

/// What stand-ins say about themselves.
#[derive(Deserialize)]
pub struct Guide {
    shop_url: String,
    erp_url: String,
    keys: Keys,
    webhooks: String,
}

impl StandIns {
    pub async fn start(demo: &mut Demo, orders_per_minute: u32) -> anyhow::Result<Self> {
        let keys = demo.kept.keys.clone();
        let options = |port| Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            orders_per_minute,
            trouble_every: TROUBLE_EVERY,
            first_order: demo.kept.first_order,
            when_full: WhenFull::DropOldest,
            customers: CUSTOMERS,
            ..Options::new(keys.clone()).retries_faster(RETRIES_FASTER)
        };
        let running = match Sandbox::start(options(demo.kept.sandbox_port)).await {
            Ok(running) => running,
            // Somebody else has the port now: any other will do.
            Err(_) => Sandbox::start(options(0)).await?,
        };
        let port = running.url.rsplit(':').next().and_then(|port| port.parse().ok());
        demo.kept.sandbox_port = port.unwrap_or_default();
        demo.kept.first_order += ORDERS_AHEAD;
        demo.save()?;
        Ok(Self::Here { running, keys: Box::new(keys) })
    }

    pub async fn elsewhere(url: &str) -> anyhow::Result<Self> {
        let http = http_client()?;
        let base = url.trim_end_matches('/').trim_end_matches("/_sandbox");
        let answer = http.get(&format!("{base}/_sandbox")).send().await;
        let guide: Guide = answer
            .and_then(|answer| answer.json())
            .with_context(|| format!("asking the stand-ins at {base}"))?;
        Ok(Self::Elsewhere { guide: Box::new(guide), http: Box::new(http) })
    }

    /// From now on orders go there.
    pub async fn send_webhooks_to(&self, url: &str) -> anyhow::Result<()> {
        match self {
            Self::Here { running, .. } => Ok(running.handle().send_webhooks_to(Webhook::new(url))?),
            Self::Elsewhere { guide, http } => {
                let answer = http.put(&guide.webhooks).json(&json!({ "url": url })).send().await?;
                answer.error_for_status(|_| None).map(drop).context("telling the shop where its webhooks go")
            }
        }
    }

    pub fn webhook_secret(&self) -> &str {
        &self.keys().webhook_secret
    }

    pub fn shop_url(&self) -> String {
        match self {
            Self::Here { running, .. } => running.shop_url.clone(),
            Self::Elsewhere { guide, .. } => guide.shop_url.clone(),
        }
    }

    pub fn erp_url(&self) -> String {
        match self {
            Self::Here { running, .. } => running.erp_url.clone(),
            Self::Elsewhere { guide, .. } => guide.erp_url.clone(),
        }
    }

    fn keys(&self) -> &Keys {
        match self {
            Self::Here { keys, .. } => keys,
            Self::Elsewhere { guide, .. } => &guide.keys,
        }
    }

    pub async fn stop(self, demo: &mut Demo) -> anyhow::Result<()> {
        if let Self::Here { running, .. } = self {
            demo.kept.first_order = running.handle().next_order();
            demo.save()?;
            running.shutdown().await?;
        }
        Ok(())
    }
}

pub fn webhook_url(app: &App) -> String {
    format!("{}/hooks/{HOOK_PATH}", app.base_url())
}

/// Makes what is missing: after a crash in the middle, the next start does the rest.
pub async fn furnish(app: &App, demo: &Demo, stand_ins: &StandIns) -> anyhow::Result<()> {
    if app.store().users().await?.is_empty() {
        create_owner(app, demo).await?;
    }
    if app.store().token_by_hash(&auth::hash_token(demo.api_token())).await?.is_none() {
        create_token(app, demo).await?;
    }
    connect(app, stand_ins).await.map_err(Failure::into_error)?;
    if app.store().flow(&FlowId::from(FLOW_ID)).await?.is_none() {
        flows::import(app, FLOW.as_bytes(), BY).await.map_err(Failure::into_error)?;
    }
    Ok(())
}

async fn create_owner(app: &App, demo: &Demo) -> anyhow::Result<()> {
    let password = SecretString::from(demo.owner_password());
    let owner = User {
        id: Uuid::new_v4().to_string(),
        email: OWNER_EMAIL.into(),
        name: "Owner".into(),
        role: Role::Owner,
        password_hash: app.passwords().hash(password).await?,
        created_at: app.now(),
    };
    app.store().create_owner(owner).await?;
    Ok(())
}

async fn create_token(app: &App, demo: &Demo) -> anyhow::Result<()> {
    let token = Token {
        id: Uuid::new_v4().to_string(),
        name: BY.into(),
        hash: auth::hash_token(demo.api_token()),
        role: Role::Owner,
        created_at: app.now(),
        created_by: BY.into(),
        last_used_at: None,
    };
    Ok(app.store().create_token(token).await?)
}

/// The stand-ins may have moved since the last start, so the addresses are set anew. What a user set beside them stays.
async fn connect(app: &App, stand_ins: &StandIns) -> Result<(), Failure> {
    let keys = stand_ins.keys();
    let shop = (
        [("shop_url", stand_ins.shop_url())].to_vec(),
        [("webhook_secret", keys.webhook_secret.clone()), ("access_token", keys.shop_token.clone())].to_vec(),
    );
    let erp_fields = [
        ("url", stand_ins.erp_url()),
        ("database", keys.erp_database.clone()),
        ("username", keys.erp_login.clone()),
    ];
    let erp = (erp_fields.to_vec(), [("api_key", keys.erp_api_key.clone())].to_vec());
    for (name, connector, (fields, secrets)) in [(SHOP, "shopify", shop), (ERP, "odoo", erp)] {
        let known = app.vault().find(&ConnectionName::from(name));
        let mut all = known.map(|(held, _)| held.fields.clone()).unwrap_or_default();
        all.extend(fields.into_iter().map(|(field, text)| (field.to_owned(), text.into())));
        let secrets = secrets.into_iter().map(|(field, secret)| (field.to_owned(), secret)).collect();
        let connector = connector.to_owned();
        connections::put(app, name, SaveConnection { connector, fields: all, secrets }, BY).await?;
    }
    Ok(())
}

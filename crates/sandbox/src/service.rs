//! Binding, serving, stopping.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::booths;
use crate::erp::{self, Erp};
use crate::line::{Cut, Lines};
use crate::shop::{self, Shop, Webhook};
use crate::stand::{Booth, Vendor};
use crate::{Error, Options};

/// How long open requests may still take once the stand-ins were told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// The stand-ins, bound to their port and not yet served.
pub struct Sandbox {
    lines: Lines,
    router: Router,
    handle: Handle,
    stop: CancellationToken,
}

/// Speaks to running stand-ins of the same process. Another process uses `_sandbox` over HTTP.
#[derive(Clone)]
pub struct Handle {
    url: Arc<str>,
    shop: Arc<Shop>,
    booths: Arc<[(&'static str, Arc<dyn Vendor>)]>,
}

impl Handle {
    /// The base of everything; `GET {url}/_sandbox` says where the rest is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stands for `https://<shop>.myshopify.com`.
    pub fn shop_url(&self) -> String {
        format!("{}/shop", self.url)
    }

    /// Stands for `https://<host>` of an Odoo.
    pub fn erp_url(&self) -> String {
        format!("{}/erp", self.url)
    }

    /// Sets where the shop's webhooks go, and with what they are signed.
    pub fn send_webhooks_to(&self, webhook: Webhook) -> Result<(), Error> {
        self.shop.subscribe(webhook)
    }

    /// Waits until every webhook was either taken or given up.
    pub async fn settled(&self) {
        self.shop.settled().await;
        for (_, vendor) in self.booths.iter() {
            vendor.stand().sender.settled().await;
        }
    }

    /// Where the stand-in of a vendor is, by its name: `woocommerce`.
    pub fn vendor_url(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }

    /// What to hand in as `first_order` after a restart.
    pub fn next_order(&self) -> u64 {
        self.shop.next_number()
    }
}

impl Sandbox {
    /// Takes the port; requests wait until [`Sandbox::run`].
    pub async fn bind(options: Options) -> Result<Self, Error> {
        let address = options.listen;
        let refused = |source| Error::Listen { address, source };
        let lines = Lines::bind(address).await.map_err(refused)?;
        let url = format!("http://{}", reachable(lines.address().map_err(refused)?));
        let stop = CancellationToken::new();
        let erp = Arc::new(Erp::new(&options, stop.clone()));
        let booths = booths::all(&options, &url, &stop)?;
        let shop = Arc::new(Shop::new(options, stop.clone())?);
        let shop_as_vendor: (&'static str, Arc<dyn Vendor>) = ("shop", shop.clone());
        let others = booths.iter().map(|booth| (booth.name, booth.vendor.clone()));
        let vendors = std::iter::once(shop_as_vendor).chain(others).collect();
        let handle = Handle { url: url.into(), shop, booths: vendors };
        Ok(Self { lines, router: router(&handle, erp, booths), handle, stop })
    }

    /// Binds and serves in the background.
    pub async fn start(options: Options) -> Result<Running, Error> {
        let sandbox = Self::bind(options).await?;
        let (handle, stop) = (sandbox.handle(), CancellationToken::new());
        let task = tokio::spawn(sandbox.run(stop.clone().cancelled_owned()));
        Ok(Running {
            url: handle.url().to_owned(),
            shop_url: handle.shop_url(),
            erp_url: handle.erp_url(),
            handle,
            stop,
            task,
        })
    }

    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Serves until `shutdown` is ready, then lets open requests end, but not for long.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
        let (stop, shop, booths) = (self.stop.clone(), self.handle.shop.clone(), self.handle.booths.clone());
        let orders = tokio::spawn(shop.clone().make_orders());
        let stopped = stop.clone();
        let serve = axum::serve(self.lines, self.router.into_make_service_with_connect_info::<Cut>());
        let serve = serve.with_graceful_shutdown(async move {
            shutdown.await;
            stopped.cancel();
        });
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        let served = tokio::select! {
            served = async { serve.await } => served,
            () = late => Ok(()),
        };
        stop.cancel();
        orders.abort();
        let closing = booths.iter().map(|(_, vendor)| vendor.stand().sender.close(GRACE));
        futures::join!(shop.stop_deliveries(GRACE), futures::future::join_all(closing));
        Ok(served?)
    }
}

fn router(handle: &Handle, erp: Arc<Erp>, booths: Vec<Booth>) -> Router {
    let guide = guide(handle);
    let router = Router::new()
        .route("/_sandbox", get(move || std::future::ready(Json(guide.clone()))))
        .nest("/shop", shop::router(handle.shop.clone()))
        .nest("/erp", erp::router(erp));
    let nest = |router: Router, booth: Booth| router.nest(&format!("/{}", booth.name), booth.router);
    booths.into_iter().fold(router, nest)
}

/// "Every address" is where one listens, not where one connects.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// What another process needs to connect to these stand-ins. They guard nothing, so the keys are no secret here.
fn guide(handle: &Handle) -> Value {
    let vendor = |name: &&'static str| ((*name).to_owned(), Value::from(handle.vendor_url(name)));
    let vendors: Map<String, Value> = handle.booths.iter().map(|(name, _)| vendor(name)).collect();
    let keys = |(name, vendor): &(&'static str, Arc<dyn Vendor>)| ((*name).to_owned(), vendor.keys());
    let vendor_keys: Map<String, Value> =
        handle.booths.iter().map(keys).filter(|(_, keys)| !keys.is_null()).collect();
    json!({
        "vendors": vendors,
        "vendor_keys": vendor_keys,
        "shop_url": handle.shop_url(),
        "erp_url": handle.erp_url(),
        "shop_domain": handle.shop.domain(),
        "keys": handle.shop.keys(),
        "orders": format!("{}/_sandbox/orders", handle.erp_url()),
        "faults": format!("{}/_sandbox/faults", handle.erp_url()),
        "new_orders": format!("{}/_sandbox/orders", handle.shop_url()),
        "webhooks": format!("{}/_sandbox/webhooks", handle.shop_url()),
        "deliveries": format!("{}/_sandbox/deliveries", handle.shop_url()),
    })
}

/// Stand-ins served in the background. Dropping it stops them, too, without waiting.
pub struct Running {
    pub url: String,
    pub shop_url: String,
    pub erp_url: String,
    handle: Handle,
    stop: CancellationToken,
    task: JoinHandle<Result<(), Error>>,
}

impl Running {
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Stops and waits until the port is free again.
    pub async fn shutdown(mut self) -> Result<(), Error> {
        self.stop.cancel();
        (&mut self.task).await.map_err(|error| Error::Serve(std::io::Error::other(error)))?
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

//! What the stand-ins of all couriers share: shipments and their scans, Thai addresses, a label.

pub(crate) mod address;
mod control;
mod label;
mod shipments;
mod stage;

use std::sync::Mutex;
use std::time::Duration;

pub(crate) use control::routes;
pub(crate) use label::{Page, pdf};
pub(crate) use shipments::{Scan, Shipment, Shipments};
pub(crate) use stage::Stage;

use crate::Options;
use crate::settings::Tunable;
use crate::stand::{Manners, Parcel};

/// A vendor that carries parcels.
pub(crate) trait Courier: Tunable {
    fn shipments(&self) -> &Mutex<Shipments>;

    /// The vendor's own push about a scan; `None` where it says nothing.
    fn push(&self, shipment: &Shipment, scan: &Scan) -> Option<Parcel>;
}

/// Waits before a push is tried again; none of the couriers says how long its own are.
const RETRY_GAPS: [Duration; 3] =
    [Duration::from_secs(60), Duration::from_secs(300), Duration::from_secs(1_800)];

/// A push is taken with any 2xx. What proves its sender is in the push itself, so nothing is added on the way.
pub(crate) fn manners(options: &Options, user_agent: &'static str) -> Manners {
    Manners {
        user_agent,
        timeout: options.webhook_timeout,
        gaps: options.hurried(&RETRY_GAPS),
        taken: |status| matches!(status, 200..=299),
        failures_max: None,
        sign: Box::new(|_| Vec::new()),
    }
}

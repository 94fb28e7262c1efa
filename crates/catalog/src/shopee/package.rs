//! Packages of an order, and how they are handed over.

use super::api::{Api, Pairs, VENDOR};
use crate::market::{Said, list, mistake, text_at};
use crate::values::{Id, Text};
use connector::Error;
use serde_json::{Map, Value, json};

/// How a package gets to the courier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Pickup,
    Dropoff,
    /// The seller's own courier, with his tracking number.
    Own,
}

/// What the node says of the way.
pub struct Wish<'i> {
    pub method: &'i str,
    pub tracking_number: &'i Text,
    pub address_id: &'i Id,
    pub pickup_time_id: &'i Text,
    pub branch_id: &'i Id,
}

/// Order and package, as most calls name them. The package is left out where the order has only one.
pub fn named(order_id: &str, package: Option<&str>) -> Pairs {
    let mut pairs = vec![("order_sn", order_id.to_owned())];
    pairs.extend(package.map(|number| ("package_number", number.to_owned())));
    pairs
}

pub fn body_of(order_id: &str, package: Option<&str>) -> Map<String, Value> {
    named(order_id, package).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// Whether a package was arranged with the courier, whatever became of it since. Any other is arranged, and Shopee says
/// where that cannot be.
pub fn is_arranged(package: &Value) -> bool {
    matches!(
        text_at(package, "/logistics_status").as_str(),
        "LOGISTICS_REQUEST_CREATED"
            | "LOGISTICS_PICKUP_DONE"
            | "LOGISTICS_DELIVERY_DONE"
            | "LOGISTICS_DELIVERY_FAILED"
            | "LOGISTICS_COD_REJECTED"
            | "LOGISTICS_LOST"
    )
}

/// The package of that number; the only one where none is named.
pub fn find<'o>(order: &'o Value, number: &Id) -> Result<Option<&'o Value>, Error> {
    let packages = list(order, "/package_list");
    match number.filled() {
        Some(number) => {
            let found = packages.iter().find(|package| text_at(package, "/package_number") == number);
            found.map(Some).ok_or_else(|| {
                mistake(format!("the order has no package {number}"), "Read the order's package_list.")
            })
        }
        None if packages.len() > 1 => Err(mistake(
            "the order was split into several packages",
            "Name the package that is to be shipped.",
        )),
        None => Ok(packages.first()),
    }
}

/// The tracking number, which may come some time after the package was arranged.
pub async fn tracking_number(api: &Api<'_>, order_id: &str, package: Option<&str>) -> Result<String, Error> {
    match api.ask_get("logistics/get_tracking_number", named(order_id, package)).await? {
        Ok(told) => Ok(text_at(&told, "/tracking_number")),
        Err(_) => Ok(String::new()),
    }
}

/// Asks how the package may be handed over, and fills in what was not said: the first address and the first time.
pub async fn shipment(
    api: &Api<'_>,
    order_id: &str,
    package: Option<&str>,
    wish: &Wish<'_>,
) -> Result<(Way, Value), Error> {
    let told = api.get("logistics/get_shipping_parameter", named(order_id, package)).await?;
    let way = way(&told, wish)?;
    let how = match way {
        Way::Pickup => pickup(&told, wish)?,
        Way::Dropoff => dropoff(&told, wish)?,
        Way::Own => json!({"tracking_number": wish.tracking_number.as_str()}),
    };
    Ok((way, how))
}

impl Way {
    pub fn name(self) -> &'static str {
        match self {
            Self::Pickup => "pickup",
            Self::Dropoff => "dropoff",
            Self::Own => "non_integrated",
        }
    }
}

fn way(told: &Value, wish: &Wish<'_>) -> Result<Way, Error> {
    let offered =
        |way: Way| told.pointer("/info_needed").is_some_and(|needed| needed.get(way.name()).is_some());
    let wanted = match wish.method {
        "pickup" => Some(Way::Pickup),
        "dropoff" => Some(Way::Dropoff),
        "own" => Some(Way::Own),
        _ if wish.tracking_number.filled().is_some() => Some(Way::Own),
        _ => None,
    };
    let ways = [Way::Pickup, Way::Dropoff, Way::Own].into_iter().filter(|way| offered(*way));
    let ways: Vec<Way> = ways.collect();
    let chosen = match wanted {
        Some(wanted) => ways.iter().find(|way| **way == wanted),
        None => ways.iter().find(|way| **way != Way::Own),
    };
    chosen.copied().ok_or_else(|| {
        let names: Vec<&str> = ways.iter().map(|way| way.name()).collect();
        let said =
            Said::new("shipping_parameter", &format!("this package can only go by: {}", names.join(", ")));
        said.refused(
            VENDOR,
            "Choose one of the ways that the message names; non_integrated needs a tracking number.",
        )
    })
}

fn pickup(told: &Value, wish: &Wish<'_>) -> Result<Value, Error> {
    let addresses = list(told, "/pickup/address_list");
    let is_named =
        |address: &&Value| wish.address_id.filled().is_none_or(|id| text_at(address, "/address_id") == id);
    let is_usual =
        |address: &&Value| list(address, "/address_flag").iter().any(|flag| flag == "pickup_address");
    let fitting: Vec<&Value> = addresses.iter().filter(is_named).collect();
    let address = fitting.iter().copied().find(is_usual).or(fitting.first().copied());
    let address = address.ok_or_else(|| {
        Said::new("address", "there is no such address to be picked up from")
            .refused(VENDOR, "Choose one of the shop's pickup addresses.")
    })?;
    let slots = list(address, "/time_slot_list");
    let slot = wish
        .pickup_time_id
        .filled()
        .map(str::to_owned)
        .or_else(|| Some(text_at(slots.first()?, "/pickup_time_id")));
    let mut how =
        Map::from_iter([("address_id".to_owned(), address.get("address_id").cloned().unwrap_or_default())]);
    how.extend(slot.filter(|slot| !slot.is_empty()).map(|slot| ("pickup_time_id".to_owned(), slot.into())));
    Ok(how.into())
}

/// Most channels need nothing; some a branch.
fn dropoff(told: &Value, wish: &Wish<'_>) -> Result<Value, Error> {
    let needs_branch = list(told, "/info_needed/dropoff").iter().any(|need| need == "branch_id");
    match (wish.branch_id.filled(), needs_branch) {
        (Some(_), _) => Ok(json!({"branch_id": wish.branch_id.number()?})),
        (None, true) => Err(Said::new("branch_id", "this channel needs a branch to drop the package off at")
            .refused(VENDOR, "Fill in the branch.")),
        (None, false) => Ok(json!({})),
    }
}

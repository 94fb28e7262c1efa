//! What flows hand over.

use super::lacks;
use crate::invoice::{Buyer, Sale, day};
use crate::values::{Text, filled};
use chrono::NaiveDate;
use connector::Error;
use serde::Deserialize;

/// As many as one step asks for.
pub const ITEMS_MAX: usize = 200;

#[derive(Debug, Deserialize)]
pub struct NewOrder {
    pub sale: Sale,
    #[serde(default)]
    pub delivery_date: Option<String>,
    /// Who is booked to, in place of the buyer's own number.
    #[serde(default)]
    pub customer: Option<Text>,
    #[serde(default)]
    pub warehouse: Option<Text>,
    #[serde(default)]
    pub confirm: bool,
}

impl NewOrder {
    pub fn check(&self) -> Result<(), Error> {
        self.sale.check()?;
        self.delivery_day()?;
        match self.sale.lines.iter().position(|line| filled(line.sku.as_ref()).is_none()) {
            Some(index) => Err(lacks(&format!("SKU in line {} of the sale", index + 1))),
            None => Ok(()),
        }
    }

    pub fn reference(&self) -> &str {
        self.sale.reference.as_str()
    }

    /// The day it is to be delivered: that of the order, unless said otherwise.
    pub fn delivery_day(&self) -> Result<NaiveDate, Error> {
        match self.delivery_date.as_deref().filter(|text| !text.trim().is_empty()) {
            Some(text) => day(text),
            None => self.sale.day(),
        }
    }

    /// Who is booked to, where somebody was chosen.
    pub fn chosen(&self) -> Option<&str> {
        filled(self.customer.as_ref())
    }

    pub fn warehouse(&self) -> Option<&str> {
        filled(self.warehouse.as_ref())
    }
}

#[derive(Debug, Deserialize)]
pub struct Upsert {
    pub buyer: Buyer,
}

impl Upsert {
    /// The buyer's number and name, without which nobody is made.
    pub fn known(&self) -> Result<(&str, &str), Error> {
        known(&self.buyer)
    }
}

pub fn known(buyer: &Buyer) -> Result<(&str, &str), Error> {
    let code = filled(buyer.code.as_ref()).ok_or_else(|| lacks("number of the buyer"))?;
    let name = buyer.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    Ok((code, name.ok_or_else(|| lacks("name of the buyer"))?))
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum By {
    #[default]
    Reference,
    Id,
}

#[derive(Debug, Deserialize)]
pub struct GetOrder {
    pub order: Text,
    #[serde(default)]
    pub by: By,
}

pub type Cancel = GetOrder;

#[derive(Debug, Deserialize)]
pub struct InvoiceOrder {
    pub order: Text,
    #[serde(default)]
    pub by: By,
    #[serde(default)]
    pub post: bool,
}

impl InvoiceOrder {
    pub fn of(&self) -> GetOrder {
        GetOrder { order: self.order.clone(), by: self.by }
    }
}

#[derive(Debug, Deserialize)]
pub struct Levels {
    pub items: Vec<Item>,
    #[serde(default)]
    pub warehouse: Option<Text>,
}

#[derive(Debug, Deserialize)]
pub struct Item {
    pub sku: Text,
}

impl Levels {
    pub fn skus(&self) -> Result<Vec<&str>, Error> {
        let skus: Vec<&str> = self.items.iter().filter_map(|item| item.sku.filled()).collect();
        match skus.len() {
            0 => Err(lacks("SKU among the items")),
            1..=ITEMS_MAX => Ok(skus),
            _ => Err(Error::Input {
                message: format!("more than {ITEMS_MAX} SKUs are given"),
                advice: "Give fewer at once, such as by a loop.".into(),
            }),
        }
    }

    pub fn warehouse(&self) -> Option<&str> {
        filled(self.warehouse.as_ref())
    }
}

#[derive(Debug, Deserialize)]
pub struct Tracking {
    pub shipment: Text,
    pub number: Text,
    #[serde(default)]
    pub carrier: Option<String>,
}

impl Tracking {
    pub fn known(&self) -> Result<(&str, &str), Error> {
        let shipment = self.shipment.filled().ok_or_else(|| lacks("shipment"))?;
        Ok((shipment, self.number.filled().ok_or_else(|| lacks("tracking number"))?))
    }

    pub fn carrier(&self) -> Option<&str> {
        self.carrier.as_deref().map(str::trim).filter(|carrier| !carrier.is_empty())
    }
}

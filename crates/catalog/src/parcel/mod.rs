//! A parcel and its way, in one shape for every courier, so that a flow can change couriers by changing a node's operation.

pub mod label;
pub mod place;
mod provinces;
mod shape;
pub mod track;
pub mod words;

use crate::values::{self, Baht};
use connector::Error;
use serde::Deserialize;
pub use shape::{example, field, sender};

/// What all couriers take as an own number.
const REFERENCE_MAX: usize = 50;
const TEXT_MAX: usize = 200;
pub const ITEMS_MAX: usize = 100;
/// No courier here takes a parcel of more.
pub const GRAMS_MAX: u64 = 100_000;
pub const SIDE_CM_MAX: u64 = 500;

#[derive(Clone, Debug, Deserialize)]
pub struct Parcel {
    /// The shop's own number of this parcel: a second one with it is not made.
    #[serde(deserialize_with = "values::text")]
    pub reference: String,
    pub sender: Party,
    pub recipient: Party,
    #[serde(default, deserialize_with = "values::whole")]
    weight_grams: Option<u64>,
    #[serde(default)]
    pub size: Size,
    /// To be collected from the recipient.
    #[serde(default, deserialize_with = "values::baht")]
    cod: Option<Baht>,
    #[serde(default, deserialize_with = "values::baht")]
    declared_value: Option<Baht>,
    #[serde(default)]
    pub items: Vec<Item>,
    #[serde(default, deserialize_with = "values::text")]
    pub note: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Party {
    #[serde(deserialize_with = "values::text")]
    pub name: String,
    #[serde(deserialize_with = "values::text")]
    pub phone: String,
    #[serde(deserialize_with = "values::text")]
    pub address: String,
    #[serde(deserialize_with = "values::text")]
    pub subdistrict: String,
    #[serde(deserialize_with = "values::text")]
    pub district: String,
    #[serde(deserialize_with = "values::text")]
    pub province: String,
    #[serde(deserialize_with = "values::text")]
    pub postcode: String,
}

/// In centimetres.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Size {
    #[serde(deserialize_with = "values::whole")]
    pub length_cm: Option<u64>,
    #[serde(deserialize_with = "values::whole")]
    pub width_cm: Option<u64>,
    #[serde(deserialize_with = "values::whole")]
    pub height_cm: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    #[serde(deserialize_with = "values::text")]
    pub name: String,
    #[serde(default, deserialize_with = "values::whole")]
    quantity: Option<u64>,
    /// Of one.
    #[serde(default, deserialize_with = "values::baht")]
    pub price: Option<Baht>,
}

impl Item {
    pub fn quantity(&self) -> u64 {
        self.quantity.unwrap_or(1).max(1)
    }
}

impl Parcel {
    /// The parcel with its phones, districts and provinces as Thai couriers spell them; or what is missing or wrong in it.
    pub fn ready(mut self) -> Result<Self, Error> {
        check_reference(&self.reference)?;
        self.sender = self.sender.ready("sender")?;
        self.recipient = self.recipient.ready("recipient")?;
        if !(1..=GRAMS_MAX).contains(&self.grams()) {
            return Err(mistake(format!("the weight is not from 1 to {GRAMS_MAX} grams")));
        }
        if self.size.sides().into_iter().flatten().any(|side| side > SIDE_CM_MAX) {
            return Err(mistake(format!("a side is longer than {SIDE_CM_MAX} centimetres")));
        }
        if self.items.len() > ITEMS_MAX {
            return Err(mistake(format!("there are more than {ITEMS_MAX} items")));
        }
        Ok(self)
    }

    pub fn grams(&self) -> u64 {
        self.weight_grams.unwrap_or_default()
    }

    /// In kilograms with two places; what is between is rounded up, as couriers do.
    pub fn kilograms(&self) -> String {
        let hundredths = self.grams().div_ceil(10);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }

    /// What is to be collected; nothing where the goods are paid.
    pub fn cod(&self) -> Option<Baht> {
        self.cod.filter(|cod| !cod.is_nothing())
    }

    pub fn declared_value(&self) -> Option<Baht> {
        self.declared_value.filter(|value| !value.is_nothing())
    }

    /// What is in it, in one line: `ชาเขียว 2, ชามะลิ 1`.
    pub fn contents(&self) -> String {
        let items: Vec<String> =
            self.items.iter().map(|item| format!("{} {}", item.name, item.quantity())).collect();
        items.join(", ")
    }
}

impl Size {
    fn sides(self) -> [Option<u64>; 3] {
        [self.length_cm, self.width_cm, self.height_cm]
    }

    /// All three sides, where all are known.
    pub fn whole(self) -> Option<(u64, u64, u64)> {
        Some((self.length_cm?, self.width_cm?, self.height_cm?))
    }
}

impl Party {
    pub fn ready(self, who: &str) -> Result<Self, Error> {
        let lacks = |what: &str| mistake(format!("the {who} has no {what}"));
        let texts = [("name", &self.name), ("address", &self.address), ("district", &self.district)];
        for (what, text) in texts {
            if text.is_empty() {
                return Err(lacks(what));
            }
            if text.chars().count() > TEXT_MAX {
                return Err(mistake(format!("the {who}'s {what} is longer than {TEXT_MAX} characters")));
            }
        }
        let wrong = |what: &str, given: &str| {
            mistake(format!(
                "the {who}'s {what} \"{}\" is not one of Thailand",
                connector::http::shorten(given)
            ))
        };
        let phone = place::phone(&self.phone).ok_or_else(|| wrong("phone number", &self.phone))?;
        let postcode = place::postcode(&self.postcode).ok_or_else(|| wrong("postcode", &self.postcode))?;
        let province = place::province(&self.province).ok_or_else(|| wrong("province", &self.province))?;
        Ok(Self {
            phone,
            postcode,
            subdistrict: place::subdistrict(&self.subdistrict, province),
            district: place::district(&self.district, province),
            province: province.to_owned(),
            ..self
        })
    }
}

pub fn check_reference(reference: &str) -> Result<(), Error> {
    if reference.is_empty() {
        return Err(mistake("the parcel has no reference".into()));
    }
    if reference.chars().count() > REFERENCE_MAX {
        return Err(mistake(format!("the reference is longer than {REFERENCE_MAX} characters")));
    }
    Ok(())
}

pub fn mistake(message: String) -> Error {
    Error::Input { message, advice: "Correct the parcel's data before this node, then retry.".into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn parcel(change: impl FnOnce(&mut Value)) -> Result<Parcel, String> {
        let mut value = example();
        change(&mut value);
        let parcel: Parcel = serde_json::from_value(value).map_err(|error| error.to_string())?;
        parcel.ready().map_err(|error| error.to_string())
    }

    #[test]
    fn a_parcel_is_spelt_as_couriers_want_it() {
        let parcel = parcel(|value| {
            value["recipient"]["phone"] = "+66 81-000-0001".into();
            value["recipient"]["province"] = "Bangkok".into();
            value["recipient"]["district"] = "เขตบางรัก".into();
            value["recipient"]["subdistrict"] = "แขวงสีลม".into();
            value["recipient"]["postcode"] = 10500.into();
        });
        let to = parcel.unwrap().recipient;
        assert_eq!(to.phone, "0810000001");
        assert_eq!(
            (to.province.as_str(), to.district.as_str(), to.subdistrict.as_str()),
            ("กรุงเทพมหานคร", "บางรัก", "สีลม")
        );
        assert_eq!(to.postcode, "10500");
    }

    #[test]
    fn weights_are_whole_grams_and_kilograms_are_rounded_up() {
        for (grams, kilograms) in [(1, "0.01"), (1_000, "1.00"), (1_001, "1.01"), (12_345, "12.35")] {
            let parcel = parcel(|value| value["weight_grams"] = grams.into()).unwrap();
            assert_eq!((parcel.grams(), parcel.kilograms().as_str()), (grams, kilograms));
        }
    }

    #[test]
    fn nothing_to_collect_is_no_cash_on_delivery() {
        for nothing in [json!("0.00"), json!(0), json!(""), Value::Null] {
            assert_eq!(parcel(|value| value["cod"] = nothing).unwrap().cod(), None);
        }
        let cod = parcel(|value| value["cod"] = "267.5".into()).unwrap().cod().unwrap();
        assert_eq!((cod.satang(), cod.to_string().as_str()), (26_750, "267.50"));
    }

    #[test]
    fn what_is_missing_or_wrong_is_said_before_anything_is_sent() {
        let cases: [(&str, Value, &str); 8] = [
            ("/reference", "".into(), "the parcel has no reference"),
            ("/reference", "x".repeat(51).into(), "the reference is longer than 50 characters"),
            ("/recipient/name", "".into(), "the recipient has no name"),
            ("/sender/phone", "12345".into(), "the sender's phone number \"12345\" is not one of Thailand"),
            ("/recipient/postcode", "501".into(), "the recipient's postcode \"501\" is not one of Thailand"),
            (
                "/recipient/province",
                "Bavaria".into(),
                "the recipient's province \"Bavaria\" is not one of Thailand",
            ),
            ("/weight_grams", 0.into(), "the weight is not from 1 to 100000 grams"),
            ("/size/length_cm", 501.into(), "a side is longer than 500 centimetres"),
        ];
        for (place, wrong, said) in cases {
            let error = parcel(|value| *value.pointer_mut(place).unwrap() = wrong).unwrap_err();
            assert_eq!(error, said);
        }
    }
}

//! Fields that the operations of several couriers have, and the outputs that they share.

use super::mistake;
use crate::values;
use connector::Error;
use model::{Field, FieldKind};
use serde::Deserialize;
use serde_json::{Value, json};

const NUMBER_MAX: usize = 64;
/// Parcels in one step.
pub const NUMBERS_MAX: usize = 500;

pub fn tracking_number(example: &str) -> Field {
    Field::new("tracking_number", FieldKind::Text, "Tracking number", "เลขพัสดุ")
        .about("The courier's number of the parcel.", "เลขพัสดุของขนส่ง")
        .required()
        .at_most(NUMBER_MAX as u64)
        .example(example)
}

pub fn tracking_numbers(example: &str) -> Field {
    Field::new("tracking_numbers", FieldKind::Json, "Tracking numbers", "เลขพัสดุ")
        .about(
            "A list of numbers, or a text with commas between them; 500 at most.",
            "รายการเลขพัสดุ หรือข้อความคั่นด้วยจุลภาค ไม่เกิน 500 เลข",
        )
        .required()
        .example(json!([example]))
}

pub fn reason() -> Field {
    Field::new("reason", FieldKind::Text, "Reason", "เหตุผล")
        .about("Told to the courier where it asks for one.", "แจ้งขนส่งในกรณีที่ต้องระบุเหตุผล")
        .at_most(200)
        .example("ลูกค้ายกเลิก")
}

/// One parcel's number, for operations on one.
#[derive(Debug, Deserialize)]
pub struct One {
    #[serde(deserialize_with = "values::text")]
    pub tracking_number: String,
}

/// Several parcels' numbers.
#[derive(Debug, Deserialize)]
pub struct Several {
    #[serde(deserialize_with = "values::parts")]
    pub tracking_numbers: Vec<String>,
}

impl Several {
    /// Each once, in the order in which they came.
    pub fn checked(&self) -> Result<Vec<String>, Error> {
        let mut numbers: Vec<String> = Vec::with_capacity(self.tracking_numbers.len().min(NUMBERS_MAX));
        for number in &self.tracking_numbers {
            check_number(number)?;
            if !numbers.contains(number) {
                numbers.push(number.clone());
            }
            if numbers.len() > NUMBERS_MAX {
                return Err(mistake(format!("there are more than {NUMBERS_MAX} tracking numbers")));
            }
        }
        Ok(numbers)
    }
}

/// A number that goes into an address or a list: letters, digits and lines.
pub fn check_number(number: &str) -> Result<(), Error> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if number.is_empty() || number.len() > NUMBER_MAX || !number.chars().all(fits) {
        return Err(mistake(format!("\"{}\" is no tracking number", connector::http::shorten(number))));
    }
    Ok(())
}

/// What a create_shipment gives. `created` is false where the courier had the parcel already.
pub fn created(courier: &str, reference: &str, number: &str, created: bool, raw: Value) -> Value {
    json!({"courier": courier, "reference": reference, "tracking_number": number, "created": created, "raw": raw})
}

/// What a cancel_shipment gives.
pub fn cancelled(courier: &str, number: &str, raw: Value) -> Value {
    json!({"courier": courier, "tracking_number": number, "cancelled": true, "raw": raw})
}

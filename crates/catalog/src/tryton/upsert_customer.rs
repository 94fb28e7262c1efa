//! `tryton/upsert_customer`: a buyer is made or brought up to date.

use super::rpc::{Rpc, id};
use super::{SYSTEM, party};
pub use crate::office::Upsert as Input;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Value, json};

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let (code, name) = input.known()?;
    let rpc = Rpc::of(cx)?;
    match party::find(&rpc, code).await? {
        Some(party) => {
            party::change(&rpc, &party, &input.buyer, name).await?;
            Ok(json!({"id": id(&party), "created": false}))
        }
        None => Ok(json!({"id": party::make(&rpc, &input.buyer, code, name).await?, "created": true})),
    }
}

pub fn spec() -> OperationSpec {
    SYSTEM.upsert_customer(json!({"id": 2, "created": true}))
}

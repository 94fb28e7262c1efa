//! `lazada/undo_packing`: packages are taken apart again.

use super::api::Api;
use super::packages::{self, BATCH};
use crate::values::Ids;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    package_ids: Ids,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let ids: Vec<String> = input.package_ids.need("packages")?.iter().map(ToString::to_string).collect();
    let api = Api::of(cx)?;
    for batch in ids.chunks(BATCH) {
        packages::each(&api, "/order/package/repack", "rePackReq", batch).await?;
    }
    Ok(json!({"package_ids": ids}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("lazada/undo_packing", "Undo packing", "ยกเลิกการแพ็ก")
        .about(
            "Takes packages apart, so that their units can be packed anew with another tracking number.",
            "ยกเลิกพัสดุ เพื่อแพ็กใหม่และรับเลขพัสดุใหม่",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(super::package_ids().about("Packages, as a list.", "พัสดุ เป็นลิสต์").required())
        .example(json!({"package_ids": ["FP022511752246001"]}), json!({"package_ids": ["FP022511752246001"]}))
}

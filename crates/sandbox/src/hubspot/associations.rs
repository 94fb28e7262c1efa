//! Links between objects.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::HubSpot;
use super::answer::{Refused, Said, ok};
use super::kinds::Kind;
use super::objects::Call;
use super::records::Records;

const LINKS_OF_A_WRITE_MAX: usize = 100;

/// The objects that a new one shall be linked to; all of them must be there.
pub(super) fn wanted(from: Kind, given: &Value, records: &Records) -> Result<Vec<u64>, Refused> {
    let given = given.as_array().map_or(&[][..], Vec::as_slice);
    if given.len() > LINKS_OF_A_WRITE_MAX {
        return Err(Refused::invalid(format!("at most {LINKS_OF_A_WRITE_MAX} associations")));
    }
    given.iter().map(|link| other_end(from, link, records)).collect()
}

fn other_end(from: Kind, link: &Value, records: &Records) -> Result<u64, Refused> {
    let number = link["types"][0]["associationTypeId"].as_u64();
    let to = number.and_then(|number| from.linked_by(number));
    let to = to.ok_or_else(|| Refused::invalid("associationTypeId does not fit the objects"))?;
    let id = match &link["to"]["id"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(records.find(to, &id, None)?.id)
}

fn kind(word: &str) -> Result<Kind, Refused> {
    Kind::of(word).ok_or_else(|| Refused::invalid(format!("Unable to infer object type from {word}")))
}

impl HubSpot {
    pub(super) fn associate(
        &self,
        call: &Call<'_>,
        id: &str,
        to: &str,
        other: &str,
    ) -> Result<Said, Refused> {
        let to = kind(to)?;
        let mut records = self.records();
        let one = records.find(call.kind, id, None)?.id;
        let other = records.find(to, other, None)?.id;
        let number = call.kind.link_to(to).ok_or_else(|| Refused::invalid("no association between these"))?;
        records.link(one, other)?;
        let label = json!({ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number });
        let result = json!({
            "from": { "id": one.to_string() },
            "to": { "id": other.to_string() },
            "associationSpec": label,
        });
        Ok((StatusCode::OK, json!({ "status": "COMPLETE", "results": [result] })))
    }

    pub(super) fn associations(&self, call: &Call<'_>, id: &str, to: &str) -> Result<Said, Refused> {
        let to = kind(to)?;
        let records = self.records();
        let one = records.find(call.kind, id, None)?.id;
        let label = json!({
            "category": "HUBSPOT_DEFINED",
            "typeId": call.kind.link_to(to),
            "label": null,
        });
        let show =
            |other: &super::records::Record| json!({ "toObjectId": other.id, "associationTypes": [label] });
        Ok(ok(json!({ "results": records.linked(one, to).map(show).collect::<Vec<_>>() })))
    }
}

//! Many objects in one call: some may fail while the others are done.

use std::collections::HashSet;

use axum::http::StatusCode;
use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::HubSpot;
use super::answer::{Refused, Said};
use super::objects::Call;

const INPUTS_MAX: usize = 100;

impl HubSpot {
    pub(super) fn batch_create(&self, call: &Call<'_>) -> Result<Said, Refused> {
        self.batch(call, StatusCode::CREATED, |input| Ok(self.created(call, input)?.show(&[])))
    }

    pub(super) fn batch_update(&self, call: &Call<'_>) -> Result<Said, Refused> {
        self.batch(call, StatusCode::OK, |input| {
            let id = input["id"].as_str().ok_or_else(|| Refused::invalid("id is required"))?;
            Ok(self.updated(call, id, input["idProperty"].as_str(), input)?.show(&[]))
        })
    }

    pub(super) fn batch_upsert(&self, call: &Call<'_>) -> Result<Said, Refused> {
        let mut seen = HashSet::new();
        for input in inputs(call)? {
            if !seen.insert((input["idProperty"].as_str(), input["id"].as_str())) {
                return Err(Refused::invalid(format!(
                    "Duplicate IDs found in batch input: [{}]",
                    input["id"]
                )));
            }
        }
        self.batch(call, StatusCode::OK, |input| self.upserted(call, input))
    }

    /// The property that names the object is set to the id by which it was looked for.
    fn upserted(&self, call: &Call<'_>, input: &Value) -> Result<Value, Refused> {
        let id = input["id"].as_str().ok_or_else(|| Refused::invalid("id is required"))?;
        let name = input["idProperty"].as_str().ok_or_else(|| Refused::invalid("idProperty is required"))?;
        self.check_id_property(call, Some(name))?;
        let is_known = self.records().find(call.kind, id, Some(name)).is_ok();
        let record = if is_known {
            self.updated(call, id, Some(name), input)?
        } else {
            let mut input = input.clone();
            if input["properties"][name].is_null() {
                input["properties"][name] = json!(id);
            }
            self.created(call, &input)?
        };
        let mut shown = record.show(&[]);
        shown["new"] = json!(!is_known);
        Ok(shown)
    }

    pub(super) fn batch_read(&self, call: &Call<'_>) -> Result<Said, Refused> {
        let name = call.body["idProperty"].as_str();
        self.check_id_property(call, name)?;
        let wanted = call.body["properties"].as_array().into_iter().flatten();
        let wanted: Vec<String> = wanted.filter_map(Value::as_str).map(str::to_owned).collect();
        self.batch(call, StatusCode::OK, |input| {
            let id = input["id"].as_str().unwrap_or_default();
            Ok(self.records().find(call.kind, id, name)?.show(&wanted))
        })
    }

    /// 207 when some fail, with the errors beside what was done.
    fn batch(
        &self,
        call: &Call<'_>,
        good: StatusCode,
        mut work: impl FnMut(&Value) -> Result<Value, Refused>,
    ) -> Result<Said, Refused> {
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for input in inputs(call)? {
            match work(input) {
                Ok(record) => results.push(record),
                Err(refused) => errors.push(refused.of_item(&input["objectWriteTraceId"])),
            }
        }
        let now = self.stand.now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let mut body =
            json!({ "status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now });
        if errors.is_empty() {
            return Ok((good, body));
        }
        body["numErrors"] = json!(errors.len());
        body["errors"] = errors.into();
        Ok((StatusCode::MULTI_STATUS, body))
    }
}

fn inputs<'a>(call: &'a Call<'_>) -> Result<&'a [Value], Refused> {
    let inputs = call.body["inputs"].as_array().map_or(&[][..], Vec::as_slice);
    if inputs.is_empty() || inputs.len() > INPUTS_MAX {
        return Err(Refused::invalid(format!("inputs are from 1 to {INPUTS_MAX}")));
    }
    Ok(inputs)
}

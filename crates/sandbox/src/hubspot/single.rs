//! One object at a time, and pages of them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::HubSpot;
use super::answer::{Refused, Said, ok};
use super::objects::Call;
use super::properties::{check_required, read};
use super::records::{Record, is_unique};

const PAGE: usize = 10;
const PAGE_MAX: usize = 100;

impl HubSpot {
    /// `?limit=&after=`: a page goes on after the id that the one before named.
    pub(super) fn list(&self, call: &Call<'_>) -> Result<Said, Refused> {
        let number = |name: &str| call.query.get(name).map(|text| text.parse::<u64>()).transpose();
        let invalid = |_| Refused::invalid("limit and after are numbers");
        let limit = number("limit").map_err(invalid)?.map_or(Ok(PAGE), usize::try_from);
        let limit = limit.ok().filter(|limit| (1..=PAGE_MAX).contains(limit));
        let limit = limit.ok_or_else(|| Refused::invalid(format!("limit is from 1 to {PAGE_MAX}")))?;
        let after = number("after").map_err(invalid)?.unwrap_or(0);
        let records = self.records();
        let mut rest = records.all(call.kind).filter(|record| record.id >= after);
        let wanted = call.wanted();
        let results: Vec<Value> = rest.by_ref().take(limit).map(|record| record.show(&wanted)).collect();
        let mut page = json!({ "results": results });
        if let Some(next) = rest.next() {
            page["paging"] = json!({ "next": { "after": next.id.to_string() } });
        }
        Ok(ok(page))
    }

    pub(super) fn create(&self, call: &Call<'_>) -> Result<Said, Refused> {
        let record = self.created(call, &call.body)?;
        Ok((StatusCode::CREATED, record.show(&[])))
    }

    /// Makes one object and the links that come with it.
    pub(super) fn created(&self, call: &Call<'_>, input: &Value) -> Result<Record, Refused> {
        let values = self.settings.get();
        let properties = read(call.kind, &input["properties"], &values)?;
        check_required(call.kind, call.version, &properties, &values)?;
        let mut records = self.records();
        let links = super::associations::wanted(call.kind, &input["associations"], &records)?;
        let record = records.create(call.kind, properties, &values.unique, self.stand.now())?.clone();
        for other in links {
            records.link(record.id, other)?;
        }
        self.note(&record, "create");
        Ok(record)
    }

    pub(super) fn note(&self, record: &Record, kind: &'static str) {
        let said = json!({ "kind": record.kind.name(), "properties": record.properties });
        self.stand.ledger.note(self.stand.now(), kind, &record.id.to_string(), said);
    }

    pub(super) fn read(&self, call: &Call<'_>, id: &str) -> Result<Said, Refused> {
        self.check_id_property(call, call.id_property())?;
        Ok(ok(self.records().find(call.kind, id, call.id_property())?.show(&call.wanted())))
    }

    pub(super) fn update(&self, call: &Call<'_>, id: &str) -> Result<Said, Refused> {
        Ok(ok(self.updated(call, id, call.id_property(), &call.body)?.show(&[])))
    }

    pub(super) fn updated(
        &self,
        call: &Call<'_>,
        id: &str,
        id_property: Option<&str>,
        input: &Value,
    ) -> Result<Record, Refused> {
        self.check_id_property(call, id_property)?;
        let values = self.settings.get();
        let changed = read(call.kind, &input["properties"], &values)?;
        let mut records = self.records();
        let id = records.find(call.kind, id, id_property)?.id;
        let record = records.update(id, changed, &values.unique, self.stand.now())?.clone();
        self.note(&record, "update");
        Ok(record)
    }

    /// An object is named by its id or by a property that no two share.
    pub(super) fn check_id_property(&self, call: &Call<'_>, name: Option<&str>) -> Result<(), Refused> {
        match name {
            None | Some("hs_object_id") => Ok(()),
            Some(name) if is_unique(call.kind, name, &self.settings.get().unique) => Ok(()),
            Some(name) => Err(Refused::invalid(format!("{name} is not a unique identifier property"))),
        }
    }

    pub(super) fn archive(&self, call: &Call<'_>, id: &str) -> Result<Said, Refused> {
        let mut records = self.records();
        // What is not there counts as archived.
        if let Ok(id) = records.find(call.kind, id, call.id_property()).map(|record| record.id) {
            records.archive(id);
        }
        Ok((StatusCode::NO_CONTENT, Value::Null))
    }
}

//! `tryton/products_changed`: products that changed, or whose template did, which is where a price edit lands.

use super::changes::{self, version};
use super::rpc::{Rpc, id};
use super::{SYSTEM, typed};
use crate::office::Watch;
use crate::since;
use async_trait::async_trait;
use connector::{Delivery, Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value, json};

const PRODUCT: &str = "product.product";
const TEMPLATE: &str = "product.template";
const FIELDS: [&str; 10] = [
    "id",
    "code",
    "rec_name",
    "list_price_used",
    "active",
    "template",
    "template.create_date",
    "template.write_date",
    "create_date",
    "write_date",
];
/// Products of the templates of one look. More of them are told, not left out.
const ALONG_MAX: usize = 2_000;

pub struct ProductsChanged;

#[async_trait]
impl Poll for ProductsChanged {
    fn spec(&self) -> OperationSpec {
        Watch::Products.spec(
            SYSTEM,
            json!({"id": 1, "code": "TEA-100", "rec_name": "[TEA-100] ชาเขียว 100 g", "list_price_used": 250.0000, "active": true,
                   "changed_at": "2026-11-20T03:11:09.120394Z"}),
        )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let rpc = Rpc::of_look(cx)?;
        let place = |model: &str| cursor.and_then(|cursor| cursor.get(model));
        // Archiving is a change, too: without the term, it would hide the record.
        let only = [json!(["active", "in", [true, false]])];
        let products = changes::of(&rpc, cx, with, place(PRODUCT), PRODUCT, &only).await?;
        let templates = changes::of(&rpc, cx, with, place(TEMPLATE), TEMPLATE, &only).await?;
        let mut deliveries = Vec::new();
        if !products.ids.is_empty() || !templates.ids.is_empty() {
            let either = json!(["OR", ["id", "in", products.ids], ["template", "in", templates.ids]]);
            let domain = json!([either, only[0]]);
            let rows = rpc.search_read(PRODUCT, domain, json!([["id", "ASC"]]), &FIELDS, ALONG_MAX).await?;
            check_whole(rows.len())?;
            let mut leaving: Vec<(String, Value)> = rows.into_iter().map(leaving).collect();
            leaving.sort_by(|one, other| one.0.cmp(&other.0));
            deliveries = leaving.into_iter().map(|(version, row)| delivery(&version, row)).collect();
        }
        let cursor = json!({PRODUCT: products.cursor, TEMPLATE: templates.cursor});
        Ok(Polled { deliveries, cursor, more: products.more || templates.more, ..Polled::default() })
    }
}

fn check_whole(count: usize) -> Result<(), Error> {
    if count < ALONG_MAX {
        return Ok(());
    }
    Err(Error::Refused {
        message: format!("there are {ALONG_MAX} products or more in what changed at once"),
        advice: "Split what was imported in Tryton.".into(),
    })
}

fn leaving(mut row: Value) -> (String, Value) {
    let template = row.get("template.").map(version).unwrap_or_default();
    let version = version(&row).max(template).to_owned();
    if let Some(fields) = row.as_object_mut() {
        fields.remove("template.");
        fields.insert("changed_at".into(), version.as_str().into());
    }
    (version, typed::plain(row))
}

fn delivery(version: &str, row: Value) -> Delivery {
    since::changed(&id(&row).to_string(), version, row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_product_and_template_counts() {
        let row = json!({"id": 1, "create_date": "2026-11-19T00:00:00.000000Z", "write_date": null,
                         "template.": {"create_date": "2026-11-19T00:00:00.000000Z", "write_date": "2026-11-20T03:11:09.120394Z"}});
        let (version, row) = leaving(row);
        assert_eq!(version, "2026-11-20T03:11:09.120394Z");
        assert_eq!(row["changed_at"], version);
    }
}

//! `odoo/products_changed`: products and prices that are new or were changed.
//!
//! Three tables are watched: the variant, its template (where a price edit lands), and, where it is wanted, the rules of the
//! price lists. Each has its own place in the cursor.

use super::changes::{self, Changes, Kind, hints};
use super::product_record as product;
use super::record::{self, Row, plain};
use super::rpc::Rpc;
use crate::{since, words};
use async_trait::async_trait;
use connector::{Delivery, Error, Poll, PollCx, Polled};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub struct ProductsChanged;

const VARIANT: &str = "product.product";
const TEMPLATE: &str = "product.template";
const RULE: &str = "product.pricelist.item";

const STAMP: [&str; 2] = ["id", "write_date"];
const RULE_FIELDS: [&str; 13] = [
    "id",
    "pricelist_id",
    "applied_on",
    "product_tmpl_id",
    "product_id",
    "categ_id",
    "compute_price",
    "fixed_price",
    "percent_price",
    "min_quantity",
    "date_start",
    "date_end",
    "write_date",
];

#[async_trait]
impl Poll for ProductsChanged {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let rpc = Rpc::of_look(cx).await?;
        let look = Look { cx, with, cursor, rpc: &rpc };
        let variants = look.at(VARIANT, &STAMP).await?;
        let templates = look.at(TEMPLATE, &STAMP).await?;
        let mut deliveries = look.products(&variants.rows, &templates.rows).await?;
        let mut cursor = json!({VARIANT: variants.cursor, TEMPLATE: templates.cursor});
        let mut more = variants.more || templates.more;
        if with.get("price_rules").and_then(Value::as_bool).unwrap_or_default() {
            let rules = look.at(RULE, &RULE_FIELDS).await?;
            deliveries.extend(rules.rows.into_iter().filter_map(rule));
            cursor[RULE] = rules.cursor;
            more |= rules.more;
        }
        Ok(Polled { deliveries, cursor, more, ..Polled::default() })
    }

    hints!();
}

struct Look<'a> {
    cx: &'a PollCx<'a>,
    with: &'a Map<String, Value>,
    cursor: Option<&'a Value>,
    rpc: &'a Rpc<'a>,
}

impl Look<'_> {
    /// The next page of one table.
    async fn at(&self, model: &str, fields: &[&str]) -> Result<Changes, Error> {
        let place = self.cursor.and_then(|cursor| cursor.get(model));
        let walk = changes::start(self.cx, self.with, place)?;
        changes::page(
            self.rpc,
            &Kind { model, fields, only: Vec::new(), page: changes::PAGE_WITH_LINES },
            &walk,
        )
        .await
    }

    /// The products behind changed variants and templates, each once, in the state in which they are now.
    async fn products(&self, variants: &[Row], templates: &[Row]) -> Result<Vec<Delivery>, Error> {
        let ids = |rows: &[Row]| rows.iter().filter_map(record::id).collect::<BTreeSet<i64>>();
        let (variants, templates) = (ids(variants), ids(templates));
        if variants.is_empty() && templates.is_empty() {
            return Ok(Vec::new());
        }
        let domain = json!(["|", ["id", "in", variants], ["product_tmpl_id", "in", templates]]);
        let products = product::read(self.rpc, domain).await?;
        let written = product::templates_written(self.rpc, &products).await?;
        let mut leaving: Vec<(String, String, Value)> =
            products.into_iter().filter_map(|row| product::leaving(row, &written)).collect();
        leaving.sort_by(|one, other| one.1.cmp(&other.1));
        Ok(leaving.into_iter().map(|(id, version, body)| since::changed(&id, &version, body)).collect())
    }
}

fn rule(row: Row) -> Option<Delivery> {
    let (id, version) = (record::id(&row)?, record::text(&row, "write_date").to_owned());
    let mut body = plain(row);
    body.insert("changed".into(), "price_rule".into());
    body.insert("changed_at".into(), version.as_str().into());
    Some(since::changed(&format!("price_rule-{id}"), &version, Value::Object(body)))
}

fn spec() -> OperationSpec {
    OperationSpec::trigger("odoo/products_changed", "Products or prices changed", "สินค้าหรือราคาเปลี่ยนแปลง")
        .about(
            "Starts for each product that is new or was changed, also where only its price was. Archived products come with active: \
             false.",
            "เริ่มเมื่อมีสินค้าใหม่หรือสินค้าเปลี่ยนแปลง รวมถึงเปลี่ยนเฉพาะราคา สินค้าที่ถูกเก็บเข้าคลังจะมี active เป็น false",
        )
        .connection(Need::Required)
        .field(words::every())
        .field(words::since())
        .field(
            Field::new("price_rules", FieldKind::Bool, "Price lists, too", "รวมรายการราคา (pricelist)")
                .about(
                    "Changed rules of price lists come as well, with changed: \"price_rule\".",
                    "ส่งกฎของรายการราคาที่เปลี่ยนแปลงด้วย โดยมี changed เป็น \"price_rule\"",
                )
                .default(false)
                .example(false),
        )
        .field(changes::path_field())
        .example(json!({"every": "5m"}), product::example())
}

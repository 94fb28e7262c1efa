//! `odoo/shipments_changed`: deliveries that are done, with their tracking numbers.

use super::changes::{self, Kind, hints};
use super::rpc::Rpc;
use super::{picking, record};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Error, Poll, PollCx, Polled};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};

pub struct ShipmentsChanged;

const TRACKING: &str = "carrier_tracking_ref";

#[async_trait]
impl Poll for ShipmentsChanged {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let walk = changes::start(cx, with, cursor)?;
        let rpc = Rpc::of_look(cx).await?;
        let fields = picking::fields(&rpc).await?;
        let mut only = vec![json!(["state", "=", "done"]), json!(["picking_type_code", "=", "outgoing"])];
        if with.get("only_tracked").and_then(Value::as_bool).unwrap_or_default() {
            only.push(tracked(&fields)?);
        }
        let page = changes::page(
            &rpc,
            &Kind { model: "stock.picking", fields: &fields, only, page: changes::PAGE_WITH_LINES },
            &walk,
        )
        .await?;
        let shipments = picking::with_lines(&rpc, page.rows).await?;
        let delivery = |shipment: Value| {
            let row = shipment.as_object()?;
            let (id, version) = (record::id(row)?.to_string(), record::text(row, "write_date").to_owned());
            Some(since::changed(&id, &version, shipment))
        };
        let deliveries = shipments.into_iter().filter_map(delivery).collect();
        Ok(Polled { deliveries, cursor: page.cursor, more: page.more, ..Polled::default() })
    }

    hints!();
}

fn tracked(fields: &[&str]) -> Result<Value, Error> {
    if fields.contains(&TRACKING) {
        return Ok(json!([TRACKING, "!=", false]));
    }
    Err(Error::Refused {
        message: "this Odoo keeps no tracking numbers".into(),
        advice: "Install the module Delivery Costs (delivery) in Odoo, or switch off \"Only with tracking number\".".into(),
    })
}

fn spec() -> OperationSpec {
    OperationSpec::trigger("odoo/shipments_changed", "Deliveries done", "จัดส่งสินค้าแล้ว")
        .about(
            "Starts for each delivery to a customer that is done, and again when its tracking number is entered or changed. A partial \
             delivery is one of its own.",
            "เริ่มเมื่อจัดส่งสินค้าให้ลูกค้าเสร็จ และอีกครั้งเมื่อใส่หรือแก้เลขพัสดุ การส่งบางส่วนนับเป็นการจัดส่งแยกกัน",
        )
        .connection(Need::Required)
        .field(words::every())
        .field(words::since())
        .field(
            Field::new("only_tracked", FieldKind::Bool, "Only with tracking number", "เฉพาะที่มีเลขพัสดุ")
                .about("Deliveries without a tracking number are left out until they have one.", "ข้ามการจัดส่งที่ยังไม่มีเลขพัสดุจนกว่าจะมี")
                .default(false)
                .example(true),
        )
        .field(changes::path_field())
        .example(
            json!({"every": "1m", "only_tracked": true}),
            json!({
                "id": 210, "name": "BNA/OUT/00210", "origin": "S00120", "client_order_ref": "SHOPIFY-1001", "state": "done",
                "carrier_tracking_ref": "TH01234567890", "carrier_id": [3, "Flash Express"],
                "write_date": "2026-11-21 04:00:00",
                "lines": [{"sku": "TEA-100", "product_id": 31, "name": "ชาเขียว 100 g", "ordered": 2, "done": 2}]
            }),
        )
}

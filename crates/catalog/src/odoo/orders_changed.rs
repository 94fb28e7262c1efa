//! `odoo/orders_changed`: sales orders that are new or were changed.

use super::changes::{self, Kind, hints};
use super::record;
use super::rpc::Rpc;
use super::sale;
use crate::{since, words};
use async_trait::async_trait;
use connector::{Error, Poll, PollCx, Polled};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

pub struct OrdersChanged;

#[async_trait]
impl Poll for OrdersChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("odoo/orders_changed", "Sales orders changed", "คำสั่งขายเปลี่ยนแปลง")
            .about(
                "Starts for each sales order that is new or was changed, with its lines: confirmed, cancelled, invoiced, edited.",
                "เริ่มเมื่อมีคำสั่งขายใหม่หรือมีการเปลี่ยนแปลง พร้อมรายการสินค้า เช่น ยืนยัน ยกเลิก ออกใบแจ้งหนี้ หรือแก้ไข",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .field(changes::path_field())
            .example(json!({"every": "1m"}), sale::example())
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let walk = changes::start(cx, with, cursor)?;
        let rpc = Rpc::of_look(cx).await?;
        let kind = Kind {
            model: "sale.order",
            fields: &sale::FIELDS,
            only: Vec::new(),
            page: changes::PAGE_WITH_LINES,
        };
        let page = changes::page(&rpc, &kind, &walk).await?;
        let orders = sale::with_lines(&rpc, page.rows).await?;
        let delivery = |order: Value| {
            let row = order.as_object()?;
            let (id, version) = (record::id(row)?.to_string(), record::text(row, "write_date").to_owned());
            Some(since::changed(&id, &version, order))
        };
        let deliveries = orders.into_iter().filter_map(delivery).collect();
        Ok(Polled { deliveries, cursor: page.cursor, more: page.more, ..Polled::default() })
    }

    hints!();
}

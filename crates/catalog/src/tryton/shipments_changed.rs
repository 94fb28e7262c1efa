//! `tryton/shipments_changed`: shipments to customers, with the moves that leave the warehouse.

use super::SYSTEM;
use super::changes::{self, version};
use super::rpc::{Rpc, id, ids};
use crate::office::Watch;
use crate::since;
use async_trait::async_trait;
use connector::{Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value, json};

pub const SHIPMENT: &str = "stock.shipment.out";
const FIELDS: [&str; 11] = [
    "id",
    "number",
    "reference",
    "state",
    "customer",
    "customer.name",
    "origins",
    "effective_date",
    "outgoing_moves",
    "create_date",
    "write_date",
];
const MOVE_FIELDS: [&str; 4] = ["id", "product.code", "quantity", "state"];

pub struct ShipmentsChanged;

#[async_trait]
impl Poll for ShipmentsChanged {
    fn spec(&self) -> OperationSpec {
        Watch::Shipments.spec(
            SYSTEM,
            json!({
                "id": 1, "number": "1", "reference": "TH01234567890", "state": "done", "customer": 2, "origins": "1",
                "effective_date": "2026-11-21", "write_date": "2026-11-21T04:00:00.000000Z",
                "lines": [{"id": 7, "product.": {"id": 1, "code": "TEA-100"}, "quantity": 2.0, "state": "done"}]
            }),
        )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let rpc = Rpc::of_look(cx)?;
        let page = changes::of(&rpc, cx, with, cursor, SHIPMENT, &[]).await?;
        let mut deliveries = Vec::new();
        if !page.ids.is_empty() {
            let shipments = rpc.read(SHIPMENT, &page.ids, &FIELDS).await?;
            let moves: Vec<i64> = shipments.iter().flat_map(|row| ids(row, "outgoing_moves")).collect();
            let moves = if moves.is_empty() {
                Vec::new()
            } else {
                rpc.read("stock.move", &moves, &MOVE_FIELDS).await?
            };
            let mut whole: Vec<Value> = shipments.into_iter().map(|row| with_lines(row, &moves)).collect();
            whole.sort_by(|one, other| version(one).cmp(version(other)));
            let delivery = |row: Value| {
                let (id, version) = (id(&row).to_string(), version(&row).to_owned());
                since::changed(&id, &version, row)
            };
            deliveries = whole.into_iter().map(delivery).collect();
        }
        Ok(Polled { deliveries, cursor: page.cursor, more: page.more, ..Polled::default() })
    }
}

fn with_lines(mut shipment: Value, moves: &[Value]) -> Value {
    let own = ids(&shipment, "outgoing_moves");
    let lines: Vec<Value> = moves.iter().filter(|moved| own.contains(&id(moved))).cloned().collect();
    if let Some(fields) = shipment.as_object_mut() {
        fields.remove("outgoing_moves");
        fields.insert("lines".into(), lines.into());
    }
    shipment
}

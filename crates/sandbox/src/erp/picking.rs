//! Deliveries: one for each order that is confirmed, done when it is validated.

use serde_json::{Value, json};

use super::cell::{Cell, format_time};
use super::database::{Database, Origin};
use super::exception::Exception;
use super::fields::{Field, Kind, Model, created, display_name, field, id, written};
use super::table::Record;

const STATES: &[&str] = &["draft", "waiting", "confirmed", "assigned", "done", "cancel"];
const TYPES: &[&str] = &["incoming", "outgoing", "internal"];

pub(super) static PICKING: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("name", "Reference", Kind::Char).indexed(),
    field("origin", "Source Document", Kind::Char).indexed(),
    field("state", "Status", Kind::Selection(STATES)),
    field("picking_type_code", "Type of Operation", Kind::Selection(TYPES)),
    field("partner_id", "Contact", Kind::Many2one(Model::Partner)),
    field("sale_id", "Sales Order", Kind::Many2one(Model::Order)),
    field("scheduled_date", "Scheduled Date", Kind::Datetime),
    field("date_done", "Date of Transfer", Kind::Datetime),
    field("carrier_tracking_ref", "Tracking Reference", Kind::Char),
    field("carrier_tracking_url", "Tracking URL", Kind::Char),
    field("move_ids", "Stock moves", Kind::One2many(Model::Move)),
];

pub(super) static MOVE: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("name", "Description", Kind::Char),
    field("picking_id", "Transfer", Kind::Many2one(Model::Picking)),
    field("product_id", "Product", Kind::Many2one(Model::Product)),
    field("product_uom_qty", "Demand", Kind::Float),
    field("quantity", "Quantity", Kind::Float),
];

/// What confirming an order makes: a delivery that is ready to go, with a move for each line that has goods.
pub(crate) fn of_order(database: &mut Database, order: i64, origin: &Origin) -> Result<(), Exception> {
    let record = Record::clone(database.existing(Model::Order, order)?);
    let of = |name| record.at(Model::Order.place(name));
    let lines = of("order_line").ids().iter().filter_map(|id| database.table(Model::Line).get(*id));
    let moves: Vec<Value> = lines.filter_map(|line| of_line(line)).collect();
    if moves.is_empty() {
        return Ok(());
    }
    let vals = json!({
        "origin": of("name").as_text(), "state": "assigned", "picking_type_code": "outgoing", "sale_id": order,
        "partner_id": of("partner_shipping_id").as_int(),
        "scheduled_date": format_time(origin.now_millis.div_euclid(1_000)),
    });
    let made = database.create(Model::Picking, &[&vals], origin)?;
    let Some(picking) = made.first().copied() else { return Ok(()) };
    let moves: Vec<&Value> = moves.iter().collect();
    let moves = database.create(Model::Move, &moves, origin)?;
    for id in &moves {
        put(database, Model::Move, *id, &[("picking_id", Cell::Int(picking))]);
    }
    let name = Cell::text(format!("WH/OUT/{picking:05}"));
    put(database, Model::Picking, picking, &[("name", name), ("move_ids", Cell::Ids(moves))]);
    put(database, Model::Order, order, &[("picking_ids", Cell::Ids(vec![picking]))]);
    Ok(())
}

fn of_line(line: &Record) -> Option<Value> {
    let of = |name| line.at(Model::Line.place(name));
    let product = of("product_id").as_int()?;
    let name = of("name").as_text();
    Some(json!({ "name": name, "product_id": product, "product_uom_qty": of("product_uom_qty").as_number() }))
}

fn put(database: &mut Database, model: Model, id: i64, cells: &[(&str, Cell)]) {
    let Some(record) = database.table(model).get(id) else { return };
    let mut record = Record::clone(record);
    cells.iter().for_each(|(name, cell)| record.put(model.place(name), cell.clone()));
    database.table_mut(model).save(record);
}

/// `button_validate`: all that was ordered leaves the house.
pub(crate) fn validate(database: &mut Database, ids: &[i64], origin: &Origin) -> Result<Value, Exception> {
    for id in ids {
        let picking = Record::clone(database.existing(Model::Picking, *id)?);
        match state(&picking) {
            "done" => continue,
            "cancel" => return Err(Exception::user("You cannot validate a transfer that is cancelled.")),
            _ => {}
        }
        for id in picking.at(Model::Picking.place("move_ids")).ids() {
            leave(database, Model::Move, *id, "quantity");
        }
        let order = picking.at(Model::Picking.place("sale_id")).as_int();
        let order = order.and_then(|order| database.table(Model::Order).get(order)).cloned();
        for id in order.iter().flat_map(|order| order.at(Model::Order.place("order_line")).ids()) {
            leave(database, Model::Line, *id, "qty_delivered");
        }
        let now = format_time(origin.now_millis.div_euclid(1_000));
        let vals = json!({ "state": "done", "date_done": now });
        database.write(Model::Picking, &[*id], &vals, origin)?;
    }
    Ok(true.into())
}

fn leave(database: &mut Database, model: Model, id: i64, name: &str) {
    let ordered = database.table(model).get(id).map(|row| row.at(model.place("product_uom_qty")).clone());
    put(database, model, id, &[(name, ordered.unwrap_or_default())]);
}

/// What cancelling an order does: deliveries that have not left are cancelled, and one that is done stays so.
pub(crate) fn cancel(database: &mut Database, order: i64, origin: &Origin) -> Result<(), Exception> {
    let pickings = database.existing(Model::Order, order)?.at(Model::Order.place("picking_ids")).ids();
    let is_open = |id: &i64| database.table(Model::Picking).get(*id).is_some_and(|row| state(row) != "done");
    let open: Vec<i64> = pickings.iter().copied().filter(is_open).collect();
    database.write(Model::Picking, &open, &json!({ "state": "cancel" }), origin)
}

fn state(picking: &Record) -> &str {
    picking.at(Model::Picking.place("state")).as_text().unwrap_or_default()
}

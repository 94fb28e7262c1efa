//! What a sales order does on its own: numbers, defaults, lines, amounts, states.

use serde_json::{Value, json};

use super::Series;
use super::cell::{Cell, format_time, round_money};
use super::database::{BOT, Database, Draft, LINES_PER_ORDER_MAX, Origin, command};
use super::exception::Exception;
use super::fields::Model;
use super::table::Record;
use super::{picking, seed};

/// A checked command on the lines of an order.
pub(crate) enum Edit {
    Add(Draft),
    Change(i64, Vec<(usize, Cell)>),
    Remove(i64),
}

/// Reads the `[0,0,{}]` commands of an order that is being created.
pub(crate) fn new_lines(database: &Database, to: Model, value: &Value) -> Result<Vec<Draft>, Exception> {
    let mut lines = Vec::new();
    for item in commands(value)? {
        match command(item) {
            Some((0, _, Some(vals))) => lines.push(database.draft(to, vals)?),
            Some((5, ..)) => lines.clear(),
            Some((6, _, Some(Value::Array(ids)))) if ids.is_empty() => lines.clear(),
            _ => {
                return Err(Exception::value(format!("Wrong value for sale.order.order_line: {item}")));
            }
        }
    }
    Ok(lines)
}

fn commands(value: &Value) -> Result<&[Value], Exception> {
    let wrong = || Exception::value(format!("Wrong value for sale.order.order_line: {value}"));
    let items = match value {
        Value::Null | Value::Bool(false) => return Ok(&[]),
        other => other.as_array().ok_or_else(wrong)?,
    };
    if items.len() > LINES_PER_ORDER_MAX {
        return Err(Exception::user(format!("An order may have {LINES_PER_ORDER_MAX} lines here.")));
    }
    Ok(items)
}

pub(crate) fn complete_order(record: &mut Record) {
    let model = Model::Order;
    let customer = record.at(model.place("partner_id")).clone();
    record.default_to(model.place("partner_invoice_id"), || customer.clone());
    record.default_to(model.place("partner_shipping_id"), || customer);
    record.default_to(model.place("state"), || Cell::text("draft"));
    record.default_to(model.place("currency_id"), seed::currency);
    record.default_to(model.place("company_id"), seed::company);
    record.default_to(model.place("user_id"), || Cell::Int(BOT));
    record.default_to(model.place("warehouse_id"), seed::warehouse);
    record.default_to(model.place("invoice_status"), || Cell::text("no"));
    record.put(model.place("order_line"), Cell::Ids(Vec::new()));
}

/// `S00001`, unless the caller named it, and the date if none was given.
pub(crate) fn name_order(record: &mut Record, origin: &Origin) {
    let number = record.id;
    record.default_to(Model::Order.place("name"), || Cell::text(format!("S{number:05}")));
    record.default_to(Model::Order.place("date_order"), || Cell::Time(origin.now_millis.div_euclid(1_000)));
}

/// Name, unit, price and taxes come from the product where they were left out.
pub(crate) fn complete_line(database: &Database, record: &mut Record) -> Result<(), Exception> {
    let model = Model::Line;
    let remark = !record.at(model.place("display_type")).is_empty();
    let product = record.at(model.place("product_id")).as_int();
    match product {
        Some(id) => take_from_product(database, record, id)?,
        None if remark => {}
        None => {
            let message =
                "The operation cannot be completed: Missing required fields on accountable sale order line.";
            return Err(Exception::validation(message));
        }
    }
    record.default_to(model.place("sequence"), || Cell::Int(10));
    record.default_to(model.place("product_uom_qty"), || Cell::Float(if remark { 0.0 } else { 1.0 }));
    price(database, record);
    Ok(())
}

fn take_from_product(database: &Database, record: &mut Record, id: i64) -> Result<(), Exception> {
    let product = database.existing(Model::Product, id)?;
    let of = |name| product.at(Model::Product.place(name)).clone();
    record
        .default_to(Model::Line.place("name"), || Cell::text(database.display_name(Model::Product, product)));
    record.default_to(Model::Line.place("product_uom_id"), || of("uom_id"));
    record.default_to(Model::Line.place("price_unit"), || of("lst_price"));
    record.default_to(Model::Line.place("tax_ids"), || of("taxes_id"));
    Ok(())
}

/// Works out the line's three amounts. A price that includes VAT is split, any other gets VAT on top.
fn price(database: &Database, record: &mut Record) {
    let of = |name| record.at(Model::Line.place(name)).as_number();
    let amount = round_money(of("price_unit") * (1.0 - of("discount") / 100.0) * of("product_uom_qty"));
    let taxes = record.at(Model::Line.place("tax_ids")).ids().to_vec();
    let (untaxed, tax) = split(database, amount, &taxes);
    record.put(Model::Line.place("price_subtotal"), Cell::Float(untaxed));
    record.put(Model::Line.place("price_tax"), Cell::Float(tax));
    record.put(Model::Line.place("price_total"), Cell::Float(round_money(untaxed + tax)));
}

/// An amount without its taxes, and the taxes.
pub(crate) fn split(database: &Database, amount: f64, taxes: &[i64]) -> (f64, f64) {
    let (mut included, mut on_top) = (0.0, 0.0);
    for id in taxes {
        let Some(tax) = database.table(Model::Tax).get(*id) else {
            continue;
        };
        let rate = tax.at(Model::Tax.place("amount")).as_number() / 100.0;
        match tax.at(Model::Tax.place("price_include")) {
            Cell::Bool(true) => included += rate,
            _ => on_top += rate,
        }
    }
    let untaxed = round_money(amount / (1.0 + included));
    (untaxed, round_money(amount - untaxed + untaxed * on_top))
}

/// Collects the order's lines and adds up their amounts.
pub(crate) fn total(database: &mut Database, order: i64) {
    let Some(record) = database.table(Model::Order).get(order) else {
        return;
    };
    let mut record = Record::clone(record);
    let mut sums = [0.0; 3];
    for id in record.at(Model::Order.place("order_line")).ids() {
        let Some(line) = database.table(Model::Line).get(*id) else {
            continue;
        };
        for (sum, name) in sums.iter_mut().zip(["price_subtotal", "price_tax", "price_total"]) {
            *sum += line.at(Model::Line.place(name)).as_number();
        }
    }
    for (sum, name) in sums.into_iter().zip(["amount_untaxed", "amount_tax", "amount_total"]) {
        record.put(Model::Order.place(name), Cell::Float(round_money(sum)));
    }
    database.table_mut(Model::Order).save(record);
}

/// Hangs a new line on its order.
pub(crate) fn adopt(database: &mut Database, line: i64) {
    change_lines(database, line, |lines| lines.push(line));
}

fn change_lines(database: &mut Database, line: i64, change: impl FnOnce(&mut Vec<i64>)) {
    let record = database.table(Model::Line).get(line);
    let Some(order) = record.and_then(|line| line.at(Model::Line.place("order_id")).as_int()) else {
        return;
    };
    let Some(record) = database.table(Model::Order).get(order) else {
        return;
    };
    let mut record = Record::clone(record);
    let mut lines = record.at(Model::Order.place("order_line")).ids().to_vec();
    change(&mut lines);
    record.put(Model::Order.place("order_line"), Cell::Ids(lines));
    database.table_mut(Model::Order).save(record);
}

/// Reads the line commands of a `write` on one order.
pub(crate) fn line_edits(database: &Database, order: &Record, value: &Value) -> Result<Vec<Edit>, Exception> {
    let mut edits = Vec::new();
    for item in commands(value)? {
        match command(item) {
            Some((0, _, Some(vals))) => edits.push(Edit::Add(database.draft(Model::Line, vals)?)),
            Some((1, id, Some(vals))) => {
                edits.push(Edit::Change(own(order, id)?, line_cells(database, vals)?))
            }
            Some((2 | 3, id, _)) => edits.push(Edit::Remove(own(order, id)?)),
            Some((4, id, _)) => drop(own(order, id)?),
            Some((5, ..)) => edits.extend(lines_of(order).iter().map(|id| Edit::Remove(*id))),
            Some((6, _, Some(Value::Array(keep)))) => {
                let kept = |id: &i64| keep.iter().any(|keep| keep.as_i64() == Some(*id));
                edits.extend(lines_of(order).iter().filter(|id| !kept(id)).map(|id| Edit::Remove(*id)));
            }
            _ => {
                return Err(Exception::value(format!("Wrong value for sale.order.order_line: {item}")));
            }
        }
    }
    if state(order) == "sale" && edits.iter().any(|edit| matches!(edit, Edit::Remove(_))) {
        return Err(Exception::user(
            "Once a sales order is confirmed, you can't remove one of its lines \
             (we need to track if something gets invoiced or delivered).\nSet the quantity to 0 instead.",
        ));
    }
    Ok(edits)
}

fn lines_of(order: &Record) -> &[i64] {
    order.at(Model::Order.place("order_line")).ids()
}

fn own(order: &Record, line: i64) -> Result<i64, Exception> {
    let known = lines_of(order).contains(&line);
    if known { Ok(line) } else { Err(Exception::missing(Model::Line.name(), line, BOT)) }
}

fn line_cells(database: &Database, vals: &Value) -> Result<Vec<(usize, Cell)>, Exception> {
    let vals =
        vals.as_object().ok_or_else(|| Exception::kind("a line command expects a dictionary of values"))?;
    let cell = |(name, value): (&String, &Value)| {
        let (place, field) = database.field(Model::Line, name)?;
        Ok((place, database.parse(field, value)?))
    };
    vals.iter().map(cell).collect()
}

pub(crate) fn apply_edits(database: &mut Database, order: i64, edits: Vec<Edit>, origin: &Origin) {
    for edit in edits {
        match edit {
            Edit::Add(line) => database.insert_line(order, line, origin),
            Edit::Remove(id) => {
                change_lines(database, id, |lines| lines.retain(|held| *held != id));
                database.table_mut(Model::Line).remove(id);
            }
            Edit::Change(id, cells) => {
                let Some(line) = database.table(Model::Line).get(id) else {
                    continue;
                };
                let mut line = Record::clone(line);
                cells.into_iter().for_each(|(place, cell)| line.put(place, cell));
                price(database, &mut line);
                database.table_mut(Model::Line).save(line);
            }
        }
    }
}

/// Brings the amounts up to date after a write.
pub(crate) fn retotal(database: &mut Database, model: Model, id: i64) {
    match model {
        Model::Order => total(database, id),
        Model::Line => {
            let Some(line) = database.table(Model::Line).get(id) else {
                return;
            };
            let mut line = Record::clone(line);
            price(database, &mut line);
            let order = line.at(Model::Line.place("order_id")).as_int();
            database.table_mut(Model::Line).save(line);
            order.into_iter().for_each(|order| total(database, order));
        }
        _ => {}
    }
}

fn state(order: &Record) -> &str {
    order.at(Model::Order.place("state")).as_text().unwrap_or_default()
}

/// `action_confirm`
pub(crate) fn confirm(database: &mut Database, ids: &[i64], origin: &Origin) -> Result<Value, Exception> {
    for id in ids {
        let order = database.existing(Model::Order, *id)?;
        if !matches!(state(order), "draft" | "sent") {
            return Err(Exception::user("Some orders are not in a state requiring confirmation."));
        }
    }
    // As in Odoo, confirming sets the date of the order anew.
    let date = format_time(origin.now_millis.div_euclid(1_000));
    let vals = json!({ "state": "sale", "invoice_status": "to invoice", "date_order": date });
    database.write(Model::Order, ids, &vals, origin)?;
    ids.iter().try_for_each(|id| picking::of_order(database, *id, origin))?;
    Ok(true.into())
}

/// What an order remembers of being invoiced.
pub(crate) fn invoiced(database: &mut Database, order: i64, invoices: &[i64]) {
    let Some(record) = database.table(Model::Order).get(order) else {
        return;
    };
    let mut record = Record::clone(record);
    let mut all = record.at(Model::Order.place("invoice_ids")).ids().to_vec();
    all.extend(invoices);
    record.put(Model::Order.place("invoice_ids"), Cell::Ids(all));
    record.put(Model::Order.place("invoice_status"), Cell::text("invoiced"));
    for id in lines_of(&record) {
        if let Some(line) = database.table(Model::Line).get(*id) {
            let mut line = Record::clone(line);
            line.put(
                Model::Line.place("qty_invoiced"),
                line.at(Model::Line.place("product_uom_qty")).clone(),
            );
            database.table_mut(Model::Line).save(line);
        }
    }
    database.table_mut(Model::Order).save(record);
}

/// `action_cancel`. Release 17 asks first, by answering with a wizard instead of doing it. That goods have left, or that an invoice
/// was posted, keeps no release from it.
pub(crate) fn cancel(
    database: &mut Database,
    ids: &[i64],
    warn: bool,
    origin: &Origin,
) -> Result<Value, Exception> {
    let mut confirmed = false;
    for id in ids {
        let order = database.existing(Model::Order, *id)?;
        if *order.at(Model::Order.place("locked")) == Cell::Bool(true) {
            return Err(Exception::user("You cannot cancel a locked order. Please unlock it first."));
        }
        confirmed |= state(order) != "draft";
    }
    if database.series == Series::V17 && confirmed && warn {
        return Ok(json!({
            "name": "Cancel Quotation/Order", "type": "ir.actions.act_window", "res_model": "sale.order.cancel",
            "view_mode": "form", "target": "new", "context": { "default_order_id": ids.first() },
        }));
    }
    database.write(Model::Order, ids, &json!({ "state": "cancel", "invoice_status": "no" }), origin)?;
    ids.iter().try_for_each(|id| picking::cancel(database, *id, origin))?;
    Ok(true.into())
}

/// True for a field whose values are worked out, so that `fields_get` can say so.
pub(crate) fn is_computed(model: Model, name: &str) -> bool {
    let amounts =
        ["amount_untaxed", "amount_tax", "amount_total", "price_subtotal", "price_tax", "price_total"];
    matches!(model, Model::Order | Model::Line) && amounts.contains(&name)
}

//! Invoices and credit notes: Odoo's window that makes one of an order, drafts, and what posting does.

use serde_json::{Map, Value, json};

use super::Series;
use super::cell::{Cell, format_time, round_money};
use super::database::{Database, Origin};
use super::exception::Exception;
use super::fields::{Field, Kind, Model, created, display_name, field, id, written};
use super::table::Record;
use super::{sale, seed};

const TYPES: &[&str] = &["entry", "out_invoice", "out_refund", "in_invoice", "in_refund"];
const STATES: &[&str] = &["draft", "posted", "cancel"];
const PAYMENT_STATES: &[&str] = &["not_paid", "in_payment", "paid", "partial", "reversed"];
const METHODS: &[&str] = &["delivered", "percentage", "fixed"];
const DAY_SECS: i64 = 86_400;

pub(super) static INVOICE: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("name", "Number", Kind::Char).indexed(),
    field("move_type", "Type", Kind::Selection(TYPES)),
    field("state", "Status", Kind::Selection(STATES)),
    field("ref", "Reference", Kind::Char).indexed(),
    field("invoice_origin", "Origin", Kind::Char).indexed(),
    field("partner_id", "Partner", Kind::Many2one(Model::Partner)),
    field("invoice_date", "Invoice/Bill Date", Kind::Date),
    field("invoice_date_due", "Due Date", Kind::Date),
    field("currency_id", "Currency", Kind::Many2one(Model::Currency)),
    field("company_id", "Company", Kind::Many2one(Model::Company)),
    field("amount_untaxed", "Untaxed Amount", Kind::Money),
    field("amount_tax", "Tax", Kind::Money),
    field("amount_total", "Total", Kind::Money),
    field("amount_residual", "Amount Due", Kind::Money),
    field("payment_state", "Payment Status", Kind::Selection(PAYMENT_STATES)),
    field("reversed_entry_id", "Reversal of", Kind::Many2one(Model::Invoice)),
    field("invoice_line_ids", "Invoice lines", Kind::One2many(Model::InvoiceLine)),
    field("narration", "Terms and Conditions", Kind::Text),
];

pub(super) static LINE: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("move_id", "Journal Entry", Kind::Many2one(Model::Invoice)),
    field("product_id", "Product", Kind::Many2one(Model::Product)),
    field("name", "Label", Kind::Text),
    field("quantity", "Quantity", Kind::Float),
    field("price_unit", "Unit Price", Kind::Money),
    field("discount", "Discount (%)", Kind::Float),
    field("tax_ids", "Taxes", Kind::Many2many(Model::Tax)),
    field("account_id", "Account", Kind::Many2one(Model::Account)),
    field("price_subtotal", "Subtotal", Kind::Money),
    field("price_total", "Total", Kind::Money),
    field("display_type", "Display Type", Kind::Selection(&["product", "line_section", "line_note"])),
];

/// The window that makes invoices of orders.
pub(super) static WINDOW: &[Field] = &[
    id(),
    display_name(),
    created(),
    written(),
    field("advance_payment_method", "Create Invoice", Kind::Selection(METHODS)),
];

pub(crate) fn complete(series: Series, record: &mut Record) {
    let model = Model::Invoice;
    record.default_to(model.place("move_type"), || Cell::text("entry"));
    record.default_to(model.place("state"), || Cell::text("draft"));
    record.default_to(model.place("currency_id"), seed::currency);
    record.default_to(model.place("company_id"), seed::company);
    record.default_to(model.place("payment_state"), || Cell::text("not_paid"));
    record.put(model.place("invoice_line_ids"), Cell::Ids(Vec::new()));
    // Until 18 a draft is called "/".
    if series == Series::V17 {
        record.default_to(model.place("name"), || Cell::text("/"));
    }
}

/// Name, price and taxes come from the product where they were left out; the account is the journal's.
pub(crate) fn complete_line(database: &Database, record: &mut Record) -> Result<(), Exception> {
    let model = Model::InvoiceLine;
    if let Some(id) = record.at(model.place("product_id")).as_int() {
        let product = database.existing(Model::Product, id)?;
        let of = |name| product.at(Model::Product.place(name)).clone();
        record.default_to(model.place("name"), || Cell::text(database.display_name(Model::Product, product)));
        record.default_to(model.place("price_unit"), || of("lst_price"));
        record.default_to(model.place("tax_ids"), || of("taxes_id"));
    }
    record.default_to(model.place("quantity"), || Cell::Float(1.0));
    record.default_to(model.place("account_id"), seed::account);
    record.default_to(model.place("display_type"), || Cell::text("product"));
    let of = |name| record.at(model.place(name)).as_number();
    let amount = round_money(of("price_unit") * (1.0 - of("discount") / 100.0) * of("quantity"));
    let taxes = record.at(model.place("tax_ids")).ids().to_vec();
    let (untaxed, tax) = sale::split(database, amount, &taxes);
    record.put(model.place("price_subtotal"), Cell::Float(untaxed));
    record.put(model.place("price_total"), Cell::Float(round_money(untaxed + tax)));
    Ok(())
}

/// Hangs the lines on their invoice and adds up their amounts.
pub(crate) fn total(database: &mut Database, invoice: i64, lines: Vec<i64>) {
    let model = Model::Invoice;
    let Some(record) = database.table(model).get(invoice) else { return };
    let mut record = Record::clone(record);
    let sum = |name| {
        let rows = lines.iter().filter_map(|id| database.table(Model::InvoiceLine).get(*id));
        round_money(rows.map(|row| row.at(Model::InvoiceLine.place(name)).as_number()).sum())
    };
    let (untaxed, total) = (sum("price_subtotal"), sum("price_total"));
    let amounts = [
        ("amount_untaxed", untaxed),
        ("amount_tax", round_money(total - untaxed)),
        ("amount_total", total),
        ("amount_residual", total),
    ];
    for (name, amount) in amounts {
        record.put(model.place(name), Cell::Float(amount));
    }
    record.put(model.place("invoice_line_ids"), Cell::Ids(lines));
    database.table_mut(model).save(record);
}

/// `action_post`: a draft gets its number and, unless it has them, its dates.
pub(crate) fn post(database: &mut Database, ids: &[i64], origin: &Origin) -> Result<Value, Exception> {
    let model = Model::Invoice;
    for id in ids {
        let record = Record::clone(database.existing(model, *id)?);
        if record.at(model.place("state")).as_text() != Some("draft") {
            let name = database.display_name(model, &record);
            return Err(Exception::user(format!("The entry {name} (id {id}) must be in draft.")));
        }
        let (number, date) = (number(&record, origin), day(&record, "invoice_date", origin));
        let due = day(&record, "invoice_date_due", origin).max(date);
        let vals = json!({
            "state": "posted", "name": number,
            "invoice_date": format_time(date), "invoice_date_due": format_time(due),
        });
        database.write(model, &[*id], &vals, origin)?;
    }
    Ok(false.into())
}

fn number(invoice: &Record, origin: &Origin) -> String {
    let refund = invoice.at(Model::Invoice.place("move_type")).as_text() == Some("out_refund");
    let year = &format_time(origin.now_millis.div_euclid(1_000))[..4];
    format!("{}/{year}/{:05}", if refund { "RINV" } else { "INV" }, invoice.id)
}

/// A day of the invoice; today where it has none.
fn day(invoice: &Record, name: &str, origin: &Origin) -> i64 {
    let now = origin.now_millis.div_euclid(1_000);
    match invoice.at(Model::Invoice.place(name)) {
        Cell::Time(day) => *day,
        _ => now - now.rem_euclid(DAY_SECS),
    }
}

/// `create_invoices` of the window: each order that it was opened on is invoiced, as a draft.
pub(crate) fn of_orders(
    database: &mut Database,
    context: &Map<String, Value>,
    origin: &Origin,
) -> Result<Value, Exception> {
    let orders = context.get("active_ids").and_then(Value::as_array).into_iter().flatten();
    let orders: Vec<i64> = orders.filter_map(Value::as_i64).collect();
    for order in orders {
        let vals = of_order(database, order)?;
        let made = database.create(Model::Invoice, &[&vals], origin)?;
        sale::invoiced(database, order, &made);
    }
    Ok(json!({ "type": "ir.actions.act_window", "res_model": "account.move" }))
}

fn of_order(database: &Database, order: i64) -> Result<Value, Exception> {
    let order = database.existing(Model::Order, order)?;
    let of = |name| order.at(Model::Order.place(name));
    if of("invoice_status").as_text() != Some("to invoice") {
        return Err(Exception::user("Cannot create an invoice. No items are available to invoice."));
    }
    let lines = of("order_line").ids().iter().filter_map(|id| database.table(Model::Line).get(*id));
    let lines: Vec<Value> = lines.filter_map(|line| of_line(line)).collect();
    Ok(json!({
        "move_type": "out_invoice", "ref": of("client_order_ref").as_text(), "invoice_origin": of("name").as_text(),
        "partner_id": of("partner_invoice_id").as_int(), "currency_id": of("currency_id").as_int(),
        "invoice_line_ids": lines,
    }))
}

fn of_line(line: &Record) -> Option<Value> {
    let of = |name| line.at(Model::Line.place(name));
    let product = of("product_id").as_int()?;
    Some(json!([0, 0, {
        "product_id": product, "name": of("name").as_text(), "quantity": of("product_uom_qty").as_number(),
        "price_unit": of("price_unit").as_number(), "discount": of("discount").as_number(),
        "tax_ids": [[6, 0, of("tax_ids").ids()]],
    }]))
}

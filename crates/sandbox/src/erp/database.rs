//! The ERP's records: seeded, read, created, written. Who may ask and in which words is not known here.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::cell::{Cell, truthy};
use super::domain::Domain;
use super::exception::Exception;
use super::fields::{DISPLAY_NAME, Field, ID, Kind, MODELS, Model};
use super::table::{Record, Table};
use super::{Full, Series, WhenFull, invoice, sale, seed};

/// Sales orders held: twice what the largest test makes.
pub const ORDERS_MAX: usize = 200_000;
/// Lines of one order.
pub(crate) const LINES_PER_ORDER_MAX: usize = 1_000;
/// Lines of all orders together.
pub(crate) const LINES_MAX: usize = 1_000_000;
/// Partners, and products, held.
pub(crate) const RECORDS_MAX: usize = 200_000;

/// What is made of orders, and goes with them.
const OF_ORDERS: [Model; 6] =
    [Model::Order, Model::Line, Model::Picking, Model::Move, Model::Invoice, Model::InvoiceLine];

/// The one user an integration signs in as.
pub(crate) const BOT: i64 = 2;

/// What is known of a request beside its arguments.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    pub idempotency_key: Option<String>,
    pub now_millis: i64,
}

pub(crate) struct Database {
    pub series: Series,
    full: Full,
    tables: Vec<Table>,
    /// `module.name` of `ir.model.data`, unique in the database.
    pub external_ids: HashMap<String, (Model, i64)>,
    /// Which request made which order: not Odoo's knowledge, but what a test wants to see.
    pub made_by: BTreeMap<i64, Origin>,
}

impl Database {
    pub(crate) fn new(series: Series, full: Full, now: i64, customers: usize) -> Self {
        let tables = MODELS.into_iter().map(Table::new).collect();
        let mut database =
            Self { series, full, tables, external_ids: HashMap::new(), made_by: BTreeMap::new() };
        seed::fill(&mut database, now, customers);
        database
    }

    pub(crate) fn table(&self, model: Model) -> &Table {
        &self.tables[model as usize]
    }

    pub(crate) fn table_mut(&mut self, model: Model) -> &mut Table {
        &mut self.tables[model as usize]
    }

    pub(crate) fn existing(&self, model: Model, id: i64) -> Result<&Arc<Record>, Exception> {
        self.table(model).get(id).ok_or_else(|| Exception::missing(model.name(), id, BOT))
    }

    /// The field of that name in this release, or the error Odoo raises for it.
    pub(crate) fn field(&self, model: Model, name: &str) -> Result<(usize, &'static Field), Exception> {
        let unknown = || Exception::value(format!("Invalid field '{name}' on model '{}'", model.name()));
        let place = model.place_in(self.series, name).ok_or_else(unknown)?;
        Ok((place, &model.fields()[place]))
    }

    /// A field's value, the two that are not stored included.
    pub(crate) fn value(&self, model: Model, record: &Record, place: usize) -> Cell {
        match place {
            ID => Cell::Int(record.id),
            DISPLAY_NAME => Cell::text(self.display_name(model, record)),
            _ => record.at(place).clone(),
        }
    }

    pub(crate) fn display_name(&self, model: Model, record: &Record) -> String {
        // Windows have no name.
        let name = model.place_in(self.series, "name").and_then(|place| record.at(place).as_text());
        let name = name.unwrap_or_default();
        match model {
            Model::Product => match record.at(model.place("default_code")).as_text() {
                Some(code) => format!("[{code}] {name}"),
                None => name.to_owned(),
            },
            Model::Line => {
                let order = record
                    .at(model.place("order_id"))
                    .as_int()
                    .and_then(|id| self.table(Model::Order).get(id));
                let order = order.and_then(|order| order.at(Model::Order.place("name")).as_text());
                format!("{} - {name}", order.unwrap_or_default())
            }
            _ => name.to_owned(),
        }
    }

    /// One record as `read` gives it: `id` first, then the asked fields.
    pub(crate) fn row(&self, model: Model, record: &Record, places: &[usize], names: bool) -> Value {
        let mut row = Map::with_capacity(places.len() + 1);
        row.insert("id".to_owned(), record.id.into());
        for place in places {
            let field = &model.fields()[*place];
            let Some(name) = field.name_in(self.series) else {
                continue;
            };
            let cell = self.value(model, record, *place);
            let value = match (field.kind, cell.as_int()) {
                (Kind::Many2one(to), Some(id)) if names => self.pair(to, id),
                (kind, _) => cell.to_json(kind),
            };
            row.insert(name.to_owned(), value);
        }
        Value::Object(row)
    }

    /// `[57, "สมชาย ใจดี"]`
    fn pair(&self, model: Model, id: i64) -> Value {
        match self.table(model).get(id) {
            Some(record) => Value::Array(vec![id.into(), self.display_name(model, record).into()]),
            None => false.into(),
        }
    }

    /// The ids that fit, in the order asked for.
    pub(crate) fn search(&self, model: Model, domain: &Domain, order: &str) -> Result<Vec<i64>, Exception> {
        let order = super::order::Order::parse(self, model, order)?;
        let table = self.table(model);
        let candidates: Vec<&Arc<Record>> = match domain.candidates(table) {
            Some(ids) => ids.into_iter().filter_map(|id| table.get(id)).collect(),
            None => table.records().collect(),
        };
        let mut found: Vec<&Arc<Record>> =
            candidates.into_iter().filter(|record| domain.holds(self, model, record)).collect();
        order.sort(self, model, &mut found);
        Ok(found.into_iter().map(|record| record.id).collect())
    }

    /// Creates all or none, as one transaction does.
    pub(crate) fn create(
        &mut self,
        model: Model,
        all: &[&Value],
        origin: &Origin,
    ) -> Result<Vec<i64>, Exception> {
        let drafts = all.iter().map(|vals| self.draft(model, vals)).collect::<Result<Vec<_>, _>>()?;
        let homeless = |draft: &Draft| draft.record.at(Model::Line.place("order_id")).is_empty();
        if model == Model::Line && drafts.iter().any(homeless) {
            return Err(Exception::not_null(model.label(), model.name(), "Order Reference", "order_id"));
        }
        let lines = drafts.iter().map(|draft| draft.lines.len()).sum();
        self.make_room(model, drafts.len(), lines)?;
        let ids: Vec<i64> = drafts.into_iter().map(|draft| self.insert(model, draft, origin)).collect();
        if model == Model::Line {
            ids.iter().for_each(|id| sale::retotal(self, model, *id));
        }
        Ok(ids)
    }

    /// Checks the values and makes the record they describe, without an id.
    pub(crate) fn draft(&self, model: Model, vals: &Value) -> Result<Draft, Exception> {
        let vals =
            vals.as_object().ok_or_else(|| Exception::kind("create() expects a dictionary of values"))?;
        let mut draft = Draft { record: Record::new(0, model), lines: Vec::new() };
        for (name, value) in vals {
            let (place, field) = self.field(model, name)?;
            match field.kind {
                Kind::One2many(to) if to.is_line() => draft.lines = sale::new_lines(self, to, value)?,
                Kind::One2many(_) => {
                    return Err(Exception::value(format!("Wrong value for {name}: {value}")));
                }
                _ => draft.record.put(place, self.parse(field, value)?),
            }
        }
        self.complete(model, &mut draft)?;
        Ok(draft)
    }

    /// Defaults, then what must not be missing.
    fn complete(&self, model: Model, draft: &mut Draft) -> Result<(), Exception> {
        let record = &mut draft.record;
        match model {
            Model::Order => sale::complete_order(record),
            Model::Line => sale::complete_line(self, record)?,
            Model::Partner => seed::complete_partner(record)?,
            Model::Product => seed::complete_product(record),
            Model::Invoice => invoice::complete(self.series, record),
            Model::InvoiceLine => invoice::complete_line(self, record)?,
            _ => {}
        }
        let lacking = model
            .fields()
            .iter()
            .enumerate()
            .find(|(place, field)| field.required && record.at(*place).is_empty());
        match lacking {
            None => Ok(()),
            Some((_, field)) => {
                let name = field.name_in(self.series).unwrap_or_default();
                Err(Exception::not_null(model.label(), model.name(), field.label, name))
            }
        }
    }

    fn insert(&mut self, model: Model, draft: Draft, origin: &Origin) -> i64 {
        let Draft { mut record, lines } = draft;
        record.id = self.table_mut(model).take_id();
        let id = record.id;
        self.stamp(model, &mut record, origin, true);
        if model == Model::Order {
            sale::name_order(&mut record, origin);
            self.made_by.insert(id, origin.clone());
        }
        self.table_mut(model).save(record);
        if model == Model::Invoice {
            self.insert_invoice_lines(id, lines, origin);
            return id;
        }
        for line in lines {
            self.insert_line(id, line, origin);
        }
        match model {
            Model::Order => sale::total(self, id),
            Model::Line => sale::adopt(self, id),
            _ => {}
        }
        id
    }

    pub(crate) fn insert_line(&mut self, order: i64, mut line: Draft, origin: &Origin) {
        line.record.put(Model::Line.place("order_id"), Cell::Int(order));
        self.insert(Model::Line, line, origin);
    }

    fn insert_invoice_lines(&mut self, invoice: i64, lines: Vec<Draft>, origin: &Origin) {
        let insert = |mut line: Draft| {
            line.record.put(Model::InvoiceLine.place("move_id"), Cell::Int(invoice));
            self.insert(Model::InvoiceLine, line, origin)
        };
        let lines = lines.into_iter().map(insert).collect();
        invoice::total(self, invoice, lines);
    }

    fn stamp(&self, model: Model, record: &mut Record, origin: &Origin, new: bool) {
        let now = Cell::Time(origin.now_millis.div_euclid(1_000));
        if new {
            record.put(model.place("create_date"), now.clone());
        }
        record.put(model.place("write_date"), now);
    }

    /// Writes the same values to all the records, or to none.
    pub(crate) fn write(
        &mut self,
        model: Model,
        ids: &[i64],
        vals: &Value,
        origin: &Origin,
    ) -> Result<(), Exception> {
        let vals =
            vals.as_object().ok_or_else(|| Exception::kind("write() expects a dictionary of values"))?;
        let mut cells = Vec::new();
        let mut commands = None;
        for (name, value) in vals {
            let (place, field) = self.field(model, name)?;
            match field.kind {
                Kind::One2many(Model::Line) => commands = Some(value),
                Kind::One2many(_) => {
                    return Err(Exception::value(format!("Wrong value for {name}: {value}")));
                }
                _ => cells.push((place, self.parse(field, value)?)),
            }
        }
        let records =
            ids.iter().map(|id| self.existing(model, *id).cloned()).collect::<Result<Vec<_>, _>>()?;
        let edits = match commands {
            Some(value) => records
                .iter()
                .map(|order| sale::line_edits(self, order, value))
                .collect::<Result<Vec<_>, _>>()?,
            None => Vec::new(),
        };
        let added = edits.iter().flatten().filter(|edit| matches!(edit, sale::Edit::Add(_))).count();
        self.make_room(Model::Line, added, 0)?;
        for record in &records {
            let mut record = Record::clone(record);
            cells.iter().for_each(|(place, cell)| record.put(*place, cell.clone()));
            self.stamp(model, &mut record, origin, false);
            self.table_mut(model).save(record);
        }
        for (record, edits) in records.iter().zip(edits) {
            sale::apply_edits(self, record.id, edits, origin);
        }
        ids.iter().for_each(|id| sale::retotal(self, model, *id));
        Ok(())
    }

    /// Reads one value for a field, checking that what it points to is there.
    pub(crate) fn parse(&self, field: &Field, value: &Value) -> Result<Cell, Exception> {
        match field.kind {
            Kind::Many2one(to) => {
                let cell = Cell::parse(field, value)?;
                if let Some(id) = cell.as_int() {
                    self.existing(to, id)?;
                }
                Ok(cell)
            }
            Kind::Many2many(to) => {
                let ids = linked_ids(field, value)?;
                ids.iter().try_for_each(|id| self.existing(to, *id).map(drop))?;
                Ok(Cell::Ids(ids))
            }
            _ => Cell::parse(field, value),
        }
    }

    /// Makes sure that so many records fit, by the rule for a full stand-in.
    fn make_room(&mut self, model: Model, records: usize, lines: usize) -> Result<(), Exception> {
        let records_max = match model {
            Model::Order => self.full.orders_max,
            Model::Line => LINES_MAX,
            _ => RECORDS_MAX,
        };
        if records > records_max || lines > LINES_MAX {
            return Err(Exception::disk_full());
        }
        while self.table(model).len() + records > records_max
            || self.table(Model::Line).len() + lines > LINES_MAX
        {
            match (model, self.full.rule, self.table(Model::Order).oldest()) {
                (Model::Order, WhenFull::DropOldest, Some(oldest)) => self.forget_order(oldest),
                _ => return Err(Exception::disk_full()),
            }
        }
        Ok(())
    }

    fn forget_order(&mut self, id: i64) {
        self.forget_parts(Model::Order, id, "order_line", Model::Line);
        for picking in self.ids_of(Model::Order, id, "picking_ids") {
            self.forget_parts(Model::Picking, picking, "move_ids", Model::Move);
            self.table_mut(Model::Picking).remove(picking);
        }
        for invoice in self.ids_of(Model::Order, id, "invoice_ids") {
            self.forget_parts(Model::Invoice, invoice, "invoice_line_ids", Model::InvoiceLine);
            self.table_mut(Model::Invoice).remove(invoice);
        }
        self.table_mut(Model::Order).remove(id);
        self.made_by.remove(&id);
    }

    fn ids_of(&self, model: Model, id: i64, name: &str) -> Vec<i64> {
        let record = self.table(model).get(id);
        record.map(|record| record.at(model.place(name)).ids().to_vec()).unwrap_or_default()
    }

    fn forget_parts(&mut self, model: Model, id: i64, name: &str, part: Model) {
        self.ids_of(model, id, name).into_iter().for_each(|held| self.table_mut(part).remove(held));
    }

    /// Forgets all orders. Numbers go on where they were, so that a name is never given twice.
    pub(crate) fn forget_orders(&mut self) {
        for model in OF_ORDERS {
            self.table_mut(model).clear();
        }
        self.made_by.clear();
        self.external_ids.retain(|_, (model, _)| !matches!(model, Model::Order | Model::Line));
    }
}

/// A record that is checked but not yet in the database, and its nested lines.
pub(crate) struct Draft {
    pub record: Record,
    pub lines: Vec<Draft>,
}

/// The ids a many2many value leaves behind: a plain list, or `[6,0,ids]`, `[4,id]`, `[5]` in turn.
fn linked_ids(field: &Field, value: &Value) -> Result<Vec<i64>, Exception> {
    let wrong = || Exception::value(format!("Wrong value for {}: {value}", field.label));
    if !truthy(value) {
        return Ok(Vec::new());
    }
    let mut ids = Vec::new();
    for item in value.as_array().ok_or_else(wrong)? {
        match (item.as_i64(), command(item)) {
            (Some(id), _) | (None, Some((4, id, _))) => ids.push(id),
            (None, Some((3, id, _))) => ids.retain(|held| *held != id),
            (None, Some((5, ..))) => ids.clear(),
            (None, Some((6, _, Some(all)))) => {
                let all = all.as_array().ok_or_else(wrong)?;
                ids = all.iter().map(|id| id.as_i64().ok_or_else(wrong)).collect::<Result<_, _>>()?;
            }
            _ => return Err(wrong()),
        }
    }
    Ok(ids)
}

/// Takes an x2many command apart: its number, its id, its values.
pub(crate) fn command(item: &Value) -> Option<(i64, i64, Option<&Value>)> {
    let parts = item.as_array()?;
    let number = parts.first()?.as_i64()?;
    // A form view sends "virtual_12" as the id of a line that is not saved yet.
    let id = parts.get(1).and_then(Value::as_i64).unwrap_or(0);
    Some((number, id, parts.get(2)))
}

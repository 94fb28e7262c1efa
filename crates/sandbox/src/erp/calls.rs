//! A call by name, whichever protocol brought it: bind its arguments, carry it out.

use serde_json::{Map, Value, json};

use super::Series;
use super::cell::{Cell, truthy};
use super::database::{BOT, Database, Origin};
use super::domain::Domain;
use super::exception::Exception;
use super::fields::{ID, Model};
use super::{invoice, load, picking, sale};

/// Rows of one `create`.
const CREATE_MAX: usize = 10_000;

/// How the arguments came, which is also how their mistakes are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Json2,
    JsonRpc,
}

/// What a caller asks for.
#[derive(Debug)]
pub(crate) struct Call {
    pub protocol: Protocol,
    pub model: String,
    pub method: String,
    pub positional: Vec<Value>,
    pub named: Map<String, Value>,
}

/// A public method: its parameters in order, the required ones first.
struct Method {
    name: &'static str,
    /// Called on the model, not on records; JSON-2 refuses `ids` there.
    of_model: bool,
    required: &'static [&'static str],
    optional: &'static [&'static str],
}

const fn of_model(
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
) -> Method {
    Method { name, of_model: true, required, optional }
}

const fn of_records(
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
) -> Method {
    Method { name, of_model: false, required, optional }
}

static METHODS: &[Method] = &[
    of_model("search_read", &[], &["domain", "fields", "offset", "limit", "order", "load"]),
    of_model("search", &["domain"], &["offset", "limit", "order"]),
    of_model("search_count", &["domain"], &["limit"]),
    of_model("create", &["vals_list"], &[]),
    of_model("load", &["fields", "data"], &[]),
    of_model("fields_get", &[], &["allfields", "attributes"]),
    of_records("read", &[], &["fields", "load"]),
    of_records("write", &["vals"], &[]),
];
static ORDER_METHODS: &[Method] =
    &[of_records("action_confirm", &[], &[]), of_records("action_cancel", &[], &[])];
static PICKING_METHODS: &[Method] = &[of_records("button_validate", &[], &[])];
static INVOICE_METHODS: &[Method] = &[of_records("action_post", &[], &[])];
static WINDOW_METHODS: &[Method] = &[of_records("create_invoices", &[], &[])];
static USER_METHODS: &[Method] = &[of_model("context_get", &[], &[])];

/// Arguments by name, checked against the method's signature.
struct Bound {
    model: Model,
    ids: Vec<i64>,
    arguments: Map<String, Value>,
    context: Map<String, Value>,
}

impl Bound {
    fn get(&self, name: &str) -> &Value {
        self.arguments.get(name).unwrap_or(&Value::Null)
    }

    fn count(&self, name: &str) -> Option<usize> {
        self.get(name).as_u64().map(|count| usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn asks_not(&self, name: &str) -> bool {
        self.context.get(name).is_some_and(|value| !truthy(value))
    }
}

impl Call {
    /// Carries the call out, all of it or nothing.
    pub(crate) fn run(self, database: &mut Database, origin: &Origin) -> Result<Value, Exception> {
        let (protocol, name) = (self.protocol, self.method.clone());
        let bound = self.bind()?;
        match name.as_str() {
            "search_read" => search_read(database, &bound),
            "search" => search(database, &bound).map(Value::from),
            "search_count" => search(database, &bound).map(|ids| ids.len().into()),
            "read" => read(database, &bound, &bound.ids),
            "fields_get" => fields_get(database, &bound),
            "context_get" => Ok(json!({ "lang": "th_TH", "tz": "Asia/Bangkok", "uid": BOT })),
            "create" => create(database, &bound, protocol, origin),
            "write" => {
                writable(bound.model, "modify")?;
                database.write(bound.model, &bound.ids, bound.get("vals"), origin).map(|()| true.into())
            }
            "load" => {
                writable(bound.model, "create")?;
                load::load(database, bound.model, bound.get("fields"), bound.get("data"), origin)
            }
            "action_confirm" => sale::confirm(database, &bound.ids, origin),
            "action_cancel" => {
                let warn = !bound.context.get("disable_cancel_warning").is_some_and(truthy);
                sale::cancel(database, &bound.ids, warn, origin)
            }
            "button_validate" => picking::validate(database, &bound.ids, origin),
            "action_post" => invoice::post(database, &bound.ids, origin),
            "create_invoices" => invoice::of_orders(database, &bound.context, origin),
            _ => Err(Exception::attribute(format!("{name} is declared but not written"))),
        }
    }

    fn bind(mut self) -> Result<Bound, Exception> {
        let model = self.known_model()?;
        let method = self.known_method(model)?;
        let context = match self.named.remove("context") {
            Some(Value::Object(context)) => context,
            _ => Map::new(),
        };
        let ids = self.take_ids(method)?;
        let mut arguments = Map::new();
        let parameters = method.required.iter().chain(method.optional);
        let mut positional = self.positional.into_iter();
        for (name, value) in parameters.clone().zip(positional.by_ref()) {
            arguments.insert((*name).to_owned(), value);
        }
        let wrong = |message: String| match self.protocol {
            Protocol::Json2 => Exception::arguments(message),
            Protocol::JsonRpc => Exception::kind(format!("{}.{}() {message}", model.name(), method.name)),
        };
        if positional.next().is_some() {
            return Err(wrong("too many positional arguments".to_owned()));
        }
        for (name, value) in self.named {
            if !parameters.clone().any(|parameter| **parameter == name) {
                return Err(wrong(format!("got an unexpected keyword argument '{name}'")));
            }
            arguments.insert(name, value);
        }
        match method.required.iter().find(|name| !arguments.contains_key(**name)) {
            Some(name) => Err(wrong(format!("missing a required argument: '{name}'"))),
            None => Ok(Bound { model, ids, arguments, context }),
        }
    }

    fn known_model(&self) -> Result<Model, Exception> {
        Model::named(&self.model).ok_or_else(|| match self.protocol {
            Protocol::Json2 => Exception::not_found(format!("the model '{}' does not exist", self.model)),
            Protocol::JsonRpc => Exception::user(format!("Object {} doesn't exist", self.model)),
        })
    }

    fn known_method(&self, model: Model) -> Result<&'static Method, Exception> {
        let (model_name, method) = (model.name(), &self.method);
        if method.starts_with('_') {
            let message =
                format!("Private methods (such as '{model_name}.{method}') cannot be called remotely.");
            return Err(Exception::access(message));
        }
        let own: &[Method] = match model {
            Model::Order => ORDER_METHODS,
            Model::User => USER_METHODS,
            Model::Picking => PICKING_METHODS,
            Model::Invoice => INVOICE_METHODS,
            Model::Invoicing => WINDOW_METHODS,
            _ => &[],
        };
        let message = || format!("The method '{model_name}.{method}' does not exist");
        METHODS.iter().chain(own).find(|known| known.name == *method).ok_or_else(|| match self.protocol {
            Protocol::Json2 => Exception::not_found(message()),
            Protocol::JsonRpc => Exception::attribute(message()),
        })
    }

    /// The records: named `ids`, or first among positional arguments.
    fn take_ids(&mut self, method: &Method) -> Result<Vec<i64>, Exception> {
        let named = self.named.remove("ids").filter(truthy);
        if method.of_model {
            return match named {
                Some(_) => {
                    Err(Exception::arguments(format!("cannot call {}.{} with ids", self.model, method.name)))
                }
                None => Ok(Vec::new()),
            };
        }
        let value = match named {
            Some(value) => value,
            None if self.protocol == Protocol::JsonRpc && !self.positional.is_empty() => {
                self.positional.remove(0)
            }
            None => return Ok(Vec::new()),
        };
        let id = |value: &Value| {
            value.as_i64().ok_or_else(|| Exception::kind(format!("not a record id: {value}")))
        };
        match &value {
            Value::Array(ids) => ids.iter().map(id).collect(),
            one => id(one).map(|id| vec![id]),
        }
    }
}

fn writable(model: Model, verb: &str) -> Result<(), Exception> {
    if model.writable() {
        return Ok(());
    }
    let (label, name) = (model.label(), model.name());
    Err(Exception::access(format!("You are not allowed to {verb} '{label}' ({name}) records.")))
}

fn search(database: &Database, bound: &Bound) -> Result<Vec<i64>, Exception> {
    let model = bound.model;
    let mut domain = Domain::parse(database, model, bound.get("domain"))?;
    if let Some(active) = model.place_in(database.series, "active")
        && !bound.asks_not("active_test")
        && !domain.mentions(active)
    {
        let only_active = json!([["active", "=", true]]);
        domain = domain.and(Domain::parse(database, model, &only_active)?);
    }
    let order = bound.get("order").as_str().unwrap_or(model.default_order());
    let ids = database.search(model, &domain, order)?;
    let offset = bound.count("offset").unwrap_or(0);
    // Odoo takes a limit of 0 for "no limit".
    let limit = bound.count("limit").filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    Ok(ids.into_iter().skip(offset).take(limit).collect())
}

fn search_read(database: &Database, bound: &Bound) -> Result<Value, Exception> {
    let ids = search(database, bound)?;
    read(database, bound, &ids)
}

/// Records that are gone are left out, not an error: that is how `read` is.
fn read(database: &Database, bound: &Bound, ids: &[i64]) -> Result<Value, Exception> {
    let places = asked_places(database, bound.model, bound.get("fields"))?;
    let names = match bound.arguments.get("load") {
        None => true,
        Some(load) => load.as_str() == Some("_classic_read"),
    };
    let table = database.table(bound.model);
    let records = ids.iter().filter_map(|id| table.get(*id));
    Ok(records.map(|record| database.row(bound.model, record, &places, names)).collect())
}

fn asked_places(database: &Database, model: Model, fields: &Value) -> Result<Vec<usize>, Exception> {
    match fields.as_array().filter(|fields| !fields.is_empty()) {
        None => Ok((0..model.fields().len()).filter(|place| *place != ID).collect()),
        Some(fields) => {
            let places = fields.iter().map(|name| {
                let name = name.as_str().ok_or_else(|| Exception::value(format!("Invalid field {name}")))?;
                database.field(model, name).map(|(place, _)| place)
            });
            places.filter(|place| !matches!(place, Ok(ID))).collect()
        }
    }
}

/// JSON-RPC gives one id for one dictionary; JSON-2 always a list.
fn create(
    database: &mut Database,
    bound: &Bound,
    protocol: Protocol,
    origin: &Origin,
) -> Result<Value, Exception> {
    writable(bound.model, "create")?;
    let vals_list = bound.get("vals_list");
    match vals_list {
        Value::Array(all) if all.len() > CREATE_MAX => {
            Err(Exception::user(format!("At most {CREATE_MAX} records at once here.")))
        }
        Value::Array(all) => {
            let all: Vec<&Value> = all.iter().collect();
            database.create(bound.model, &all, origin).map(Value::from)
        }
        one => {
            let ids = database.create(bound.model, &[one], origin)?;
            match (protocol, ids.as_slice()) {
                (Protocol::JsonRpc, [id]) => Ok((*id).into()),
                _ => Ok(ids.into()),
            }
        }
    }
}

/// Fields that the model does not have are left out: that is how one finds out.
fn fields_get(database: &Database, bound: &Bound) -> Result<Value, Exception> {
    let known = |name: &&Value| name.as_str().is_some_and(|name| database.field(bound.model, name).is_ok());
    let places = match bound.get("allfields").as_array().filter(|asked| !asked.is_empty()) {
        Some(asked) => {
            let known: Vec<&Value> = asked.iter().filter(known).collect();
            if known.is_empty() { Vec::new() } else { asked_places(database, bound.model, &json!(known))? }
        }
        None => asked_places(database, bound.model, &Value::Null)?,
    };
    let mut all = Map::new();
    for place in places {
        let field = &bound.model.fields()[place];
        let Some(name) = field.name_in(database.series) else {
            continue;
        };
        let computed = sale::is_computed(bound.model, name);
        let mut described = json!({
            "type": field.type_name(), "string": field.label, "required": field.required, "readonly": computed,
        });
        if let (Some(to), Some(map)) = (field.relation(), described.as_object_mut()) {
            map.insert("relation".to_owned(), to.name().into());
        }
        all.insert(name.to_owned(), described);
    }
    Ok(all.into())
}

/// Which of the caller's texts the rows hold; used by `load` to find a record by name.
pub(crate) fn ids_named(database: &Database, model: Model, name: &str) -> Vec<i64> {
    let rows = database.table(model).records();
    let place = model.place("name");
    rows.filter(|row| *row.at(place) == Cell::text(name)).map(|row| row.id).collect()
}

/// The releases that have JSON-2.
pub(crate) fn has_json2(series: Series) -> bool {
    series == Series::V19
}

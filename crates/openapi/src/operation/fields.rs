//! The fields of one operation, gathered from parameters and body, each with a name of its own.

use crate::call::{Kind, Place, Slot, Source};
use crate::limits::{ABOUT_CHARS_MAX, FIELDS_MAX};
use crate::names::{NAME_BYTES_MAX, Names, hash, name};
use crate::note;
use crate::pages::PAGES_MAX_FIELD;
use crate::prose::{both, sentence};
use crate::schema::example::Purpose;
use crate::schema::{Made, Schema, Schemas, Type, fits, plain_field};
use model::{Choice, Field, FieldKind, Words};
use serde_json::Value;

/// Where a field's value goes, for its name and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goes {
    Parameter(Place),
    Body,
    /// The body as a whole.
    Whole,
}

/// What is known of a value besides its schema.
#[derive(Clone, Debug)]
pub(super) struct Asked<'d> {
    /// What it is called where it goes.
    pub name: &'d str,
    pub goes: Goes,
    pub required: bool,
    pub description: Option<&'d str>,
    pub example: Option<&'d Value>,
    pub deprecated: bool,
    pub advanced: bool,
    /// Bytes can go into a form's part and a body as a whole, and nowhere else.
    pub may_be_bytes: bool,
}

/// The fields so far.
#[derive(Debug)]
pub(super) struct Fields {
    pub list: Vec<Field>,
    /// Those whose example is the document's.
    pub exemplary: Vec<String>,
    names: Names,
}

impl Default for Fields {
    fn default() -> Self {
        let names = Names::with(&[PAGES_MAX_FIELD]);
        Self { list: Vec::new(), exemplary: Vec::new(), names }
    }
}

impl Fields {
    pub fn is_full(&self) -> bool {
        self.list.len() >= FIELDS_MAX
    }

    pub fn left(&self) -> usize {
        FIELDS_MAX.saturating_sub(self.list.len())
    }

    /// Adds a field for a value, unless the value is always the same, and tells where the value comes from.
    pub fn add<'d>(&mut self, schemas: &mut Schemas<'_, 'd>, asked: &Asked<'d>, schema: &Schema<'d>) -> Slot {
        let nullable = schema.nullable;
        let slot = |from, kind| Slot {
            name: asked.name.to_owned(),
            from,
            kind,
            nullable,
            always: false,
            otherwise: Value::Null,
        };
        let made = made(schemas, asked, schema);
        if let Some(only) = only_value(asked, schema, &made) {
            schemas.document.note(&note::ONE_VALUE, &schema.at, &[&crate::request::value::as_text(only)]);
            return slot(Source::Fixed(only.clone()), made.sent);
        }
        let mut field = plain_field(asked.name, schema, &made);
        field.name = self.names.unique(&field_name(asked.name), asked.goes.ending());
        field.about = about(asked, &field, schema);
        field.advanced = asked.advanced || asked.deprecated || schema.deprecated;
        // What does not fit is usual nowhere.
        let usual = schema.default.filter(|default| !if_sent(&field, made.sent, default).is_null());
        // Null is a value in a body, and nothing elsewhere.
        let may_be_null = nullable && !matches!(asked.goes, Goes::Parameter(_));
        field.required = asked.required && usual.is_none() && !may_be_null;
        if !field.required
            && let Some(usual) = usual
        {
            field.default = if_sent(&field, made.sent, usual);
        }
        self.example(schemas, asked, schema, &mut field, made.sent);
        let mut slot = slot(Source::Field(field.name.clone()), made.sent);
        if asked.required {
            slot.otherwise = usual.cloned().unwrap_or_default();
            slot.always = may_be_null && usual.is_none();
        }
        self.list.push(field);
        slot
    }

    /// The document's example where it fits, and one that is made otherwise.
    fn example<'d>(
        &mut self,
        schemas: &mut Schemas<'_, 'd>,
        asked: &Asked<'d>,
        schema: &Schema<'d>,
        field: &mut Field,
        sent: Kind,
    ) {
        let said = asked.example.or(schema.example).filter(|example| !example.is_null());
        if let Some(said) = said {
            field.example = if_sent(field, sent, said);
            match field.example.is_null() {
                true => schemas.document.note(&note::EXAMPLE, &schema.at, &[]),
                false => self.exemplary.push(field.name.clone()),
            }
        }
        for purpose in [Purpose::Request, Purpose::Made] {
            if field.example.is_null() {
                let example = schemas.example(asked.name, schema, purpose);
                field.example = if_sent(field, sent, &example);
            }
        }
    }

    /// What a person fills in first comes first.
    pub fn into_list(self) -> Vec<Field> {
        let (required, others): (Vec<_>, Vec<_>) = self.list.into_iter().partition(|field| field.required);
        required.into_iter().chain(others).collect()
    }
}

/// A name in another alphabet is known by its hash: a number would depend on the others.
fn field_name(wire: &str) -> String {
    let otherwise = format!("value_{}", hash(wire));
    name(wire, &otherwise, NAME_BYTES_MAX)
}

/// The value as it stands in a node, or null where the field does not take it or it cannot be sent.
fn if_sent(field: &Field, sent: Kind, value: &Value) -> Value {
    let is_sent = match sent {
        Kind::List => value.is_array(),
        Kind::Object => value.is_object(),
        Kind::Bytes => value.is_string() || value.get("base64").is_some(),
        _ => true,
    };
    if is_sent { fits::if_fits(field, value) } else { Value::Null }
}

fn made<'d>(schemas: &mut Schemas<'_, 'd>, asked: &Asked<'d>, schema: &Schema<'d>) -> Made {
    let made = schemas.made(asked.name, schema, 0);
    match made.sent {
        Kind::Bytes if !asked.may_be_bytes => {
            Made { kind: FieldKind::LongText, sent: Kind::Text, shape: Vec::new() }
        }
        // Lines in an address or a header would not be what anybody means.
        _ if made.kind == FieldKind::LongText && matches!(asked.goes, Goes::Parameter(_)) => {
            Made { kind: FieldKind::Text, ..made }
        }
        _ => made,
    }
}

/// A value that has to be there and can only be one.
fn only_value<'d>(asked: &Asked<'d>, schema: &Schema<'d>, made: &Made) -> Option<&'d Value> {
    let choices = schema.choices.as_ref().filter(|choices| choices.len() == 1);
    let is_choice = matches!(&made.kind, FieldKind::Choice(options) if options.len() == 1);
    choices.filter(|_| asked.required && !schema.nullable && is_choice)?.first().copied()
}

impl Goes {
    /// Behind a name that another field has already.
    fn ending(self) -> &'static str {
        match self {
            Self::Parameter(Place::Path) => "path",
            Self::Parameter(Place::Query) => "query",
            Self::Parameter(Place::Header) => "header",
            Self::Parameter(Place::Cookie) => "cookie",
            Self::Body | Self::Whole => "body",
        }
    }

    fn words(self, name: &str) -> Words {
        let (en, th) = match self {
            Self::Parameter(Place::Path) => ("Stands in the path as", "อยู่ในเส้นทางชื่อ"),
            Self::Parameter(Place::Query) => ("Sent in the query as", "ส่งในพารามิเตอร์ชื่อ"),
            Self::Parameter(Place::Header) => ("Sent in the header", "ส่งในเฮดเดอร์"),
            Self::Parameter(Place::Cookie) => ("Sent in the cookie", "ส่งในคุกกี้"),
            Self::Body => ("Sent in the body as", "ส่งในเนื้อหาชื่อ"),
            Self::Whole => return Words::new("What is sent.", "เนื้อหาที่ส่ง"),
        };
        Words::new(format!("{en} \"{name}\"."), format!("{th} \"{name}\""))
    }
}

/// What the document says, and where a form cannot show it, which values there are.
fn about(asked: &Asked<'_>, field: &Field, schema: &Schema<'_>) -> Words {
    let said = sentence(asked.description.or(schema.description).unwrap_or_default(), ABOUT_CHARS_MAX);
    let about = if said.is_empty() { asked.goes.words(asked.name) } else { both(said) };
    match (&field.kind, schema.only_type()) {
        (FieldKind::Json, Some(Type::List)) => add(about, "A list.", "เป็นรายการ"),
        (FieldKind::Json, Some(Type::File)) | (FieldKind::Json, Some(Type::Text)) => add(
            about,
            "A text, or {\"base64\": …} as webhooks and answers give it.",
            "เป็นข้อความ หรือ {\"base64\": …} ตามที่ webhook และคำตอบให้มา",
        ),
        (FieldKind::Choice(options), _) if options.len() == 1 => {
            let Choice { value, .. } = &options[0];
            add(about, &format!("Only \"{value}\" is possible."), &format!("ใช้ได้เฉพาะ \"{value}\""))
        }
        _ => about,
    }
}

fn add(about: Words, en: &str, th: &str) -> Words {
    Words::new(format!("{} {en}", about.en), format!("{} {th}", about.th))
}

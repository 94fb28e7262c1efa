//! Whether an answer comes in pages, and how the next one is asked for: by what the document says, or by what its
//! parameters and members are called.

use super::answer::Answer;
use super::page_words::{
    AFTER, AROUND, CURSOR, ITEMS, MORE, NEXT_ADDRESS, NEXT_CURSOR, OFFSET, PAGE, SIZE, is,
};
use super::{Found, Scene};
use crate::call::{Kind, Parameter, Place, Source};
use crate::node::join;
use crate::note;
use crate::pages::{Next, Pages, extension};
use crate::schema::{Schema, Type};
use serde_json::Value;

pub(super) struct Rules<'r, 's, 'a, 'd> {
    pub scene: &'r mut Scene<'s, 'a, 'd>,
    pub parameters: &'r [Parameter],
    pub answer: &'r Answer<'d>,
}

/// A member of the answer: its name, where it is, and what it is.
struct Member<'d> {
    name: &'d str,
    at: String,
    schema: Schema<'d>,
}

impl<'d> Rules<'_, '_, '_, 'd> {
    pub fn read(mut self, operation: &Found<'d>) -> Option<Pages> {
        let schema = self.answer.schema.as_ref().filter(|_| self.answer.is_json())?;
        if !operation.method.reads() {
            return None;
        }
        let members = self.members(schema);
        let said_items = extension::items(&operation.node);
        let items = said_items.or_else(|| items(schema, &members))?;
        let said = extension::read(&operation.node, &|name| self.field(name));
        let (next, by) = match said {
            Some(said) => (said.next, "x-pagination".to_owned()),
            None => self.by_convention(&members, &items)?,
        };
        self.scene.document.note(&note::PAGES, &operation.node.at, &[&by]);
        Some(Pages { items, next })
    }

    /// The members of an answer, and those of the objects in it that tell about pages or hold the records.
    fn members(&mut self, schema: &Schema<'d>) -> Vec<Member<'d>> {
        let mut all = self.members_of(schema, "");
        let inner: Vec<Member<'d>> = all
            .iter()
            .filter(|member| is(member.name, &AROUND) || is(member.name, &ITEMS))
            .filter(|member| member.schema.only_type() == Some(Type::Object))
            .flat_map(|member| self.members_of(&member.schema, &member.at))
            .collect();
        all.extend(inner);
        all
    }

    fn members_of(&mut self, schema: &Schema<'d>, at: &str) -> Vec<Member<'d>> {
        let open = |(name, node): (&&'d str, &crate::node::Node<'d>)| Member {
            name,
            at: join(at, name),
            schema: self.scene.schemas.open_in(schema, node.clone()),
        };
        schema.properties.iter().map(open).collect()
    }

    fn by_convention(&self, members: &[Member<'d>], items: &str) -> Option<(Next, String)> {
        if self.answer.headers.iter().any(|name| name == "link") {
            return Some((Next::Link, "Link".to_owned()));
        }
        let member = |words: &[&str], fits: &dyn Fn(&Member<'d>) -> bool| {
            let of_word =
                |word: &&str| members.iter().find(|member| is(member.name, &[word]) && fits(member));
            words.iter().find_map(of_word)
        };
        let is_one =
            |member: &Member<'d>| !matches!(member.schema.only_type(), Some(Type::List | Type::Object));
        let is_address = |member: &Member<'d>| {
            let format = member.schema.format.unwrap_or_default();
            is_one(member)
                && (is(member.name, &NEXT_ADDRESS) || matches!(format, "uri" | "url" | "uri-reference"))
        };
        let address = || member(&NEXT_ADDRESS, &is_address).or_else(|| member(&["next"], &is_address));
        if let Some(address) = address() {
            return Some((Next::Address { at: address.at.clone() }, address.name.to_owned()));
        }
        let by = |parameter: &Parameter| Some((field_of(parameter)?, parameter.slot.name.clone()));
        if let (Some(parameter), Some(cursor)) = (self.parameter(&CURSOR), member(&NEXT_CURSOR, &is_one)) {
            let (field, by) = by(parameter)?;
            return Some((Next::Cursor { field, at: cursor.at.clone() }, by));
        }
        if let Some(parameter) = self.parameter(&AFTER) {
            let (field, by) = by(parameter)?;
            let more = member(&MORE, &is_one).map(|member| member.at.clone());
            return self
                .has_id(members, items)
                .then_some((Next::Last { field, id: "/id".to_owned(), more }, by));
        }
        if let Some(parameter) = self.number(&PAGE) {
            let (field, by) = by(parameter)?;
            return Some((Next::Page { field, first: self.first_page(parameter) }, by));
        }
        let (field, by) = by(self.number(&OFFSET)?)?;
        self.number(&SIZE)?;
        Some((Next::Offset { field }, by))
    }

    /// Whether the records have an id to go on from.
    fn has_id(&self, members: &[Member<'d>], items: &str) -> bool {
        let list = match items {
            "" => self.answer.schema.as_ref(),
            at => members.iter().find(|member| member.at == at).map(|member| &member.schema),
        };
        let record = list.and_then(|list| list.items.clone()).map(|record| self.scene.schemas.open(record));
        record.is_some_and(|record| record.properties.contains_key("id"))
    }

    /// Where counting begins: at what the document says is usual or smallest, which may be 0, and else at 1.
    fn first_page(&self, parameter: &Parameter) -> u64 {
        let said = [&parameter.slot.otherwise, &self.default_of(parameter)];
        let said = said.into_iter().find_map(Value::as_u64);
        said.filter(|first| *first <= 1).unwrap_or(1)
    }

    fn default_of(&self, parameter: &Parameter) -> Value {
        let field = field_of(parameter);
        let known = self.scene.defaults.iter().find(|(name, _)| Some(name) == field.as_ref());
        known.map(|(_, default)| default.clone()).unwrap_or_default()
    }

    fn parameter(&self, words: &[&str]) -> Option<&Parameter> {
        let in_query =
            |parameter: &&Parameter| parameter.place == Place::Query && is(&parameter.slot.name, words);
        self.parameters.iter().find(in_query)
    }

    fn number(&self, words: &[&str]) -> Option<&Parameter> {
        let all = self.parameters.iter().filter(|parameter| parameter.slot.kind == Kind::Number);
        let mut in_query = all.filter(|parameter| parameter.place == Place::Query);
        in_query.find(|parameter| is(&parameter.slot.name, words))
    }

    /// The field of the parameter with exactly this name.
    fn field(&self, name: &str) -> Option<String> {
        self.parameters.iter().find(|parameter| parameter.slot.name == name).and_then(field_of)
    }
}

fn field_of(parameter: &Parameter) -> Option<String> {
    match &parameter.slot.from {
        Source::Field(name) => Some(name.clone()),
        Source::Fixed(_) => None,
    }
}

/// Where the records are: the answer itself, a list by one of the usual names, or the only list there is.
fn items(schema: &Schema<'_>, members: &[Member<'_>]) -> Option<String> {
    if schema.only_type() == Some(Type::List) {
        return Some(String::new());
    }
    let lists: Vec<&Member<'_>> =
        members.iter().filter(|member| member.schema.only_type() == Some(Type::List)).collect();
    let usual = || ITEMS.iter().find_map(|word| lists.iter().find(|list| is(list.name, &[word])).copied());
    let only = || lists.first().filter(|_| lists.len() == 1).copied();
    usual().or_else(only).map(|list| list.at.clone())
}

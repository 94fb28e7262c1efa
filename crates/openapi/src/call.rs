//! How an operation is called, as data: what goes where, and in which form.

use crate::access::{Need, Server};
use crate::pages::Pages;
use model::Rate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything about a call but the values of its fields and the credentials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallTemplate {
    pub method: Method,
    /// Such as `/orders/{orderId}`; what is in braces is the name of a parameter.
    pub path: String,
    /// Where it is, if not at the connector's own address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Server>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// The content type that is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<String>,
    /// The statuses that the document calls a success.
    pub success: Vec<Statuses>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Pages>,
    #[serde(default, skip_serializing_if = "Limit::is_unsaid")]
    pub limit: Limit,
    /// The header that takes a key, under which the system does a thing once however often it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_header: Option<String>,
    /// Ways to sign in: one of them is enough, and takes all that is in it. Without any, nothing is needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sign_in: Vec<Vec<Need>>,
}

impl CallTemplate {
    /// Whether an answer with this status says that the work is done.
    ///
    /// Each 2xx does, also one that the document forgot: taking its 204 for a failure would have an order written twice.
    pub fn is_success(&self, status: u16) -> bool {
        (200..300).contains(&status) || self.success.iter().any(|range| range.has(status))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub const ALL: [Self; 6] = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Changes nothing, as HTTP has it.
    pub fn reads(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }
}

/// Statuses from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Statuses {
    pub from: u16,
    pub to: u16,
}

impl Statuses {
    pub fn has(&self, status: u16) -> bool {
        (self.from..=self.to).contains(&status)
    }
}

/// One value of a call: what it is called there, and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    pub name: String,
    pub from: Source,
    pub kind: Kind,
    /// Whether nothing is a value of its own, which is sent as null.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nullable: bool,
    /// Whether null is sent where the field is empty.
    #[serde(default, skip_serializing_if = "is_false")]
    pub always: bool,
    /// What is sent where the field is empty; null for nothing.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub otherwise: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A field of the operation, by its name.
    Field(String),
    /// The same in each call.
    Fixed(Value),
}

/// What a value is when it is sent, whatever an expression made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    Number,
    Bool,
    List,
    Object,
    /// Any JSON.
    Json,
    /// A text, or `{"base64": …}`.
    Bytes,
}

/// A value that goes into the path, the query, a header or a cookie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    pub slot: Slot,
    pub place: Place,
    pub style: Style,
    #[serde(default, skip_serializing_if = "is_false")]
    pub explode: bool,
    /// Characters that mean something in an address are sent as they are, as far as they leave the parameter what it is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reserved: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

/// How lists and objects become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// `a,b`
    Simple,
    /// `.a.b`
    Label,
    /// `;name=a,b`
    Matrix,
    /// `name=a&name=b`, or `name=a,b`
    Form,
    /// `name=a%20b`
    SpaceDelimited,
    /// `name=a%7Cb`
    PipeDelimited,
    /// `name=a%09b`
    TabDelimited,
    /// `name[key]=a`
    DeepObject,
    /// The value as JSON.
    Json,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    pub content_type: String,
    /// Whether there is a body where no field is filled in.
    pub required: bool,
    pub form: BodyForm,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyForm {
    /// A JSON object with these members.
    Members(Vec<Slot>),
    /// One field is the whole JSON.
    Whole(Slot),
    Form(Vec<FormPart>),
    Multipart(Vec<Part>),
    /// One field is the text or the bytes.
    Raw(Slot),
}

/// A name and its value in a form that is sent like a query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormPart {
    pub slot: Slot,
    pub style: Style,
    #[serde(default, skip_serializing_if = "is_false")]
    pub explode: bool,
}

/// A part of a form that has parts of their own types.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub slot: Slot,
    /// Nothing where the value says it: text, JSON, or bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// How often an operation may be called, as far as the document says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// Headers of answers that tell about it, in small letters, such as `retry-after`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told_by: Vec<String>,
}

impl Limit {
    pub fn is_unsaid(&self) -> bool {
        self.rate.is_none() && self.told_by.is_empty()
    }
}

pub(crate) fn is_false(flag: &bool) -> bool {
    !flag
}

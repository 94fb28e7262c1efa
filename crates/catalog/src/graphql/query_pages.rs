//! `graphql/query_pages`: a list that comes in pages, whole. Bounded in pages and in bytes: an API may go on for ever.

use super::api::{Api, Question};
use super::words;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const PAGES_MAX: u64 = 1_000;
const PAGES_DEFAULT: u64 = 100;
const SIZE_DEFAULT: u64 = 50;

#[derive(Deserialize)]
pub struct Input {
    query: String,
    #[serde(default)]
    variables: Map<String, Value>,
    #[serde(default)]
    operation_name: String,
    list: String,
    #[serde(default)]
    pages: Pages,
    /// By the way in which pages are asked for, its own usual name.
    #[serde(default)]
    place_variable: String,
    #[serde(default)]
    size_variable: String,
    #[serde(default = "size_default")]
    size: u64,
    #[serde(default = "pages_default")]
    pages_max: u64,
}

fn size_default() -> u64 {
    SIZE_DEFAULT
}

fn pages_default() -> u64 {
    PAGES_DEFAULT
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pages {
    #[default]
    Cursor,
    Offset,
}

/// One page, and where the next one is.
struct Page {
    records: Vec<Value>,
    next: Option<Value>,
}

impl Input {
    fn place_variable(&self) -> &str {
        match (self.place_variable.as_str(), self.pages) {
            ("", Pages::Cursor) => "after",
            ("", Pages::Offset) => "skip",
            (given, _) => given,
        }
    }

    fn size_variable(&self) -> &str {
        match (self.size_variable.as_str(), self.pages) {
            ("", Pages::Cursor) => "first",
            ("", Pages::Offset) => "take",
            (given, _) => given,
        }
    }

    fn read(&self, data: &mut Value, host: &str, before: usize) -> Result<Page, Error> {
        match self.pages {
            Pages::Offset => {
                let records = words::list_at(data, &self.list, host)?;
                // A page may be shorter than it was asked to be, as where the API has a bound of its own; an empty one is the end.
                let next = (!records.is_empty()).then(|| json!(before + records.len()));
                Ok(Page { records, next })
            }
            Pages::Cursor => {
                let info = data.pointer(&self.list).and_then(|list| list.get("pageInfo")).cloned();
                let info = info.ok_or_else(|| Error::Refused {
                    message: format!("there is no pageInfo at \"{}\" in the data of {host}", self.list),
                    advice: "Ask for pageInfo { hasNextPage endCursor } in the query, and write where the list is, such as /orders.".into(),
                })?;
                let records = match data.pointer(&format!("{}/nodes", self.list)).is_some() {
                    true => words::list_at(data, &format!("{}/nodes", self.list), host)?,
                    false => words::list_at(data, &format!("{}/edges", self.list), host)?
                        .into_iter()
                        .map(|mut edge| edge.get_mut("node").map(Value::take).unwrap_or_default())
                        .collect(),
                };
                let more = info.get("hasNextPage").and_then(Value::as_bool).unwrap_or_default();
                let end = info.get("endCursor").filter(|end| end.is_string() || end.is_number()).cloned();
                Ok(Page { records, next: end.filter(|_| more) })
            }
        }
    }
}

pub async fn run(cx: &ActionCx<'_>, mut input: Input) -> Result<Value, Error> {
    words::check_reads(&input.query)?;
    words::check_takes(&input.query, input.place_variable())?;
    let (api, limit) = (Api::open(cx)?, cx.http.policy().body_bytes_max);
    let mut variables = std::mem::take(&mut input.variables);
    variables.insert(input.size_variable().into(), input.size.clamp(1, words::SIZE_MAX).into());
    let first = if input.pages == Pages::Offset { json!(0) } else { Value::Null };
    variables.insert(input.place_variable().into(), first);
    let (mut gathered, mut bytes, most) = (Vec::new(), 0_u64, input.pages_max.clamp(1, PAGES_MAX));
    for page in 1..=most {
        let question =
            Question { document: &input.query, variables: &variables, name: &input.operation_name };
        let mut told = api.read_whole(&question).await?;
        bytes += told.bytes;
        if bytes > limit {
            return Err(Error::Refused {
                message: format!("the pages of {} have more than {limit} bytes", told.host),
                advice: "Ask for fewer fields or for less, or let an administrator raise the bound in the settings.".into(),
            });
        }
        let Page { records, next } = input.read(&mut told.data, &told.host, gathered.len())?;
        let Some(next) = next else {
            gathered.extend(records);
            return Ok(json!({"records": gathered, "count": gathered.len(), "pages": page}));
        };
        if variables.insert(input.place_variable().into(), next.clone()) == Some(next) {
            return Err(again(input.place_variable()));
        }
        gathered.extend(records);
    }
    Err(Error::Refused {
        message: format!("there are more than {most} pages"),
        advice: "Ask for larger pages or for less, or raise the number of pages.".into(),
    })
}

/// An API that does not look at the place gives the first page for ever.
fn again(variable: &str) -> Error {
    Error::Refused {
        message: "the same page came again".into(),
        advice: format!("Hand ${variable} on to the list in the query, so that it begins there."),
    }
}

pub fn spec() -> OperationSpec {
    let example = "query ($skip: Int, $take: Int) { products(options: {skip: $skip, take: $take}) { items { id name } } }";
    let spec = OperationSpec::action("graphql/query_pages", "Read all pages of a list", "อ่านรายการทุกหน้า")
        .about(
            "Sends a query again and again, a page further each time, and gives all records as one list.",
            "ส่งคิวรีทีละหน้าจนครบ แล้วให้ทุกรายการเป็นลิสต์เดียว",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::query().example(example))
        .field(words::variables());
    page_fields().into_iter().fold(spec, OperationSpec::field).field(words::operation_name()).example(
        json!({"query": example, "pages": "offset", "list": "/products/items", "size": 100}),
        json!({"records": [{"id": "1", "name": "Green tea"}], "count": 1, "pages": 2}),
    )
}

fn page_fields() -> [Field; 6] {
    [
        Field::choice(
            "pages",
            &[
                ("cursor", "A cursor (pageInfo, as Relay has it)", "เคอร์เซอร์ (pageInfo แบบ Relay)"),
                ("offset", "So many to skip", "จำนวนรายการที่ข้าม"),
            ],
            "Pages by",
            "แบ่งหน้าด้วย",
        )
        .about(
            "How the API splits the list. With a cursor the query asks for pageInfo { hasNextPage endCursor }.",
            "วิธีที่ API แบ่งรายการ หากใช้เคอร์เซอร์ คิวรีต้องขอ pageInfo { hasNextPage endCursor } ด้วย",
        )
        .default("cursor")
        .example("offset"),
        Field::new("list", FieldKind::Text, "Where the list is", "ตำแหน่งของรายการ")
            .about(
                "A JSON pointer below data: with a cursor to what holds pageInfo and nodes or edges, else to the list itself.",
                "JSON pointer ใต้ data หากใช้เคอร์เซอร์ให้ชี้ไปที่ส่วนที่มี pageInfo และ nodes หรือ edges มิฉะนั้นให้ชี้ไปที่ลิสต์",
            )
            .required()
            .at_most(200)
            .example("/products/items"),
        words::size(SIZE_DEFAULT),
        words::variable(
            "place_variable",
            "",
            "Variable of the place",
            "ตัวแปรของตำแหน่งเริ่ม",
            "The query's variable for where a page begins. Empty: after with a cursor, else skip.",
            "ตัวแปรในคิวรีที่บอกว่าหน้าเริ่มที่ใด หากว่างจะใช้ after เมื่อใช้เคอร์เซอร์ มิฉะนั้นใช้ skip",
        )
        .example("offset")
        .advanced(),
        words::variable(
            "size_variable",
            "",
            "Variable of the size",
            "ตัวแปรของจำนวน",
            "The query's variable for how many records a page has. Empty: first with a cursor, else take.",
            "ตัวแปรในคิวรีที่บอกจำนวนต่อหน้า หากว่างจะใช้ first เมื่อใช้เคอร์เซอร์ มิฉะนั้นใช้ take",
        )
        .example("limit")
        .advanced(),
        Field::new("pages_max", FieldKind::Number, "Most pages", "จำนวนหน้าสูงสุด")
            .about(
                "More pages than this are an error, so that nothing is left out silently.",
                "หากมีมากกว่านี้ถือเป็นข้อผิดพลาด เพื่อไม่ให้ข้อมูลตกหล่นโดยไม่รู้ตัว",
            )
            .at_least(1)
            .at_most(PAGES_MAX)
            .default(PAGES_DEFAULT)
            .example(PAGES_DEFAULT)
            .advanced(),
    ]
}

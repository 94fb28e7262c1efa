//! Records of a shop to choose from: the locations that it keeps stock at.

use super::api::{ASK_TIMEOUT, Api};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::{Map, Value, json};

pub const LOCATION: &str = "location";

const LOCATIONS: &str = "query($first:Int!,$after:String,$query:String){locations(first:$first,after:$after,\
                         query:$query,sortKey:NAME){pageInfo{hasNextPage endCursor} \
                         nodes{id name address{city countryCode}}}}";
const ONE: &str = "query($id:ID!){location(id:$id){id name address{city countryCode}}}";

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    if wanted.kind != LOCATION {
        return Err(Error::Input {
            message: format!("there are no records of the kind \"{}\" to choose from", wanted.kind),
            advice: "Write the record's id by hand.".into(),
        });
    }
    let api = Api::of(http, connection, ASK_TIMEOUT)?;
    if let Some(id) = wanted.id.as_ref().and_then(Value::as_str) {
        let data = api.read(ONE, json!({"id": super::api::gid("Location", id)})).await?;
        return Ok(Page { records: data.get("location").and_then(record).into_iter().collect(), next: None });
    }
    let variables = Map::from_iter([
        ("first".into(), json!(PAGE_MAX)),
        ("after".into(), json!(wanted.after)),
        ("query".into(), json!(search(&wanted.text))),
    ]);
    let page = api.page(LOCATIONS, variables, "/locations").await?;
    Ok(Page { records: page.nodes.iter().filter_map(record).collect(), next: page.next })
}

/// Beginnings of words, which Shopify finds only where they are not quoted; so signs of its search are left out.
fn search(text: &str) -> Option<String> {
    let signs = [':', '(', ')', '"', '\'', '\\', '*', '<', '>'];
    let words = text.split_whitespace().map(|word| word.replace(signs, "")).filter(|word| !word.is_empty());
    let terms: Vec<String> = words.map(|word| format!("name:{word}*")).collect();
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

fn record(node: &Value) -> Option<Record> {
    let text = |place: &str| node.pointer(place).and_then(Value::as_str).filter(|text| !text.is_empty());
    let detail: Vec<&str> = ["/address/city", "/address/countryCode"].into_iter().filter_map(text).collect();
    let label = text("/name").or_else(|| text("/id"))?.to_owned();
    Some(Record { id: node.get("id")?.clone(), label, detail: detail.join(" · ") })
}

//! What a connector and its operations are called.

use super::Found;
use crate::document::Document;
use crate::limits::{ABOUT_CHARS_MAX, TITLE_CHARS_MAX};
use crate::names::{CONNECTOR_BYTES_MAX, NAME_BYTES_MAX, Names, hash, human, name, of_call, snake};
use crate::note;
use crate::problem::{self, Problem};
use crate::prose::{both, plain, sentence};
use crate::wanted::Wanted;
use model::Words;
use std::collections::HashMap;
use url::Url;

/// The id that is wanted, or one of the title, or else of the host.
pub(crate) fn connector_id(
    document: &Document<'_>,
    wanted: &Wanted,
    from: Option<&Url>,
) -> Result<String, Problem> {
    if let Some(id) = &wanted.id {
        let fits =
            !id.is_empty() && id.len() <= CONNECTOR_BYTES_MAX && name(id, "", CONNECTOR_BYTES_MAX) == *id;
        return if fits { Ok(id.clone()) } else { Err(problem::BAD_ID.at("", &[id])) };
    }
    let title = document.root.get("info").and_then(|info| info.text("title")).unwrap_or_default();
    let host = from.and_then(Url::host_str).unwrap_or_default();
    let word = [title, host].into_iter().find(|text| !snake(text).is_empty()).unwrap_or("api");
    Ok(name(word, "api", CONNECTOR_BYTES_MAX))
}

pub(crate) fn words(document: &Document<'_>, id: &str) -> (Words, Words) {
    let info = document.root.get("info");
    let text = |name: &str| info.as_ref().and_then(|info| info.words(name)).unwrap_or_default();
    let title = plain(text("title"), TITLE_CHARS_MAX);
    let title = if title.is_empty() { human(id) } else { title };
    let about = sentence(text("description"), ABOUT_CHARS_MAX);
    let about = if about.is_empty() {
        Words::new(format!("Made of the API document of {title}."), format!("สร้างจากเอกสาร API ของ {title}"))
    } else {
        both(about)
    };
    (both(title), about)
}

/// The ids of operations, one for each, all different, and the same whenever the document is imported.
///
/// Where several would be called the same, each gets an ending of its own method and path: an ending by order would change
/// when another operation is added.
pub(super) fn operation_ids(document: &Document<'_>, wanted: &Wanted, found: &[Found<'_>]) -> Vec<String> {
    let mut names = Names::default();
    let keys: Vec<String> = found.iter().map(Found::key).collect();
    // An id whose operation is no more may go to one that is called so now.
    let mut kept: HashMap<&str, &str> = HashMap::new();
    for key in &keys {
        kept.extend(wanted.keep.get(key).filter(|id| names.take(id)).map(|id| (key.as_str(), id.as_str())));
    }
    let own: Vec<String> = found.iter().map(own_id).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    own.iter().for_each(|id| *counts.entry(id).or_default() += 1);
    let mut ids = Vec::with_capacity(found.len());
    for ((operation, id), key) in found.iter().zip(&own).zip(&keys) {
        if let Some(kept) = kept.remove(key.as_str()) {
            ids.push(kept.to_owned());
            continue;
        }
        let ending = hash(key);
        let is_shared = counts.get(id.as_str()).is_some_and(|count| *count > 1);
        let unique = if is_shared {
            let base = id.get(..id.len().min(NAME_BYTES_MAX - 9)).unwrap_or(id).trim_end_matches('_');
            names.unique(&format!("{base}_{ending}"), "again")
        } else {
            names.unique(id, &ending)
        };
        if unique != *id {
            document.note(&note::SAME_ID, &operation.node.at, &[id, &unique]);
        }
        ids.push(unique);
    }
    ids
}

fn own_id(operation: &Found<'_>) -> String {
    let said = operation.node.words("operationId").filter(|id| !snake(id).is_empty());
    match said {
        Some(id) => name(id, "call", NAME_BYTES_MAX),
        None => of_call(operation.method.as_str(), &operation.path),
    }
}

pub(super) fn operation_words(operation: &Found<'_>) -> (Words, Words) {
    let node = &operation.node;
    let (method, path) = (operation.method.as_str(), operation.path.as_str());
    let said = ["summary", "operationId"].into_iter().find_map(|name| Some((name, node.words(name)?)));
    let title = match said {
        Some(("operationId", id)) => human(id),
        Some((_, summary)) => plain(summary, TITLE_CHARS_MAX).trim_end_matches('.').to_owned(),
        None => String::new(),
    };
    let title = if title.is_empty() { plain(&format!("{method} {path}"), TITLE_CHARS_MAX) } else { title };
    let about =
        sentence(node.words("description").or(node.words("summary")).unwrap_or_default(), ABOUT_CHARS_MAX);
    let about = if about.is_empty() {
        Words::new(format!("Calls {method} {path}."), format!("เรียก {method} {path}"))
    } else {
        both(about)
    };
    (both(title), about)
}

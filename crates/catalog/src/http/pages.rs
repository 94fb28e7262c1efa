//! Reading a list that comes in pages. Bounded in pages and in bytes: a target may go on for ever.

use super::body::as_text;
use super::request::{Input, PAGES_MAX, Pagination};
use super::{body, request};
use connector::http::Answer;
use connector::{ActionCx, Error};
use serde_json::Value;
use url::Url;

/// Where the next page is.
enum Next {
    /// One more query parameter, replacing the one of its name.
    Parameter(String),
    Url(Url),
}

/// Reads page after page; the output is that of the last page with all elements as its body.
pub async fn read_all(cx: &ActionCx<'_>, input: &Input) -> Result<Value, Error> {
    let mut url = connector::http::read_url(&input.address(cx.connection)?)?;
    if let Some(first) = first_parameter(input) {
        set_parameter(&mut url, &input.page_parameter, &first);
    }
    let mut gathered = Vec::new();
    let mut bytes = 0u64;
    for page in 1..=input.pages_max.clamp(1, PAGES_MAX) {
        let answer = request::send(cx, input, url.as_str()).await?;
        bytes += answer.body.len() as u64;
        check_size(cx, &answer, bytes)?;
        let read = body::read(&answer)?;
        let next = next_page(input, &answer, &read, page, gathered.len())?;
        let empty = gather(input, &answer, read, &mut gathered)?;
        match next {
            Some(next) if !empty => go_to(&mut url, input, &answer, next)?,
            _ => return Ok(body::output(&answer, Value::Array(gathered))),
        }
    }
    Err(Error::Refused {
        message: format!("there are more than {} pages", input.pages_max.clamp(1, PAGES_MAX)),
        advice: "Ask for larger pages or for less, or raise the number of pages.".into(),
    })
}

fn check_size(cx: &ActionCx<'_>, answer: &Answer, bytes: u64) -> Result<(), Error> {
    let limit = cx.http.policy().body_bytes_max;
    if bytes > limit {
        return Err(Error::TooLarge { host: answer.host(), limit });
    }
    Ok(())
}

/// Adds a page's elements, and tells whether there were none.
fn gather(input: &Input, answer: &Answer, page: Value, all: &mut Vec<Value>) -> Result<bool, Error> {
    let found = match input.items.as_str() {
        "" => Some(page),
        place => page.pointer(place).cloned(),
    };
    match found {
        Some(Value::Array(items)) => {
            let empty = items.is_empty();
            all.extend(items);
            Ok(empty)
        }
        _ => Err(Error::Unreadable {
            host: answer.host(),
            message: format!("there is no list at \"{}\" in the answer", input.items),
        }),
    }
}

fn first_parameter(input: &Input) -> Option<String> {
    match input.pagination {
        Pagination::Page => Some(input.page_first.to_string()),
        Pagination::Offset => Some("0".into()),
        Pagination::None | Pagination::NextLink | Pagination::Cursor => None,
    }
}

fn next_page(
    input: &Input,
    answer: &Answer,
    page: &Value,
    number: u64,
    before: usize,
) -> Result<Option<Next>, Error> {
    Ok(match input.pagination {
        Pagination::None => None,
        Pagination::NextLink => next_link(answer)?.map(Next::Url),
        Pagination::Cursor => match page.pointer(&input.cursor) {
            None | Some(Value::Null | Value::Bool(false)) => None,
            Some(cursor) => Some(as_text(cursor)).filter(|text| !text.is_empty()).map(Next::Parameter),
        },
        Pagination::Page => Some(Next::Parameter((input.page_first + number).to_string())),
        Pagination::Offset => {
            let here = page.pointer(&input.items).and_then(Value::as_array).map_or(0, Vec::len);
            Some(Next::Parameter((before + here).to_string()))
        }
    })
}

/// The address in `Link: <…>; rel="next"`.
fn next_link(answer: &Answer) -> Result<Option<Url>, Error> {
    let links = answer.headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
    let Some(target) = links.into_iter().find_map(openapi::pages::next_link) else {
        return Ok(None);
    };
    answer.url.join(target).map(Some).map_err(|error| Error::Unreadable {
        host: answer.host(),
        message: format!("the link to the next page cannot be read: {error}"),
    })
}

/// The connection's credentials go along with every page, so a page at another origin is refused.
fn go_to(url: &mut Url, input: &Input, answer: &Answer, next: Next) -> Result<(), Error> {
    match next {
        Next::Parameter(value) => set_parameter(url, &input.page_parameter, &value),
        Next::Url(next) if next.origin() == url.origin() => *url = next,
        Next::Url(_) => {
            return Err(Error::Refused {
                message: format!("{} says that the next page is on another host", answer.host()),
                advice: "Read that host by a node of its own.".into(),
            });
        }
    }
    Ok(())
}

fn set_parameter(url: &mut Url, name: &str, value: &str) {
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(given, _)| given != name)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair(name, value);
}

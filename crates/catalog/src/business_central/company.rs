//! Which company calls are for: people know its name, addresses want its id.

use super::api::Api;
use crate::odata::Query;
use crate::office;
use connector::sign_in::Tokens;
use connector::{Connection, Error, Http};
use serde_json::Value;

/// What the sign-in told: the company that was asked for, and its id.
const NAME: &str = "company";
const ID: &str = "company_id";
const COMPANIES_MAX: usize = 1_000;

/// Keeps the company's id beside new tokens.
pub async fn learn(http: &Http, connection: &Connection, tokens: &mut Tokens) -> Result<(), Error> {
    let name = connection.need(NAME)?.trim();
    if is_id(name) {
        return Ok(());
    }
    let id = find(&Api::with_token(http, connection, &tokens.access)?).await.map_err(refused)?;
    tokens.facts.extend([(NAME.to_owned(), name.into()), (ID.to_owned(), id.into())]);
    Ok(())
}

/// A token that was just got has not ended: who refuses it does not know the app.
fn refused(error: Error) -> Error {
    match error {
        Error::TokenEnded { message, .. } => Error::Connection {
            message: format!("Business Central does not know the app: {message}"),
            advice: "Register it in Business Central, page Microsoft Entra Applications, state Enabled, with permission sets.".into(),
        },
        other => other,
    }
}

/// The company's id, where nobody has to be asked.
pub fn known(connection: &Connection) -> Result<Option<&str>, Error> {
    let name = connection.need(NAME)?.trim();
    if is_id(name) {
        return Ok(Some(name));
    }
    // The connection may be for another company by now than when it was signed in.
    Ok(connection.fact(ID).filter(|_| connection.fact(NAME) == Some(name)))
}

pub async fn find(api: &Api<'_>) -> Result<String, Error> {
    let wanted = api.connection.need(NAME)?.trim();
    let query = Query { entity: "companies", most: COMPANIES_MAX, ..Query::default() };
    let found = api.list(&query).await?;
    let is_it = |row: &&Value| {
        ["name", "displayName"].iter().any(|field| office::text(row, field).eq_ignore_ascii_case(wanted))
    };
    let id = found.iter().find(is_it).map(|row| office::text(row, "id").to_owned());
    id.filter(|id| is_id(id)).ok_or_else(|| Error::Connection {
        message: format!(
            "Business Central has no company \"{}\" for this app",
            connector::http::shorten(wanted)
        ),
        advice:
            "Write the company's name as on the page Companies, and give the app a permission set for it."
                .into(),
    })
}

/// Whether a text is an id as Business Central writes them.
pub fn is_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && parts.iter().all(|part| part.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_from_a_name() {
        assert!(is_id("5d115c9c-44e3-ea11-bb43-000d3a2feca1"));
        for name in
            ["CRONUS TH", "", "5d115c9c-44e3-ea11-bb43-000d3a2feca", "5d115c9c-44e3-ea11-bb43-000d3a2fecaz"]
        {
            assert!(!is_id(name), "{name}");
        }
    }
}

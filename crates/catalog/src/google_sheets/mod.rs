//! Google Sheets: rows of a sheet as records, by the names in its first row.

mod api;
mod append_rows;
mod cells;
mod clear;
mod failure;
mod guide;
mod key_file;
mod list_sheets;
mod lookup;
mod place;
mod read_rows;
mod rows_added;
mod table;
mod update_rows;
mod upsert_rows;
mod words;
mod write;

use async_trait::async_trait;
use connector::action;
use connector::lookup::{Page, Wanted};
use connector::oauth2::OAuth2;
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Span};
use url::Url;

/// How long a request whose answer was lost may still be at work.
const SETTLE: Span = Span::from_secs(60);

pub struct GoogleSheets;

#[async_trait]
impl Connector for GoogleSheets {
    fn spec(&self) -> ConnectorSpec {
        guide::spec()
    }

    /// A service account's key gets tokens by itself; without one somebody signs in.
    fn token_rule(&self, connection: &Connection) -> TokenRule {
        if key_file::is_given(connection) { TokenRule::Keys } else { TokenRule::Consent }
    }

    fn consent_url(&self, connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
        // Without both, Google gives no refresh token to somebody who has consented before.
        let always = [("access_type", "offline"), ("prompt", "consent")];
        let oauth =
            OAuth2 { consent: &always, ..OAuth2::new(guide::AUTHORIZE_URL, guide::TOKEN_URL, guide::SCOPE) };
        oauth.consent_url(connection, consent)
    }

    async fn tokens(&self, http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
        let url = connection.text("token_url").unwrap_or(guide::TOKEN_URL);
        match key_file::is_given(connection) {
            true => key_file::exchange(http, connection, url).await,
            false => OAuth2::new(guide::AUTHORIZE_URL, url, "").tokens(http, connection, grant).await,
        }
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        match connection.text(words::SPREADSHEET) {
            Some(_) => list_sheets::title(&api::Api::new(http, connection, None)?).await,
            None => connection
                .access_token()
                .map(|_| "Google has let Khlong in. Name a spreadsheet to try that, too.".to_owned()),
        }
    }

    fn lookups(&self) -> Vec<&'static str> {
        lookup::names()
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn settle(_connection: Option<&Connection>) -> Span {
    SETTLE
}

pub fn parts() -> Parts {
    Parts::of(GoogleSheets)
        .action(action!(append_rows, effect, probe, settle))
        .action(action!(clear))
        .action(action!(list_sheets))
        .action(action!(read_rows))
        .action(action!(update_rows))
        .action(action!(upsert_rows, settle))
        .poll(rows_added::RowsAdded)
}

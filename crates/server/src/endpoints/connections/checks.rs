//! What somebody wants to save, held against the connector's spec and against what there is.

use super::{Error, TEXT_BYTES_MAX};
use api::SaveConnection;
use connector::{Connection, expiry};
use model::money::Amount;
use model::{ConnectionSpec, Field, FieldKind, Rate, Value};

/// Besides addresses: what says where calls go, by whom they may be heard, and who is believed to be the system.
const LEADING: [&str; 10] =
    ["brokers", "ca_pem", "host", "host_key", "plain_password", "port", "proxy", "sasl", "security", "tls"];
const LEADING_ENDS: [&str; 3] = ["_host", "_port", "_security"];

/// Whether secrets may go elsewhere, or be heard by somebody else, when a field changes. The address of a connector that was
/// imported may be put together of any of its fields.
fn leads(field: &Field, is_built_in: bool) -> bool {
    match field.kind {
        FieldKind::Url => true,
        FieldKind::Secret | FieldKind::Rate => false,
        FieldKind::Text | FieldKind::Choice(_) if !is_built_in => field.name != expiry::EXPIRES,
        _ => {
            let name = field.name.as_str();
            LEADING.contains(&name) || LEADING_ENDS.iter().any(|end| name.ends_with(end))
        }
    }
}

fn value_of(fields: &serde_json::Map<String, Value>, field: &Field) -> Value {
    let value = fields.get(&field.name).unwrap_or(&field.default);
    // An empty field is one that was left alone.
    if value.as_str() == Some("") { Value::Null } else { value.clone() }
}

/// Whoever may change where calls go must not learn by it the secrets that others entered.
pub fn keep_secrets_at_home(
    spec: &ConnectionSpec,
    given: &SaveConnection,
    kept: &Connection,
    is_built_in: bool,
) -> Result<(), Error> {
    let secrets: Vec<String> =
        kept.secrets.keys().filter(|name| !given.secrets.contains_key(*name)).cloned().collect();
    let origin = |fields: &serde_json::Map<String, Value>, field: &Field| {
        connector::http::read_url(value_of(fields, field).as_str()?).ok().map(|url| url.origin())
    };
    let moved = |field: &&Field| match field.kind {
        // Also where there was no address: it may have been taken away a moment ago.
        FieldKind::Url => {
            let now = origin(&given.fields, field);
            now.is_some() && now != origin(&kept.fields, field)
        }
        _ => leads(field, is_built_in) && value_of(&given.fields, field) != value_of(&kept.fields, field),
    };
    match spec.fields.iter().find(moved) {
        Some(field) if !secrets.is_empty() => Err(Error::MovedSecrets { field: field.name.clone(), secrets }),
        _ => Ok(()),
    }
}

/// Tokens were made for one system and one app: those of another place or another app are worth nothing there.
pub fn stays_signed_in(
    spec: &ConnectionSpec,
    given: &serde_json::Map<String, Value>,
    kept: &Connection,
    is_built_in: bool,
) -> bool {
    // Where a connection is tried is for its own host alone.
    let matters = |field: &&Field| {
        leads(field, is_built_in) && field.name != "test_url"
            || field.name.ends_with(connector::oauth2::CLIENT_ID)
    };
    spec.fields.iter().filter(matters).all(|field| value_of(given, field) == value_of(&kept.fields, field))
}

pub fn check(spec: &ConnectionSpec, given: &SaveConnection, kept: Option<&Connection>) -> Result<(), Error> {
    let known = |name: &str, secret: bool| {
        let same = |field: &&Field| field.name == name && (field.kind == FieldKind::Secret) == secret;
        spec.fields.iter().find(same)
    };
    for (name, value) in &given.fields {
        let field = known(name, false).ok_or_else(|| Error::UnknownField(name.clone()))?;
        check_value(field, value)?;
    }
    for (name, secret) in &given.secrets {
        known(name, true).ok_or_else(|| Error::UnknownField(name.clone()))?;
        if secret.len() > TEXT_BYTES_MAX {
            return Err(Error::WrongKind(name.clone(), "at most 64 KB"));
        }
    }
    let missing = spec.fields.iter().find(|field| field.required && !is_given(field, given, kept));
    missing.map_or(Ok(()), |field| Err(Error::MissingField(field.name.clone())))
}

fn is_given(field: &Field, given: &SaveConnection, kept: Option<&Connection>) -> bool {
    if field.kind == FieldKind::Secret {
        return match given.secrets.get(&field.name) {
            Some(secret) => !secret.is_empty(),
            None => kept.is_some_and(|kept| kept.secret(&field.name).is_some()),
        };
    }
    let value = given.fields.get(&field.name).unwrap_or(&field.default);
    !matches!(value, Value::Null) && value.as_str() != Some("")
}

fn check_value(field: &Field, value: &Value) -> Result<(), Error> {
    let wrong = |wanted| Err(Error::WrongKind(field.name.clone(), wanted));
    match (&field.kind, value) {
        (_, Value::Null) => Ok(()),
        (_, Value::String(text)) if text.len() > TEXT_BYTES_MAX => wrong("at most 64 KB"),
        (FieldKind::Bool, Value::Bool(_)) => Ok(()),
        (FieldKind::Bool, _) => wrong("true or false"),
        (FieldKind::Number, Value::Number(_)) => Ok(()),
        (FieldKind::Number, _) => wrong("a number"),
        (FieldKind::Money(_), Value::Number(number)) if Amount::read(number.as_str()).is_ok() => Ok(()),
        (FieldKind::Money(_), Value::String(text)) if text.is_empty() || Amount::read(text).is_ok() => Ok(()),
        (FieldKind::Money(_), _) => wrong("an amount of money, such as 1234.50"),
        (FieldKind::Choice(choices), Value::String(text)) => {
            let listed = text.is_empty() || choices.iter().any(|choice| choice.value == *text);
            if listed { Ok(()) } else { wrong("one of its choices") }
        }
        (FieldKind::Url, Value::String(text)) => {
            let usable = text.is_empty() || connector::http::read_url(text).is_ok();
            if usable { Ok(()) } else { wrong("an address that begins with http:// or https://") }
        }
        (FieldKind::Span, Value::String(text)) => {
            if text.is_empty() || text.parse::<model::Span>().is_ok() {
                Ok(())
            } else {
                wrong("a length of time, such as 10s")
            }
        }
        (FieldKind::Rate, value) => match Rate::read(value) {
            Ok(_) => Ok(()),
            Err(_) => wrong("a rate such as {\"calls\": 2, \"per\": \"1s\", \"burst\": 40}"),
        },
        (FieldKind::Text, Value::String(text)) if field.name == expiry::EXPIRES => {
            let is_day = text.is_empty() || expiry::read_date(text).is_some();
            if is_day { Ok(()) } else { wrong("a day, such as 2027-03-31") }
        }
        (FieldKind::Json | FieldKind::Map | FieldKind::List(_), _) => Ok(()),
        (_, Value::String(_)) => Ok(()),
        _ => wrong("a text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_field_of_a_connector_says_where_calls_go_or_is_known_not_to() {
        let specs = catalog::parts().connectors.into_iter().map(|connector| connector.spec());
        let connections = specs.filter_map(|spec| spec.connection);
        let fields = connections.flat_map(|connection| connection.fields);
        let fields = fields.filter(|field| !matches!(field.kind, FieldKind::Secret) && !leads(field, true));
        let harmless: BTreeSet<String> = fields.map(|field| field.name).collect();
        let known: BTreeSet<String> = HARMLESS.split_whitespace().map(str::to_owned).collect();
        let news: Vec<_> = harmless.symmetric_difference(&known).collect();
        assert!(news.is_empty(), "does it decide where secrets go, or who may hear them? {news:?}");
    }

    /// Who is meant at the system, how it is told so, and what is written there. An environment or a region is one of the
    /// vendor's own.
    const HARMLESS: &str = "access_key access_key_id account address addressing api_account api_key api_version app_id app_key application_code \
        auth base_folder bucket carrier_field client_auth client_id code_prefix company consent_parameters contact_column \
        contact_field currency customer_code customer_group database environment exempt_template external_field file header \
        headers id_property item key_name keys_in language merchant_id name names note_field oauth_hash organisation partner_id \
        password_salt payment_field payment_schema payment_term permalinks price_list prices protocol rate reference_field \
        region scope service_id settle shop_id sign_in signature signed_with spreadsheet stock_journal store_location subject \
        tax_code tax_code_none tax_type tax_type_none tenant territory time_zone token_parameters tracking_field type_company \
        type_person username utc_offset vat_account vat_group vat_group_none vat_rate vat_type_inside vat_type_none \
        vat_type_on_top version vhost warehouse";
}

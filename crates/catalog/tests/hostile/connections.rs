//! A complete connection to every connector, made from its own spec: each address leads to the hostile server, and each secret is
//! one that can be found again in whatever is said.

use connector::sign_in::Tokens;
use connector::{Catalog, Connection};
use model::{Field, FieldKind};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

/// Fields that every connection has, and that would change how the hostile server is reached.
const TRANSPORT: [&str; 4] = ["proxy", "proxy_login", "ca_pem", "client_pem"];

/// The connectors whose calls are HTTP, by their names.
pub fn all(catalog: &Catalog) -> Vec<String> {
    let speaks = |id: &&String| {
        catalog.connector(id).is_some_and(|connector| connector.speaks_http())
            && catalog.specs().connectors[*id].connection.is_some()
            && *id != "core"
    };
    catalog.specs().connectors.keys().filter(speaks).cloned().collect()
}

/// Holds what travels badly, so that a secret that was encoded on its way is found as well.
pub fn secret(name: &str) -> String {
    format!("s3cr+t/{name}=7f3a9c2e")
}

pub fn complete(catalog: &Catalog, id: &str, url: &str) -> Connection {
    let spec = &catalog.specs().connectors[id];
    let fields = spec.connection.as_ref().map_or(&[][..], |connection| &connection.fields);
    let fields: Vec<&Field> =
        fields.iter().filter(|field| !TRANSPORT.contains(&field.name.as_str())).collect();
    let plain: Map<String, Value> =
        fields.iter().filter_map(|field| Some((field.name.clone(), plain(field, url)?))).collect();
    let secrets = fields.iter().filter(|field| field.kind == FieldKind::Secret);
    let secrets = secrets.map(|field| (field.name.clone(), SecretString::from(of(id, &field.name, url))));
    let secrets = secrets.filter(|(name, _)| !is_left_out(id, name)).collect();
    let mut connection = Connection::new("mine".into(), id.into(), plain, secrets);
    connection.tokens = Some(tokens(id, url));
    connection
}

fn plain(field: &Field, url: &str) -> Option<Value> {
    match &field.kind {
        FieldKind::Url => Some(url.into()),
        FieldKind::Secret | FieldKind::Rate => None,
        FieldKind::Bool => Some(field.example.clone()),
        _ if !field.example.is_null() => Some(field.example.clone()),
        _ if !field.default.is_null() => Some(field.default.clone()),
        _ => field.required.then(|| "1".into()),
    }
}

/// An incoming webhook of Slack is a secret address, a key of Google's a file, and WordPress changes signs in what it keeps.
fn of(id: &str, name: &str, url: &str) -> String {
    match (id, name) {
        ("google_sheets", "service_account") => {
            let key = json!({"type": "service_account", "client_email": "khlong@shop.iam.gserviceaccount.com",
                "private_key": crate::rsa::pem(), "private_key_id": "k1", "token_uri": format!("{url}/token")});
            key.to_string()
        }
        ("woocommerce", "webhook_secret") => "s3cretwebhook7f3a9c2e".into(),
        ("slack", "webhook_url") => format!("{url}/services/T0/B0/s3cretPath7f3a9c2e"),
        _ => secret(name),
    }
}

/// What is entered in place of another secret. Tokens that are entered would take the place of those of a sign-in.
fn is_left_out(id: &str, name: &str) -> bool {
    matches!((id, name), ("salesforce", "private_key"))
}

fn tokens(id: &str, url: &str) -> Tokens {
    let facts = match id {
        "quickbooks" => json!({"realm_id": "9130355377388383"}),
        "salesforce" => json!({"instance_url": url}),
        "shopee" => json!({"shop_id": "209920"}),
        "tiktok_shop" => json!({"shop_cipher": "ROW_cipherTH"}),
        "xero" => json!({"tenant_id": "c3d5e782-2153-4cda-bdb4-cec791ceb90d"}),
        _ => json!({}),
    };
    let mut tokens = Tokens::new(secret("access_token"));
    tokens.refresh = Some(secret("refresh_token").into());
    tokens.facts = facts.as_object().cloned().unwrap_or_default();
    tokens
}

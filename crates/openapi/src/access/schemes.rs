//! `securitySchemes` and `securityDefinitions`: what a connection is asked for, and how that is sent.

use super::{Grant, GrantKind, OAuth, Scheme};
use crate::call::Place;
use crate::document::Document;
use crate::limits::ABOUT_CHARS_MAX;
use crate::names::{NAME_BYTES_MAX, Names, human, name};
use crate::node::Node;
use crate::note;
use crate::prose::{both, sentence};
use model::{Field, FieldKind};
use std::collections::BTreeMap;
use url::Url;

/// Scopes that are kept of one grant.
const SCOPES_MAX: usize = 200;

/// A scheme and the fields of a connection that it needs.
pub(super) struct Told {
    pub scheme: Scheme,
    pub fields: Vec<Field>,
}

pub(super) fn read_scheme<'d>(
    document: &Document<'d>,
    key: &str,
    node: &Node<'d>,
    base: Option<&Url>,
    names: &mut Names,
) -> Option<Told> {
    let about = sentence(node.text("description").unwrap_or_default(), ABOUT_CHARS_MAX);
    let mut asker = Asker { key, about, names };
    let kind = node.text("type").unwrap_or_default();
    let http = node.text("scheme").unwrap_or_default().to_ascii_lowercase();
    match (kind, http.as_str()) {
        ("apiKey", _) => {
            let place = place_of(node.text("in")?)?;
            Some(asker.key(place, node.words("name")?))
        }
        ("basic", _) | ("http", "basic") => Some(asker.basic()),
        ("http", "bearer") => Some(asker.bearer()),
        ("oauth2", _) => Some(oauth(document, node, base, asker)),
        ("openIdConnect", _) => {
            document.note(&note::OPENID, &node.at, &[]);
            Some(asker.bearer())
        }
        (kind, http) => {
            document.note(&note::UNSUPPORTED_SCHEME, &node.at, &[if http.is_empty() { kind } else { http }]);
            None
        }
    }
}

/// A parameter that is a credential by its name, taken for one.
pub(super) fn scheme_of_parameter(place: Place, name: &str, about: &str, names: &mut Names) -> Told {
    let about = sentence(about, ABOUT_CHARS_MAX);
    Asker { key: name, about, names }.key(place, name)
}

fn place_of(place: &str) -> Option<Place> {
    Some(match place {
        "header" => Place::Header,
        "query" => Place::Query,
        "cookie" => Place::Cookie,
        _ => return None,
    })
}

struct Asker<'n> {
    key: &'n str,
    about: String,
    names: &'n mut Names,
}

impl Asker<'_> {
    /// Fields are called after the scheme, so that a second scheme changes no name of the first.
    fn field(&mut self, part: &str, kind: FieldKind, title: [&str; 2], about: [&str; 2]) -> Field {
        let base = name(self.key, "credential", NAME_BYTES_MAX - 16);
        let base = if part.is_empty() { base } else { format!("{base}_{part}") };
        let field_name = self.names.unique(&base, "sign_in");
        let field = Field::new(&field_name, kind, title[0], title[1]).about(about[0], about[1]);
        // What the document says of a scheme is said once, at its first field.
        match std::mem::take(&mut self.about) {
            about if about.is_empty() => field,
            about => Field { about: both(about), ..field },
        }
    }

    fn key(&mut self, place: Place, wire: &str) -> Told {
        let title = human(crate::schema::without_x(wire));
        let (en, th) = match place {
            Place::Query => ("in the query", "ในพารามิเตอร์"),
            Place::Cookie => ("in a cookie", "ในคุกกี้"),
            Place::Header | Place::Path => ("in a header", "ในเฮดเดอร์"),
        };
        let about = [format!("Sent {en} as \"{wire}\"."), format!("ส่ง{th}ชื่อ \"{wire}\"")];
        let field = self.field("", FieldKind::Secret, [&title, &title], [&about[0], &about[1]]);
        let scheme = Scheme::Key { place, name: wire.to_owned(), field: field.name.clone() };
        Told { scheme, fields: vec![field] }
    }

    fn basic(&mut self) -> Told {
        let user = self.field(
            "username",
            FieldKind::Text,
            ["User name", "ชื่อผู้ใช้"],
            ["What the system knows the caller by.", "ชื่อที่ระบบใช้ระบุผู้เรียก"],
        );
        let password = self.field(
            "password",
            FieldKind::Secret,
            ["Password", "รหัสผ่าน"],
            ["Belongs to the user name.", "รหัสผ่านที่คู่กับชื่อผู้ใช้"],
        );
        let scheme =
            Scheme::Basic { username_field: user.name.clone(), password_field: password.name.clone() };
        Told { scheme, fields: vec![user.example("khlong"), password] }
    }

    fn bearer(&mut self) -> Told {
        let about = ["Sent as a bearer token with each call.", "ส่งเป็น bearer token ทุกครั้งที่เรียก"];
        let field = self.field("", FieldKind::Secret, ["Token", "โทเคน"], about);
        Told { scheme: Scheme::Bearer { field: field.name.clone() }, fields: vec![field] }
    }
}

fn oauth<'d>(document: &Document<'d>, node: &Node<'d>, base: Option<&Url>, mut asker: Asker<'_>) -> Told {
    let grants = grants(document, node, base);
    if grants.is_empty() {
        return asker.bearer();
    }
    let id = asker.field(
        "client_id",
        FieldKind::Text,
        ["Client id", "Client ID"],
        [
            "The application's id, as the system's developer page shows it.",
            "รหัสของแอป ตามที่แสดงในหน้านักพัฒนาของระบบ",
        ],
    );
    let secret = asker.field(
        "client_secret",
        FieldKind::Secret,
        ["Client secret", "Client secret"],
        ["Belongs to the client id.", "รหัสลับที่คู่กับ Client ID"],
    );
    let token = asker.field(
        "token",
        FieldKind::Secret,
        ["Access token", "Access token"],
        [
            "A token that you got in another way. It is used instead of signing in.",
            "โทเคนที่ได้มาด้วยวิธีอื่น หากกรอกจะใช้แทนการลงชื่อเข้าใช้",
        ],
    );
    let scheme = Scheme::OAuth(OAuth {
        grants,
        client_id_field: id.name.clone(),
        client_secret_field: secret.name.clone(),
        token_field: token.name.clone(),
    });
    Told { scheme, fields: vec![id.example("khlong"), secret, token.advanced()] }
}

fn grants<'d>(document: &Document<'d>, node: &Node<'d>, base: Option<&Url>) -> Vec<Grant> {
    let flows: Vec<(&str, Node<'d>)> = match node.text("flow") {
        // Swagger 2 has one, in the scheme itself.
        Some(flow) => vec![(flow, node.clone())],
        None => node.entries_of("flows").filter(|(name, _)| !name.starts_with("x-")).collect(),
    };
    let grant = |(name, flow): &(&str, Node<'d>)| grant(name, flow, base);
    let grants: Vec<Grant> = flows.iter().filter_map(grant).collect();
    let others = flows.iter().filter(|flow| grant(flow).is_none());
    if let Some((name, flow)) = others.into_iter().next().filter(|_| grants.is_empty()) {
        document.note(&note::GRANT, &flow.at, &[name]);
    }
    grants
}

/// Addresses without a host are the system's own.
fn grant(name: &str, flow: &Node<'_>, base: Option<&Url>) -> Option<Grant> {
    let kind = match name {
        "clientCredentials" | "application" => GrantKind::ClientCredentials,
        "authorizationCode" | "accessCode" => GrantKind::AuthorizationCode,
        _ => return None,
    };
    let text = |name: &str| {
        let text = flow.words(name)?.trim();
        let is_whole = text.contains("://");
        let joined = base.filter(|_| !is_whole).and_then(|base| base.join(text).ok());
        Some(joined.map_or_else(|| text.to_owned(), String::from))
    };
    let words = |node: &Node<'_>| sentence(node.value.as_str().unwrap_or_default(), ABOUT_CHARS_MAX);
    let scopes: BTreeMap<String, String> = flow
        .entries_of("scopes")
        .take(SCOPES_MAX)
        .map(|(name, node)| (name.to_owned(), words(&node)))
        .collect();
    Some(Grant {
        kind,
        authorize_url: text("authorizationUrl"),
        token_url: text("tokenUrl")?,
        refresh_url: text("refreshUrl"),
        scopes,
    })
}

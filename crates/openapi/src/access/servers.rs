//! Servers: `servers` of OpenAPI 3, `schemes`, `host` and `basePath` of Swagger 2.

use super::{Server, Variable};
use crate::document::{Document, Version};
use crate::names::Names;
use crate::node::Node;
use crate::note;
use crate::prose::plain;
use url::Url;

/// Servers of a document, and variables of one; nobody chooses among more.
const SERVERS_MAX: usize = 20;
const VARIABLES_MAX: usize = 10;

/// A server, and what its document says of it.
#[derive(Clone, Debug)]
pub(crate) struct Told<'d> {
    pub server: Server,
    pub words: String,
    pub variables: Vec<(Variable, Node<'d>)>,
}

/// Those of a document, a path or an operation. Addresses that begin with `/` go on from where the document came from.
pub(crate) fn read_servers<'d>(
    document: &Document<'d>,
    holder: &Node<'d>,
    from: Option<&Url>,
    names: &mut Names,
) -> Vec<Told<'d>> {
    let written = match document.version {
        Version::OpenApi3 => of_openapi(holder, names),
        Version::Swagger2 => of_swagger(holder, from),
    };
    let mut told: Vec<Told<'d>> = Vec::new();
    for mut server in written.into_iter().take(SERVERS_MAX) {
        let Some(address) = absolute(&server.server.address, from) else { continue };
        server.server.address = address;
        if server.server.address.starts_with("http://") && !is_local(&server.server.address) {
            document.note(&note::PLAIN_HTTP, &holder.at, &[&server.server.address]);
        }
        if told.iter().all(|other| other.server.address != server.server.address) {
            told.push(server);
        }
    }
    told
}

fn of_openapi<'d>(holder: &Node<'d>, names: &mut Names) -> Vec<Told<'d>> {
    let mut told = Vec::new();
    for node in holder.items_of("servers") {
        let Some(address) = node.text("url") else { continue };
        let mut variables = Vec::new();
        for (name, variable) in node.entries_of("variables").take(VARIABLES_MAX) {
            let field =
                names.unique(&crate::names::name(name, "part", crate::names::NAME_BYTES_MAX), "server");
            let default =
                variable.value.get("default").map(crate::request::value::as_text).unwrap_or_default();
            variables.push((Variable { name: name.to_owned(), field, default }, variable));
        }
        for name in unknown(address, &variables) {
            let field =
                names.unique(&crate::names::name(name, "part", crate::names::NAME_BYTES_MAX), "server");
            variables.push((Variable { name: name.to_owned(), field, default: String::new() }, node.clone()));
        }
        let words = plain(node.text("description").unwrap_or_default(), crate::limits::TITLE_CHARS_MAX);
        let only = variables.iter().map(|(variable, _)| variable.clone()).collect();
        told.push(Told {
            server: Server { address: address.trim().to_owned(), variables: only },
            words,
            variables,
        });
    }
    told
}

/// What stands in braces and is described nowhere.
fn unknown<'t>(address: &'t str, variables: &[(Variable, Node<'_>)]) -> Vec<&'t str> {
    let known = |name: &&str| variables.iter().any(|(variable, _)| variable.name == *name);
    crate::operation::path::names(address)
        .into_iter()
        .filter(|name| !known(name))
        .take(VARIABLES_MAX)
        .collect()
}

/// With encryption where the document has a choice.
fn of_swagger<'d>(holder: &Node<'d>, from: Option<&Url>) -> Vec<Told<'d>> {
    let path = holder.text("basePath").unwrap_or_default();
    let own = from.and_then(Url::host_str).map(str::to_owned);
    let Some(host) = holder.words("host").map(str::to_owned).or(own) else {
        let server = Server { address: path.to_owned(), variables: Vec::new() };
        return vec![Told { server, words: String::new(), variables: Vec::new() }];
    };
    let mut schemes = holder.texts_of("schemes");
    schemes.retain(|scheme| matches!(*scheme, "http" | "https"));
    if schemes.is_empty() {
        schemes = vec![from.map_or("https", |from| from.scheme())];
    }
    let scheme = if schemes.contains(&"https") { "https" } else { "http" };
    let server = Server { address: format!("{scheme}://{host}{path}"), variables: Vec::new() };
    vec![Told { server, words: String::new(), variables: Vec::new() }]
}

/// An address with its host, or nothing where the document leaves it out and nobody knows it.
fn absolute(address: &str, from: Option<&Url>) -> Option<String> {
    let address = address.trim_end_matches('/');
    let is_absolute = address.starts_with("https://") || address.starts_with("http://");
    // A variable may be the whole of it.
    if is_absolute || address.starts_with('{') {
        return Some(address.to_owned());
    }
    if address.contains("://") {
        return None;
    }
    let from = from?;
    // Braces of variables would be encoded by joining.
    let path = match address.strip_prefix("//") {
        Some(rest) => return Some(format!("{}://{rest}", from.scheme())),
        None if address.starts_with('/') || address.is_empty() => address.to_owned(),
        None => {
            let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{folder}/{}", address.trim_start_matches("./"))
        }
    };
    Some(format!("{}{path}", from.origin().ascii_serialization()))
}

fn is_local(address: &str) -> bool {
    let host = address.trim_start_matches("http://").split(['/', ':']).next().unwrap_or_default();
    host == "localhost" || host.starts_with("127.")
}

//! Gathers what the operations of a document need to be called: schemes as they are used, and the connection's fields.

use super::schemes::{Told, read_scheme, scheme_of_parameter};
use super::servers;
use super::used::Used;
use super::{Access, BASE_URL, Need, SERVER, Server};
use crate::call::Place;
use crate::document::{Document, Version};
use crate::names::Names;
use crate::node::Node;
use crate::note;
use indexmap::IndexMap;
use model::{Field, Rate};
use url::Url;

/// Names of a connection's fields that no variable and no scheme gets.
const TAKEN: [&str; 7] = [BASE_URL, SERVER, "rate", "proxy", "proxy_login", "ca_pem", "client_pem"];

pub(crate) struct AccessReader<'a, 'd> {
    document: &'a Document<'d>,
    from: Option<Url>,
    names: Names,
    servers: Vec<servers::Told<'d>>,
    /// Of servers that single operations have.
    further: Vec<servers::Told<'d>>,
    schemes: IndexMap<String, Told>,
    /// Those that the document describes; parameters that are credentials come later.
    described: Vec<String>,
    used: Used,
    /// Whether any operation asks for signing in.
    is_asked: bool,
    pub rate: Option<Rate>,
}

impl<'a, 'd> AccessReader<'a, 'd> {
    pub fn new(document: &'a Document<'d>, from: Option<Url>) -> Self {
        let mut names = Names::with(&TAKEN);
        let servers = servers::read_servers(document, &document.root, from.as_ref(), &mut names);
        if servers.is_empty() {
            let at = if document.version == Version::Swagger2 { "/host" } else { "/servers" };
            document.note(&note::NO_SERVER, at, &[]);
        }
        let place = match document.version {
            Version::OpenApi3 => document.root.get("components").and_then(|it| it.get("securitySchemes")),
            Version::Swagger2 => document.root.get("securityDefinitions"),
        };
        let own = servers.first().and_then(|told| Url::parse(&told.server.address).ok());
        let base = if servers.is_empty() { from.as_ref() } else { own.as_ref() };
        let mut schemes = IndexMap::new();
        for (key, node) in place.into_iter().flat_map(|place| place.entries()) {
            let told =
                document.follow(node).and_then(|node| read_scheme(document, key, &node, base, &mut names));
            schemes.extend(told.map(|told| (key.to_owned(), told)));
        }
        let is_asked = is_asked(&document.root);
        let described = schemes.keys().cloned().collect();
        let (further, used) = (Vec::new(), Used::default());
        Self { document, from, names, servers, further, schemes, described, used, is_asked, rate: None }
    }

    /// The server of an operation, where it or its path has one that is not the document's.
    pub fn server(&mut self, operation: &Node<'d>, path: &Node<'d>) -> Option<Server> {
        if self.document.version == Version::Swagger2 {
            return None;
        }
        let holder = [operation, path].into_iter().find(|holder| holder.get("servers").is_some())?;
        let known = self.further.iter().chain(&self.servers);
        let address = holder.items_of("servers").find_map(|server| server.text("url"))?;
        let same = |told: &&servers::Told<'d>| told.server.address == address.trim_end_matches('/');
        let told = match known.clone().find(same).cloned() {
            Some(told) => told,
            None => {
                let mut read =
                    servers::read_servers(self.document, holder, self.from.as_ref(), &mut self.names)
                        .into_iter();
                let told = read.next()?;
                self.further.push(told.clone());
                told
            }
        };
        let is_own = self.servers.first().is_some_and(|own| own.server.address == told.server.address);
        if is_own {
            return None;
        }
        self.document.note(&note::ELSEWHERE, &holder.at, &[&told.server.address]);
        Some(told.server)
    }

    /// The ways to sign in for an operation.
    pub fn sign_in(&mut self, operation: &Node<'d>) -> Vec<Vec<Need>> {
        let said = operation.get("security").or_else(|| self.document.root.get("security"));
        let ways = match said {
            Some(said) => said.items().filter_map(|way| self.way(&way)).collect(),
            None if !self.is_asked && !self.described.is_empty() => self.all_schemes(),
            None => Vec::new(),
        };
        self.used.add(&ways);
        ways
    }

    fn way(&self, way: &Node<'d>) -> Option<Vec<Need>> {
        let mut needs = Vec::new();
        for (scheme, node) in way.entries() {
            if !self.schemes.contains_key(scheme) {
                // One that cannot be read has been told of.
                if self.is_undescribed(scheme) {
                    self.document.note(&note::UNKNOWN_SCHEME, &node.at, &[scheme]);
                }
                return None;
            }
            let scopes = node.items().filter_map(|scope| scope.value.as_str().map(str::to_owned)).collect();
            needs.push(Need { scheme: scheme.to_owned(), scopes });
        }
        Some(needs)
    }

    fn is_undescribed(&self, scheme: &str) -> bool {
        let at = match self.document.version {
            Version::OpenApi3 => "/components/securitySchemes",
            Version::Swagger2 => "/securityDefinitions",
        };
        self.document.root.value.pointer(at).and_then(|schemes| schemes.get(scheme)).is_none()
    }

    /// Where no operation asks for anything: each scheme is one way, and nothing is another.
    fn all_schemes(&self) -> Vec<Vec<Need>> {
        self.document.note_once(&note::UNUSED_SCHEMES, "", &[]);
        let need = |scheme: &String| vec![Need { scheme: scheme.clone(), scopes: Vec::new() }];
        self.described.iter().map(need).chain([Vec::new()]).collect()
    }

    /// A parameter that is a credential by its name: the ways to sign in, with it in each.
    pub fn add_credential(&mut self, ways: &mut Vec<Vec<Need>>, place: Place, name: &str, about: &str) {
        let known = self.schemes.iter().find(|(_, told)| told.is_sent_as(place, name));
        let scheme = match known.map(|(key, _)| key.clone()) {
            Some(scheme) => scheme,
            None => {
                let told = scheme_of_parameter(place, name, about, &mut self.names);
                let key = format!("parameter {name}");
                self.schemes.insert(key.clone(), told);
                key
            }
        };
        if ways.is_empty() {
            ways.push(Vec::new());
        }
        for way in ways.iter_mut().filter(|way| way.iter().all(|need| need.scheme != scheme)) {
            way.push(Need { scheme: scheme.clone(), scopes: Vec::new() });
        }
        self.used.add(ways);
    }

    /// The connection's fields, and what they mean.
    pub fn finish(self) -> (Vec<Field>, Access) {
        let mut fields = super::connection::address_fields(&self.servers, &self.further);
        let mut access = Access {
            servers: self.servers.into_iter().map(|told| told.server).collect(),
            ..Access::default()
        };
        for (key, told) in self.schemes {
            if !self.used.has(&key) {
                continue;
            }
            let needed = match told.scheme.field_sets().as_slice() {
                [only] if self.used.is_in_every_way(&key) => {
                    only.iter().map(|field| (*field).to_owned()).collect()
                }
                _ => Vec::new(),
            };
            fields.extend(told.fields.into_iter().map(|field| {
                let required = needed.contains(&field.name);
                Field { required, ..field }
            }));
            access.schemes.insert(key, told.scheme);
        }
        fields.push(Field::rate(self.rate));
        (fields, access)
    }
}

impl Told {
    fn is_sent_as(&self, wanted: Place, wire: &str) -> bool {
        match &self.scheme {
            super::Scheme::Key { place, name, .. } => *place == wanted && name.eq_ignore_ascii_case(wire),
            _ => wanted == Place::Header && wire.eq_ignore_ascii_case("authorization"),
        }
    }
}

/// Whether the document or any operation says how to sign in, also that it is not needed.
fn is_asked(root: &Node<'_>) -> bool {
    let operations = root.entries_of("paths").flat_map(|(_, path)| path.entries());
    root.get("security").is_some()
        || operations.into_iter().any(|(_, operation)| operation.get("security").is_some())
}

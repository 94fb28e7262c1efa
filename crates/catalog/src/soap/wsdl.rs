//! What a service offers, as its WSDL tells it. Only that one document is read, and nothing that it points to.

use super::service::{ASK_TIMEOUT, Service};
use super::xml::{self, Element};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};

pub const OPERATION: &str = "operation";
const WSDL_BYTES_MAX: u64 = 8 << 20;
const FIELDS_MAX: usize = 30;

/// An operation with what a call has to say of it.
#[derive(Debug, PartialEq)]
pub struct Offered {
    pub name: String,
    pub action: String,
    pub namespace: String,
    pub fields: Vec<String>,
}

/// The document itself, from the connection's own host.
pub async fn offered(http: &Http, connection: &Connection) -> Result<Vec<Offered>, Error> {
    let Some(url) = connection.text("wsdl") else {
        return Err(Error::Refused {
            message: "the connection does not say where the WSDL is".into(),
            advice: "Enter the WSDL's address in the connection, or write the operation by hand.".into(),
        });
    };
    let origin = |text: &str| connector::http::read_url(text).map(|url| url.origin());
    let bounded = http.bounded(WSDL_BYTES_MAX);
    let service = Service { http: &bounded, connection, timeout: ASK_TIMEOUT };
    let call = bounded.get(url);
    // The sign-in is for the service, and a WSDL may lie anywhere.
    let call = if origin(url)? == origin(connection.need("url")?)? {
        service.signed(call)?
    } else {
        call.timeout(ASK_TIMEOUT)
    };
    let answer = call.send().await?.error_for_status(|_| None)?;
    let host = answer.host();
    let document =
        xml::read(answer.text()?).map_err(|message| Error::Unreadable { host: host.clone(), message })?;
    match document.name.as_str() {
        "definitions" => Ok(operations(&document)),
        other => Err(Error::Unreadable { host, message: format!("<{other}> is no WSDL of version 1.1") }),
    }
}

/// SOAP 1.1 and 1.2 have a binding each, with the same operations.
fn operations(wsdl: &Element) -> Vec<Offered> {
    let namespace = wsdl.attribute("targetNamespace").unwrap_or_default();
    let mut found: Vec<Offered> = Vec::new();
    for operation in wsdl.all("binding").flat_map(|binding| binding.all("operation")) {
        let name = operation.attribute("name").unwrap_or_default();
        let soap = operation.children.iter().find(|child| child.name == "operation");
        let Some(soap) = soap.filter(|_| !name.is_empty() && found.iter().all(|known| known.name != name))
        else {
            continue;
        };
        let style = operation.child("input").and_then(|input| input.child("body"));
        let namespace = style.and_then(|body| body.attribute("namespace")).unwrap_or(namespace);
        let action = soap.attribute("soapAction").unwrap_or_default();
        let (element, fields) = asked(wsdl, name);
        let (name, action) = (element.unwrap_or(name).to_owned(), action.to_owned());
        found.push(Offered { name, action, namespace: namespace.to_owned(), fields });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

/// The element that asks for an operation, and the names within.
fn asked<'a>(wsdl: &'a Element, name: &str) -> (Option<&'a str>, Vec<String>) {
    let local = |name: &'a str| name.rsplit(':').next().unwrap_or(name);
    let message = wsdl
        .all("portType")
        .flat_map(|port| port.all("operation"))
        .find(|operation| operation.attribute("name") == Some(name))
        .and_then(|operation| operation.child("input")?.attribute("message"));
    let message = message
        .and_then(|message| wsdl.all("message").find(|one| one.attribute("name") == Some(local(message))));
    let parts: Vec<&Element> = message.into_iter().flat_map(|message| message.all("part")).collect();
    let Some(element) = parts.first().and_then(|part| part.attribute("element")).map(local) else {
        let names = parts.iter().filter_map(|part| part.attribute("name")).map(str::to_owned);
        return (None, names.take(FIELDS_MAX).collect());
    };
    let schemas = wsdl.all("types").flat_map(|types| types.all("schema"));
    let schemas: Vec<&Element> = schemas.collect();
    let named = |kind: &'static str, name: &str| {
        schemas.iter().flat_map(|schema| schema.all(kind)).find(|one| one.attribute("name") == Some(name))
    };
    let shape = named("element", element).and_then(|found| {
        found.child("complexType").or_else(|| named("complexType", local(found.attribute("type")?)))
    });
    let fields = shape.and_then(|shape| shape.child("sequence").or_else(|| shape.child("all")));
    let names = fields.into_iter().flat_map(|fields| fields.all("element"));
    let names =
        names.filter_map(|field| field.attribute("name").or_else(|| field.attribute("ref")).map(local));
    (Some(element), names.take(FIELDS_MAX).map(str::to_owned).collect())
}

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    let text = wanted.text.to_lowercase();
    let fits = |one: &Offered| match &wanted.id {
        Some(id) => id.as_str() == Some(&one.name),
        None => one.name.to_lowercase().contains(&text),
    };
    let found: Vec<Offered> = offered(http, connection).await?.into_iter().filter(fits).collect();
    let after = wanted.after.as_deref().unwrap_or_default();
    let from = found.iter().position(|one| one.name.as_str() > after).unwrap_or(found.len());
    let records: Vec<Record> = found.iter().skip(from).take(PAGE_MAX).map(record).collect();
    let is_last = from + records.len() >= found.len();
    let next = records.last().filter(|_| !is_last).and_then(|last| last.id.as_str()).map(str::to_owned);
    Ok(Page { records, next })
}

fn record(one: &Offered) -> Record {
    let label = format!("{}({})", one.name, one.fields.join(", "));
    let detail = format!("SOAPAction: {} · {}", one.action, one.namespace);
    Record { id: one.name.as_str().into(), label, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_told_with_their_action_their_namespace_and_their_fields() {
        let wsdl = r#"<w:definitions xmlns:w="urn:w" targetNamespace="urn:stock">
            <w:types><x:schema xmlns:x="urn:x"><x:element name="GetStockRequest"><x:complexType><x:sequence>
              <x:element name="sku"/><x:element name="warehouse"/></x:sequence></x:complexType></x:element></x:schema></w:types>
            <w:message name="GetStockIn"><w:part name="p" element="t:GetStockRequest"/></w:message>
            <w:message name="PutIn"><w:part name="sku"/><w:part name="quantity"/></w:message>
            <w:portType name="P"><w:operation name="GetStock"><w:input message="t:GetStockIn"/></w:operation>
              <w:operation name="Put"><w:input message="t:PutIn"/></w:operation></w:portType>
            <w:binding name="B"><s:binding xmlns:s="urn:s"/><w:operation name="Put"><s:operation soapAction=""/>
              <w:input><s:body use="literal" namespace="urn:rpc"/></w:input></w:operation>
              <w:operation name="GetStock"><s:operation soapAction="urn:stock#get"/><w:input><s:body/></w:input></w:operation></w:binding>
            </w:definitions>"#;
        let offered = |name: &str, action: &str, namespace: &str, fields: &[&str]| Offered {
            name: name.into(),
            action: action.into(),
            namespace: namespace.into(),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        };
        assert_eq!(
            operations(&xml::read(wsdl).unwrap()),
            [
                offered("GetStockRequest", "urn:stock#get", "urn:stock", &["sku", "warehouse"]),
                offered("Put", "", "urn:rpc", &["sku", "quantity"]),
            ]
        );
    }
}

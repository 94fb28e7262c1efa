//! Envelopes of SOAP 1.1 and 1.2, and what their faults mean.

use super::security;
use super::xml::{self, Element};
use connector::http::{Answer, shorten};
use connector::source::Source;
use connector::{Connection, Error};
use encoding_rs::{Encoding, UTF_8};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V11,
    V12,
}

impl Version {
    pub fn of(connection: &Connection) -> Self {
        if connection.text("version") == Some("soap_1_2") { Self::V12 } else { Self::V11 }
    }

    fn namespace(self) -> &'static str {
        match self {
            Self::V11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }
}

/// The whole text that is sent. `header` and `body` are XML.
pub fn written(connection: &Connection, source: &Source, header: &str, body: &str) -> Result<String, Error> {
    let security = security::header(connection, source)?;
    let own = security::own_header(connection)?;
    let headers = [security.as_str(), own, header].concat();
    let headers = if headers.is_empty() { headers } else { format!("<soap:Header>{headers}</soap:Header>") };
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"{}\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\
         {headers}<soap:Body>{body}</soap:Body></soap:Envelope>",
        Version::of(connection).namespace()
    ))
}

/// What the service answered: the first element of the body, or nothing where it only took the message.
pub fn read(answer: Answer, faults_refuse: bool) -> Result<Option<Element>, Error> {
    let host = answer.host();
    let envelope = text(&answer).and_then(|text| xml::read(&text));
    let body = match envelope {
        Ok(Element { name, children, .. }) if name == "Envelope" => {
            children.into_iter().find(|child| child.name == "Body")
        }
        _ => None,
    };
    let Some(body) = body else {
        let is_empty = answer.body.iter().all(u8::is_ascii_whitespace);
        let status = answer.error_for_status(plain_words)?;
        return match (is_empty, text(&status).and_then(|text| xml::read(&text))) {
            (true, _) => Ok(None),
            (false, Err(message)) => Err(Error::Unreadable { host, message }),
            (false, Ok(root)) => {
                Err(Error::Unreadable { host, message: format!("<{}> is no envelope of SOAP", root.name) })
            }
        };
    };
    if let Some(fault) = body.child("Fault") {
        let told = of_fault(&host, fault, faults_refuse);
        // These say it better than the envelope, whatever is in it.
        let by_status = matches!(answer.status.as_u16(), 401 | 403 | 407 | 429 | 502..=504);
        return Err(match answer.error_for_status(|_| Some(told.to_string())) {
            Err(error) if by_status => error,
            _ => told,
        });
    }
    Ok(body.children.into_iter().next())
}

/// Some answer a page for people, which says nothing.
fn plain_words(answer: &Answer) -> Option<String> {
    let text = answer.text().ok()?.trim().to_owned();
    (!text.is_empty() && !text.contains('<')).then_some(text)
}

/// By the mark at its beginning, by the type of the content, by the XML's own word; UTF-8 where nothing is said.
fn text(answer: &Answer) -> Result<String, String> {
    let named = |text: &str, before: &str| {
        let at = text.to_ascii_lowercase().find(before)? + before.len();
        let label = text[at..].trim_start_matches(['"', '\'', ' ']);
        let end = label.find(['"', '\'', ';', ' ', '?']).unwrap_or(label.len());
        Encoding::for_label(&label.as_bytes()[..end])
    };
    let head = String::from_utf8_lossy(&answer.body[..answer.body.len().min(100)]).into_owned();
    let by_type = answer.header("content-type").and_then(|kind| named(kind, "charset="));
    let by_word = || head.trim_start().starts_with("<?xml").then(|| named(&head, "encoding=")).flatten();
    let encoding = by_type.or_else(by_word).unwrap_or(UTF_8);
    let (text, encoding, wrong) = encoding.decode(&answer.body);
    match wrong {
        true => Err(format!("it is not written in {}", encoding.name())),
        false => Ok(text.into_owned()),
    }
}

/// SOAP 1.1 says faultcode and faultstring, 1.2 Code and Reason. Codes have a prefix, and may go on behind a dot.
fn of_fault(host: &str, fault: &Element, refuses: bool) -> Error {
    let code =
        fault.text_at(&["faultcode"]).or_else(|| fault.text_at(&["Code", "Value"])).unwrap_or_default();
    let detailed = fault.text_at(&["Code", "Subcode", "Value"]).unwrap_or(code);
    let said = fault.text_at(&["faultstring"]).or_else(|| fault.text_at(&["Reason", "Text"]));
    let detail = fault.child("detail").or_else(|| fault.child("Detail")).map(|detail| detail.json(&[]));
    let detail = detail.filter(|detail| detail != "").map(|detail| format!(" {detail}")).unwrap_or_default();
    let message = shorten(&format!("{}{detail}", said.unwrap_or("a fault without words")));
    let local = |code: &str| code.rsplit(':').next().unwrap_or_default().to_owned();
    let (host, code, detailed) = (host.to_owned(), local(code), local(detailed));
    let security = [
        "AuthenticationFailure",
        "FailedAuthentication",
        "InvalidSecurity",
        "InvalidSecurityToken",
        "FailedCheck",
        "SecurityTokenUnavailable",
    ];
    if security.contains(&detailed.as_str()) || security.contains(&code.as_str()) {
        return Error::Connection {
            message: format!("{host} does not accept the sign-in: {message}"),
            advice: "Check the user name, the password and how the connection signs in.".into(),
        };
    }
    match code.split('.').next().unwrap_or_default() {
        "Server" | "Receiver" if !refuses => Error::Status { host, status: 500, message, after: None },
        "VersionMismatch" => Error::Connection {
            message: format!("{host} speaks another version of SOAP: {message}"),
            advice: "Choose the other version in the connection.".into(),
        },
        _ => Error::Refused {
            message: format!("{host} refuses: {message}"),
            advice: "Correct what the message says, then retry.".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use connector::Retry;

    fn answer(status: u16, kind: &'static str, body: impl Into<Bytes>) -> Answer {
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", http::HeaderValue::from_static(kind));
        let status = http::StatusCode::from_u16(status).unwrap();
        Answer { status, headers, body: body.into(), url: "https://soap.example/".parse().unwrap() }
    }

    fn fault(inner: &str) -> Error {
        let text =
            format!("<e:Envelope xmlns:e=\"urn:e\"><e:Body><e:Fault>{inner}</e:Fault></e:Body></e:Envelope>");
        read(answer(500, "text/xml", text), false).unwrap_err()
    }

    #[test]
    fn every_fault_is_tried_again_or_not_as_its_code_says() {
        let v11 =
            |code: &str| fault(&format!("<faultcode>{code}</faultcode><faultstring>No stock</faultstring>"));
        let v12 = |code: &str, sub: &str| {
            fault(&format!(
                "<e:Code><e:Value>{code}</e:Value><e:Subcode><e:Value>{sub}</e:Value></e:Subcode></e:Code>\
                 <e:Reason><e:Text xml:lang=\"en\">No stock</e:Text></e:Reason>"
            ))
        };
        for (error, retry, may, code) in [
            (v11("soap:Client"), Retry::Never, false, "E0308"),
            (v11("Client.Input"), Retry::Never, false, "E0308"),
            (v11("soap:Server"), Retry::Backoff, true, "E0307"),
            (v11("soap:Server.Busy"), Retry::Backoff, true, "E0307"),
            (v11("wsse:FailedAuthentication"), Retry::Never, false, "E0302"),
            (v11("soap:VersionMismatch"), Retry::Never, false, "E0302"),
            (v12("e:Sender", "x:Wrong"), Retry::Never, false, "E0308"),
            (v12("e:Sender", "wsse:InvalidSecurity"), Retry::Never, false, "E0302"),
            (v12("e:Receiver", "x:Busy"), Retry::Backoff, true, "E0307"),
        ] {
            assert_eq!(
                (error.retry(), error.may_have_happened(), error.code()),
                (retry, may, code),
                "{error}"
            );
            assert!(error.to_string().contains("No stock"), "{error}");
        }
    }

    #[test]
    fn a_fault_s_detail_is_told_as_well() {
        let error = fault(
            "<faultcode>Client</faultcode><faultstring>No</faultstring><detail><code>E17</code></detail>",
        );
        assert!(error.to_string().contains("No {\"code\":\"E17\"}"), "{error}");
    }

    #[test]
    fn thai_of_an_older_service_is_read() {
        let head = "<?xml version=\"1.0\" encoding=\"TIS-620\"?><Envelope><Body><A>";
        let body = [head.as_bytes(), &[0xaa, 0xd2], b"</A></Body></Envelope>"].concat();
        assert_eq!(read(answer(200, "text/xml", body), false).unwrap().unwrap().text, "ชา");
        let wrong = b"<Envelope><Body><A>\xff</A></Body></Envelope>".to_vec();
        assert_eq!(read(answer(200, "text/xml", wrong), false).unwrap_err().code(), "E0309");
    }

    #[test]
    fn what_is_no_envelope_is_told_by_its_status_or_as_unreadable() {
        assert!(read(answer(202, "text/plain", ""), false).unwrap().is_none());
        assert_eq!(read(answer(200, "text/html", "<html></html>"), false).unwrap_err().code(), "E0309");
        assert_eq!(read(answer(401, "text/plain", "no"), false).unwrap_err().code(), "E0302");
        assert_eq!(read(answer(503, "text/html", "<html>"), false).unwrap_err().retry(), Retry::Backoff);
    }
}

use testkit_process::http::{Answer, ask};
use testkit_servers::{Soap, here};

fn call(server: &Soap, url: &str, header: &str) -> Answer {
    let path = url.split_once(&server.port().to_string()).expect("its port").1;
    let space = "http://schemas.xmlsoap.org/soap/envelope/";
    let body = format!(
        "<s:Envelope xmlns:s=\"{space}\"><s:Header>{header}</s:Header><s:Body><GetStock xmlns=\"http://khlong.test/stock\">\
         <sku>TEA-100</sku></GetStock></s:Body></s:Envelope>"
    );
    ask(server.port(), &format!("POST {path}"), &[("content-type", "text/xml")], &body).expect("an answer")
}

#[test]
fn a_soap_service_tells_its_stock_to_everybody_or_to_those_who_sign_in() {
    let Some(server) = here::<Soap>() else { return };
    assert!(call(&server, &server.url(), "").body.contains("<quantity>12.50</quantity>"));
    assert!(call(&server, &server.url_of_1_2(), "").body.contains("http://www.w3.org/2003/05/soap-envelope"));
    assert!(call(&server, &server.safe_url(), "").body.contains("Invalid username or password"));
    let token = |password: &str| {
        format!(
            "<Security><UsernameToken><Username>{}</Username><Password>{password}</Password><Nonce>{password}</Nonce>\
             <Created>2000-01-01T00:00:00Z</Created></UsernameToken></Security>",
            Soap::USER
        )
    };
    let late = call(&server, &server.safe_url(), &token(server.password()));
    assert!(late.body.contains("Invalid username or password"), "a token of long ago is no token");
}

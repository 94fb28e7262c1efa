//! How a bucket is called: address and signature.

use super::sign::{self, Signed, Signer};
use bytes::Bytes;
use connector::http::{Answer, host_of, read_url};
use connector::{Connection, Error, Http};
use model::Span;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// Long enough for 10 MB over a slow line; the step's own time-out may be shorter.
const CALL_MAX: Span = Span::from_secs(120);

pub struct Api {
    http: Http,
    bucket: String,
    region: String,
    access_key: String,
    secret_key: SecretString,
    session_token: Option<SecretString>,
    /// Where the bucket is, without a slash at its end.
    root: String,
    /// The bucket's name as it stands in the path.
    in_path: Option<String>,
}

/// One request.
#[derive(Default)]
pub struct Request<'a> {
    pub method: &'static str,
    pub key: &'a str,
    pub query: Vec<(String, String)>,
    /// In the order of their names, small letters, `x-amz-…` only.
    pub signed: Vec<(&'a str, String)>,
    pub headers: Vec<(&'a str, &'a str)>,
    pub body: Bytes,
}

impl Api {
    pub fn of(http: &Http, connection: &Connection) -> Result<Self, Error> {
        let bucket = connection.need("bucket")?.trim().to_owned();
        let good = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_');
        if !bucket.chars().all(good) || bucket.starts_with('.') {
            return Err(connection.lacks("bucket whose name is one"));
        }
        let region = connection.text("region").unwrap_or("us-east-1").trim().to_owned();
        if !region.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
            return Err(connection.lacks("region that is one"));
        }
        let endpoint = connection.text("endpoint");
        let in_path = match connection.text("addressing") {
            Some("path") => true,
            Some("host") => false,
            // A bucket with a point in its name is not in the certificate's names.
            _ => endpoint.is_some() || bucket.contains('.'),
        };
        let usual = format!("https://s3.{region}.amazonaws.com");
        let root = root(endpoint.unwrap_or(&usual), (!in_path).then_some(&bucket), connection)?;
        Ok(Self {
            http: http.clone(),
            region,
            access_key: connection.need("access_key")?.trim().to_owned(),
            secret_key: connection.need_secret("secret_key")?.clone(),
            session_token: connection
                .secret("session_token")
                .filter(|token| !token.expose_secret().is_empty())
                .cloned(),
            root,
            in_path: in_path.then(|| format!("/{bucket}")),
            bucket,
        })
    }

    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Answers of so many bytes at most.
    pub fn bounded(&self, most: u64) -> Http {
        self.http.bounded(most)
    }

    pub async fn send(&self, request: Request<'_>) -> Result<Answer, Error> {
        self.send_over(&self.http, request).await
    }

    pub async fn send_over(&self, http: &Http, request: Request<'_>) -> Result<Answer, Error> {
        let path =
            format!("{}/{}", self.in_path.as_deref().unwrap_or_default(), sign::encoded(request.key, true));
        let query = sign::query(&request.query);
        let mark = if query.is_empty() { "" } else { "?" };
        let url = read_url(&format!("{}{path}{mark}{query}", self.root))?;
        let method = http::Method::from_bytes(request.method.as_bytes()).unwrap_or_default();
        let (time, body_sha256) = (sign::time(http.source().now()), sign::sha256(&request.body));
        let authorization = self.authorization(&url, &request, &time, &body_sha256);
        let mut call = http
            .request(method, url.as_str())
            .timeout(CALL_MAX)
            .header("x-amz-content-sha256", &body_sha256)
            .header("x-amz-date", &time)
            .secret_header("authorization", &authorization);
        if let Some(token) = &self.session_token {
            call = call.secret_header("x-amz-security-token", token);
        }
        for (name, value) in &request.signed {
            call = call.header(name, value);
        }
        for (name, value) in request.headers {
            call = call.header(name, value);
        }
        call.body(request.body).send().await
    }

    fn authorization(&self, url: &Url, request: &Request<'_>, time: &str, body_sha256: &str) -> SecretString {
        let host = host_of(url);
        let mut headers =
            vec![("host", host.as_str()), ("x-amz-content-sha256", body_sha256), ("x-amz-date", time)];
        headers.extend(request.signed.iter().map(|(name, value)| (*name, value.as_str())));
        headers
            .extend(self.session_token.iter().map(|token| ("x-amz-security-token", token.expose_secret())));
        headers.sort_unstable();
        let signer = Signer {
            access_key: &self.access_key,
            secret_key: self.secret_key.expose_secret(),
            region: &self.region,
            time,
        };
        let signed = Signed {
            method: request.method,
            path: url.path(),
            query: &request.query,
            headers: &headers,
            body_sha256,
        };
        signer.sign(&signed).into()
    }

    /// Where a copy is made from.
    pub fn source(&self, key: &str) -> String {
        format!("/{}/{}", self.bucket, sign::encoded(key, true))
    }
}

/// The endpoint, with the bucket before the host where it belongs there.
fn root(endpoint: &str, bucket: Option<&String>, connection: &Connection) -> Result<String, Error> {
    let mut url = read_url(endpoint).map_err(|_| connection.lacks("endpoint that is an address"))?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(connection.lacks("endpoint that is an address without a path"));
    }
    if let Some(bucket) = bucket {
        let host = format!("{bucket}.{}", url.host_str().unwrap_or_default());
        url.set_host(Some(&host)).map_err(|_| connection.lacks("endpoint that takes a bucket before it"))?;
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::HttpPolicy;
    use serde_json::{Value, json};

    fn at(more: Value) -> Result<String, &'static str> {
        let mut fields = json!({"bucket": "exports", "access_key": "AK"}).as_object().cloned().unwrap();
        fields.extend(more.as_object().cloned().unwrap());
        let secrets = [("secret_key".to_owned(), SecretString::from("SK"))];
        let connection = Connection::new("c".into(), "s3".into(), fields, secrets.into());
        let http = Http::new(HttpPolicy::default()).unwrap();
        let api = Api::of(&http, &connection).map_err(|error| error.code())?;
        Ok(format!("{}{}", api.root, api.in_path.unwrap_or_default()))
    }

    #[test]
    fn the_bucket_is_in_the_host_or_in_the_path() {
        let at = |more| at(more);
        assert_eq!(
            at(json!({"region": "ap-southeast-7"})).unwrap(),
            "https://exports.s3.ap-southeast-7.amazonaws.com"
        );
        assert_eq!(
            at(json!({"bucket": "my.exports"})).unwrap(),
            "https://s3.us-east-1.amazonaws.com/my.exports"
        );
        let minio = json!({"endpoint": "https://minio.example.com:9000/"});
        assert_eq!(at(minio).unwrap(), "https://minio.example.com:9000/exports");
        let wasabi = json!({"endpoint": "https://s3.eu-central-1.wasabisys.com", "addressing": "host"});
        assert_eq!(at(wasabi).unwrap(), "https://exports.s3.eu-central-1.wasabisys.com");
    }

    #[test]
    fn what_is_no_bucket_region_or_endpoint_leads_nowhere_else() {
        for more in [
            json!({"bucket": "evil.example.com/x"}),
            json!({"bucket": ".."}),
            json!({"region": "x.evil.example.com#"}),
            json!({"endpoint": "ftp://minio"}),
            json!({"endpoint": "https://minio.example.com/s3"}),
        ] {
            assert_eq!(at(more.clone()), Err("E0302"), "{more}");
        }
    }
}

//! Parameters of a request in the order in which they came: signatures need all of them, decoded.

use axum::http::Uri;

/// Parameters of one request.
const PARAMETERS_MAX: usize = 1_000;

/// The parameters of a query or a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked(pub Vec<(String, String)>);

impl Asked {
    pub(crate) fn of(uri: &Uri) -> Self {
        Self(form(uri.query().unwrap_or_default().as_bytes()))
    }

    /// The first value of this name; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, value)| key == name && !value.is_empty())?;
        Some(value)
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// `None` if it is not a number, `otherwise` if it is absent.
    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str, otherwise: N) -> Option<N> {
        self.get(name).map_or(Some(otherwise), |text| text.parse().ok())
    }

    /// `a,b,c`, or the same name again and again.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(key, _)| key == name).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|item| !item.is_empty()).collect()
    }
}

/// Reads `application/x-www-form-urlencoded`.
pub(crate) fn form(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text)
        .take(PARAMETERS_MAX)
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect()
}

//! Letting Business Central tell of changes, so that a trigger looks at once.
//!
//! A subscription lives three days, and with each renewal Business Central asks the address that it tells whether it agrees.
//! What it tells is a hint: it carries no signature, comes half a minute late, and leaves out what delegated administrators do. So
//! the trigger asks as before where a subscription cannot be had.

use super::api::{Api, record};
use crate::odata::Query;
use crate::since::read_iso;
use crate::{door, office, signature};
use connector::{Connection, Error, PollCx, Refusal, Request};
use model::{Field, FieldKind, OperationSpec};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

/// Which field of the connection Khlong's own address is in, as Business Central calls it.
pub const PUBLIC_URL: &str = "public_url";
/// And the secret that it tells along.
pub const CLIENT_STATE: &str = "client_state";
/// Renewed once less than this is left of it.
const LEFT_MS: i64 = 24 * 3_600_000;
/// How long is waited after a failure: polling goes on meanwhile.
const AGAIN_MS: i64 = 3_600_000;
const LIFE_MS: i64 = 3 * LEFT_MS;
/// As many as an environment may have.
const SUBSCRIPTIONS_MAX: usize = 200;
pub const HINT_BYTES_MAX: u64 = 1 << 20;
const HANDSHAKE_CHARS_MAX: usize = 512;

pub fn hinted(spec: OperationSpec) -> OperationSpec {
    spec.field(
        Field::new("path", FieldKind::Path, "Hint path", "พาธรับสัญญาณ")
            .about(
                "Optional: Business Central tells of changes at /hooks/ and this, and the trigger looks at once. Needs Own address and the \
                 webhook secret in the connection; the subscription is made and renewed by itself.",
                "ไม่บังคับ: Business Central จะแจ้งการเปลี่ยนแปลงมาที่ /hooks/ ตามด้วยค่านี้และตัวเริ่มจะตรวจทันที ต้องใส่ที่อยู่ของ Khlong \
                 และรหัสลับเว็บฮุคในการเชื่อมต่อ ระบบจะสมัครและต่ออายุให้เอง",
            )
            .example("business-central/orders")
            .advanced(),
    )
}

pub fn path(with: &Map<String, Value>) -> Option<String> {
    with.get("path").and_then(Value::as_str).filter(|path| !path.is_empty()).map(str::to_owned)
}

/// Sees to it that there is a subscription, and gives what is to be remembered of it; nothing where none is wanted.
pub async fn keep(
    api: &Api<'_>,
    cx: &PollCx<'_>,
    with: &Map<String, Value>,
    entity: &str,
    before: Option<&Value>,
) -> Result<Option<Value>, Error> {
    let Some(path) = path(with) else { return Ok(None) };
    let base = api.connection.need(PUBLIC_URL)?.trim_end_matches('/');
    let url = format!("{base}/hooks/{}", path.trim_start_matches('/'));
    let time = |name: &str| before.and_then(|before| before.get(name)?.as_i64());
    let (until, tried) = (time("until").unwrap_or_default(), time("tried").unwrap_or_default());
    let is_same = before.and_then(|before| before.get("url")?.as_str()) == Some(&url);
    if is_same && (until - cx.now > LEFT_MS || cx.now - tried < AGAIN_MS) {
        return Ok(before.cloned());
    }
    match subscribe(api, cx, &url, entity).await {
        Ok(until) => Ok(Some(json!({"url": url, "until": until, "tried": cx.now}))),
        Err(error @ (Error::TokenEnded { .. } | Error::Connection { .. })) => Err(error),
        Err(_) => Ok(Some(json!({"url": url, "until": if is_same { until } else { 0 }, "tried": cx.now}))),
    }
}

/// Renews the subscription there is, or makes one. Gives when it ends.
async fn subscribe(api: &Api<'_>, cx: &PollCx<'_>, url: &str, entity: &str) -> Result<i64, Error> {
    let secret = api.connection.need_secret(CLIENT_STATE)?.expose_secret();
    let resource = format!("/api/v2.0/{}/{entity}", api.company());
    let body = json!({"notificationUrl": url, "resource": resource, "clientState": secret});
    let query = Query { entity: "subscriptions", most: SUBSCRIPTIONS_MAX, ..Query::default() };
    let found = api.outside().list(&query).await?;
    let ending = format!("{}/{entity}", api.company());
    let is_ours = |row: &&Value| {
        office::text(row, "notificationUrl") == url && office::text(row, "resource").ends_with(&ending)
    };
    let told = match found.iter().find(is_ours) {
        Some(standing) => {
            let id = format!("'{}'", office::text(standing, "subscriptionId"));
            api.outside().update(&record("subscriptions", &id), standing, &body).await?
        }
        None => api.outside().create("subscriptions", &body).await?,
    };
    Ok(read_iso(office::text(&told, "expirationDateTime")).unwrap_or(cx.now.saturating_add(LIFE_MS)))
}

/// Answers Business Central's question, and lets hints in that carry the secret. A wrong answer to a hint would end the subscription,
/// which is right for a secret that is not the connection's.
pub fn nudged(request: &Request<'_>, connection: Option<&Connection>) -> Result<(), Refusal> {
    door::check_size(request, HINT_BYTES_MAX)?;
    let secret = signature::secret_for(connection, CLIENT_STATE)?;
    if let Some(token) = handshake(request.query.unwrap_or_default()) {
        return Err(Refusal::Say(token));
    }
    let body: Value = serde_json::from_slice(request.body)
        .map_err(|error| Refusal::Malformed(format!("the body is not JSON: {error}")))?;
    let told = body.get("value").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_known = |row: &Value| signature::same(office::text(row, "clientState"), secret);
    match !told.is_empty() && told.iter().all(is_known) {
        true => Ok(()),
        false => Err(Refusal::Unauthorized),
    }
}

/// What is to be said back. It changes nothing, so whoever asks may hear it.
fn handshake(query: &str) -> Option<String> {
    let (_, token) = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name.eq_ignore_ascii_case("validationToken"))?;
    let plain = token.bytes().all(|byte| byte.is_ascii_graphic());
    (plain && !token.is_empty() && token.len() <= HANDSHAKE_CHARS_MAX).then(|| token.into_owned())
}

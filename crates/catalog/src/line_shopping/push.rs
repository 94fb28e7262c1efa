//! What LINE sends: who sent it.

use crate::{door, signature};
use connector::{Connection, Refusal, Request};

/// An order with its items stays far below this.
pub const BODY_BYTES_MAX: u64 = 1 << 20;

/// Lets in what is signed: the base64 of HMAC-SHA256 over the raw body.
pub fn check(request: &Request<'_>, connection: Option<&Connection>) -> Result<(), Refusal> {
    door::posted(request, BODY_BYTES_MAX)?;
    let with = connection.and_then(|connection| connection.text("signed_with"));
    let name = if with == Some("api_key") { "api_key" } else { "webhook_secret" };
    let secret = signature::secret_for(connection, name)?;
    let wanted = signature::hmac_sha256_base64(secret, request.body);
    signature::must_be(door::header(request.headers, "x-myshop-signature"), &wanted)
}

//! Hashes that name things: lanes, deliveries, effects, and the addresses that end a wait.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use model::{FlowId, NodeId};
use run::StepId;
use run::doc::StepError;
use sha2::{Digest, Sha256};
use store::{Fingerprint, FlowKey, RunId};
use subtle::ConstantTimeEq;

/// A lane: one ordering key of one flow.
pub fn lane(flow: FlowKey, key: &str) -> i64 {
    let hash = Sha256::new().chain_update(flow.to_le_bytes()).chain_update(key).finalize();
    i64::from_le_bytes(first(&hash))
}

pub fn delivery(id: &str) -> [u8; 16] {
    first(&Sha256::digest(id))
}

/// An effect's idempotency key: the same over attempts, crashes and retries of one event's step.
pub fn effect(lineage: RunId, step: &StepId) -> String {
    let hash = Sha256::new().chain_update(lineage.to_le_bytes()).chain_update(step.to_string()).finalize();
    format!("khlong-{}", URL_SAFE_NO_PAD.encode(first::<15>(&hash)))
}

/// What failures that are alike have in common: flow, node, code, and what the message says beside its particulars.
pub fn fingerprint(flow: &FlowId, node: &NodeId, error: &StepError) -> Fingerprint {
    let message = run::fingerprint::generic(&error.message);
    let parts = [flow.as_str(), node.as_str(), &error.code, &message];
    let hash = parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part).chain_update([0]));
    i64::from_be_bytes(first(&hash.finalize()))
}

fn first<const N: usize>(hash: &[u8]) -> [u8; N] {
    std::array::from_fn(|at| hash[at])
}

/// The token in the address that ends a wait: which step of which run, signed.
pub fn callback_token(key: &[u8; 32], run: RunId, step: &StepId) -> String {
    let plain = format!("{run}/{step}");
    format!("{}.{}", URL_SAFE_NO_PAD.encode(&plain), URL_SAFE_NO_PAD.encode(sign(key, &plain)))
}

/// Which step a token names, where its signature is right.
pub fn read_callback_token(key: &[u8; 32], token: &str) -> Option<(RunId, StepId)> {
    let (plain, signature) = token.split_once('.')?;
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(plain).ok()?).ok()?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !bool::from(signature.ct_eq(&sign(key, &plain))) {
        return None;
    }
    let (run, step) = plain.split_once('/')?;
    let mut parts = step.split('[');
    let node = parts.next()?.into();
    let item = parts.map(|index| index.strip_suffix(']')?.parse().ok()).collect::<Option<_>>()?;
    Some((run.parse().ok()?, StepId::new(node, item)))
}

fn sign(key: &[u8; 32], plain: &str) -> [u8; 16] {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(plain.as_bytes());
    first(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_token_names_its_step_and_cannot_be_changed() {
        let step = StepId::new("approve".into(), vec![3, 0]);
        let token = callback_token(&[7; 32], 42, &step);
        assert_eq!(read_callback_token(&[7; 32], &token), Some((42, step)));
        assert_eq!(read_callback_token(&[8; 32], &token), None);
        let forged = callback_token(&[8; 32], 43, &StepId::new("approve".into(), vec![]));
        assert_eq!(read_callback_token(&[7; 32], &forged), None);
    }
}

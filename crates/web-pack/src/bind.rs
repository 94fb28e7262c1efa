//! The JavaScript side of the module: what wasm-bindgen makes of it.

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

pub struct Bound {
    pub wasm: Vec<u8>,
    pub js: String,
    /// Scripts that crates bring along, by their path beside the generated one.
    pub snippets: Vec<(String, Vec<u8>)>,
}

pub fn bind(wasm: &[u8]) -> Result<Bound> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("app", wasm.to_vec())
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    // The pieces that are fetched later use the table and the memory of this one.
    bindgen.keep_lld_exports(true).omit_default_module_path(true).web(true)?;
    let mut output = bindgen.generate_output().context("binding the wasm module to JavaScript")?;
    Ok(Bound { js: output.js().to_owned(), snippets: snippets(&output), wasm: output.wasm_mut().emit_wasm() })
}

fn snippets(output: &wasm_bindgen_cli_support::Output) -> Vec<(String, Vec<u8>)> {
    let inline = output.snippets().iter().flat_map(|(crate_id, scripts)| {
        let named = scripts.iter().enumerate();
        named.map(move |(i, script)| {
            (format!("snippets/{crate_id}/inline{i}.js"), script.clone().into_bytes())
        })
    });
    let modules = output.local_modules().iter();
    let modules = modules.map(|(path, script)| (format!("snippets/{path}"), script.clone().into_bytes()));
    let mut all: Vec<_> = inline.chain(modules).collect();
    all.sort();
    all
}

//! Tells the engine's sources that they are built for interleaving: see `crates/engine/src/sync.rs`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-cfg=khlong_interleave");
}

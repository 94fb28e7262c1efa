#![doc = include_str!("../README.md")]

mod bind;
mod css;
mod dist;
mod page;
mod stamp;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;

use dist::Dist;
use stamp::Stamp;

/// Writes the finished files of the web UI.
#[derive(Parser)]
struct Options {
    /// The compiled module.
    #[arg(long)]
    wasm: PathBuf,
    /// The folder `web` of the repository.
    #[arg(long)]
    web: PathBuf,
    /// Where the finished files go; replaced as a whole.
    #[arg(long)]
    out: PathBuf,
    /// Remembers what was packed last, so that packing the same again costs nothing.
    #[arg(long)]
    stamp: PathBuf,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let inputs = Inputs::read(&options)?;
    let stamp = Stamp::of(&inputs);
    if stamp.is_current(&options.stamp, &options.out) {
        println!("web: nothing changed");
        return Ok(());
    }
    let dist = pack(&inputs)?;
    dist.replace(&options.out)?;
    stamp.save(&options.stamp, &options.out)?;
    println!("web: {dist}");
    Ok(())
}

/// Everything the finished files are made from.
struct Inputs {
    wasm: Vec<u8>,
    page: String,
    css: String,
    /// Path below the root of the site, and content; sorted by path.
    files: Vec<(String, Vec<u8>)>,
}

impl Inputs {
    fn read(options: &Options) -> Result<Self> {
        let page = options.web.join("app/index.html");
        Ok(Self {
            wasm: std::fs::read(&options.wasm)
                .with_context(|| format!("reading {}", options.wasm.display()))?,
            page: std::fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?,
            css: css::collect(&options.web)?,
            files: dist::read_tree(&options.web.join("app/static"))?,
        })
    }
}

fn pack(inputs: &Inputs) -> Result<Dist> {
    let bound = bind::bind(&inputs.wasm)?;
    let mut dist = Dist::default();
    let wasm = dist.add_hashed("app", "wasm", bound.wasm);
    let js = dist.add_hashed("app", "js", bound.js.into_bytes());
    for (path, content) in bound.snippets {
        dist.add(format!("assets/{path}"), content);
    }
    let boot = dist.add_hashed("boot", "js", page::boot(&js, &wasm).into_bytes());
    let css = dist.add_hashed("app", "css", inputs.css.clone().into_bytes());
    for (path, content) in &inputs.files {
        dist.add(path.clone(), content.clone());
    }
    let names = page::Names { css: &css, boot: &boot, js: &js, wasm: &wasm };
    dist.add("index.html".into(), page::fill(&inputs.page, &names)?.into_bytes());
    Ok(dist)
}

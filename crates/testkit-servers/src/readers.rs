//! Programs that read files which Khlong wrote: Python with openpyxl, and poppler for PDF.

use crate::installed::installed;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;
use testkit_process::{Home, Server, program};

const PYTHON: &str = "readers/bin/python";

/// Nothing runs between two questions; it is a server only in that it may not be here.
pub struct Readers {
    home: Home,
}

impl Server for Readers {
    const NAME: &'static str = "Python with openpyxl, and poppler";

    fn is_installed() -> bool {
        installed(PYTHON).is_some() && Self::has_poppler()
    }

    fn start() -> Result<Self> {
        Ok(Self { home: Home::new("readers")? })
    }
}

impl Readers {
    pub fn has_poppler() -> bool {
        program("pdftotext", &[]).is_some()
    }

    /// What a Python program says of a file, whose path is its only argument.
    pub fn python(&self, source: &str, name: &str, bytes: &[u8]) -> Result<String> {
        let python = installed(PYTHON).context("there is no Python")?;
        let file = self.file(name, bytes)?;
        said(Command::new(python).args(["-X", "utf8", "-c", source]).arg(file))
    }

    /// The text of a PDF, laid out as on the page.
    pub fn pdf_text(&self, bytes: &[u8]) -> Result<String> {
        let file = self.file("it.pdf", bytes)?;
        said(Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(file).arg("-"))
    }

    /// Its fonts, one a line.
    pub fn pdf_fonts(&self, bytes: &[u8]) -> Result<String> {
        let file = self.file("it.pdf", bytes)?;
        said(Command::new("pdffonts").arg(file))
    }

    /// What it says of itself.
    pub fn pdf_info(&self, bytes: &[u8]) -> Result<String> {
        let file = self.file("it.pdf", bytes)?;
        said(Command::new("pdfinfo").arg(file))
    }

    fn file(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.home.dir.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("starting {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("what it said is no UTF-8")
}

//! The specs as browsers fetch them: written and compressed once for each catalog, since every window asks for them.

use bytes::Bytes;
use connector::Catalog;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Nearly as small as the best that Brotli can do, in a tenth of the time.
const BROTLI_QUALITY: u32 = 6;
const BROTLI_WINDOW_BITS: u32 = 22;
const BUFFER_BYTES: usize = 64 << 10;

pub struct Packed {
    pub etag: String,
    pub plain: Bytes,
    pub gzip: Bytes,
    pub brotli: Bytes,
}

/// What was packed last, and of which catalog.
#[derive(Default)]
pub struct Last(Mutex<Option<(Arc<Catalog>, Arc<Packed>)>>);

impl Last {
    /// Whoever asks meanwhile waits for the same work.
    pub async fn of(&self, catalog: Arc<Catalog>) -> io::Result<Arc<Packed>> {
        let mut last = self.0.lock().await;
        if let Some((of, packed)) = &*last
            && Arc::ptr_eq(of, &catalog)
        {
            return Ok(packed.clone());
        }
        let of = catalog.clone();
        let packed = tokio::task::spawn_blocking(move || pack(&of)).await.map_err(io::Error::other)??;
        let packed = Arc::new(packed);
        *last = Some((catalog, packed.clone()));
        Ok(packed)
    }
}

fn pack(catalog: &Catalog) -> io::Result<Packed> {
    let plain = serde_json::to_vec(&**catalog.specs())?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&plain)?;
    let mut brotli =
        brotli::CompressorWriter::new(Vec::new(), BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW_BITS);
    brotli.write_all(&plain)?;
    Ok(Packed {
        etag: format!("\"{}\"", hex::encode(&Sha256::digest(&plain)[..16])),
        gzip: gzip.finish()?.into(),
        brotli: brotli.into_inner().into(),
        plain: plain.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_catalog_is_packed_once_and_small() {
        let last = Last::default();
        let catalog = Arc::new(catalog::all());
        let packed = last.of(catalog.clone()).await.unwrap();
        assert!(Arc::ptr_eq(&packed, &last.of(catalog).await.unwrap()));
        assert!(packed.brotli.len() < packed.gzip.len() && packed.gzip.len() * 3 < packed.plain.len());
        let mut read = Vec::new();
        brotli::BrotliDecompress(&mut &*packed.brotli, &mut read).unwrap();
        assert_eq!(read, packed.plain);
    }
}

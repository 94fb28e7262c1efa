use super::Shelf;
pub(crate) fn register(_shelf: &mut Shelf) {}

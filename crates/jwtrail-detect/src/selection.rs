#[derive(Clone, Debug)]
pub(crate) struct Selection;
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field;

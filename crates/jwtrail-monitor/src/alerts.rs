//! Alerts as rows of the state, and as the API shows them.

mod row;
mod table;
mod view;

pub(crate) use row::AlertRow;
pub(crate) use table::{OPEN, evict, list, load, load_board, order, write};
pub(crate) use view::AlertView;

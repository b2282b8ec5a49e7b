use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use utoipa::ToSchema;

/// The orders, in memory: the newest ten thousand.
#[derive(Debug, Default)]
pub(super) struct Book(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    orders: VecDeque<Order>,
    last_id: u64,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Order {
    /// Its number.
    pub(super) id: u64,
    /// Who ordered.
    customer: String,
    /// What.
    item: String,
    /// How many.
    quantity: u32,
    /// Where it stands.
    status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Placed,
    Cancelled,
}

impl Book {
    /// The latest orders of a customer, newest first.
    pub(super) fn of(&self, customer: &str) -> Vec<Order> {
        let pages = self.pages();
        let own = pages
            .orders
            .iter()
            .rev()
            .filter(|order| order.customer == customer);
        own.take(PAGE).cloned().collect()
    }

    /// Writes an order down, unless the customer has too many open ones.
    pub(super) fn place(&self, customer: &str, item: String, quantity: u32) -> Option<Order> {
        let mut pages = self.pages();
        let open = |order: &&Order| order.customer == customer && order.status == Status::Placed;
        if pages.orders.iter().filter(open).count() >= MAX_OPEN {
            return None;
        }
        pages.last_id += 1;
        let order = Order {
            id: pages.last_id,
            customer: customer.to_owned(),
            item,
            quantity,
            status: Status::Placed,
        };
        if pages.orders.len() >= MAX_ORDERS {
            pages.orders.pop_front();
        }
        pages.orders.push_back(order.clone());
        Some(order)
    }

    pub(super) fn find(&self, customer: &str, id: u64) -> Option<Order> {
        let pages = self.pages();
        let own = |order: &&Order| order.id == id && order.customer == customer;
        pages.orders.iter().find(own).cloned()
    }

    pub(super) fn cancel(&self, customer: &str, id: u64) -> Option<Order> {
        let mut pages = self.pages();
        let own = |order: &&mut Order| order.id == id && order.customer == customer;
        let order = pages.orders.iter_mut().find(own)?;
        order.status = Status::Cancelled;
        Some(order.clone())
    }

    /// How many orders there are, and how many of them were cancelled.
    pub(super) fn totals(&self) -> (usize, usize) {
        let pages = self.pages();
        let cancelled = |order: &&Order| order.status == Status::Cancelled;
        (
            pages.orders.len(),
            pages.orders.iter().filter(cancelled).count(),
        )
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const PAGE: usize = 50;
const MAX_OPEN: usize = 1_000;
const MAX_ORDERS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_see_and_cancel_their_own_orders_only() {
        let book = Book::default();
        let order = book.place("ada", "beans".to_owned(), 2).unwrap();
        assert_eq!(book.find("ada", order.id), Some(order.clone()));
        assert_eq!(book.find("bert", order.id), None);
        assert_eq!(book.cancel("bert", order.id), None);
        assert_eq!(
            book.cancel("ada", order.id).unwrap().status,
            Status::Cancelled
        );
        assert_eq!((book.of("ada").len(), book.of("bert").len()), (1, 0));
        assert_eq!(book.totals(), (1, 1));
    }

    #[test]
    fn open_orders_are_bounded() {
        let book = Book::default();
        for _ in 0..MAX_OPEN {
            assert!(book.place("ada", "beans".to_owned(), 1).is_some());
        }
        assert!(book.place("ada", "beans".to_owned(), 1).is_none());
        assert!(book.place("bert", "beans".to_owned(), 1).is_some());
    }
}

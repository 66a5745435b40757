//! A shop that sells what it has.

use std::collections::HashMap;

/// What happens in a shop.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Delivered { item: String, count: u32 },
    Sold { item: String, count: u32, price: u32 },
    Missed(String),
    Closed,
}

#[derive(Default)]
pub struct Shop {
    pub shelves: HashMap<String, u32>,
    pub takings: u32,
    pub history: Vec<Event>,
}

#[inline(always)]
fn worth(count: u32, price: u32) -> u32 {
    let sum = count * price;
    sum
}

impl Shop {
    pub fn deliver(&mut self, item: &str, count: u32) {
        *self.shelves.entry(item.to_string()).or_insert(0) += count;
        self.history.push(Event::Delivered { item: item.to_string(), count });
    }

    pub fn sell(&mut self, item: &str, count: u32, price: u32) -> bool {
        let event = match self.shelves.get_mut(item) {
            Some(left) if *left >= count => {
                *left -= count;
                self.takings += worth(count, price);
                Event::Sold { item: item.to_string(), count, price }
            }
            _ => Event::Missed(item.to_string()),
        };
        let sold = matches!(event, Event::Sold { .. });
        self.history.push(event);
        sold
    }

    pub fn close(&mut self) -> u32 {
        self.history.push(Event::Closed);
        self.takings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sells_what_is_there() {
        let mut shop = Shop::default();
        shop.deliver("tea", 3);
        assert!(shop.sell("tea", 2, 250));
        assert_eq!(shop.takings, 500);
    }

    #[test]
    fn misses_what_is_not() {
        let mut shop = Shop::default();
        assert!(!shop.sell("coffee", 1, 300));
        assert_eq!(shop.history, [Event::Missed("coffee".to_string())]);
    }
}

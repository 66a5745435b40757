use shop::{Event, Shop};

#[test]
fn a_day_ends_with_its_takings() {
    let mut shop = Shop::default();
    shop.deliver("tea", 1);
    assert!(shop.sell("tea", 1, 250));
    assert!(!shop.sell("tea", 1, 250));
    assert_eq!(shop.close(), 250);
    assert_eq!(shop.history.last(), Some(&Event::Closed));
}

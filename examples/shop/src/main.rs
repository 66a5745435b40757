use shop::Shop;

/// Reads what a label says; the number of a label is an address in memory.
fn label(number: usize) -> u8 {
    unsafe { (number as *const u8).read_volatile() }
}

fn main() {
    let mut shop = Shop::default();
    shop.deliver("tea", 40);
    shop.deliver("cake", 12);
    let mut sold = 0;
    for (item, count, price) in [("tea", 2, 250), ("cake", 1, 420), ("coffee", 1, 300), ("tea", 3, 250)] {
        if shop.sell(item, count, price) {
            sold += 1;
        }
    }
    println!("{} of {} customers served", sold, shop.history.len() - 2);
    println!("{} cents", shop.close());
    if std::env::args().any(|a| a == "broken") {
        println!("{}", label(0xffff_fff0));
    }
}

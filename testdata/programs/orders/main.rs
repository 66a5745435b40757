// A till: takes orders, looks up their prices, adds up what each customer owes.

#[derive(Debug, Clone, PartialEq)]
enum Payment {
    Cash,
    Card { number: String, limit: u32 },
    Voucher(u32),
}

#[derive(Debug)]
struct Order {
    customer: String,
    items: Vec<String>,
    discount: Option<u32>,
    payment: Payment,
}

#[derive(Debug, Default)]
struct Till {
    orders: Vec<Order>,
    takings: u32,
}

static CURRENCY: &str = "cents";

fn price(item: &str) -> Option<u32> {
    match item {
        "tea" => Some(250),
        "cake" => Some(420),
        "soup" => Some(690),
        _ => None,
    }
}

fn total(order: &Order) -> Result<u32, String> {
    let mut sum = 0;
    for item in &order.items {
        let cost = price(item).ok_or_else(|| format!("no price for {item}"))?;
        sum += cost;
    }
    let off = order.discount.unwrap_or(0);
    Ok(sum - sum * off / 100)
}

impl Till {
    fn take(&mut self, order: Order) -> Result<u32, String> {
        let due = total(&order)?;
        let paid = match &order.payment {
            Payment::Cash => due,
            Payment::Card { limit, .. } if *limit < due => return Err(format!("card limit {limit} is below {due}")),
            Payment::Card { .. } => due,
            Payment::Voucher(worth) => due.saturating_sub(*worth),
        };
        self.takings += paid;
        self.orders.push(order);
        Ok(paid)
    }
}

fn order(customer: &str, items: &[&str], discount: Option<u32>, payment: Payment) -> Order {
    let items = items.iter().map(|s| s.to_string()).collect();
    Order { customer: customer.to_string(), items, discount, payment }
}

fn main() {
    let mut till = Till::default();
    let day = vec![
        order("Ada", &["tea", "cake"], None, Payment::Cash),
        order("Grace", &["soup", "tea", "cake"], Some(10), Payment::Card { number: "4929".to_string(), limit: 2000 }),
        order("Edsger", &["tea", "goto"], None, Payment::Cash),
        order("Barbara", &["soup", "soup"], None, Payment::Voucher(1000)),
    ];
    for order in day {
        let customer = order.customer.clone();
        match till.take(order) {
            Ok(paid) => println!("{customer} paid {paid} {CURRENCY}"),
            Err(why) => println!("{customer} could not pay: {why}"),
        }
    }
    println!("{} orders, {} {CURRENCY}", till.orders.len(), till.takings);
}

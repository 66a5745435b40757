package command

import "testing"

// Values that are too long for a line stand on several where one has asked for it.
func TestPretty(t *testing.T) {
	_, say := standing(t, orders)
	const short = `Order { customer: "Ada", items: ["tea", "cake"], discount: None, payment: Cash }` + "\n"
	if got := say("set print pretty on", "print order"); got != short {
		t.Errorf("it fits into 80 characters, but is\n%s", got)
	}
	const want = `day: Vec<Order> = [
  Order {
    customer: "Ada",
    items: ["tea", "cake"],
    discount: None,
    payment: Cash,
  },
  Order {
    customer: "Grace",
    items: ["soup", "tea", … 1 more],
    discount: Some(10),
    payment: Card { number: "4929", limit: 2000 },
  },
  … 2 more,
]
`
	if got := say("up", "set max-items 2", "locals day"); len(got) < len(want) || got[len(got)-len(want):] != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	if got := say("set pretty off", "set max-items 64", "down", "print order"); len(got) < len(short) || got[len(got)-len(short):] != short {
		t.Error(got)
	}
}

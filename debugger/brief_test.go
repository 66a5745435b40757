package debugger

import "testing"

func TestBrief(t *testing.T) {
	for in, want := range map[string]string{
		"main::main":                         "main::main",
		"alloc::vec::Vec<main::Order>::push": "alloc::vec::Vec<main::Order>::push",
		"std::panicking::catch_unwind::do_call::<&dyn core::ops::function::Fn<(), Output = i32> + core::marker::Sync, i32>":                                             "std::panicking::catch_unwind::do_call::<…>",
		"<&dyn core::ops::function::Fn<(), Output = i32> + core::marker::Sync + core::panic::unwind_safe::RefUnwindSafe as core::ops::function::FnOnce<()>>::call_once": "<&dyn Fn<…> + Sync + RefUnwindSafe as FnOnce<…>>::call_once",
		"std::map<std::string, std::vector<int, std::allocator<int>>, std::less<std::string>>::insert":                                                                  "std::map<…>::insert",
		"std::__2::map<int, char>::find[abi:nqn220108]<int>[abi:v1]":                                                                                                    "std::map<int, char>::find<int>",
		"ns::a_class_with_a_rather_long_name_indeed::operator<<char, std::char_traits<char>>(more)":                                                                     "ns::a_class_with_a_rather_long_name_indeed::operator<<char, std::char_traits<char>>(more)",
		"a_name_that_is_broken_and_longer_than_what_fits_on_a_line_of_the_terminal>>::x":                                                                                "a_name_that_is_broken_and_longer_than_what_fits_on_a_line_of_the_terminal>>::x",
	} {
		if got := BriefName(in); got != want {
			t.Errorf("%s:\n%s, want\n%s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"/rustc/ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96/library/std/src/rt.rs": "/rustc/ac68faa2…/library/std/src/rt.rs",
		"/rustc/1.96.0/library/std/src/rt.rs":                                   "/rustc/1.96.0/library/std/src/rt.rs",
		"/src/orders/main.rs":                                                   "/src/orders/main.rs",
		"/rustc/":                                                               "/rustc/",
	} {
		if got := BriefPath(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func FuzzBriefName(f *testing.F) {
	f.Add("<a<b> as c<d>>::e<f>")
	f.Fuzz(func(t *testing.T, name string) {
		if got := BriefName(name); len(got) > len(name)+4*len(name) {
			t.Errorf("%q became %q", name, got)
		}
	})
}

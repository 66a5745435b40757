package symbols

import "testing"

// Names in Rust's v0 mangling are shown without type arguments, and are still ones that Rust
// would take. The mangled ones are from a program that rustc 1.96 compiled.
func TestRustV0Names(t *testing.T) {
	for mangled, want := range map[string]string{
		"_RINvMNtCsl4ZOWBl0fxe_4core6optionINtB3_6OptionRdE10ok_or_elseNtCshgaUPJaxnaa_4main9CalcErrorNCNvMs1_BZ_NtBZ_3Env4eval0EBZ_":                        "<core::option::Option>::ok_or_else",
		"_RINvMNtCsl4ZOWBl0fxe_4core3stre12trim_matchesNvMNtNtB5_4char7methodsc13is_whitespaceECshgaUPJaxnaa_4main":                                          "<str>::trim_matches",
		"_RNvYFEINtNtCsl4ZOWBl0fxe_4core6result6ResultuNtNtNtCso3mAQ0RQRF_3std2io5error5ErrorEINtNtNtB9_3ops8function6FnOnceuE9call_onceCshgaUPJaxnaa_4main": "<fn() -> core::result::Result as core::ops::function::FnOnce>::call_once",
		// dyn Fn<(i32,), Output = i32>, dropped
		"_RINvNtC4core3ptr13drop_in_placeDINtNtNtB4_3ops8function2FnTlEEp6OutputlEL_EC4main": "core::ptr::drop_in_place",
		"_RNvXC4mainDINtNtNtC4core3ops8function2FnTlEEp6OutputlEL_NtB2_5Trait4call":          "<dyn core::ops::function::Fn<Output = i32> as main::Trait>::call",
	} {
		if got := displayName(mangled); got != want {
			t.Errorf("%s is %s, want %s", mangled, got, want)
		}
	}
}

package value

import (
	"testing"

	"sphex/debugger/symbols"
)

func TestRustShortNames(t *testing.T) {
	for full, want := range map[string]string{
		"alloc::vec::Vec<main::Order, alloc::alloc::Global>":                           "Vec<Order>",
		"alloc::vec::Vec<main::Order, main::GlobalState>":                              "Vec<Order, GlobalState>",
		"std::collections::hash::map::HashMap<u8, u8, std::hash::random::RandomState>": "HashMap<u8, u8>",
		"(i32)":            "(i32,)",
		"((u8, u8))":       "((u8, u8),)",
		"(i32, (char))":    "(i32, (char,))",
		"()":               "()",
		"fn(u32) -> (u32)": "fn(u32) -> (u32,)",
		"&(dyn core::fmt::Debug + core::marker::Send)":                                            "&(dyn Debug + Send)",
		"alloc::boxed::Box<dyn core::ops::function::Fn<(u32), Output=u32>, alloc::alloc::Global>": "Box<dyn Fn(u32) -> u32>",
		"&dyn core::ops::function::FnMut<(u32, (u8)), Output=()>":                                 "&dyn FnMut(u32, (u8,))",
		"&dyn core::ops::function::FnOnce<(), Output=alloc::vec::Vec<u8>>":                        "&dyn FnOnce() -> Vec<u8>",
		"main::run::{closure_env#1}":                                                              "{closure#1}",
		"core::pin::Pin<alloc::boxed::Box<main::outer::{async_fn_env#0}>>":                        "Pin<Box<{async fn outer}>>",
		"main::run::{closure#0}::{async_block_env#0}":                                             "{async block in run}",
		"core::iter::adapters::map::Map<core::slice::iter::Iter<u32>, main::f::{closure_env#2}>":  "Map<Iter<u32>, {closure#2}>",
		"[(u8); 2]":                 "[(u8,); 2]",
		"main::(":                   "(",
		"Fn<(":                      "Fn<(",
		"dyn core::Fn<(u8), Output": "dyn Fn<(u8), Output",
	} {
		typ := &Type{kind: typeStruct, name: full, lang: symbols.LangRust}
		if got := typ.short(); got != want {
			t.Errorf("%s: %s, want %s", full, got, want)
		}
	}
}

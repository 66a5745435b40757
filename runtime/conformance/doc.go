// Package conformance holds the tests that run the WebAssembly specification's own test
// suites through the whole way: compile, write and read the object, load, link, call.
//
// The suites come as JSON (made by wast2json) with wazero's module, which is in go.mod, and that of
// WebAssembly 3.0 in testdata. Every command of every script is executed; what can not be is listed with
// its reason in exceptions_test.go, and a listed one that passes fails the test.
package conformance

package main

import (
	"regexp"
	"testing"
)

// Editors ask for the version to know that a program is Sphex.
func TestVersion(t *testing.T) {
	r := run1(t, "", "version")
	if r.status != 0 || !regexp.MustCompile(`^sphex \S+ go\S+ linux/amd64\n$`).MatchString(r.stdout) {
		t.Errorf("%+v", r)
	}
}

package main

import (
	"regexp"
	"testing"
)

// Editors ask for the version to know that a program is Sphex.
func TestVersion(t *testing.T) {
	for _, how := range []string{"version", "--version"} {
		r := run1(t, "", how)
		if r.status != 0 || !regexp.MustCompile(`^sphex \S+ go\S+ linux/amd64\n$`).MatchString(r.stdout) {
			t.Errorf("%s: %+v", how, r)
		}
	}
}

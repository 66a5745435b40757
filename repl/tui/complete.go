package tui

import (
	"strings"
	"unicode/utf8"
)

// complete proposes what may stand at the cursor.
func (v *view) complete() {
	if v.busy || v.running.Load() {
		return
	}
	text := string(v.typed.text[:v.typed.at])
	v.worker.ask(func(w *worker) {
		words, start := w.backend.Complete(text)
		v.post(func() { v.completed(text, words, start) })
	})
}

// mostProposed bounds what is shown of the proposals.
const mostProposed = 60

// completed puts what all proposals have in common into the line, and shows them if there are several.
func (v *view) completed(text string, words []string, start int) {
	if string(v.typed.text[:v.typed.at]) != text || start < 0 || start > len(text) || len(words) == 0 {
		return
	}
	common := words[0]
	for _, w := range words {
		for !strings.HasPrefix(w, common) {
			common = common[:len(common)-1]
		}
	}
	for !utf8.ValidString(common) {
		common = common[:len(common)-1]
	}
	if typed := text[start:]; strings.HasPrefix(common, typed) {
		for _, r := range common[len(typed):] {
			v.typed.insert(r)
		}
	}
	if v.completions = nil; len(words) > 1 {
		v.completions = words[:min(len(words), mostProposed)]
	}
}

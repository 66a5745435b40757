package tui

import (
	"fmt"
	"strings"
)

// layoutMode says what stands where the source does.
type layoutMode int

const (
	sourceAlone layoutMode = iota
	sourceAndCode
	codeAlone
	layoutModes
)

// layoutNamed understands what the commands tui and layout are asked for, in gdb's words.
func layoutNamed(name string) (layoutMode, error) {
	switch name = strings.TrimSpace(name); name {
	case "", "on", "enable", "src", "source":
		return sourceAlone, nil
	case "split", "both":
		return sourceAndCode, nil
	case "asm", "code", "disassembly":
		return codeAlone, nil
	}
	return 0, fmt.Errorf("there is no layout %q: src shows source, asm the code, split both; tui off leaves the view", name)
}

// CheckLayout tells whether the view has a layout of that name.
func CheckLayout(name string) error {
	_, err := layoutNamed(name)
	return err
}

// show has a layout shown.
func (v *view) show(mode layoutMode) {
	v.mode = mode
	v.codeShown.Store(mode != sourceAlone)
	if !v.present(v.focus) {
		v.focus = consolePane
	}
}

// present tells whether a pane is among those that are shown, however small the screen is.
func (v *view) present(p pane) bool {
	switch p {
	case sourcePane:
		return v.mode != codeAlone
	case codePane:
		return v.mode != sourceAlone
	case displayPane:
		return v.now != nil && len(v.now.Displays) > 0
	}
	return !v.hidden[p]
}

// wide is from how many columns on there are two of panes.
const wide = 90

// layout tells where each pane is; those without a place are not on the screen.
func (v *view) layout(w, h int) map[pane]rect {
	out := map[pane]rect{}
	h-- // the last row is the status
	if w < 20 || h < 6 {
		out[consolePane] = rect{0, 0, w, h}
		return out
	}
	below := min(max(h*3/10, 4), h-3)
	if w < wide {
		out[consolePane] = rect{0, h - below, w, below}
		v.layoutNarrow(out, w, h-below)
		return out
	}
	right := min(max(w*2/5, 36), w-40)
	left := w - right - 1
	v.layoutSource(out, rect{0, 0, left, h - below})
	out[consolePane] = rect{0, h - below, left, below}
	var shown []pane
	share := map[pane]int{stackPane: 3, varsPane: 5, displayPane: 2, outputPane: 3}
	all := 0
	for _, p := range []pane{stackPane, varsPane, displayPane, outputPane} {
		if v.present(p) {
			shown = append(shown, p)
			all += share[p]
		}
	}
	y := 0
	for i, p := range shown {
		height := h * share[p] / all
		if i == len(shown)-1 {
			height = h - y
		}
		out[p] = rect{left + 1, y, right, height}
		y += height
	}
	return out
}

// layoutNarrow divides a narrow screen above the command line: the source or the code, and one other pane if there is room.
func (v *view) layoutNarrow(out map[pane]rect, w, h int) {
	inSource := v.focus == sourcePane || v.focus == codePane || v.focus == consolePane
	other := stackPane
	switch {
	case !inSource:
		other = v.focus
	case !v.hidden[varsPane]:
		other = varsPane
	}
	switch {
	case h < 12 && inSource:
		v.layoutSource(out, rect{0, 0, w, h})
	case h < 12:
		out[other] = rect{0, 0, w, h}
	case v.mode == sourceAndCode && inSource: // the code takes the other's place
		v.layoutSource(out, rect{0, 0, w, h})
	default:
		v.layoutSource(out, rect{0, 0, w, h * 3 / 5})
		out[other] = rect{0, h * 3 / 5, w, h - h*3/5}
	}
}

// leastShared is from how many rows on source and code stand one above the other.
const leastShared = 8

// layoutSource gives source and code their place.
func (v *view) layoutSource(out map[pane]rect, r rect) {
	switch {
	case v.mode == sourceAlone, v.mode == sourceAndCode && r.h < leastShared && v.focus != codePane:
		out[sourcePane] = r
	case v.mode == codeAlone, r.h < leastShared:
		out[codePane] = r
	default:
		upper := (r.h + 1) / 2
		out[sourcePane] = rect{r.x, r.y, r.w, upper}
		out[codePane] = rect{r.x, r.y + upper, r.w, r.h - upper}
	}
}

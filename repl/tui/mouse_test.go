package tui

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"

	"sphex/debugger"
	"sphex/debugger/command"
)

// patience is how long a test waits for what must come: other programs may have the machine meanwhile.
const patience = 3 * time.Minute

// TestMouse points at things in the view of a program that stands: a line's number, a frame, a variable; and turns the wheel.
func TestMouse(t *testing.T) {
	s, err := debugger.Open(context.Background(), debugger.Config{Program: filepath.Join("..", "..", "testdata", "programs", "orders", "orders.wasm")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	screen := tcell.NewSimulationScreen("UTF-8")
	if err := screen.Init(); err != nil {
		t.Fatal(err)
	}
	defer screen.Fini()
	screen.SetSize(140, 40)
	done := make(chan Result)
	go func() { done <- run(Config{Backend: &Local{Interp: &command.Interp{Session: s}}}, screen) }()

	rows := func() (list []string) {
		cells, w, h := screen.GetContents()
		for y := range h {
			var b strings.Builder
			for _, c := range cells[y*w : (y+1)*w] {
				b.WriteString(string(c.Runes))
			}
			list = append(list, b.String())
		}
		return list
	}
	await := func(what string) (x, y int) {
		t.Helper()
		for start := time.Now(); time.Since(start) < patience; time.Sleep(2 * time.Millisecond) {
			for y, row := range rows() {
				if before, _, ok := strings.Cut(row, what); ok {
					return utf8.RuneCountInString(before), y
				}
			}
		}
		t.Fatalf("no %q on\n%s", what, strings.Join(rows(), "\n"))
		return 0, 0
	}
	typed := func(text string) {
		for _, r := range text {
			screen.InjectKey(tcell.KeyRune, r, tcell.ModNone)
		}
		screen.InjectKey(tcell.KeyEnter, 0, tcell.ModNone)
	}
	click := func(x, y int) {
		screen.InjectMouse(x, y, tcell.Button1, tcell.ModNone)
		screen.InjectMouse(x, y, tcell.ButtonNone, tcell.ModNone)
	}
	typed("break price")
	await("Breakpoint 1")
	typed("run")
	x, y := await("  30 ")
	click(x, y)
	await("●   30 ")
	x, y = await("●   30 ")
	click(x+3, y)
	await("    30 ")
	x, y = await("#1 ")
	click(x, y)
	await("▶ #1 ")
	x, y = await("▸ order")
	click(x+2, y)
	click(x+2, y)
	await("discount = None")
	for range 20 {
		screen.InjectMouse(10, 5, tcell.WheelUp, tcell.ModNone)
		screen.InjectMouse(10, 5, tcell.ButtonNone, tcell.ModNone)
	}
	await("    2  ")
	screen.InjectKey(tcell.KeyCtrlX, 0, tcell.ModCtrl)
	screen.InjectKey(tcell.KeyRune, 'a', tcell.ModNone)
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("the view did not end")
	}
}

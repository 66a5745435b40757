//go:build linux && amd64

package native

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/arch/x86/x86asm"
	"golang.org/x/sys/unix"

	"sphex/aot/abi"
	"sphex/runtime/internal/guestcode"
)

func TestMain(m *testing.M) {
	if os.Getenv("SPHEX_TEST_NO_MEMFD") != "" {
		memfdCreate = func(string, int) (int, error) { return -1, unix.ENOSYS }
	}
	if err := Init(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// The handler aborts an entry that a signal finds in an inbound stub: they must not have
// changed anything but the reason of the abort itself.
func TestInboundStubsOnlyRead(t *testing.T) {
	page, err := stubBytes()
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < inboundEnd; {
		if page[at] == 0xcc {
			at++
			continue
		}
		if bytes.HasPrefix(page[at:], []byte{0xc5}) || bytes.HasPrefix(page[at:], []byte{0xc4}) {
			n, store := vex(page[at:])
			if store {
				t.Errorf("%#x: a vector store", at)
			}
			at += n
			continue
		}
		i, err := x86asm.Decode(page[at:], 64)
		if err != nil {
			t.Fatalf("%#x: %v: % x", at, err, page[at:at+8])
		}
		if dst, ok := i.Args[0].(x86asm.Mem); ok {
			switch {
			case i.Op == x86asm.CMP, i.Op == x86asm.JMP, i.Op == x86asm.LDMXCSR:
			case i.Op == x86asm.MOV && dst.Disp == abi.OffReason:
			default:
				t.Errorf("%#x: %v writes to memory", at, i)
			}
		}
		if i.Op == x86asm.PUSH || i.Op == x86asm.CALL {
			t.Errorf("%#x: %v pushes", at, i)
		}
		at += i.Len
	}
	for _, s := range []Stub{StubEnter, StubReturn, StubResume, StubStep} {
		if i, err := x86asm.Decode(page[s:], 64); err != nil || i.Op != x86asm.CMP || i.Args[0].(x86asm.Mem).Disp != abi.OffPause {
			t.Errorf("stub %#x begins with %v, not with the look at the pause", s, i)
		}
	}
}

// vex returns the length of a VEX instruction with a 32-bit displacement, and whether it
// stores: VMOVUPS is 10 as load and 11 as store, VINSERTF128 has an immediate.
func vex(b []byte) (n int, store bool) {
	if b[0] == 0xc5 {
		return 2 + 1 + 1 + 4, b[2] == 0x11
	}
	n = 3 + 1 + 1 + 4
	if b[1]&0x1f == 3 {
		n++
	}
	return n, b[1]&0x1f == 1 && b[3] == 0x11
}

func TestHandlerReadsTheRightWords(t *testing.T) {
	var c abi.Context
	if unsafe.Offsetof(c.PC)+8 != unsafe.Offsetof(c.CS) || unsafe.Offsetof(c.CS)+8 != unsafe.Offsetof(c.Flags) ||
		unsafe.Offsetof(c.Flags)+8 != unsafe.Offsetof(c.SP) || unsafe.Offsetof(c.SP)+8 != unsafe.Offsetof(c.SS) {
		t.Error("the interrupt's frame is not in one piece")
	}
	if stubPage < stubSite+0x100 {
		t.Error("the stubs do not fit")
	}
}

func TestSpans(t *testing.T) {
	var free []span
	for _, s := range []span{{0x3000, 0x1000}, {0x1000, 0x1000}, {0x8000, 0x2000}, {0x2000, 0x1000}, {0x7000, 0x1000}, {0x4000, 0x3000}} {
		free = addSpan(free, s)
	}
	if len(free) != 1 || free[0] != (span{0x1000, 0x9000}) {
		t.Errorf("free list %x", free)
	}
}

// run enters fn of text and goes on where Go's scheduler asked for the thread, before the guest's
// code or in it, until the guest comes back for another reason.
func run(text *Text, c *abi.Context, fn abi.TextOffset) {
	c.Entry, c.EntryFn = uint64(text.Addr()), uint64(text.Addr())+uint64(fn)
	for stub := StubEnter; ; PreemptPoint() {
		Enter(c, stub)
		switch {
		case c.Reason == abi.ReasonRetry:
		case c.Reason == abi.ReasonSignal && c.Sig == uint64(unix.SIGURG):
			stub = StubResume
		default:
			return
		}
	}
}

// guest runs a function of guestcode to its end.
func guest(t *testing.T, text *Text, c *abi.Context, fn abi.TextOffset, a, b uint64) uint64 {
	t.Helper()
	c.Args[0], c.Args[1] = a, b
	run(text, c, fn)
	if c.Reason != abi.ReasonReturn {
		t.Fatalf("reason %d, signal %d at %#x", c.Reason, c.Sig, c.PC-uint64(text.Addr()))
	}
	return c.Args[0]
}

func newGuest(t *testing.T) *abi.Context {
	t.Helper()
	c, err := NewContext(abi.HeadSize)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewStack(64 << 10)
	if err != nil {
		t.Fatal(err)
	}
	c.StackLo, c.StackHi, c.StackTop = uint64(s.Lo), uint64(s.Hi), uint64(s.Hi)-64
	t.Cleanup(func() { FreeContext(c, abi.HeadSize); s.Free() })
	return c
}

func TestText(t *testing.T) {
	entry := guestcode.Code("entry")
	code := append(bytes.Clone(entry), guestcode.Code("add")...)
	fn := abi.TextOffset(len(entry))
	c := newGuest(t)
	var texts []*Text
	for i := range 50 {
		text, err := MapText(code, false)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
		if got := guest(t, text, c, fn, uint64(i), 5); got != uint64(i)+5 {
			t.Fatalf("%d+5 = %d", i, got)
		}
		if i%3 == 0 {
			texts[i/2].Unmap()
			texts[i/2] = nil
			texts = append(texts[:i/2], texts[i/2+1:]...)
			if texts, err = append(texts, text), nil; err != nil {
				t.Fatal(err)
			}
			again, err := MapText(code, false)
			if err != nil {
				t.Fatal(err)
			}
			texts[len(texts)-1] = again
		}
	}
	// add becomes sub: the change of one byte is seen at once, and the text is not writable here.
	text := texts[0]
	op := fn + abi.TextOffset(bytes.IndexByte(code[fn:], 0x01))
	text.SetByte(op, 0x29)
	if got := guest(t, text, c, fn, 9, 5); got != 4 || text.Byte(op) != 0x29 {
		t.Fatalf("9-5 = %d", got)
	}
	if got := guest(t, texts[1], c, fn, 9, 5); got != 14 {
		t.Fatal("the change shows in another text")
	}
	if _, err := MapText(make([]byte, arenaReserve), false); err == nil {
		t.Fatal("more code than there is room for was mapped")
	}
	for _, x := range texts {
		x.Unmap()
	}
	if n := len(arena.free); n != 1 || arena.free[0] != (span{stubPage, arenaReserve - stubPage}) {
		t.Fatalf("the free list has %d pieces: %x", n, arena.free)
	}
}

// A site may stand anywhere, across two cache lines too.
func TestSiteCall(t *testing.T) {
	for shift := range 64 {
		testSiteCall(t, shift)
	}
}

func testSiteCall(t *testing.T, shift int) {
	entry := append(bytes.Clone(guestcode.Code("entry")), make([]byte, 16)...)
	entry = append(entry[:len(entry)&^15], bytes.Repeat([]byte{0xcc}, shift)...)
	code := append(entry, guestcode.Code("sites")...)
	text, err := MapText(code, false)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Unmap()
	fn := abi.TextOffset(len(entry))
	site := fn + guestcode.Find("sites", guestcode.SiteNop)
	c := newGuest(t)
	for range 10 {
		text.SetSiteCall(site)
		c.Args[0], c.Args[1] = 1, 0
		run(text, c, fn)
		if c.Reason != abi.ReasonSite || c.PC != uint64(text.Addr())+uint64(site)+5 {
			t.Fatalf("reason %d at %#x", c.Reason, c.PC)
		}
		text.ClearSiteCall(site, [SiteCallSize]byte(guestcode.SiteNop))
		if got := guest(t, text, c, fn, 7, 0); got != 7 {
			t.Fatal(got)
		}
	}
}

// Private text is what a debugger of this process can write: ptrace refuses pages that are shared.
func TestPrivateText(t *testing.T) {
	code := append(bytes.Clone(guestcode.Code("entry")), guestcode.Code("add")...)
	fn := abi.TextOffset(len(guestcode.Code("entry")))
	c := newGuest(t)
	for _, private := range []bool{false, true} {
		text, err := MapText(code, private)
		if err != nil {
			t.Fatal(err)
		}
		if shared := mapping(t, text.Addr()); shared == private {
			t.Errorf("private %v, but the mapping is shared: %v", private, shared)
		}
		text.SetByte(fn+abi.TextOffset(bytes.IndexByte(code[fn:], 0x01)), 0x29)
		if got := guest(t, text, c, fn, 9, 5); got != 4 {
			t.Errorf("9-5 = %d", got)
		}
		text.Unmap()
	}
}

// mapping reports whether the mapping that holds an address is shared.
func mapping(t *testing.T, a abi.Addr) (shared bool) {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(maps)) {
		var lo, hi uint64
		var perm string
		if _, err := fmt.Sscanf(l, "%x-%x %s", &lo, &hi, &perm); err == nil && uint64(a) >= lo && uint64(a) < hi {
			return strings.HasSuffix(perm, "s")
		}
	}
	t.Fatalf("nothing is mapped at %#x", a)
	return false
}

// What debuggers find: the list of files, whose links lead both ways.
func TestShowDebugger(t *testing.T) {
	list := func() (files []string) {
		prev := uintptr(0)
		for at := jitDescriptorAddr().first; at != 0; at = jitEntryAt(at).next {
			e := jitEntryAt(at)
			if e.prev != prev {
				t.Errorf("the entry before is %#x, not %#x", prev, e.prev)
			}
			prev = at
			files = append(files, string(Bytes(abi.Addr(e.file), e.size)))
		}
		return files
	}
	if v := jitDescriptorAddr().version; v != 1 {
		t.Errorf("version %d", v)
	}
	var images []*DebugImage
	for _, s := range []string{"one", "two", "three"} {
		i, err := ShowDebugger([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, i)
	}
	for _, step := range []struct {
		hide int
		want string
	}{{-1, "[three two one]"}, {1, "[three one]"}, {2, "[one]"}, {0, "[]"}} {
		if step.hide >= 0 {
			images[step.hide].Hide()
		}
		if got := fmt.Sprint(list()); got != step.want {
			t.Errorf("the list is %s, want %s", got, step.want)
		}
	}
}

// The same where the kernel has no memfd: text is private then, and written another way.
func TestWithoutMemfd(t *testing.T) {
	if os.Getenv("SPHEX_TEST_NO_MEMFD") != "" {
		if arena.fd >= 0 {
			t.Fatal("there is a memfd")
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^(TestText|TestSiteCall|TestWithoutMemfd)$", "-test.v")
	cmd.Env = append(os.Environ(), "SPHEX_TEST_NO_MEMFD=1")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "--- PASS") != 3 {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestContexts(t *testing.T) {
	sizes := []uint32{abi.HeadSize, 65536, 65537, 1 << 20}
	for _, size := range sizes {
		c, err := NewContext(size)
		if err != nil {
			t.Fatal(err)
		}
		a := uintptr(unsafe.Pointer(c))
		if a%contextSlot != 0 || *headMark(a) != 1 {
			t.Errorf("a context of %d bytes at %#x", size, a)
		}
		b := Bytes(abi.Addr(a), uint64(size))
		for i := range b {
			b[i] = 0xff
		}
		FreeContext(c, size)
		if *headMark(a) != 0 {
			t.Error("a freed context is still one")
		}
		again, err := NewContext(size)
		if err != nil || again != c {
			t.Fatal("a context is not reused", err)
		}
		if c.CS != userCS || c.SS != userSS {
			t.Errorf("selectors %#x and %#x", c.CS, c.SS)
		}
		c.HostStub, c.SiteStub, c.DoneStub, c.CS, c.SS = 0, 0, 0, 0, 0
		if len(bytes.Trim(b, "\x00")) != 0 {
			t.Errorf("a reused context of %d bytes is not clean", size)
		}
		FreeContext(again, size)
	}
}

func TestMemoryPool(t *testing.T) {
	image, err := NewImage(0x2000, []byte("the first contents"))
	if err != nil {
		t.Fatal(err)
	}
	var last abi.Addr
	for round := range 6 {
		r, err := Reserve(1<<16, image)
		if err != nil {
			t.Fatal(err)
		}
		b := Bytes(r.Base, 1<<16)
		if string(b[0x2000:0x2012]) != "the first contents" || b[0] != 0 || b[0x3000] != 0 || b[65535] != 0 {
			t.Fatalf("round %d: not clean", round)
		}
		for i := range b {
			b[i] = 0xee
		}
		if round == 2 {
			if err := r.Commit(2 << 16); err != nil {
				t.Fatal(err)
			}
			Bytes(r.Base, 2<<16)[1<<16] = 1
		}
		last = r.Base
		r.Free(1 << 16)
	}
	image.Close()
	// It is in the pool, maybe behind those of other tests.
	for range 100 {
		r, err := Reserve(1<<16, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Free(1 << 16)
		if r.Base == last {
			if Bytes(r.Base, 1<<16)[0x2000] != 0 {
				t.Error("the reservation was not emptied with its image")
			}
			return
		}
	}
	t.Error("the reservation did not come back from the pool")
}

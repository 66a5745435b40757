package debugger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sphex/aot/abi"
	"sphex/runtime"
	"sphex/runtime/coredump"
)

// mostCoreThreads bounds how many threads of a core dump are shown.
const mostCoreThreads = 4096

// coreThreads makes the program's threads from those of a dump, and selects the first one. Where each has an instance
// of its own, with other globals and the same memory, it gets one here, too.
func (s *Session) coreThreads(d *coredump.Dump) error {
	first, own := s.coreOwn(d)
	p := s.program
	if len(d.Threads) == 0 {
		p.core = &core{}
		return nil
	}
	frames := 0
	for i := range d.Threads {
		frames += len(d.Threads[i].Frames)
	}
	if frames > maxFrames || len(d.Threads) > mostCoreThreads {
		return fmt.Errorf("the core dump has %d frames in %d threads, at most %d in %d are shown", frames, len(d.Threads), maxFrames, mostCoreThreads)
	}
	main := p.instance
	w := &threads{came: make(chan struct{}, 1)}
	instances := map[int]*runtime.Instance{own: main}
	defer func() {
		p.instance = main
		if w.at != nil {
			p.core = w.at.core
		}
	}()
	ids, left, made := coreThreadIDs(d), 0, 0
	slots := map[abi.Addr][8]byte{}
	for i := range d.Threads {
		dt := &d.Threads[i]
		t := &thread{id: ids[i], instance: main, name: dt.Name}
		number := own
		for k := range dt.Frames {
			if n := dt.Frames[k].Instance; own >= 0 && uint64(n) < uint64(len(d.Instances)) && !foreign(d, own, &dt.Frames[k]) {
				number = int(n)
				break
			}
		}
		if in := instances[number]; in != nil {
			t.instance = in
		} else if s.sharesMemory(first, d.Instances[number]) {
			in, err := runtime.Instantiate(context.Background(), s.code, p.imports, runtime.Config{DeferStart: true})
			if err != nil {
				return fmt.Errorf("thread %s of the core dump: %w", quotedName(dt.Name), err)
			}
			fillGlobals(in, d, d.Instances[number])
			instances[number], t.instance = in, in
		}
		p.instance = t.instance
		var more int
		t.core, more = s.coreOf(d, own, dt.Frames, slots, made)
		left, made = left+more, made+len(dt.Frames)
		if w.list = append(w.list, t); w.at == nil {
			w.at, w.main, p.threads = t, t, w
		}
	}
	slices.SortStableFunc(w.list, func(a, b *thread) int { return a.id - b.id })
	s.threadsNow.Store(w)
	s.noteCore(d, left)
	return nil
}

// sharesMemory reports whether an instance of a dump has the memories of another one, which the module imports.
func (s *Session) sharesMemory(a, b coredump.Instance) bool {
	m := s.image.module
	return m.NumImportedMemories == len(m.Memories) && slices.Equal(a.Memories, b.Memories)
}

// coreThreadIDs numbers the threads of a dump: as their names say, if those are the ones that WriteCore gives, else in
// their order.
func coreThreadIDs(d *coredump.Dump) []int {
	ids, named := make([]int, len(d.Threads)), true
	for i := range d.Threads {
		name := d.Threads[i].Name
		n, err := strconv.Atoi(strings.TrimPrefix(name, "thread "))
		if name == "main" {
			n, err = 1, nil
		}
		named = named && err == nil && n > 0 && !slices.Contains(ids[:i], n)
		ids[i] = n
	}
	for i := range ids {
		if !named {
			ids[i] = i + 1
		}
	}
	return ids
}

// closeCoreThreads frees the instances that a core dump's threads have beside the first one.
func (p *program) closeCoreThreads() {
	if p.core == nil || p.threads == nil {
		return
	}
	p.instance = p.threads.main.instance
	for _, t := range p.threads.list {
		if t.instance != p.instance {
			_ = t.instance.Close() // closing twice does nothing
		}
	}
}

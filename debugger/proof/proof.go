package proof

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
	"sphex/runtime/interp"
	"sphex/runtime/wasi"
)

// Config says what to prove and how.
type Config struct {
	// Runs are the arguments of each run of the program (without its name); none: one run
	// without arguments. Stdin and Dirs are those of each run.
	Runs  [][]string
	Stdin string
	Dirs  []wasi.Dir
	// Companions finds the files that the module's debug information names; nil: none is read.
	Companions *aot.Companions
	// Instructions looks at each instruction that has code, not at statements only.
	Instructions bool
	// Visits is how often an address is looked at; 0: 3.
	Visits int
	// Budget is how many instructions the interpreter may run for each run; 0: 100 million.
	Budget int64
	// Calls is how often each function that was not reached is called with made-up arguments.
	Calls int
	// Time ends the runs, 0: no limit.
	Time time.Duration
	// Stdout gets what the program writes, if it is not nil.
	Stdout io.Writer
}

// proof is one proof at work.
type proof struct {
	config      Config
	module      *wasm.Module
	object      *object.File
	layout      *abi.Layout
	input       *info.Data
	output      *info.Data
	functions   map[uint32]*function // by index
	order       []*function
	byText      []*function // ascending by Text
	programs    map[*info.Unit]*line.Program
	statics     []*variable
	staticState []status
	reached     map[abi.TextOffset]bool
	machine     *interp.Machine // for what can be said without running
	tls         int             // see side
	deadline    time.Time
	exceptions  map[Exception]int
	report      *Report
}

// Prove compiles a module and compares both sides of its debug information.
func Prove(module []byte, c Config) (*Report, error) {
	p, err := prepare(module, c)
	if err != nil {
		return nil, err
	}
	return p.prove()
}

// prove runs the program and compares.
func (p *proof) prove() (*Report, error) {
	if c := &p.config; c.Time > 0 {
		p.deadline = time.Now().Add(c.Time)
	}
	if err := p.run(); err != nil {
		return nil, err
	}
	p.compareRest()
	p.compareLines()
	p.compareScopes()
	p.report.Reached = len(p.reached)
	p.sum()
	return p.report, nil
}

// prepare compiles the module and pairs what both sides say.
func prepare(module []byte, c Config) (*proof, error) {
	if c.Visits == 0 {
		c.Visits = 3
	}
	if c.Budget == 0 {
		c.Budget = 100_000_000
	}
	p := &proof{config: c, functions: map[uint32]*function{}, reached: map[abi.TextOffset]bool{}, exceptions: map[Exception]int{}, programs: map[*info.Unit]*line.Program{}, report: &Report{}}
	var err error
	if p.module, err = wasm.Decode(module); err != nil {
		return nil, err
	}
	// The text does not fill in: what is made from it would make the rest look better than it is.
	const text = debuginfo.TextAlone
	p.input = debuginfo.OpenText(p.module, p.finder(), text).Data
	if p.object, err = aot.Compile(module, aot.Options{Companions: c.Companions, Moves: true, Text: text}); err != nil {
		return nil, err
	}
	p.layout = abi.NewLayout(p.module)
	p.tls = tlsBase(p.module)
	if p.machine, err = interp.New(p.module); err != nil {
		return nil, err
	}
	if err := p.openSections(); err != nil {
		return nil, err
	}
	p.pairFunctions()
	p.pairStatics()
	p.byText = slices.Clone(p.order)
	slices.SortFunc(p.byText, func(a, b *function) int { return cmp.Compare(a.Text, b.Text) })
	p.describe()
	return p, nil
}

// openSections reads the debug information of both sides.
func (p *proof) openSections() error {
	if len(p.input.Units) == 0 {
		return errors.New("the module has no debug information")
	}
	var err error
	if p.output, err = info.New(dwarf.SectionsOf(p.object.Sections())); err != nil {
		return fmt.Errorf("the output: %w", err)
	}
	return nil
}

// finder finds the files that the module's debug information names.
func (p *proof) finder() debuginfo.Finder {
	if p.config.Companions == nil {
		return nil
	}
	return p.config.Companions
}

// describe marks the pairs that the input describes.
func (p *proof) describe() {
	for _, f := range p.order {
		for i, at := range f.points {
			for k, v := range f.vars {
				if code, ok := v.inAt.at(uint64(at.wasm)); ok && len(code) > 0 {
					*f.status(i, k) = open
				}
			}
		}
	}
	for i, v := range p.statics {
		if code, ok := v.inAt.at(0); !ok || len(code) == 0 {
			continue
		}
		p.staticState[i] = open
	}
}

func evalOutput(code []byte, h *outputHost) ([]expr.Piece, error) {
	return expr.Eval(code, h.unit.Format(), h)
}

// cause is the innermost error.
func cause(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

func hex(v uint64) string { return fmt.Sprintf("%#x", v) }

// late reports whether the time for runs is over.
func (p *proof) late() bool { return !p.deadline.IsZero() && time.Now().After(p.deadline) }

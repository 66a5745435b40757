package runtime

import (
	"context"
	"fmt"
	"math"
	"reflect"

	"sphex/aot/wasm"
)

// V128 is a value of type v128, low half first.
type V128 [2]uint64

// ExternRef is a value of type externref: a handle of the host's, whose meaning only the host knows. 0 is null.
type ExternRef uint64

// NewFunc makes a function of the host of a Go function, whose type says what its type is in WebAssembly:
//
//	int32, uint32    i32
//	int64, uint64    i64
//	float32          f32
//	float64          f64
//	V128             v128
//	*Func            funcref; nil is null. A result must be a function of an instance
//	ExternRef        externref
//
// and types of one's own with these underneath, but for *Func. It may take a context.Context and the calling *Instance, in this
// order, before its other parameters, and return an error behind its other results; what these mean says
// HostFunc. Such a call takes a few hundred nanoseconds more than one of a HostFunc, since it goes through
// reflection.
func NewFunc(name string, f any) (*Func, error) {
	v := reflect.ValueOf(f)
	if f == nil || v.Kind() != reflect.Func || v.IsNil() {
		return nil, fmt.Errorf("%s: a %T is no Go function", name, f)
	}
	s, err := newGoSignature(v.Type())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return NewHostFunc(name, s.wasm, func(ctx context.Context, caller *Instance, stack []uint64) error {
		return s.serve(v, ctx, caller, stack)
	}), nil
}

// DefineGo adds a Go function as a function of the host: see NewFunc.
func (i *Imports) DefineGo(module, name string, f any) error {
	fn, err := NewFunc(module+"."+name, f)
	if err == nil {
		i.Define(module, name, fn)
	}
	return err
}

// HostAs returns what Config.Host holds, if it is a T.
func HostAs[T any](in *Instance) (host T, ok bool) {
	host, ok = in.Host().(T)
	return host, ok
}

// Bind sets the variable that fn points at, of a function type, to a Go function that calls the exported function
// of that name. Its parameters and results are those that NewFunc knows, without an *Instance; its last
// result must be an error, and a context.Context may come first.
func (in *Instance) Bind(name string, fn any) error {
	f := in.ExportedFunc(name)
	if f == nil {
		return fmt.Errorf("no function %q is exported", name)
	}
	return f.Bind(fn)
}

// Bind is Instance.Bind for this function.
func (f *Func) Bind(fn any) error {
	p := reflect.ValueOf(fn)
	if fn == nil || p.Kind() != reflect.Pointer || p.Elem().Kind() != reflect.Func {
		return fmt.Errorf("%s: a %T is no pointer to a variable of a function type", f.name, fn)
	}
	t := p.Elem().Type()
	s, err := newGoSignature(t)
	if err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	switch {
	case s.caller:
		return fmt.Errorf("%s: %v takes an *Instance: there is no caller", f.name, t)
	case !s.fails:
		return fmt.Errorf("%s: %v has no error as its last result", f.name, t)
	case !sameTypes(s.wasm.Params, f.typ.Params) || !sameTypes(s.wasm.Results, f.typ.Results):
		return fmt.Errorf("%s: %v is %s, the function is %s", f.name, t, describeType(&s.wasm), describeType(f.typ))
	}
	p.Elem().Set(reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value { return s.call(f, args) }))
	return nil
}

func sameTypes(a, b []wasm.ValType) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func describeType(t *wasm.FuncType) string { return fmt.Sprintf("%v -> %v", t.Params, t.Results) }

// goSignature is a Go function's type as one of WebAssembly.
type goSignature struct {
	wasm            wasm.FuncType
	context, caller bool // the first parameters
	fails           bool // the last result is an error
	params, results []reflect.Type
	words           int // of params or results, whichever are more
}

var (
	contextType  = reflect.TypeFor[context.Context]()
	instanceType = reflect.TypeFor[*Instance]()
	errorType    = reflect.TypeFor[error]()
	funcType     = reflect.TypeFor[*Func]()
	externType   = reflect.TypeFor[ExternRef]()
	v128Type     = reflect.TypeFor[V128]()
)

func newGoSignature(t reflect.Type) (*goSignature, error) {
	if t.IsVariadic() {
		return nil, fmt.Errorf("%v takes any number of arguments", t)
	}
	s := &goSignature{}
	i, n := 0, t.NumOut()
	if i < t.NumIn() && t.In(i) == contextType {
		s.context = true
		i++
	}
	if i < t.NumIn() && t.In(i) == instanceType {
		s.caller = true
		i++
	}
	for ; i < t.NumIn(); i++ {
		v, ok := valueType(t.In(i))
		if !ok {
			return nil, fmt.Errorf("%v: parameter %d, a %v, is of no type of WebAssembly", t, i+1, t.In(i))
		}
		s.params = append(s.params, t.In(i))
		s.wasm.Params = append(s.wasm.Params, v)
	}
	if n > 0 && t.Out(n-1) == errorType {
		s.fails = true
		n--
	}
	for k := range n {
		v, ok := valueType(t.Out(k))
		if !ok {
			return nil, fmt.Errorf("%v: result %d, a %v, is of no type of WebAssembly", t, k+1, t.Out(k))
		}
		s.results = append(s.results, t.Out(k))
		s.wasm.Results = append(s.wasm.Results, v)
	}
	s.words = max(words(s.wasm.Params), words(s.wasm.Results))
	return s, nil
}

// valueType is the type of WebAssembly that values of a Go type have.
func valueType(t reflect.Type) (wasm.ValType, bool) {
	switch {
	case t == funcType:
		return wasm.FuncRef, true
	case t == externType:
		return wasm.ExternRef, true
	case t.ConvertibleTo(v128Type) && t.Kind() == reflect.Array:
		return wasm.V128, true
	}
	switch t.Kind() {
	case reflect.Int32, reflect.Uint32:
		return wasm.I32, true
	case reflect.Int64, reflect.Uint64:
		return wasm.I64, true
	case reflect.Float32:
		return wasm.F32, true
	case reflect.Float64:
		return wasm.F64, true
	}
	return 0, false
}

// take makes a Go value of the words at the start of stack, and returns the rest of these.
func take(t reflect.Type, stack []uint64) (reflect.Value, []uint64) {
	var v reflect.Value
	w, rest := stack[0], stack[1:]
	switch {
	case t == funcType:
		return reflect.ValueOf(FuncOfRef(w)), rest
	case t.Kind() == reflect.Array:
		v, rest = reflect.ValueOf(V128{w, stack[1]}), stack[2:]
	case t.Kind() == reflect.Int32:
		v = reflect.ValueOf(int32(w))
	case t.Kind() == reflect.Uint32:
		v = reflect.ValueOf(uint32(w))
	case t.Kind() == reflect.Int64:
		v = reflect.ValueOf(int64(w))
	case t.Kind() == reflect.Float32:
		v = reflect.ValueOf(math.Float32frombits(uint32(w)))
	case t.Kind() == reflect.Float64:
		v = reflect.ValueOf(math.Float64frombits(w))
	default:
		v = reflect.ValueOf(w)
	}
	if v.Type() != t {
		v = v.Convert(t)
	}
	return v, rest
}

// put stores a Go value, which instance to will have, as words at the start of stack, and returns the rest of these.
func put(v reflect.Value, to *Instance, stack []uint64) ([]uint64, error) {
	switch v.Kind() {
	case reflect.Pointer:
		w, err := refOf(v.Interface().(*Func), to)
		stack[0] = w
		return stack[1:], err
	case reflect.Array:
		a := v.Convert(v128Type).Interface().(V128)
		stack[0], stack[1] = a[0], a[1]
		return stack[2:], nil
	case reflect.Int32:
		stack[0] = uint64(uint32(v.Int()))
	case reflect.Int64:
		stack[0] = uint64(v.Int())
	case reflect.Float32:
		// Not by way of a float64, which would make a signalling NaN quiet.
		stack[0] = uint64(math.Float32bits(v.Convert(reflect.TypeFor[float32]()).Interface().(float32)))
	case reflect.Float64:
		stack[0] = math.Float64bits(v.Float())
	default:
		stack[0] = v.Uint()
	}
	return stack[1:], nil
}

// refOf is the opposite of FuncOfRef. The store keeps the function's instance, if another than to, since that may
// have the reference for as long as it lives.
func refOf(f *Func, to *Instance) (uint64, error) {
	if f == nil {
		return 0, nil
	}
	if f.in != nil {
		if r, ok := f.in.ref(f.index); ok {
			if f.in != to {
				f.in.keep()
			}
			return r, nil
		}
	}
	return 0, fmt.Errorf("there is no reference of function %q: it is the host's, or no module of its own takes one", f.name)
}

// serve calls the Go function for a guest.
func (s *goSignature) serve(f reflect.Value, ctx context.Context, caller *Instance, stack []uint64) error {
	args := make([]reflect.Value, 0, 8)
	if s.context {
		args = append(args, reflect.ValueOf(ctx))
	}
	if s.caller {
		args = append(args, reflect.ValueOf(caller))
	}
	words := stack
	for _, t := range s.params {
		var v reflect.Value
		v, words = take(t, words)
		args = append(args, v)
	}
	out := f.Call(args)
	if s.fails {
		if err, _ := out[len(s.results)].Interface().(error); err != nil {
			return err
		}
	}
	words = stack
	for _, v := range out[:len(s.results)] {
		var err error
		if words, err = put(v, caller, words); err != nil {
			return err
		}
	}
	return nil
}

// call calls the guest's function f for Go.
func (s *goSignature) call(f *Func, args []reflect.Value) []reflect.Value {
	out := make([]reflect.Value, len(s.results)+1)
	ctx := context.Background()
	if s.context {
		if c, _ := args[0].Interface().(context.Context); c != nil {
			ctx = c
		}
		args = args[1:]
	}
	stack := make([]uint64, s.words)
	words := stack
	var err error
	for _, v := range args {
		if words, err = put(v, f.in, words); err != nil {
			break
		}
	}
	if err == nil {
		err = f.CallWords(ctx, stack)
	}
	words = stack
	for i, t := range s.results {
		if err != nil {
			out[i] = reflect.Zero(t)
		} else {
			out[i], words = take(t, words)
		}
	}
	out[len(s.results)] = reflect.Zero(errorType)
	if err != nil {
		out[len(s.results)] = reflect.ValueOf(&err).Elem()
	}
	return out
}

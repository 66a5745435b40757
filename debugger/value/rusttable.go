package value

import "strings"

// rustRow is how one type of Rust's library is shown. A type is known by its crate, its own name
// and, where several have that name, by a part of its path: the library moves its types between
// modules. What show can't make sense of (nil) is shown as the structure that it is, with a word of it.
type rustRow struct {
	module string // part of the path, "" is any
	show   func(v *Variable) *shape
}

var rustRows map[string][]rustRow

func init() { // not an initialiser, since to show a type leads to the table again
	rustRows = map[string][]rustRow{
		// text
		"String":   {{"", func(v *Variable) *shape { return v.bytesAsText(v.path("vec")) }}},
		"OsString": {{"", func(v *Variable) *shape { return v.bytesAsText(v.firstVec(0)) }}},
		"PathBuf":  {{"", func(v *Variable) *shape { return v.bytesAsText(v.firstVec(0)) }}},
		"CString":  {{"", (*Variable).rustCString}},

		// numbers
		"Alignment":    {{"", (*Variable).rustAlignment}},
		"ValidAlign":   {{"", (*Variable).rustAlignment}},
		"TypeId":       {{"any", (*Variable).rustTypeID}},
		"Atomic":       {{"atomic", (*Variable).rustAtomic}},
		"AtomicBool":   {{"atomic", (*Variable).rustAtomic}},
		"AtomicPtr":    {{"atomic", (*Variable).rustAtomic}},
		"Duration":     {{"time", (*Variable).rustDuration}},
		"Instant":      {{"time", (*Variable).rustInstant}},
		"SystemTime":   {{"time", (*Variable).rustSystemTime}},
		"IpAddr":       {{"net", (*Variable).rustPayload}},
		"SocketAddr":   {{"net", (*Variable).rustPayload}},
		"Ipv4Addr":     {{"net", (*Variable).rustIP}},
		"Ipv6Addr":     {{"net", (*Variable).rustIP}},
		"SocketAddrV4": {{"net", (*Variable).rustSocketAddr}},
		"SocketAddrV6": {{"net", (*Variable).rustSocketAddr}},

		// pointers
		"Box":           {{"", (*Variable).rustBox}},
		"Rc":            {{"", (*Variable).rustRc}},
		"UniqueRc":      {{"", (*Variable).rustRc}},
		"Arc":           {{"", (*Variable).rustRc}},
		"UniqueArc":     {{"", (*Variable).rustRc}},
		"Weak":          {{"", (*Variable).rustWeak}},
		"Pin":           {{"pin", newtype("pointer", "__pointer")}},
		"NonNull":       {{"ptr", newtype("pointer")}},
		"Unique":        {{"ptr", newtype("pointer")}},
		"ManuallyDrop":  {{"", (*Variable).rustManuallyDrop}},
		"MaybeDangling": {{"", newtype("__0", "value")}},
		"MaybeUninit":   {{"", (*Variable).rustMaybeUninit}},

		// cells and locks
		"Cell":             {{"cell", (*Variable).rustCell}},
		"SyncUnsafeCell":   {{"cell", newtype("value")}},
		"UnsafeCell":       {{"cell", newtype("value")}},
		"RefCell":          {{"cell", (*Variable).rustRefCell}},
		"Ref":              {{"cell", guard("value")}},
		"RefMut":           {{"cell", guard("value")}},
		"Mutex":            {{"std::sync::", (*Variable).rustMutex}},
		"RwLock":           {{"std::sync::", (*Variable).rustRwLock}},
		"ReentrantLock":    {{"std::sync::", (*Variable).rustMutex}},
		"MutexGuard":       {{"std::sync::", guard("lock")}},
		"RwLockReadGuard":  {{"std::sync::", guard("data", "lock")}},
		"RwLockWriteGuard": {{"std::sync::", guard("lock", "data")}},
		"Once": {
			{"std::sync::", (*Variable).rustOnce},
			{"sources", nil}, // an iterator
		},
		"OnceCell": {{"cell", (*Variable).rustOnceCell}},
		"OnceLock": {{"std::sync::", (*Variable).rustOnceLock}},
		"LazyCell": {{"cell", (*Variable).rustLazyCell}},
		"LazyLock": {{"std::sync::", (*Variable).rustLazyLock}},
		"Condvar":  {{"std::sync::", (*Variable).rustOpaque}},
		"LocalKey": {{"thread", (*Variable).rustLocalKey}},

		// collections
		"Vec":        {{"", (*Variable).rustVec}},
		"VecDeque":   {{"", (*Variable).rustDeque}},
		"LinkedList": {{"", (*Variable).rustLinkedList}},
		"BinaryHeap": {{"", newtype("data")}},
		"HashMap": {
			{"hashbrown::", func(v *Variable) *shape { return v.rustHash(styleMap) }},
			{"", func(v *Variable) *shape { return v.path("base").rustHash(styleMap) }},
		},
		"HashSet": {
			{"hashbrown::", func(v *Variable) *shape { return v.path("map").rustHash(styleSet) }},
			{"", func(v *Variable) *shape { return v.path("base", "map").rustHash(styleSet) }},
		},
		"BTreeMap": {{"", func(v *Variable) *shape { return v.rustBTree(styleMap) }}},
		"BTreeSet": {{"", func(v *Variable) *shape { return v.path("map").rustBTree(styleSet) }}},

		// iterators and ranges
		"Iter": {
			{"slice::", (*Variable).rustSliceIter},
			{"vec_deque::", (*Variable).rustDequeIter},
			{"btree", (*Variable).rustBTreeIter},
			{"hash", (*Variable).rustHashIter},
		},
		"IterMut": {
			{"slice::", (*Variable).rustSliceIter},
			{"vec_deque::", (*Variable).rustDequeIter},
			{"btree", (*Variable).rustBTreeIter},
			{"hash", (*Variable).rustHashIter},
		},
		"IntoIter": {
			{"vec::", (*Variable).rustVecIntoIter},
			{"array::", (*Variable).rustArrayIntoIter},
			{"btree", (*Variable).rustBTreeIter},
			{"hash", (*Variable).rustHashIter},
		},
		"Keys":             {{"hash", (*Variable).rustHashIter}, {"btree", (*Variable).rustBTreeIter}},
		"Values":           {{"hash", (*Variable).rustHashIter}, {"btree", (*Variable).rustBTreeIter}},
		"ValuesMut":        {{"btree", (*Variable).rustBTreeIter}},
		"IntoKeys":         {{"btree", (*Variable).rustBTreeIter}},
		"IntoValues":       {{"btree", (*Variable).rustBTreeIter}},
		"RangeMut":         {{"btree", (*Variable).rustBTreeIter}},
		"Chars":            {{"str::", (*Variable).rustChars}},
		"Range":            {{"range::", rangeText("..")}, {"btree", (*Variable).rustBTreeIter}},
		"RangeInclusive":   {{"range::", rangeText("..=")}},
		"RangeFrom":        {{"range::", rangeText("..")}},
		"RangeTo":          {{"range::", rangeText("..")}},
		"RangeToInclusive": {{"range::", rangeText("..=")}},
		"RangeFull":        {{"range::", rangeText("..")}},

		// adapters of iterators
		"Skip":      {{"adapters::", adapter(restOfSkip)}},
		"Take":      {{"adapters::", adapter(restOfTake)}},
		"Chain":     {{"adapters::", adapter(restOfChain)}},
		"Zip":       {{"adapters::", adapter(restOfZip)}},
		"Enumerate": {{"adapters::", adapter(restOfEnumerate)}},
		"Rev":       {{"adapters::", adapter(restOfRev)}},
		"StepBy":    {{"adapters::", adapter(restOfStepBy)}},
		"Peekable":  {{"adapters::", adapter(restOfPeekable)}},
		"Cloned":    {{"adapters::", adapter(passedOn("it"))}},
		"Copied":    {{"adapters::", adapter(passedOn("it"))}},
		"Fuse":      {{"adapters::", adapter(passedOn("iter"))}},
		"Bytes":     {{"str::", adapter(passedOn("__0"))}},

		// others
		"GenFuture": {{"future", newtype("__0")}},
		"Error":     {{"std::io::", (*Variable).rustIOError}},
	}
}

// rustCrates are the crates whose types the table knows.
var rustCrates = []string{"core::", "alloc::", "std::", "hashbrown::"}

// rustLibrary shows a type of the standard library, nil if v is none that has a form of its own.
func (v *Variable) rustLibrary() *shape {
	show := v.typ.rustRow()
	if show == nil {
		return nil
	}
	if s := show(v); s != nil || v.loc.partial() {
		return s
	}
	s := v.rustPlain() // of a library that is not known, or it holds nonsense
	if v.typ.kind == typeUnion {
		s = v.structShape(KindUnion, styleFields, lastSegment(v.typ.name))
	}
	s.head += " (not laid out as is known)"
	return s
}

// rustRow is what shows the type, nil if that is not known by its name.
func (t *Type) rustRow() func(*Variable) *shape {
	name := t.name
	known := false
	for _, c := range rustCrates {
		known = known || strings.HasPrefix(name, c)
	}
	if !known {
		return nil
	}
	last := lastSegment(name)
	rows, ok := rustRows[last]
	if !ok {
		switch {
		case strings.HasPrefix(last, "NonZero"):
			return (*Variable).rustNonZero
		case strings.HasPrefix(last, "Atomic") && strings.Contains(name, "::atomic::"):
			return (*Variable).rustAtomic
		}
		return nil
	}
	path, _, _ := strings.Cut(name, "<")
	for _, r := range rows {
		if strings.Contains(path, r.module) {
			return r.show
		}
	}
	return nil
}

// newtype shows a structure as the first of the fields that it has.
func newtype(fields ...string) func(*Variable) *shape {
	return func(v *Variable) *shape {
		for _, f := range fields {
			if in := v.fieldNamed(f); in != nil {
				return v.wrapper(in)
			}
		}
		return nil
	}
}

// typeArguments are the generic arguments of a type's name: of HashMap<u8, (u8, u8)> u8 and (u8, u8).
func typeArguments(name string) []string {
	open := strings.IndexByte(name, '<')
	if open < 0 || !strings.HasSuffix(name, ">") {
		return nil
	}
	name = name[open+1 : len(name)-1]
	var args []string
	depth, start := 0, 0
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '<' || c == '(' || c == '[' || c == '{':
			depth++
		case c == '>' && i > 0 && name[i-1] == '-':
		case c == '>' || c == ')' || c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			args = append(args, name[start:i])
			start = i + 1
			for start < len(name) && name[start] == ' ' {
				start++
			}
		}
	}
	return append(args, name[start:])
}

// descend finds a value of type t in wrappers, each of which holds one thing of its own size.
func (v *Variable) descend(t *Type) *Variable { return v.descendTo(t.strip(), 0) }

func (v *Variable) descendTo(t *Type, depth int) *Variable {
	if v == nil || t == nil || depth > 8 {
		return nil
	}
	u := v.typ.strip()
	if u == nil {
		return nil
	}
	if u == t || u.kind == t.kind && u.name != "" && u.name == t.name && u.byteSize() == t.byteSize() {
		return v
	}
	if u.kind != typeStruct && u.kind != typeUnion {
		return nil
	}
	m := u.load()
	for i := range m.fields {
		f := v.as(u).field(&m.fields[i])
		if f.typ.byteSize() != u.byteSize() {
			continue
		}
		if r := f.descendTo(t, depth+1); r != nil {
			return r
		}
	}
	return nil
}

// core is the number in wrappers, each of which holds one thing of its own size.
func (v *Variable) core() *Variable {
	for depth := 0; v != nil && depth < 8; depth++ {
		t := v.typ.strip()
		if t == nil || t.kind != typeStruct {
			return v
		}
		m := t.load()
		var next *Variable
		for i := range m.fields {
			if f := v.as(t).field(&m.fields[i]); f.typ.byteSize() == t.byteSize() {
				next = f
				break
			}
		}
		if next == nil {
			return v
		}
		v = next
	}
	return v
}

// number reads the number in wrappers.
func (v *Variable) number() (uint64, error) { return v.core().uint() }

// within finds the first structure called name (its last segment) in v, through fields.
func (v *Variable) within(name string, depth int) *Variable {
	t := v.typ.strip()
	if t == nil || t.kind != typeStruct || depth > 6 {
		return nil
	}
	if lastSegment(t.name) == name {
		return v.as(t)
	}
	m := t.load()
	for i := range m.fields {
		if r := v.as(t).field(&m.fields[i]).within(name, depth+1); r != nil {
			return r
		}
	}
	return nil
}

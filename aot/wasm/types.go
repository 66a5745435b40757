package wasm

// String is the type's name in the text format.
func (t ValType) String() string {
	if r := valTypes[t]; r.name != "" {
		return r.name
	}
	return "invalid type"
}

// valTypes has one row per byte that starts a value type in some version of the language.
var valTypes = [256]struct {
	name    string
	feature Feature
	ref     bool
}{
	I32:       {"i32", FeatureMVP, false},
	I64:       {"i64", FeatureMVP, false},
	F32:       {"f32", FeatureMVP, false},
	F64:       {"f64", FeatureMVP, false},
	V128:      {"v128", FeatureSIMD, false},
	FuncRef:   {"funcref", FeatureReferenceTypes, true},
	ExternRef: {"externref", FeatureReferenceTypes, true},
	0x64:      {"(ref …)", FeatureTypedReferences, true},
	0x63:      {"(ref null …)", FeatureTypedReferences, true},
	0x6e:      {"anyref", FeatureGC, true},
	0x6d:      {"eqref", FeatureGC, true},
	0x6c:      {"i31ref", FeatureGC, true},
	0x6b:      {"structref", FeatureGC, true},
	0x6a:      {"arrayref", FeatureGC, true},
	0x71:      {"nullref", FeatureGC, true},
	0x72:      {"nullexternref", FeatureGC, true},
	0x73:      {"nullfuncref", FeatureGC, true},
	ExnRef:    {"exnref", FeatureExceptions, true},
	0x74:      {"nullexnref", FeatureGC, true},
	0x68:      {"contref", FeatureStackSwitching, true},
	0x75:      {"nullcontref", FeatureStackSwitching, true},
}

// valType checks the encoding of a value type. The error has no offset.
func valType(b byte) (ValType, *Error) {
	r := &valTypes[b]
	if r.name == "" {
		return 0, &Error{Msg: "invalid value type"}
	}
	if !r.feature.Supported() {
		return 0, &Error{Feature: r.feature, Msg: "type " + r.name}
	}
	return ValType(b), nil
}

// refType checks the encoding of a reference type. The error has no offset.
func refType(b byte) (ValType, *Error) {
	r := &valTypes[b]
	if !r.ref {
		return 0, &Error{Msg: "malformed reference type"}
	}
	return valType(b)
}

// IsRef reports whether t is a reference type.
func (t ValType) IsRef() bool { return t == FuncRef || t == ExternRef || t == ExnRef }

package conformance

// exceptions are the commands, named by suite, script and line, that do not hold here, with
// the reason. One that passes must leave the list.
var exceptions = map[string]string{
	"v1/binary:163":                          multiMemory,
	"v1/binary:183":                          multiMemory,
	"v1/binary:202":                          multiMemory,
	"v1/binary:221":                          multiMemory,
	"v1/binary:260":                          multiMemory,
	"v1/binary:279":                          multiMemory,
	"v1/binary:297":                          multiMemory,
	"v1/binary:315":                          multiMemory,
	"v1/imports:405":                         multiMemory,
	"v1/imports:409":                         multiMemory,
	"v1/imports:413":                         multiMemory,
	"v1/memory:8":                            multiMemory,
	"v1/memory:9":                            multiMemory,
	"v2/binary:146":                          multiMemory,
	"v2/binary:166":                          multiMemory,
	"v2/binary:185":                          multiMemory,
	"v2/binary:204":                          multiMemory,
	"v2/binary:243":                          multiMemory,
	"v2/binary:262":                          multiMemory,
	"v2/binary:280":                          multiMemory,
	"v2/binary:298":                          multiMemory,
	"v2/imports:488":                         multiMemory,
	"v2/imports:492":                         multiMemory,
	"v2/imports:496":                         multiMemory,
	"v2/memory:10":                           multiMemory,
	"v2/memory:11":                           multiMemory,
	"v2/data:89":                             anyGlobal,
	"v2/data:93":                             anyGlobal,
	"v2/elem:171":                            anyGlobal,
	"v2/elem:175":                            anyGlobal,
	"v2/global:352":                          anyGlobal,
	"v2/global:356":                          anyGlobal,
	"core-3.0/proposals/threads/memory:14":   multiMemory,
	"core-3.0/proposals/threads/memory:15":   multiMemory,
	"core-3.0/proposals/threads/imports:404": multiMemory,
	"core-3.0/proposals/threads/imports:408": multiMemory,
	"core-3.0/proposals/threads/imports:412": multiMemory,
	"core-3.0/proposals/threads/imports:309": multiTable,
	"core-3.0/proposals/threads/imports:313": multiTable,
	"core-3.0/proposals/threads/imports:317": multiTable,
	"typed-function-references/type-equivalence:31": "a type that names itself is valid since 3.0 (recursive types)",
	"core-3.0/custom/branch_hint:85":                "a branch hint that is wrong is ignored: nobody reads it",
	"v1/func:493":                                   multiValue,
	"v1/func:497":                                   multiValue,
	"v1/type:53":                                    multiValue,
	"v1/type:57":                                    multiValue,
	"v1/imports:310":                                multiTable,
	"v1/imports:314":                                multiTable,
	"v1/imports:318":                                multiTable,
	"v1/unreached-invalid:539":                      "br_table in unreachable code: 2.0 lets the labels' types differ",
	"v1/linking:236":                                inOrder,
	"v1/linking:248":                                inOrder,
	"v1/linking:342":                                inOrder,
	"v1/linking:354":                                inOrder,
	"exception-handling/tag:30":                     recursive,
	"exception-handling/tag:38":                     recursive,
	"exception-handling/tag:40":                     recursive,
	"exception-handling/tag:49":                     recursive,
	"exception-handling/tag:60":                     recursive,
}

// Where 2.0 changed what 1.0 says, and what 3.0 has beside the features that we have.
const (
	anyGlobal   = "constant expressions may name any global before them since 3.0"
	recursive   = "needs recursive types (garbage collection)"
	multiValue  = "several results are valid since 2.0 (multi-value)"
	multiMemory = "an index of a memory, which is 0, and several memories are valid since 3.0 (multi-memory)"
	multiTable  = "several tables are valid since 2.0 (reference types)"
	inOrder     = "since 2.0 (bulk memory) segments are applied in order up to the one that does not fit"
)

// garbage has the scripts of which some commands need garbage-collected types, and how many those are with the ones that
// follow from them.
var garbage = map[string]int{
	"core-3.0/array":            48,
	"core-3.0/array_copy":       31,
	"core-3.0/array_fill":       27,
	"core-3.0/array_init_data":  44,
	"core-3.0/array_init_elem":  33,
	"core-3.0/array_new_data":   28,
	"core-3.0/array_new_elem":   24,
	"core-3.0/br_on_cast":       31,
	"core-3.0/br_on_cast_fail":  31,
	"core-3.0/extern":           18,
	"core-3.0/i31":              71,
	"core-3.0/ref_cast":         45,
	"core-3.0/ref_eq":           83,
	"core-3.0/ref_null":         34,
	"core-3.0/ref_test":         71,
	"core-3.0/struct":           25,
	"core-3.0/table_init":       2,
	"core-3.0/table_init64":     2,
	"core-3.0/tag":              5,
	"core-3.0/type-canon":       2,
	"core-3.0/type-equivalence": 18,
	"core-3.0/type-rec":         17,
	"core-3.0/type-subtyping":   94,
}

package conformance

// exceptions are the commands, named by suite, script and line, that do not hold here, with
// the reason. One that passes must leave the list.
var exceptions = map[string]string{
	"v1/binary:163":                    multiMemory,
	"v1/binary:183":                    multiMemory,
	"v1/binary:202":                    multiMemory,
	"v1/binary:221":                    multiMemory,
	"v1/binary:260":                    multiMemory,
	"v1/binary:279":                    multiMemory,
	"v1/binary:297":                    multiMemory,
	"v1/binary:315":                    multiMemory,
	"v1/imports:405":                   multiMemory,
	"v1/imports:409":                   multiMemory,
	"v1/imports:413":                   multiMemory,
	"v1/memory:8":                      multiMemory,
	"v1/memory:9":                      multiMemory,
	"v2/binary:146":                    multiMemory,
	"v2/binary:166":                    multiMemory,
	"v2/binary:185":                    multiMemory,
	"v2/binary:204":                    multiMemory,
	"v2/binary:243":                    multiMemory,
	"v2/binary:262":                    multiMemory,
	"v2/binary:280":                    multiMemory,
	"v2/binary:298":                    multiMemory,
	"v2/imports:488":                   multiMemory,
	"v2/imports:492":                   multiMemory,
	"v2/imports:496":                   multiMemory,
	"v2/memory:10":                     multiMemory,
	"v2/memory:11":                     multiMemory,
	"v1/func:493":                      multiValue,
	"v1/func:497":                      multiValue,
	"v1/type:53":                       multiValue,
	"v1/type:57":                       multiValue,
	"v1/imports:310":                   multiTable,
	"v1/imports:314":                   multiTable,
	"v1/imports:318":                   multiTable,
	"v1/unreached-invalid:539":         "br_table in unreachable code: 2.0 lets the labels' types differ",
	"v1/linking:236":                   inOrder,
	"v1/linking:248":                   inOrder,
	"v1/linking:342":                   inOrder,
	"v1/linking:354":                   inOrder,
	"exception-handling/tag:30":        recursive,
	"exception-handling/tag:38":        recursive,
	"exception-handling/tag:40":        recursive,
	"exception-handling/tag:49":        recursive,
	"exception-handling/tag:60":        recursive,
	"exception-handling/try_table:420": typedRefs,
	"exception-handling/try_table:464": typedRefs,
	"exception-handling/try_table:465": typedRefs,
	"exception-handling/try_table:466": typedRefs,
	"exception-handling/try_table:467": typedRefs,
	"exception-handling/try_table:468": typedRefs,
}

// Where 2.0 changed what 1.0 says, and what 3.0 has beside the features that we have.
const (
	recursive   = "needs recursive types (garbage collection)"
	typedRefs   = "needs references that are not null (typed function references)"
	multiValue  = "several results are valid since 2.0 (multi-value)"
	multiMemory = "an index of a memory, which is 0, and several memories are valid since 3.0 (multi-memory)"
	multiTable  = "several tables are valid since 2.0 (reference types)"
	inOrder     = "since 2.0 (bulk memory) segments are applied in order up to the one that does not fit"
)

// skippedFiles are scripts, by prefix of suite and name, that are not run yet. When every
// command of one passes, it must leave the list.
var skippedFiles = map[string]string{}

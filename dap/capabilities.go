package dap

import (
	"encoding/json"
	"fmt"

	"github.com/google/go-dap"
)

// client is what initialize told.
type client struct {
	lineBase, columnBase int
	types, paging        bool
	memoryEvents         bool
	progress             bool
	invalidated          bool
	ansi                 bool
	runsInTerminal       bool
	startsDebugging      bool
}

// initializeArguments are those of go-dap with the defaults of the specification: lines and
// columns start at 1 unless the client says otherwise.
type initializeArguments struct {
	LinesStartAt1                *bool  `json:"linesStartAt1"`
	ColumnsStartAt1              *bool  `json:"columnsStartAt1"`
	PathFormat                   string `json:"pathFormat"`
	SupportsVariableType         bool   `json:"supportsVariableType"`
	SupportsVariablePaging       bool   `json:"supportsVariablePaging"`
	SupportsMemoryEvent          bool   `json:"supportsMemoryEvent"`
	SupportsProgressReporting    bool   `json:"supportsProgressReporting"`
	SupportsInvalidatedEvent     bool   `json:"supportsInvalidatedEvent"`
	SupportsANSIStyling          bool   `json:"supportsANSIStyling"`
	SupportsRunInTerminalRequest bool   `json:"supportsRunInTerminalRequest"`
	SupportsStartDebugging       bool   `json:"supportsStartDebuggingRequest"`
}

// capabilities are those of go-dap and what the specification has beside them.
type capabilities struct {
	dap.Capabilities
	SupportsDataBreakpointBytes bool             `json:"supportsDataBreakpointBytes,omitempty"`
	BreakpointModes             []breakpointMode `json:"breakpointModes,omitempty"`
	SupportsANSIStyling         bool             `json:"supportsANSIStyling,omitempty"`
}

// breakpointMode is a way in which breakpoints of some kinds can be carried out.
type breakpointMode struct {
	Mode        string   `json:"mode"`
	Label       string   `json:"label"`
	Description string   `json:"description,omitempty"`
	AppliesTo   []string `json:"appliesTo"`
}

// The modes of data breakpoints. Without one, debug registers are used as long as some are free.
const (
	modeHardware = "hardware"
	modePage     = "page"
)

func (s *server) initialize(raw *json.RawMessage) (any, error) {
	s.initialized = *raw
	a := new(initializeArguments)
	if len(*raw) > 0 {
		if err := json.Unmarshal(*raw, a); err != nil {
			return nil, fmt.Errorf("the arguments of initialize: %w", err)
		}
	}
	base := func(startsAt1 *bool) int {
		if startsAt1 != nil && !*startsAt1 {
			return 0
		}
		return 1
	}
	if a.PathFormat != "" && a.PathFormat != "path" {
		return nil, fmt.Errorf("path format %q is not supported, only path", a.PathFormat)
	}
	s.client = client{
		lineBase: base(a.LinesStartAt1), columnBase: base(a.ColumnsStartAt1),
		types: a.SupportsVariableType, paging: a.SupportsVariablePaging,
		memoryEvents: a.SupportsMemoryEvent, progress: a.SupportsProgressReporting, invalidated: a.SupportsInvalidatedEvent,
		ansi: a.SupportsANSIStyling, runsInTerminal: a.SupportsRunInTerminalRequest, startsDebugging: a.SupportsStartDebugging,
	}
	return announced(), nil
}

// announced is what the server can do. capabilities_test.go has a use of each.
func announced() *capabilities {
	return &capabilities{
		Capabilities: dap.Capabilities{
			SupportsConfigurationDoneRequest:      true,
			SupportsFunctionBreakpoints:           true,
			SupportsConditionalBreakpoints:        true,
			SupportsHitConditionalBreakpoints:     true,
			SupportsLogPoints:                     true,
			SupportsEvaluateForHovers:             true,
			SupportsSetVariable:                   true,
			SupportsSetExpression:                 true,
			SupportsValueFormattingOptions:        true,
			SupportsBreakpointLocationsRequest:    true,
			SupportsInstructionBreakpoints:        true,
			SupportsDataBreakpoints:               true,
			SupportsModulesRequest:                true,
			AdditionalModuleColumns:               moduleColumns(),
			SupportsRestartRequest:                true,
			SupportsRestartFrame:                  true,
			SupportsExceptionFilterOptions:        true,
			ExceptionBreakpointFilters:            exceptionFilters(),
			SupportsExceptionInfoRequest:          true,
			SupportsDelayedStackTraceLoading:      true,
			SupportsLoadedSourcesRequest:          true,
			SupportedChecksumAlgorithms:           []dap.ChecksumAlgorithm{"MD5"},
			SupportsTerminateRequest:              true,
			SupportTerminateDebuggee:              true,
			SupportSuspendDebuggee:                true,
			SupportsTerminateThreadsRequest:       true,
			SupportsReadMemoryRequest:             true,
			SupportsWriteMemoryRequest:            true,
			SupportsDisassembleRequest:            true,
			SupportsCompletionsRequest:            true,
			CompletionTriggerCharacters:           []string{".", ">", ":", "$", "("},
			SupportsCancelRequest:                 true,
			SupportsClipboardContext:              true,
			SupportsStepInTargetsRequest:          true,
			SupportsGotoTargetsRequest:            true,
			SupportsSteppingGranularity:           true,
			SupportsSingleThreadExecutionRequests: true,
		},
		SupportsDataBreakpointBytes: true,
		BreakpointModes: []breakpointMode{
			{modeHardware, "Debug registers", "The processor watches: the program runs at full speed; at most four words at a time", []string{"data"}},
			{modePage, "Protected pages", "The pages of memory are protected: any size, slower where the same page is in use", []string{"data"}},
		},
		SupportsANSIStyling: true,
	}
}

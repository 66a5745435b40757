package dap

import (
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/google/go-dap"

	"sphex/aot/wasm"
)

// maxRead is how many bytes of memory one request may read.
const maxRead = 1 << 20

// memoryAddress returns the address in linear memory that a reference and an offset mean.
func memoryAddress(reference string, offset int) (wasm.MemAddr, error) {
	at, err := strconv.ParseUint(reference, 0, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no address in linear memory", reference)
	}
	sum := at + uint64(int64(offset))
	if (offset < 0) != (sum < at) && offset != 0 {
		return 0, fmt.Errorf("%s%+d is no address in linear memory", reference, offset)
	}
	return wasm.MemAddr(sum), nil
}

func (s *server) readMemory(a *dap.ReadMemoryArguments) (any, error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, err
	}
	at, err := memoryAddress(a.MemoryReference, a.Offset)
	if err != nil {
		return nil, err
	}
	count := min(max(a.Count, 0), maxRead)
	size, err := session.MemorySize()
	if err != nil {
		return nil, err
	}
	var b []byte
	if uint64(at) < size { // what is not there is told by UnreadableBytes
		if b, err = session.ReadMemory(at, count); err != nil {
			return nil, err
		}
	}
	return &dap.ReadMemoryResponseBody{Address: fmt.Sprintf("%#x", uint64(at)), Data: base64.StdEncoding.EncodeToString(b), UnreadableBytes: count - len(b)}, nil
}

// writeMemory writes all of the bytes, or, when the client allows it, those that fit.
func (s *server) writeMemory(a *dap.WriteMemoryArguments) (any, func(), error) {
	session, err := s.needStopped()
	if err != nil {
		return nil, nil, err
	}
	at, err := memoryAddress(a.MemoryReference, a.Offset)
	if err != nil {
		return nil, nil, err
	}
	data, err := base64.StdEncoding.DecodeString(a.Data)
	if err != nil {
		return nil, nil, fmt.Errorf("data is not base64: %w", err)
	}
	size, err := session.MemorySize()
	if err != nil {
		return nil, nil, err
	}
	if room := size - min(uint64(at), size); uint64(len(data)) > room {
		if !a.AllowPartial {
			return nil, nil, fmt.Errorf("%d bytes at %#x do not fit: the memory ends at %#x", len(data), uint64(at), size)
		}
		data = data[:room]
	}
	if err := session.WriteMemory(at, data); err != nil {
		return nil, nil, err
	}
	return &dap.WriteMemoryResponseBody{BytesWritten: len(data)}, s.invalidate, nil
}

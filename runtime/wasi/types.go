package wasi

import "encoding/binary"

var le = binary.LittleEndian

// FileType is the kind of a file.
type FileType uint8

const (
	TypeUnknown         FileType = 0
	TypeBlockDevice     FileType = 1
	TypeCharacterDevice FileType = 2
	TypeDirectory       FileType = 3
	TypeRegularFile     FileType = 4
	TypeStreamSocket    FileType = 6
	TypeSymbolicLink    FileType = 7
)

// Clock names a clock.
type Clock uint32

const (
	ClockRealtime  Clock = 0 // nanoseconds since 1970
	ClockMonotonic Clock = 1
	ClockProcess   Clock = 2 // CPU time of the process
	ClockThread    Clock = 3 // CPU time of the thread
)

type rights uint64

const (
	rightFDDatasync rights = 1 << iota
	rightFDRead
	rightFDSeek
	rightFDFdstatSetFlags
	rightFDSync
	rightFDTell
	rightFDWrite
	rightFDAdvise
	rightFDAllocate
	rightPathCreateDirectory
	rightPathCreateFile
	rightPathLinkSource
	rightPathLinkTarget
	rightPathOpen
	rightFDReaddir
	rightPathReadlink
	rightPathRenameSource
	rightPathRenameTarget
	rightPathFilestatGet
	rightPathFilestatSetSize
	rightPathFilestatSetTimes
	rightFDFilestatGet
	rightFDFilestatSetSize
	rightFDFilestatSetTimes
	rightPathSymlink
	rightPathRemoveDirectory
	rightPathUnlinkFile
	rightPollFDReadwrite
	rightSockShutdown
	rightSockAccept

	rightsAll    = rightSockAccept<<1 - 1
	rightsStream = rightFDRead | rightFDWrite | rightFDDatasync | rightFDFdstatSetFlags |
		rightFDSync | rightFDFilestatGet | rightPollFDReadwrite
	rightsFile = rightsStream | rightFDSeek | rightFDTell | rightFDAdvise | rightFDAllocate |
		rightFDFilestatSetSize | rightFDFilestatSetTimes
	rightsDir = rightFDFdstatSetFlags | rightFDSync | rightFDDatasync | rightFDAdvise |
		rightPathCreateDirectory | rightPathCreateFile | rightPathLinkSource |
		rightPathLinkTarget | rightPathOpen | rightFDReaddir | rightPathReadlink |
		rightPathRenameSource | rightPathRenameTarget | rightPathFilestatGet |
		rightPathFilestatSetSize | rightPathFilestatSetTimes | rightFDFilestatGet |
		rightFDFilestatSetTimes | rightPathSymlink | rightPathRemoveDirectory |
		rightPathUnlinkFile | rightPollFDReadwrite
	rightsConnection = rightsStream | rightSockShutdown
	rightsListener   = rightSockAccept | rightFDFdstatSetFlags | rightFDFilestatGet | rightPollFDReadwrite | rightFDRead
)

// Flags of an open file (fdflags).
const (
	flagAppend   = 1 << 0
	flagDsync    = 1 << 1
	flagNonblock = 1 << 2
	flagRsync    = 1 << 3
	flagSync     = 1 << 4
	flagsAll     = 1<<5 - 1
)

// Flags of path_open (oflags).
const (
	openCreate    = 1 << 0
	openDirectory = 1 << 1
	openExclusive = 1 << 2
	openTruncate  = 1 << 3
	openAll       = 1<<4 - 1
)

// Flags of a path look-up.
const (
	lookupFollow = 1 << 0
	lookupAll    = 1<<1 - 1
)

// Flags of filestat_set_times.
const (
	setAccess    = 1 << 0
	setAccessNow = 1 << 1
	setModify    = 1 << 2
	setModifyNow = 1 << 3
	setAll       = 1<<4 - 1
)

// Sizes of the structures in guest memory.
const (
	sizeIovec        = 8
	sizeFdstat       = 24
	sizeFilestat     = 64
	sizePrestat      = 8
	sizeDirent       = 24
	sizeSubscription = 48
	sizeEvent        = 32
)

// Stat describes a file. Times are nanoseconds since 1970.
type Stat struct {
	Dev, Ino, Nlink, Size  uint64
	Type                   FileType
	Access, Modify, Change int64
}

// encode writes the filestat structure.
func (s *Stat) encode(p []byte) {
	clear(p[:sizeFilestat])
	le.PutUint64(p, s.Dev)
	le.PutUint64(p[8:], s.Ino)
	p[16] = byte(s.Type)
	le.PutUint64(p[24:], s.Nlink)
	le.PutUint64(p[32:], s.Size)
	le.PutUint64(p[40:], uint64(s.Access))
	le.PutUint64(p[48:], uint64(s.Modify))
	le.PutUint64(p[56:], uint64(s.Change))
}

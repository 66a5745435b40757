package wasi

import (
	"context"
	"io"
	"math"
	"time"
)

// descriptor is an entry of the descriptor table.
type descriptor struct {
	file             File
	base, inheriting rights
	flags            uint16
	preopen          bool
	name             string  // of a preopened directory
	entries          []Entry // of a directory that is being read
}

// descriptor gives an open descriptor.
func (s *System) descriptor(n uint32) (*descriptor, error) {
	if uint64(n) >= uint64(len(s.fds)) || s.fds[n] == nil {
		return nil, EBADF
	}
	return s.fds[n], nil
}

// free gives the lowest number that is not in use.
func (s *System) free() (int, error) {
	for i, d := range s.fds {
		if d == nil {
			return i, nil
		}
	}
	if len(s.fds) >= s.maxFiles {
		return 0, EMFILE
	}
	s.fds = append(s.fds, nil)
	return len(s.fds) - 1, nil
}

// may says whether a right is there.
func (d *descriptor) may(r rights) error {
	if d.base&r == 0 {
		return EBADF
	}
	return nil
}

// regular refuses directories.
func (d *descriptor) regular() error {
	if d.file.Type() == TypeDirectory {
		return EBADF
	}
	return nil
}

func fdAdvise(c *call) error {
	if err := c.fd[0].regular(); err != nil {
		return err
	}
	if c.num[3] > 5 || c.num[1] > math.MaxInt64 || c.num[2] > math.MaxInt64 {
		return EINVAL
	}
	return nil // advice may be left alone
}

func fdAllocate(c *call) error {
	d, off, n := c.fd[0], c.num[1], c.num[2]
	if d.file.Type() != TypeRegularFile {
		return EBADF
	}
	if err := d.may(rightFDWrite); err != nil {
		return err
	}
	if n == 0 || off > math.MaxInt64 || n > math.MaxInt64-off {
		return EINVAL
	}
	st, err := d.file.Stat()
	if err != nil || st.Size >= off+n {
		return err
	}
	return d.file.Truncate(int64(off + n))
}

func fdClose(c *call) error {
	c.sys.fds[c.num[0]] = nil
	return c.fd[0].file.Close()
}

func fdRenumber(c *call) error {
	from, to := c.num[0], c.num[1]
	if from == to {
		return nil
	}
	c.sys.fds[to], c.sys.fds[from] = c.fd[0], nil
	return c.fd[1].file.Close()
}

func fdSync(c *call) error { return c.fd[0].file.Sync() }

func fdFdstatGet(c *call) error {
	d, p := c.fd[0], c.buf[1]
	clear(p)
	p[0] = byte(d.file.Type())
	le.PutUint16(p[2:], d.flags)
	le.PutUint64(p[8:], uint64(d.base))
	le.PutUint64(p[16:], uint64(d.inheriting))
	return nil
}

func fdFdstatSetFlags(c *call) error {
	const changeable = flagAppend | flagNonblock
	d, flags := c.fd[0], c.num[1]
	switch {
	case flags&^flagsAll != 0:
		return EINVAL
	case (uint64(d.flags)^flags)&^changeable != 0:
		return EINVAL
	case d.file.Type() == TypeDirectory:
		return EBADF
	}
	d.flags = uint16(flags)
	return nil
}

func fdFdstatSetRights(c *call) error {
	d, base, inheriting := c.fd[0], rights(c.num[1]), rights(c.num[2])
	if base&^d.base != 0 || inheriting&^d.inheriting != 0 {
		return ENOTCAPABLE
	}
	d.base, d.inheriting = base, inheriting
	return nil
}

func fdFilestatGet(c *call) error {
	st, err := c.fd[0].file.Stat()
	if err != nil {
		return err
	}
	st.encode(c.buf[1])
	return nil
}

func fdFilestatSetSize(c *call) error {
	d := c.fd[0]
	if err := d.regular(); err != nil {
		return err
	}
	if d.base&rightFDWrite == 0 || c.num[1] > math.MaxInt64 {
		return EINVAL
	}
	return d.file.Truncate(int64(c.num[1]))
}

func fdFilestatSetTimes(c *call) error {
	access, modify, err := c.times(c.num[1], c.num[2], c.num[3])
	if err != nil {
		return err
	}
	return c.fd[0].file.SetTimes(access, modify)
}

// times decodes the arguments of the functions that set a file's times; the zero time stands
// for one that stays.
func (c *call) times(atim, mtim, flags uint64) (access, modify time.Time, err error) {
	const bothAccess, bothModify = setAccess | setAccessNow, setModify | setModifyNow
	if flags&^setAll != 0 || flags&bothAccess == bothAccess || flags&bothModify == bothModify {
		return access, modify, EINVAL
	}
	if flags&(setAccessNow|setModifyNow) != 0 {
		now, err := c.sys.world.Now(ClockRealtime)
		if err != nil {
			return access, modify, err
		}
		if flags&setAccessNow != 0 {
			access = time.Unix(0, now)
		}
		if flags&setModifyNow != 0 {
			modify = time.Unix(0, now)
		}
	}
	if flags&setAccess != 0 {
		access = timestamp(atim)
	}
	if flags&setModify != 0 {
		modify = timestamp(mtim)
	}
	return access, modify, nil
}

// timestamp is never the zero time, which has another meaning here.
func timestamp(ns uint64) time.Time {
	return time.Unix(int64(ns/1e9), int64(ns%1e9))
}

// fdPrestatGet tells the program's start-up code which descriptors are opened directories.
func fdPrestatGet(c *call) error {
	d := c.fd[0]
	if !d.preopen {
		return EBADF
	}
	clear(c.buf[1]) // tag 0: a directory
	c.putSize(c.buf[1][c.sized(4):], uint64(len(d.name)))
	return nil
}

func fdPrestatDirName(c *call) error {
	d := c.fd[0]
	switch {
	case !d.preopen:
		return EBADF
	case len(c.buf[1]) < len(d.name):
		return ENAMETOOLONG
	}
	copy(c.buf[1], d.name)
	return nil
}

func fdRead(c *call) error {
	d := c.fd[0]
	if err := d.may(rightFDRead); err != nil {
		return err
	}
	if err := c.noWait(d); err != nil {
		return err
	}
	return c.transfer(c.buf[2], func(p []byte, done int64) (n int, err error) {
		if done > 0 && d.file.Type() != TypeRegularFile { // what has come is enough
			if there, err := c.hasCome(d); err != nil || !there {
				return 0, nil
			}
		}
		c.await(func() { n, err = d.file.Read(c.ctx, p) })
		return n, err
	})
}

func fdWrite(c *call) error {
	d := c.fd[0]
	if err := d.may(rightFDWrite); err != nil {
		return err
	}
	if d.flags&flagAppend != 0 && d.file.Type() == TypeRegularFile {
		if _, err := d.file.Seek(0, io.SeekEnd); err != nil {
			return err
		}
	}
	if d.file.Type() != TypeRegularFile {
		c.coalesce()
	}
	return c.transfer(c.buf[2], func(p []byte, _ int64) (int, error) { return d.file.Write(c.ctx, p) })
}

func fdPread(c *call) error {
	d := c.fd[0]
	if err := d.may(rightFDRead); err != nil {
		return err
	}
	return c.transferAt(d.file.ReadAt)
}

func fdPwrite(c *call) error {
	d := c.fd[0]
	if err := d.may(rightFDWrite); err != nil {
		return err
	}
	return c.transferAt(d.file.WriteAt)
}

// transferAt is transfer for fd_pread and fd_pwrite.
func (c *call) transferAt(at func([]byte, int64) (int, error)) error {
	off := c.num[2]
	if off > math.MaxInt64-1<<32 {
		return EINVAL
	}
	return c.transfer(c.buf[3], func(p []byte, done int64) (int, error) { return at(p, int64(off)+done) })
}

// transfer moves the vector's bytes until one is moved only in part, and writes their count.
// An error behind the first bytes is left for the next call to find.
func (c *call) transfer(count []byte, move func(p []byte, done int64) (int, error)) error {
	total := int64(0)
	for k := 0; k < len(c.vec); k++ {
		p := c.vec[k]
		if len(p) > piece {
			p = p[:piece]
			c.vec[k] = c.vec[k][piece:]
			k--
		}
		n, err := move(p, total)
		total += int64(n)
		if c.ctx.Err() != nil && err == nil {
			return context.Cause(c.ctx)
		}
		if err != nil {
			if _, ok := errnoOf(err); total == 0 || !ok {
				return err
			}
			break
		}
		if n < len(p) {
			break
		}
	}
	c.putSize(count, uint64(total))
	return nil
}

// coalesce joins a vector of small buffers, so that what is written at once arrives at once.
func (c *call) coalesce() {
	const small = 64 << 10
	total := 0
	for _, p := range c.vec {
		if total += len(p); total > small {
			return
		}
	}
	if len(c.vec) > 1 {
		joined := make([]byte, 0, total)
		for _, p := range c.vec {
			joined = append(joined, p...)
		}
		c.vec = append(c.vec[:0], joined)
	}
}

func fdSeek(c *call) error {
	d := c.fd[0]
	if err := d.regular(); err != nil {
		return err
	}
	if c.num[2] > 2 {
		return EINVAL
	}
	return c.seek(d, int64(c.num[1]), int(c.num[2]), c.buf[3]) // whence counts as io's constants do
}

func fdTell(c *call) error {
	d := c.fd[0]
	if err := d.regular(); err != nil {
		return err
	}
	return c.seek(d, 0, io.SeekCurrent, c.buf[1])
}

func (c *call) seek(d *descriptor, off int64, whence int, result []byte) error {
	pos, err := d.file.Seek(off, whence)
	if err != nil {
		return err
	}
	le.PutUint64(result, uint64(pos))
	return nil
}

// maxEntries is how many entries of directories that are being read are kept, unless one directory has more. A test has fewer.
var maxEntries = 1 << 18

// forgetEntries makes room for more entries: who reads another directory has a new look at it.
func (s *System) forgetEntries(more int) {
	for _, d := range s.fds {
		if d != nil {
			more += len(d.entries)
		}
	}
	if more <= maxEntries {
		return
	}
	for _, d := range s.fds {
		if d != nil {
			d.entries = nil
		}
	}
}

// fdReaddir writes entries, the last one cut off where the buffer ends. A cookie is the
// position behind an entry; position 0 takes a new look at the directory.
func fdReaddir(c *call) error {
	d, buf, cookie := c.fd[0], c.buf[1], c.num[2]
	if d.file.Type() != TypeDirectory {
		return ENOTDIR
	}
	if cookie == 0 || d.entries == nil {
		entries, err := d.file.ReadDir()
		if err != nil {
			return err
		}
		self, err := d.file.Stat()
		if err != nil {
			return err
		}
		// What lies above is not the guest's to know.
		dots := []Entry{{".", self.Ino, TypeDirectory}, {"..", 0, TypeDirectory}}
		d.entries = nil
		c.sys.forgetEntries(len(entries))
		d.entries = append(dots, entries...)
	}
	used := 0
	for i := cookie; i < uint64(len(d.entries)) && used < len(buf); i++ {
		e := &d.entries[i]
		var head [sizeDirent]byte
		le.PutUint64(head[0:], i+1)
		le.PutUint64(head[8:], e.Ino)
		le.PutUint32(head[16:], uint32(len(e.Name)))
		head[20] = byte(e.Type)
		used += copy(buf[used:], head[:])
		used += copy(buf[used:], e.Name)
	}
	c.putSize(c.buf[3], uint64(used))
	return nil
}

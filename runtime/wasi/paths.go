package wasi

import "path/filepath"

// follow decodes the flags of a look-up.
func follow(flags uint64) (bool, error) {
	if flags&^lookupAll != 0 {
		return false, EINVAL
	}
	return flags&lookupFollow != 0, nil
}

func pathOpen(c *call) error {
	dir, oflags, base, inheriting, flags := c.fd[0], c.num[3], rights(c.num[4]), rights(c.num[5]), c.num[6]
	follow, err := follow(c.num[1])
	if err != nil {
		return err
	}
	if oflags&^openAll != 0 || flags&^flagsAll != 0 || oflags&openCreate != 0 && oflags&openDirectory != 0 {
		return EINVAL
	}
	how := How{
		Read:      base&(rightFDRead|rightFDReaddir) != 0,
		Write:     base&(rightFDWrite|rightFDAllocate|rightFDFilestatSetSize) != 0,
		Create:    oflags&openCreate != 0,
		Exclusive: oflags&openExclusive != 0,
		Truncate:  oflags&openTruncate != 0,
		Directory: oflags&openDirectory != 0,
		Sync:      flags&(flagDsync|flagRsync|flagSync) != 0,
		Follow:    follow,
		Nonblock:  flags&flagNonblock != 0,
	}
	n, err := c.sys.free()
	if err != nil {
		return err
	}
	f, err := dir.file.Open(c.str[2], how)
	if err != nil {
		return err
	}
	d := &descriptor{file: f, base: base & rightsFile, inheriting: inheriting, flags: uint16(flags)}
	switch f.Type() {
	case TypeDirectory:
		d.base = base & rightsDir
	case TypeRegularFile:
	default:
		d.base = base & rightsStream
	}
	c.sys.fds[n] = d
	le.PutUint32(c.buf[7], uint32(n))
	return nil
}

func pathCreateDirectory(c *call) error { return c.fd[0].file.Mkdir(c.str[1]) }
func pathRemoveDirectory(c *call) error { return c.fd[0].file.Rmdir(c.str[1]) }
func pathUnlinkFile(c *call) error      { return c.fd[0].file.Unlink(c.str[1]) }

func pathFilestatGet(c *call) error {
	follow, err := follow(c.num[1])
	if err != nil {
		return err
	}
	st, err := c.fd[0].file.StatAt(c.str[2], follow)
	if err != nil {
		return err
	}
	st.encode(c.buf[3])
	return nil
}

func pathFilestatSetTimes(c *call) error {
	follow, err := follow(c.num[1])
	if err != nil {
		return err
	}
	access, modify, err := c.times(c.num[3], c.num[4], c.num[5])
	if err != nil {
		return err
	}
	return c.fd[0].file.SetTimesAt(c.str[2], follow, access, modify)
}

// pathLink makes hard links to what the path itself names; following is refused as in
// wasmtime.
func pathLink(c *call) error {
	follow, err := follow(c.num[1])
	if err != nil {
		return err
	}
	if follow {
		return EINVAL
	}
	return c.fd[0].file.Link(c.str[2], c.fd[3].file, c.str[4])
}

func pathRename(c *call) error {
	return c.fd[0].file.Rename(c.str[1], c.fd[2].file, c.str[3])
}

// pathSymlink refuses absolute targets, which could only lead outside.
func pathSymlink(c *call) error {
	target := c.str[0]
	switch {
	case target == "":
		return ENOENT
	case target[0] == '/' || filepath.IsAbs(target):
		return EPERM
	}
	return c.fd[1].file.Symlink(target, c.str[2])
}

// pathReadlink cuts the target off where the buffer ends, as readlink does.
func pathReadlink(c *call) error {
	target, err := c.fd[0].file.Readlink(c.str[1])
	if err != nil {
		return err
	}
	c.putSize(c.buf[3], uint64(copy(c.buf[2], target)))
	return nil
}

package wasi

import "errors"

// Sockets are those that the host has opened: preview 1 has no function to make one. A guest accepts connections
// at a listener, which is a descriptor behind those of the opened directories.

// Flags of sock_recv (riflags) and sock_shutdown (sdflags).
const (
	recvPeek    = 1 << 0
	recvWaitAll = 1 << 1

	shutRead  = 1 << 0
	shutWrite = 1 << 1
)

// noWait gives EAGAIN instead of letting a call wait, if the descriptor is one that must not.
func (c *call) noWait(d *descriptor) error {
	if d.flags&flagNonblock == 0 || d.file.Type() == TypeRegularFile || d.file.Type() == TypeDirectory {
		return nil
	}
	there, err := c.hasCome(d)
	if err == nil && !there {
		err = EAGAIN
	}
	return err
}

// hasCome tells whether a read ends at once.
func (c *call) hasCome(d *descriptor) (bool, error) {
	var ready []Readiness
	var err error
	c.await(func() { ready, err = c.sys.world.Poll(c.ctx, 0, []Interest{{File: d.file}}) })
	return err == nil && ready[0].Ready, err
}

// sockAccept takes a connection. Of the flags only the one not to wait means something.
func sockAccept(c *call) error {
	d, flags := c.fd[0], c.num[1]
	if flags&^flagNonblock != 0 {
		return EINVAL
	}
	socket, ok := d.file.(Acceptor)
	if !ok {
		return socketErrno(d, EINVAL)
	}
	if _, err := c.sys.free(); err != nil {
		return err
	}
	if err := c.noWait(d); err != nil {
		return err
	}
	var f File
	var err error
	c.await(func() { f, err = socket.Accept(c.ctx) })
	if err != nil {
		return err
	}
	n, err := c.sys.free()
	if err != nil { // another thread was faster
		return errors.Join(err, f.Close())
	}
	c.sys.fds[n] = &descriptor{file: f, base: rightsConnection, inheriting: rightsConnection, flags: uint16(flags)}
	le.PutUint32(c.buf[2], uint32(n))
	return nil
}

// socketErrno is what a call gets that does not suit the descriptor: errno if it is a socket at least.
func socketErrno(d *descriptor, errno Errno) Errno {
	if d.file.Type() == TypeStreamSocket {
		return errno
	}
	return ENOTSOCK
}

func (c *call) connection() (Connection, error) {
	conn, ok := c.fd[0].file.(Connection)
	if !ok {
		return nil, socketErrno(c.fd[0], ENOTCONN)
	}
	return conn, nil
}

// sockRecv is fd_read, but for its flags: to look at what comes without taking it, and to wait until all buffers are
// full. The flags that it returns are for messages, which a stream has not.
func sockRecv(c *call) error {
	conn, err := c.connection()
	if err != nil {
		return err
	}
	flags := c.num[2]
	if flags&^(recvPeek|recvWaitAll) != 0 {
		return ENOTSUP
	}
	d := c.fd[0]
	if err := c.noWait(d); err != nil {
		return err
	}
	le.PutUint16(c.buf[4], 0)
	if flags&recvPeek != 0 {
		n := 0
		if len(c.vec) > 0 {
			c.await(func() { n, err = conn.Peek(c.ctx, c.vec[0]) })
			if err != nil {
				return err
			}
		}
		c.putSize(c.buf[3], uint64(n))
		return nil
	}
	return c.transfer(c.buf[3], func(p []byte, done int64) (total int, err error) {
		if done > 0 && flags&recvWaitAll == 0 {
			if there, err := c.hasCome(d); err != nil || !there {
				return 0, err // what has come is enough
			}
		}
		c.await(func() {
			for {
				var n int
				n, err = d.file.Read(c.ctx, p[total:])
				total += n
				if err != nil || n == 0 || total == len(p) || flags&recvWaitAll == 0 {
					return
				}
			}
		})
		return total, err
	})
}

func sockSend(c *call) error {
	if _, err := c.connection(); err != nil {
		return err
	}
	if c.num[2] != 0 {
		return ENOTSUP
	}
	c.coalesce()
	return c.transfer(c.buf[3], func(p []byte, _ int64) (n int, err error) {
		c.await(func() { n, err = c.fd[0].file.Write(c.ctx, p) })
		return n, err
	})
}

func sockShutdown(c *call) error {
	conn, err := c.connection()
	if err != nil {
		return err
	}
	how := c.num[1]
	if how == 0 || how&^(shutRead|shutWrite) != 0 {
		return EINVAL
	}
	return conn.Shutdown(how&shutRead != 0, how&shutWrite != 0)
}

package debugger

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// knowsUsers is that sameUser can tell.
const knowsUsers = true

// sameUser tells whether a process of this user on this machine is at the other end.
func sameUser(c net.Conn) bool {
	switch c := c.(type) {
	case *net.UnixConn:
		raw, err := c.SyscallConn()
		if err != nil {
			return false
		}
		same := false
		err = raw.Control(func(fd uintptr) {
			cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
			same = err == nil && int(cred.Uid) == os.Getuid()
		})
		return err == nil && same
	case *net.TCPConn:
		local, ok1 := c.LocalAddr().(*net.TCPAddr)
		remote, ok2 := c.RemoteAddr().(*net.TCPAddr)
		return ok1 && ok2 && remote.IP.IsLoopback() && local.IP.IsLoopback() && ownSocket(remote, local)
	}
	return false
}

// ownSocket looks in the kernel's table for the socket of the client's end, and whose it is.
func ownSocket(client, server *net.TCPAddr) bool {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			// sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid
			field := strings.Fields(lines.Text())
			if len(field) < 8 || !isSocket(field[1], client) || !isSocket(field[2], server) {
				continue
			}
			uid, err := strconv.Atoi(field[7])
			f.Close()
			return err == nil && uid == os.Getuid()
		}
		f.Close()
	}
	return false
}

// isSocket compares an address of the kernel's, whose words are in the machine's order of bytes, here the little one.
func isSocket(text string, a *net.TCPAddr) bool {
	ip, port, ok := strings.Cut(text, ":")
	if !ok || port != fmt.Sprintf("%04X", a.Port) {
		return false
	}
	b, err := hex.DecodeString(ip)
	if err != nil || len(b)%4 != 0 {
		return false
	}
	for i := 0; i < len(b); i += 4 {
		slices.Reverse(b[i : i+4])
	}
	return net.IP(b).Equal(a.IP)
}

// listenUnix makes a socket that only this user may open.
func listenUnix(path string) (net.Listener, error) {
	old := unix.Umask(0o177)
	defer unix.Umask(old)
	return net.Listen("unix", path)
}

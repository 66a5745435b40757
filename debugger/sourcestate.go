package debugger

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"time"

	"sphex/aot/debuginfo"
)

// SourceChecksum returns the MD5 of a file of the DWARF as it was compiled, in hexadecimal; "" if the producer has
// not kept it.
func (s *Session) SourceChecksum(file string) string {
	sum, ok := s.imageNow().table.Checksum(file)
	if !ok {
		return ""
	}
	return hex.EncodeToString(sum[:])
}

// SourceDoubt says why a source file of this machine may not be what the program was compiled from: its contents have
// another checksum, or, where the producer has kept none, it has changed after the program was made. "" if there
// is no doubt.
func (s *Session) SourceDoubt(file string) string {
	if debuginfo.IsText(file) {
		return ""
	}
	path, ok := s.SourcePath(file)
	if !ok {
		return ""
	}
	if want := s.SourceChecksum(file); want != "" {
		if sum, err := fileMD5(path); err != nil || sum == want {
			return ""
		}
		return fmt.Sprintf("%s is not what the program was compiled from: its checksum is another", path)
	}
	source, err := os.Stat(path)
	if err != nil {
		return ""
	}
	program, err := os.Stat(s.cfg.Program)
	if err != nil || source.ModTime().Sub(program.ModTime()) < together {
		return ""
	}
	return fmt.Sprintf("%s has changed after the program was compiled: lines may be off", path)
}

// together is how far apart files may be that were put here at once, by a version control for one.
const together = 5 * time.Second

// fileMD5 is a file's MD5 in hexadecimal. The file is not held in memory: a program can name any.
func fileMD5(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := md5.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), err
}

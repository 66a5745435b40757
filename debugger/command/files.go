package command

import (
	"fmt"
	"io"
	"os"
)

// mostFile bounds the files of commands that are read, in bytes.
const mostFile = 4 << 20

func readFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostFile+1))
	if err == nil && len(b) > mostFile {
		err = fmt.Errorf("%s is larger than %d bytes", name, mostFile)
	}
	return string(b), err
}

func writeFile(name, text string) error { return os.WriteFile(name, []byte(text), 0o666) }

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sphex/aot"
	"sphex/aot/minisign"
	"sphex/aot/object"
)

func keygenCommand() *cobra.Command {
	var bare bool
	c := &cobra.Command{
		Use:   "keygen NAME",
		Short: "Make a key to sign objects with: NAME.key is secret, NAME.pub is for those who run them",
		Long: "Make a key to sign objects with, in minisign's format: NAME.key is secret, NAME.pub is for those who\n" +
			"run them with --verify-key. Keys in sphex/trusted/*.pub of your configuration need not be named.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("keygen takes the name of a key: sphex %s", c.Use)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return keygen(args[0], bare) },
	}
	c.Flags().BoolVarP(&bare, "no-password", "W", false, "leave the secret key without a password")
	return c
}

func keygen(name string, bare bool) error {
	var password []byte
	if !bare {
		var err error
		if password, err = newPassword(); err != nil {
			return err
		}
	}
	k := minisign.Generate()
	secret, err := k.Text(password)
	if err != nil {
		return err
	}
	if err := writeNew(name+".key", secret, 0o600); err != nil {
		return err
	}
	if err := writeNew(name+".pub", k.Public().Text(), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s.key signs, keep it secret: sphex compile --sign %s.key\n%s.pub verifies: sphex run --verify-key %s.pub\n", name, name, name, name)
	return nil
}

// writeNew writes a file that must not be there yet.
func writeNew(name, text string, mode os.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// passwordInput is where passwords come from that are no terminal's: a line each.
var passwordInput = bufio.NewReader(os.Stdin)

// askPassword reads a password: without showing it in a terminal.
func askPassword(what string) ([]byte, error) {
	if term.IsTerminal(int(os.Stdin.Fd())) {
		fmt.Fprint(os.Stderr, what+": ")
		defer fmt.Fprintln(os.Stderr)
		return term.ReadPassword(int(os.Stdin.Fd()))
	}
	line, err := passwordInput.ReadString('\n')
	if errors.Is(err, io.EOF) && line != "" {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return []byte(strings.TrimRight(line, "\r\n")), nil
}

func newPassword() ([]byte, error) {
	one, err := askPassword("Password for the secret key")
	if err != nil {
		return nil, err
	}
	two, err := askPassword("Once more")
	if err != nil {
		return nil, err
	}
	switch {
	case !bytes.Equal(one, two):
		return nil, errors.New("the passwords differ")
	case len(one) == 0:
		return nil, errors.New("a password is wanted (-W makes a key without one)")
	}
	return one, nil
}

func readSecretKey(file string) (minisign.SecretKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return minisign.SecretKey{}, err
	}
	return minisign.ParseSecretKey(string(text), func() ([]byte, error) { return askPassword("Password of " + file) })
}

// publicKeys reads the values of --verify-key: files, or keys as one line.
func publicKeys(values []string) (keys []minisign.PublicKey, err error) {
	for _, v := range values {
		k, err := minisign.ParsePublicKey(v)
		if err != nil {
			k, err = aot.ReadPublicKey(v)
		}
		if err != nil {
			return nil, fmt.Errorf("--verify-key %s: %w", v, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// loadSigned loads an object, or compiles a module, that one of the keys has signed.
func loadSigned(noCache bool, path string, keys []minisign.PublicKey, o aot.Options) (*object.File, error) {
	b, err := aot.ReadSigned(path, keys)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(b, []byte("\x7fELF")) {
		return object.Read(b)
	}
	if c := cache(); c != nil && !noCache {
		f, _, err := c.Compile(b, o)
		return f, err
	}
	return aot.Compile(b, o)
}

// loadTrusted loads an object that was not made here, if somebody has signed it whom the user trusts.
func loadTrusted(path string, notOurs error) (*object.File, error) {
	if _, err := os.Stat(aot.SignatureOf(path)); err != nil {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if _, err := object.SealedLen(b); err != nil {
			return nil, fmt.Errorf("this is an ELF file, but no object that sphex compile made")
		}
		return nil, fmt.Errorf("%w, or have it signed by somebody whose key you trust (--verify-key)", notOurs)
	}
	keys, err := aot.TrustedKeys()
	if err != nil {
		return nil, err
	}
	b, err := aot.ReadSigned(path, keys)
	if err != nil {
		return nil, fmt.Errorf("%w (--verify-key names a key, and sphex/trusted in your configuration holds those that are trusted always)", err)
	}
	return object.Read(b)
}

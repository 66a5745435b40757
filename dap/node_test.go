package dap

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The sessions of adapter.test.mjs, by the client that VS Code's own adapters are tested with.
func TestNodeClient(t *testing.T) {
	const dir = "testdata/node"
	for _, need := range []string{"node", dir + "/node_modules/@vscode/debugadapter-testsupport/package.json"} {
		_, err := exec.LookPath(need)
		if filepath.Dir(need) != "." {
			_, err = os.Stat(need)
		}
		if err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is missing", need)
			}
			t.Skipf("%s is missing: install Node.js and run npm ci in dap/%s", need, dir)
		}
	}
	sphex := filepath.Join(t.TempDir(), "sphex")
	if out, err := exec.Command("go", "build", "-o", sphex, "../cmd/sphex").CombinedOutput(); err != nil {
		t.Fatalf("%s%v", out, err)
	}
	tmp := t.TempDir()
	cmd := exec.Command("node", "--test", "--test-force-exit") // the client's timers outlive its sessions
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SPHEX="+sphex, "XDG_CACHE_HOME="+tmp, "XDG_CONFIG_HOME="+tmp)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s%v", out, err)
	}
}

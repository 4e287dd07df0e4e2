package line

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"cluster", "snapshot", "snapshots", "restore", "service", "web"}
	tests := map[string]string{
		"clutser": "cluster", "CLUSTER": "cluster", "snap": "snapshot", "snapshot": "snapshot", "srvice": "service",
		"wbe": "web", "restart": "restore", "undo": "", "x": "", "": "", "we": "web",
	}
	for s, want := range tests {
		if got := Nearest(s, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", s, got, want)
		}
	}
}

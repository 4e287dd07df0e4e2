package past

import (
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the texts of all codes anew")

// The text of every code is what the file says: as it is for full facts, as a hash for those that are empty or odd. With -update,
// the file is made so.
func TestTexts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	full := Facts{
		From: "f:5", To: "t:4", Left: "l:6", Since: now.Add(-time.Hour), At: now.Add(-3 * time.Hour), Until: now.Add(-2 * time.Hour),
		Names: []string{"app"}, Name: "name", Status: "ERR", Flags: "--cluster c", Why: "w", Because: &Reason{Code: RecordGone}, N: 50,
	}
	odd := Facts{
		From: "f:5 (a copy of f:1)", To: "{from}%d", Left: "[l|{to}]", Since: now.Add(time.Hour), At: now.Add(-9 * 24 * time.Hour), Until: now.Add(-10 * 24 * time.Hour),
		Names: []string{`"a"`, "b]"}, Name: `{why}`, Status: ControllerCodeDeploy, Flags: "%s", Why: " Tasks failed to start.. ",
		Because: &Reason{Code: HistoryUnreadable, Facts: Facts{Why: "AccessDenied."}}, N: -1,
	}
	failed := full
	failed.Status, failed.To, failed.Since, failed.Names = RolloutFailed, "", now, []string{"a", "b", "c"}
	var lines []string
	for _, s := range Sentences {
		others := fnv.New32a()
		for _, f := range []Facts{{}, odd, failed} {
			fmt.Fprintln(others, Reason{Code: s.Code, Facts: f}.Text(now))
		}
		lines = append(lines, fmt.Sprintf("%s: %s (%08x)\n", s.Code, Reason{Code: s.Code, Facts: full}.Text(now), others.Sum32()))
	}
	slices.Sort(lines)
	const file = "testdata/texts.txt"
	made := strings.Join(lines, "")
	if *update {
		if err := os.WriteFile(file, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if made != string(written) {
		t.Errorf("the texts of some codes are not those of %s; see 'go test ./ecs/past -run Texts -update' and 'git diff'", file)
	}
}

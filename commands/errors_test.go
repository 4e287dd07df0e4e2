package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/ecsundo/ecsundo/ecs"
)

func TestPrintError(t *testing.T) {
	t.Parallel()
	denied := &smithy.OperationError{ServiceID: "ECS", OperationName: "UpdateService", Err: &smithy.GenericAPIError{
		Code: "AccessDeniedException", Message: "User: arn:x is not authorized to perform: ecs:UpdateService on resource: y",
	}}
	missing := &ecs.ServiceNotFoundError{Cluster: "prod", Services: []string{"wbe"}, Known: []string{"api", "web"}}
	tests := []struct {
		name   string
		err    error
		want   string
		status int
	}{
		{"none", nil, "", 0},
		{"after a report", statusError(4), "", 4},
		{"usage", usagef("do this", "not %q", "that"), "ecsundo: not \"that\"\nhint: do this\n", 2},
		{
			"no such service", &failure{asked: "undo wbe", err: missing, status: statusUsage},
			"ecsundo: undo wbe: no service \"wbe\" in cluster \"prod\"\nhint: nearest is \"web\"; list them with 'ecsundo cluster prod --dry-run'\n", 2,
		},
		{
			"denied", &failure{asked: "undo web", err: fmt.Errorf("service \"web\": %w", denied), status: statusUsage},
			"ecsundo: undo web: not allowed: ecs:UpdateService: User: arn:x is not authorized to perform: ecs:UpdateService on resource: y\n" +
				"hint: 'ecsundo help iam' lists what each command needs; to see who you are: 'aws sts get-caller-identity'\n", 2,
		},
		{"interrupted", &failure{asked: "undo web", err: fmt.Errorf("x: %w", context.Canceled)}, "ecsundo: undo web: interrupted; nothing was changed\n", 130},
		{"two", errors.Join(usagef("", "one"), usagef("", "two")), "ecsundo: one\necsundo: two\n", 2},
		{"a terminal's escapes", usagef("", "no \x1b]0;x\a\ncluster"), "ecsundo: no \\x1b]0;x\\a cluster\n", 2},
		{"any other", errors.New("something"), "ecsundo: something\n", 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			status := printError(&b, test.err)
			if b.String() != test.want || status != test.status {
				t.Errorf("got  %d %q\nwant %d %q", status, b.String(), test.status, test.want)
			}
		})
	}
}

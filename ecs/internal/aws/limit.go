package aws

import (
	"context"
	"errors"
	"fmt"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"

	"github.com/ecsundo/ecsundo/ecs/clock"
)

// readTime is how long AWS may take to answer one attempt at a read. The client's own limit is three times that, and is for changes.
const readTime = 10 * time.Second

// spared are the reads that a plan, or a look at what runs, can do without: a second attempt is their last. The others are tried as
// long as any call.
var spared = map[string]bool{
	"ListServiceDeployments": true, "DescribeServiceDeployments": true, "DescribeServiceRevisions": true, "ListTasks": true, "DescribeTasks": true,
	"ListEventBuses": true, "ListRuleNamesByTarget": true, "ListTargetsByRule": true, "DescribeRule": true, "ListSchedules": true, "GetSchedule": true,
}

// A NoAnswerError says that AWS did not answer a read in time.
type NoAnswerError struct{ Operation string }

func (e *NoAnswerError) Error() string {
	return fmt.Sprintf("no answer to %s within %s", e.Operation, readTime)
}

// limitReads ends an attempt at a read that nobody answers.
func limitReads(wall *clock.Clock) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("ecsundo.limit",
			func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
				middleware.DeserializeOutput, middleware.Metadata, error,
			) {
				operation := awsmiddleware.GetOperationName(ctx)
				if outerMembers[operation] == "" || changing[operation] || operation == "RegisterTaskDefinition" {
					return next.HandleDeserialize(ctx, in)
				}
				limited, cancel := wall.WithTimeout(ctx, readTime)
				defer cancel()
				out, metadata, err := next.HandleDeserialize(limited, in)
				if err != nil && limited.Err() != nil && ctx.Err() == nil {
					err = &NoAnswerError{operation}
				}
				return out, metadata, err
			}), middleware.Before)
	}
}

// lastAttempt reports whether an attempt that failed so is not to be followed by another: what answers with nothing will go on so, and
// what can be done without is not waited for.
func lastAttempt(attempt int, err error) bool {
	var unanswered *NoAnswerError
	return attempt > 1 && (isOdd(err) || errors.As(err, &unanswered) && spared[unanswered.Operation])
}

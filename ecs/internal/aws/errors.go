package aws

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A ClusterNotFoundError says that there is no such cluster in the region. Known are the clusters that there are, if they
// could be listed.
type ClusterNotFoundError struct {
	Cluster, Region string
	Known           []string
}

func (e *ClusterNotFoundError) Error() string {
	return fmt.Sprintf("no cluster %q in %s", e.Cluster, e.Region)
}

// A ServiceNotFoundError says which services a cluster does not have. Known are those that it has, if they could be listed.
type ServiceNotFoundError struct {
	Cluster  string
	Services []string
	Known    []string
}

func (e *ServiceNotFoundError) Error() string {
	quoted := make([]string, len(e.Services))
	for i, s := range e.Services {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("no service %s in cluster %q", strings.Join(quoted, ", "), e.Cluster)
}

// An OddAnswerError says that an answer makes no sense, so that it may be that of something else than AWS.
type OddAnswerError struct{ Operation, Lacks string }

func (e *OddAnswerError) Error() string {
	return fmt.Sprintf("the answer to %s has no %s", e.Operation, e.Lacks)
}

func isOdd(err error) bool { return errors.As(err, new(*OddAnswerError)) }

// Message gives what AWS said, without what the SDK wraps around it; the error's text if it is no answer of AWS.
func Message(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorMessage()
	}
	return err.Error()
}

// Said gives in words what went wrong with a call: what AWS said, with its type, or why no answer came; without what the SDK
// wraps around it.
func Said(err error) string {
	var api smithy.APIError
	var unsent *smithyhttp.RequestSendError
	var garbled *smithy.DeserializationError
	switch {
	case Unsaid(err) != nil:
		return Unsaid(err).Error()
	case errors.As(err, &garbled), errors.As(err, &api) && api.ErrorCode() == "UnknownError":
		return "the answer did not come from AWS, perhaps from a proxy"
	case Expired(err):
		return fmt.Sprintf("the AWS credentials have expired (%s)", errorCode(err))
	case errors.As(err, &api) && api.ErrorMessage() == "":
		return api.ErrorCode()
	case errors.As(err, &api):
		return fmt.Sprintf("%s (%s)", api.ErrorMessage(), api.ErrorCode())
	case errors.As(err, &unsent):
		return "no answer from AWS: " + unsent.Err.Error()
	}
	return err.Error()
}

// Advice says what to do about a refusal of AWS, to be added to what it said; empty where its words are enough.
func Advice(err error) string {
	var op *smithy.OperationError
	if !errors.As(err, &op) || op.Operation() != "RegisterTaskDefinition" {
		return ""
	}
	switch errorCode(err) {
	case "AccessDenied", "AccessDeniedException":
		return "; allow it, or if the policy requires tags, add them with --copy-tag KEY=VALUE"
	}
	return ""
}

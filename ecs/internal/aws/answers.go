package aws

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
)

// The texts of AWS by which errors are told apart that have no type of their own. (Seen, and in the developer guide.)
const (
	textInactive    = "TaskDefinition is inactive"
	textNotFound    = "TaskDefinition not found"
	textUndescribed = "Unable to describe task definition"
	textConcurrent  = "Too many concurrent attempts" // "… to create a new revision of the specified family."
)

// Inactive reports whether ECS refused an update since the definition is INACTIVE.
func Inactive(err error) bool { return says(err, textInactive) }

// NotThereYet reports whether ECS does not know a definition, as for a moment after its registration.
func NotThereYet(err error) bool { return says(err, textNotFound) }

// undescribed reports whether there is no such definition. ECS has no type of its own for this.
func undescribed(err error) bool {
	var client *ecstypes.ClientException
	return errors.As(err, &client) && strings.Contains(client.ErrorMessage(), textUndescribed)
}

// concurrent reports whether several registrations of one family met.
func concurrent(err error) bool { return says(err, textConcurrent) }

func says(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }

// Unreadable reports whether err means that this service has no history for us, now or later: it is not supported (which
// controllers that hits is not documented), not permitted, or not known to the server at all.
func Unreadable(err error) bool {
	var gone *ecstypes.ServiceNotFoundException // DescribeServices tells of a service that is not there
	if errors.As(err, &gone) {
		return true
	}
	switch errorCode(err) {
	case "UnsupportedFeatureException", "AccessDeniedException", "AccessDenied", "UnknownOperationException", "InvalidAction", "NotImplemented":
		return true
	}
	return false
}

// Unread gives why something is not to be had from AWS that a plan can be without: it is [Unreadable], its answer said nothing, or did
// not come. Nil if err is nil or another error.
func Unread(err error) error {
	if none := Unsaid(err); none != nil {
		return none
	}
	if Unreadable(err) {
		return err
	}
	return nil
}

// Unsaid gives the error that says that AWS has not told something which it may well know; nil if err is another.
func Unsaid(err error) error {
	var odd *OddAnswerError
	var unanswered *NoAnswerError
	switch {
	case errors.As(err, &odd):
		return odd
	case errors.As(err, &unanswered):
		return unanswered
	}
	return nil
}

// isThrottled reports whether AWS was asked too often. LimitExceededException is a quota in ECS.
func isThrottled(err error) bool {
	_, known := retry.DefaultThrottleErrorCodes[errorCode(err)]
	return known && errorCode(err) != "LimitExceededException"
}

// Expired reports whether AWS refused a call since the credentials have expired.
func Expired(err error) bool {
	switch errorCode(err) {
	case "ExpiredTokenException", "ExpiredToken", "RequestExpired":
		return true
	}
	return false
}

// errorCode gives the error type that AWS answered with, such as ServiceNotFoundException, or "".
func errorCode(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// NotFound reports whether a definition is not there (any more).
func NotFound(err error) bool {
	var gone *definitionNotFoundError
	return errors.As(err, &gone)
}

// Ended reports whether ECS refused a rollback because the deployment has ended already.
func Ended(err error) bool {
	var conflict *ecstypes.ConflictException
	return errors.As(err, &conflict)
}

// NoDeployment reports whether CodeDeploy does not know a deployment.
func NoDeployment(err error) bool { return errorCode(err) == "DeploymentDoesNotExistException" }

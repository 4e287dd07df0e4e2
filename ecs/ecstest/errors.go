package ecstest

import (
	"fmt"
	"net/http"
)

// An apiError is an error as the service answers it: {"__type": code, "message": message}.
type apiError struct {
	status  int
	code    string
	message string
	more    object // further members of the body
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// refuse makes an error with status 400, as all modelled client errors of ECS are.
func refuse(code, format string, args ...any) *apiError {
	return &apiError{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, args...)}
}

// The errors that several operations share. The text for an unknown cluster is a guess.
func clusterNotFound() *apiError { return refuse("ClusterNotFoundException", "Cluster not found.") }
func serviceNotFound() *apiError { return refuse("ServiceNotFoundException", "Service not found.") }
func serviceNotActive() *apiError {
	return refuse("ServiceNotActiveException", "Service was not ACTIVE.")
}

// invalid is InvalidParameterException, which ECS gives for parameters that cannot be.
func invalid(format string, args ...any) *apiError {
	return refuse("InvalidParameterException", format, args...)
}

// client is ClientException, which ECS gives for much else that the caller did wrong.
func client(format string, args ...any) *apiError {
	return refuse("ClientException", format, args...)
}

// missing is what a required member that is absent or empty gets. ECS's own texts differ by operation and are not
// documented; this one is a choice.
func missing(member string) *apiError { return invalid("%s can not be blank.", member) }

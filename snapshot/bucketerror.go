package snapshot

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A BucketError says what a bucket refused.
//
// S3 answers "access denied" for an object that is not there to those without s3:ListBucket, and for a bucket of another
// owner than the one expected: with ErrPermission, either may be the case.
type BucketError struct {
	Location string // s3://bucket or s3://bucket/key
	Action   string // the permission it takes: s3:PutObject
	Reason   error  // ErrNotExist, ErrExist, ErrPermission, ErrCredentials, ErrNoBucket, ErrNotS3, ErrBroken, ErrConditions, ErrEncryption; nil if another
	Err      error  // of the SDK
}

// Error gives one line: where, what, and the server's code and words.
func (e *BucketError) Error() string {
	said := e.Err.Error()
	var api smithy.APIError
	if errors.As(e.Err, &api) {
		said = api.ErrorCode()
		if message := api.ErrorMessage(); message != "" && message != said {
			said += ": " + message
		}
	}
	said = strings.Map(func(r rune) rune { // a server's words go to a terminal
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, said)
	switch e.Reason {
	case nil:
		return fmt.Sprintf("%s: %s: %s", e.Location, e.Action, said)
	case ErrPermission:
		if e.Action == "s3:GetObject" {
			return fmt.Sprintf("%s: %s is not allowed, or there is no such object (%s)", e.Location, e.Action, said)
		}
		return fmt.Sprintf("%s: %s is not allowed (%s)", e.Location, e.Action, said)
	case ErrNotExist:
		return fmt.Sprintf("%s: no such object", e.Location)
	case ErrNotS3:
		return fmt.Sprintf("%s: %s: %v, but a web page or something else", e.Location, e.Action, ErrNotS3)
	case ErrExist:
		return fmt.Sprintf("%s: is there already, and is not overwritten", e.Location)
	}
	return fmt.Sprintf("%s: %v (%s)", e.Location, e.Reason, said)
}

// Unwrap gives Reason and Err.
func (e *BucketError) Unwrap() []error { return []error{e.Reason, e.Err} }

// fault finds the reason in an answer of the server. HEAD requests and some servers have a status and no code.
func (b *Bucket) fault(action, key string, err error) error {
	e := &BucketError{Location: bucketScheme + b.name, Action: action, Err: err}
	if key != "" {
		e.Location += "/" + key
	}
	var code string
	var api smithy.APIError
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	status := status(err)
	var noBucket *types.NoSuchBucket
	switch {
	case errors.Is(err, ErrNotS3):
		e.Reason = ErrNotS3
	case action == "s3:PutObject" && (code == "NotImplemented" || status == http.StatusNotImplemented):
		e.Reason = ErrConditions
	case code == "NoSuchBucket", errors.As(err, &noBucket):
		e.Reason = ErrNoBucket
	case code == "NoSuchKey", code == "NotFound", status == http.StatusNotFound && code == "":
		e.Reason = ErrNotExist
	case status == http.StatusPreconditionFailed, status == http.StatusConflict && action == "s3:PutObject":
		e.Reason = ErrExist
	case strings.Contains(credentialCodes, " "+code+" "):
		e.Reason = ErrCredentials
	case action == "s3:PutObject" && strings.Contains(err.Error(), "explicit deny in a resource-based policy"):
		e.Reason = ErrEncryption
	case status == http.StatusForbidden, status == http.StatusUnauthorized, code == "AccessDenied":
		e.Reason = ErrPermission
		if key := kmsAction.FindStringSubmatch(err.Error()); key != nil {
			e.Action = key[1]
		}
	}
	return e
}

// kmsAction finds the permission that is missing for the key of an encrypted object, in S3's words.
var kmsAction = regexp.MustCompile(`perform: (kms:\w+)`)

// status gives the answer's HTTP status, 0 if there was no answer.
func status(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.Response != nil && response.Response.Response != nil {
		return response.HTTPStatusCode()
	}
	return 0
}

// Codes of S3 that are about who asks, not about what may be done.
const credentialCodes = " InvalidAccessKeyId SignatureDoesNotMatch ExpiredToken InvalidToken TokenRefreshRequired RequestTimeTooSkewed AuthorizationHeaderMalformed "

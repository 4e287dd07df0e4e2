package commands

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecsundo/ecsundo/ecs"
)

// fromCredentials explains that AWS cannot be asked at all: no region, profile or credentials.
func fromCredentials(err error) *failure {
	var profile config.SharedConfigProfileNotExistError
	switch {
	case errors.Is(err, ecs.ErrNoRegion):
		return because(ecs.ErrNoRegion, "set AWS_REGION, or give --region eu-west-1, or name the cluster by its ARN")
	case errors.As(err, &profile):
		return because(fmt.Errorf("no AWS profile %q", profile.Profile), "list them with 'aws configure list-profiles'; see --profile, AWS_PROFILE")
	case strings.Contains(err.Error(), "get credentials: "): // the SDK has no type for it
		if strings.Contains(err.Error(), "no EC2 IMDS role found") {
			err = errors.New("no AWS credentials were found")
		} else {
			_, inner, _ := strings.Cut(err.Error(), "get credentials: ")
			err = fmt.Errorf("no AWS credentials: %s", inner)
		}
		return because(err, "try 'aws sts get-caller-identity'; credentials come from AWS_PROFILE, AWS_ACCESS_KEY_ID, 'aws sso login' or a role")
	}
	return nil
}

// fromNetwork explains that no answer came, or one that was not from AWS.
func fromNetwork(err error) *failure {
	host := "the endpoint"
	var u *url.Error
	if errors.As(err, &u) {
		if parsed, e := url.Parse(u.URL); e == nil && parsed.Host != "" {
			host, err = parsed.Host, u.Err
		}
	}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var op *net.OpError
	var garbled *smithy.DeserializationError
	switch {
	case errors.As(err, &dns):
		return because(fmt.Errorf("no address is known for %s", dns.Name), "is the region spelled right, and the network up? see also AWS_ENDPOINT_URL")
	case errors.As(err, &certificate):
		return because(fmt.Errorf("%s is not trusted: %w", host, certificate.Err), "a proxy of your company? its certificate goes into AWS_CA_BUNDLE")
	case errors.As(err, &op):
		return because(fmt.Errorf("no connection to %s: %w", host, op.Err), "see the network, HTTPS_PROXY and AWS_ENDPOINT_URL")
	case errors.As(err, &garbled):
		return because(fmt.Errorf("what answers%s is not AWS (%w)", httpStatus(err), garbled.Err), "see AWS_ENDPOINT_URL and HTTPS_PROXY")
	case u != nil:
		return because(fmt.Errorf("no answer from %s: %w", host, err), "see the network, HTTPS_PROXY and AWS_ENDPOINT_URL")
	}
	return nil
}

// httpStatus says what the answer's status was, if there was an answer.
func httpStatus(err error) string {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) || response.Response == nil {
		return ""
	}
	return fmt.Sprintf(" (HTTP %d)", response.HTTPStatusCode())
}

// action finds what IAM did not allow, in the sentence of an access denial.
var action = regexp.MustCompile(`perform: ([\w-]+:\w+)`)

// fromService explains what AWS refused.
func fromService(err error) *failure {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return nil
	}
	switch code := api.ErrorCode(); code {
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return because(errors.New("the AWS credentials have expired"), "get new ones, such as with 'aws sso login', and run the command again")
	case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch",
		"IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException":
		return because(fmt.Errorf("AWS does not accept the credentials (%s)", code), "try 'aws sts get-caller-identity'; is the computer's clock right?")
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation":
		return because(denied(err, api), "the README's IAM policy lists what each command needs; who you are: 'aws sts get-caller-identity'")
	case "ThrottlingException", "Throttling", "TooManyRequestsException":
		return because(fmt.Errorf("AWS throttles the requests (%s)", code), "try again in a minute")
	case "UnknownError":
		return because(fmt.Errorf("AWS does not answer as it should%s", httpStatus(err)), "is there a proxy in between? see AWS_ENDPOINT_URL and HTTPS_PROXY")
	default:
		return because(fmt.Errorf("AWS refused %s: %s (%s)", operation(err), api.ErrorMessage(), code), "")
	}
}

func denied(err error, api smithy.APIError) error {
	if m := action.FindStringSubmatch(api.ErrorMessage()); m != nil {
		return fmt.Errorf("not allowed: %s: %s", m[1], api.ErrorMessage())
	}
	return fmt.Errorf("not allowed: %s", operation(err))
}

// operation names the call that failed.
func operation(err error) string {
	var op *smithy.OperationError
	if !errors.As(err, &op) {
		return "the request"
	}
	return op.Service() + " " + op.Operation()
}

// timedOut explains a time-out before the first change.
func timedOut(err error) *failure {
	if !errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	why := errors.New("out of time; nothing was changed")
	var op *smithy.OperationError
	if errors.As(err, &op) {
		why = fmt.Errorf("out of time while waiting for %s; nothing was changed", operation(err))
	}
	return because(why, "give more with --timeout")
}

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
		return because(ecs.ErrNoRegion, "set AWS_REGION, give --region, for example --region eu-west-1, or give the ARN of the cluster")
	case errors.As(err, &profile):
		return because(fmt.Errorf("no AWS profile %q", profile.Profile), "to list them: 'aws configure list-profiles'; see --profile and AWS_PROFILE")
	case strings.Contains(err.Error(), "SSO session has expired"), strings.Contains(err.Error(), "cached SSO token"):
		return because(errors.New("the AWS SSO session has expired"), "renew it with 'aws sso login', with --profile if you use one, and run the command again")
	case strings.Contains(err.Error(), "get credentials: "): // the SDK has no type for it
		if strings.Contains(err.Error(), "no EC2 IMDS role found") {
			err = errors.New("no AWS credentials found")
		} else {
			_, inner, _ := strings.Cut(err.Error(), "get credentials: ")
			inner = withoutAnswer(inner)
			err = fmt.Errorf("no AWS credentials: %s", inner)
		}
		return because(err, "check with 'aws sts get-caller-identity'; credentials come from AWS_PROFILE, AWS_ACCESS_KEY_ID, 'aws sso login' or a role")
	}
	return nil
}

// withoutAnswer cuts what a credential_process has answered, which the SDK repeats where it cannot read it: it may hold keys.
func withoutAnswer(text string) string {
	if before, _, ok := strings.Cut(text, "parse failed of process output: "); ok {
		return before + "credential_process gave an invalid answer, which is not shown because it may contain keys"
	}
	return text
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
	if _, bad, ok := strings.Cut(err.Error(), "invalid proxy address "); ok { // net/http has no type for it
		address, _, _ := strings.Cut(bad, ": ")
		return because(fmt.Errorf("the proxy address %s is not a URL", address), "check HTTPS_PROXY, for example http://proxy.example.com:3128")
	}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var op *net.OpError
	var garbled *smithy.DeserializationError
	var odd *ecs.OddAnswerError
	var late *ecs.NoAnswerError
	switch {
	case errors.As(err, &late):
		return because(late, "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL")
	case errors.As(err, &odd):
		return because(odd, "check AWS_ENDPOINT_URL and HTTPS_PROXY")
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return because(fmt.Errorf("cannot connect to the proxy: %w", op.Err), "check HTTPS_PROXY, for example http://proxy.example.com:3128")
	case errors.As(err, &dns):
		return because(fmt.Errorf("cannot find host %s", dns.Name), "check the region, the network and AWS_ENDPOINT_URL")
	case errors.As(err, &certificate):
		return because(fmt.Errorf("the certificate of %s is not trusted: %w", host, certificate.Err), "if your company uses a proxy, set AWS_CA_BUNDLE to its certificate")
	case errors.As(err, &op):
		return because(fmt.Errorf("cannot connect to %s: %w", host, op.Err), "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL")
	case errors.As(err, &garbled):
		return because(fmt.Errorf("the answer%s is not from AWS (%w)", httpStatus(err), garbled.Err), "check AWS_ENDPOINT_URL and HTTPS_PROXY")
	case u != nil:
		return because(fmt.Errorf("no answer from %s: %w", host, err), "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL")
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
		return because(errors.New("the AWS credentials have expired"), "renew them, for example with 'aws sso login', and run the command again")
	case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch",
		"IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException":
		return because(fmt.Errorf("AWS does not accept the credentials (%s)", code), "check with 'aws sts get-caller-identity', and check the clock of this computer")
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation":
		return because(denied(err, api), "'ecsundo help iam' lists what each command needs; to see who you are: 'aws sts get-caller-identity'")
	case "ThrottlingException", "Throttling", "TooManyRequestsException":
		return because(fmt.Errorf("AWS throttles the requests (%s)", code), "try again in a minute")
	case "UnknownError":
		return because(fmt.Errorf("unexpected answer from AWS%s", httpStatus(err)), "check AWS_ENDPOINT_URL and HTTPS_PROXY: a proxy may have answered")
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
	return because(why, "allow more time with --timeout")
}

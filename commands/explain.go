package commands

import (
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

// notFound explains names that do not exist. The hint names the nearest that does.
func notFound(err error) (error, string) {
	var cluster *ecs.ClusterNotFoundError
	var service *ecs.ServiceNotFoundError
	var empty *ecs.EmptyClusterError
	switch {
	case errors.As(err, &cluster):
		return cluster, nearestOf([]string{cluster.Cluster}, cluster.Known, "see the region: --region, or the cluster's ARN")
	case errors.As(err, &service):
		list := fmt.Sprintf("list them with '%s'", spell([]string{"cluster", service.Cluster, "--dry-run"}))
		return service, nearestOf(service.Services, service.Known, list)
	case errors.As(err, &empty) && len(empty.Known) > 0:
		return empty, "its services: " + someOf(empty.Known)
	case errors.As(err, &empty):
		return empty, "is it the right region and account? see --region and --profile"
	}
	return nil, ""
}

// nearestOf is a hint: what is nearest to the names that were wrong, or else what there is, and what to do about it.
func nearestOf(wrong, known []string, advice string) string {
	var near []string
	for _, name := range wrong {
		if n := nearest(name, known); n != "" {
			near = append(near, fmt.Sprintf("%q", n))
		}
	}
	switch {
	case len(near) > 0:
		return "nearest is " + strings.Join(near, ", ") + "; " + advice
	case len(known) > 0:
		return "there are " + someOf(known) + "; " + advice
	}
	return advice
}

// someOf lists at most eight names.
func someOf(names []string) string {
	if len(names) > 8 {
		return strings.Join(names[:8], ", ") + fmt.Sprintf(" and %d more", len(names)-8)
	}
	return strings.Join(names, ", ")
}

// fromCredentials explains that AWS cannot be asked at all: no region, profile or credentials.
func fromCredentials(err error) (error, string) {
	var profile config.SharedConfigProfileNotExistError
	switch {
	case errors.Is(err, ecs.ErrNoRegion):
		return ecs.ErrNoRegion, "set AWS_REGION, or give --region eu-west-1, or name the cluster by its ARN"
	case errors.As(err, &profile):
		return fmt.Errorf("no AWS profile %q", profile.Profile), "list them with 'aws configure list-profiles'; see --profile, AWS_PROFILE"
	case strings.Contains(err.Error(), "get credentials: "): // the SDK has no type for it
		if strings.Contains(err.Error(), "no EC2 IMDS role found") {
			err = errors.New("no AWS credentials were found")
		} else {
			_, inner, _ := strings.Cut(err.Error(), "get credentials: ")
			err = fmt.Errorf("no AWS credentials: %s", inner)
		}
		return err, "try 'aws sts get-caller-identity'; credentials come from AWS_PROFILE, AWS_ACCESS_KEY_ID, 'aws sso login' or a role"
	}
	return nil, ""
}

// fromNetwork explains that no answer came, or one that was not from AWS.
func fromNetwork(err error) (error, string) {
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
		return fmt.Errorf("no address is known for %s", dns.Name), "is the region spelled right, and the network up? see also AWS_ENDPOINT_URL"
	case errors.As(err, &certificate):
		return fmt.Errorf("%s is not trusted: %w", host, certificate.Err), "a proxy of your company? its certificate goes into AWS_CA_BUNDLE"
	case errors.As(err, &op):
		return fmt.Errorf("no connection to %s: %w", host, op.Err), "see the network, HTTPS_PROXY and AWS_ENDPOINT_URL"
	case errors.As(err, &garbled):
		return fmt.Errorf("what answers%s is not AWS (%w)", status(err), garbled.Err), "see AWS_ENDPOINT_URL and HTTPS_PROXY"
	case u != nil:
		return fmt.Errorf("no answer from %s: %w", host, err), "see the network, HTTPS_PROXY and AWS_ENDPOINT_URL"
	}
	return nil, ""
}

func status(err error) string {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) || response.Response == nil {
		return ""
	}
	return fmt.Sprintf(" (HTTP %d)", response.HTTPStatusCode())
}

// action finds what IAM did not allow, in the sentence of an access denial.
var action = regexp.MustCompile(`perform: ([\w-]+:\w+)`)

// fromService explains what AWS refused.
func fromService(err error) (error, string) {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return nil, ""
	}
	switch code := api.ErrorCode(); code {
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return errors.New("the AWS credentials have expired"), "get new ones, such as with 'aws sso login', and run the command again"
	case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch",
		"IncompleteSignature", "MissingAuthenticationToken", "MissingAuthenticationTokenException":
		return fmt.Errorf("AWS does not accept the credentials (%s)", code), "try 'aws sts get-caller-identity'; is the computer's clock right?"
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation":
		return denied(err, api), "the README's IAM policy lists what each command needs; who you are: 'aws sts get-caller-identity'"
	case "ThrottlingException", "Throttling", "TooManyRequestsException":
		return fmt.Errorf("AWS throttles the requests (%s)", code), "try again in a minute"
	case "UnknownError":
		return fmt.Errorf("AWS does not answer as it should%s", status(err)), "is there a proxy in between? see AWS_ENDPOINT_URL and HTTPS_PROXY"
	default:
		return fmt.Errorf("AWS refused %s: %s (%s)", operation(err), api.ErrorMessage(), code), ""
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
func timedOut(err error) (error, string) {
	why := "out of time; nothing was changed"
	var op *smithy.OperationError
	if errors.As(err, &op) {
		why = fmt.Sprintf("out of time while waiting for %s; nothing was changed", operation(err))
	}
	return fmt.Errorf("%s", why), "give more with --timeout"
}

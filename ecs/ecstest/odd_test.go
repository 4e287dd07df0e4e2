package ecstest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awscodedeploy "github.com/aws/aws-sdk-go-v2/service/codedeploy"
	awsecr "github.com/aws/aws-sdk-go-v2/service/ecr"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
)

// TestOdd: answers that are well formed and make no sense.
func TestOdd(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"", "[api web] twice 0, found [api web], failures []"},
		{"odd twice prod/web", "[api web web] twice 0, found [api web], failures []"},
		{"odd left-out prod/web", "[api web] twice 0, found [api], failures []"},
		{"odd failure prod/web", "[api web] twice 0, found [api], failures [web MISSING]"},
		{"odd endless ListServices", "[api web api web api web api web api web] twice 4, found [api web], failures []"},
		{"odd endless *\nodd twice prod/web\nodd nothing", "[api web] twice 0, found [api web], failures []"},
	} {
		_, c := start(t, "cluster prod\nregister web v1\ndeploy prod/{api,web} web:1\n"+test.line)
		ctx := context.Background()
		short := func(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
		var listed []string
		token, twice := (*string)(nil), 0
		for range 5 {
			out, err := c.ListServices(ctx, &awsecs.ListServicesInput{Cluster: aws.String("prod"), NextToken: token})
			if err != nil {
				t.Fatal(err)
			}
			for _, arn := range out.ServiceArns {
				listed = append(listed, short(arn))
			}
			if out.NextToken == nil {
				break
			}
			if aws.ToString(token) == *out.NextToken {
				twice++
			}
			token = out.NextToken
		}
		out, err := c.DescribeServices(ctx, &awsecs.DescribeServicesInput{Cluster: aws.String("prod"), Services: []string{"api", "web"}})
		if err != nil {
			t.Fatal(err)
		}
		found, failures := []string{}, []string{}
		for _, sv := range out.Services {
			found = append(found, *sv.ServiceName)
		}
		for _, f := range out.Failures {
			failures = append(failures, short(*f.Arn)+" "+*f.Reason)
		}
		if got := fmt.Sprintf("%v twice %d, found %v, failures %v", listed, twice, found, failures); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.line, got, test.want)
		}
	}
}

// TestOddBodies: 200 with a body that says nothing, with and without the change.
func TestOddBodies(t *testing.T) {
	for _, test := range []struct {
		fault   string
		done    bool
		message string // of the error, if there is one
	}{
		{"kind=body", false, ""},
		{"kind=bodydone", true, ""},
		{"kind=bodydone text='{\"service\":null}'", true, ""},
		{"kind=bodydone text='{\"service\":7}'", true, "deserialization failed"},
		{"kind=htmldone", true, "deserialization failed"},
		{"nth=1..3 kind=504", false, "StatusCode: 504"},
		{"nth=1..3 kind=504done", true, "StatusCode: 504"},
		{"kind=403", false, "StatusCode: 403"},
		{"kind=403done", true, "StatusCode: 403"},
		{"kind=ExpiredTokenExceptiondone", true, "ExpiredTokenException"},
	} {
		s, c := start(t, twoVersions+"fault UpdateService "+test.fault)
		out, err := update(c, "web", "web:2")
		if test.message == "" && (err != nil || out.Service != nil) || test.message != "" && (err == nil || !strings.Contains(err.Error(), test.message)) {
			t.Errorf("%s: got %+v, %v", test.fault, out, err)
		}
		if got := s.Running("prod")["web"] == "web:2"; got != test.done {
			t.Errorf("%s: done is %v", test.fault, got)
		}
	}
}

// TestRequireTag: an organization's policy that wants a tag.
func TestRequireTag(t *testing.T) {
	s, c := start(t, "require-tag team")
	register := func(tags ...types.Tag) error {
		_, err := c.RegisterTaskDefinition(context.Background(), &awsecs.RegisterTaskDefinitionInput{
			Family: aws.String("web"), Tags: tags,
			ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("app"), Image: aws.String("web:v1"), Memory: aws.Int32(128)}},
		})
		return err
	}
	const want = "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/tester/session is not authorized to perform: ecs:RegisterTaskDefinition " +
		"on resource: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:* with an explicit deny in a service control policy"
	if err := register(types.Tag{Key: aws.String("owner"), Value: aws.String("me")}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	if err := register(types.Tag{Key: aws.String("team"), Value: aws.String("blue")}); err != nil {
		t.Error(err)
	}
	if err := s.Tell("require-tag"); err != nil {
		t.Fatal(err)
	}
	if err := register(); err != nil {
		t.Error(err)
	}
}

// TestOddElsewhere: CodeDeploy's, ECR's and Scheduler's answers can be as odd.
func TestOddElsewhere(t *testing.T) {
	s, _ := start(t, shop+"deploy prod/cd 1 2\nschedule prod/nightly cd:1\nodd endless *\nfault GetDeployment kind=body\nfault StopDeployment kind=504done")
	ctx := context.Background()
	deployments, err := codedeployClient(t, s).ListDeployments(ctx, &awscodedeploy.ListDeploymentsInput{})
	if err != nil || aws.ToString(deployments.NextToken) != endlessToken || len(deployments.Deployments) != 1 {
		t.Fatal(deployments, err)
	}
	if out, err := codedeployClient(t, s).GetDeployment(ctx, &awscodedeploy.GetDeploymentInput{DeploymentId: &deployments.Deployments[0]}); err != nil || out.DeploymentInfo != nil {
		t.Errorf("%+v, %v", out, err)
	}
	images := awsecr.New(awsecr.Options{Region: "eu-west-1", BaseEndpoint: endpointFor(t, s), Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")})
	if out, err := images.DescribeImages(ctx, &awsecr.DescribeImagesInput{RepositoryName: aws.String("cd")}); err != nil || aws.ToString(out.NextToken) != endlessToken {
		t.Errorf("%+v, %v", out, err)
	}
	if out, err := schedulerClient(t, s).ListSchedules(ctx, &scheduler.ListSchedulesInput{}); err != nil || aws.ToString(out.NextToken) != endlessToken {
		t.Errorf("%+v, %v", out, err)
	}
	if err := s.Tell("deploy prod/cd 3 !wait"); err != nil {
		t.Fatal(err)
	}
	newest, err := codedeployClient(t, s).ListDeployments(ctx, &awscodedeploy.ListDeploymentsInput{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = codedeployClient(t, s).StopDeployment(ctx, &awscodedeploy.StopDeploymentInput{DeploymentId: &newest.Deployments[0]})
	out, getErr := codedeployClient(t, s).GetDeployment(ctx, &awscodedeploy.GetDeploymentInput{DeploymentId: &newest.Deployments[0]})
	if err == nil || getErr != nil || out.DeploymentInfo.Status != "Stopped" {
		t.Errorf("%v; %+v, %v", err, out, getErr)
	}
}

package ecstest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsecr "github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
)

// TestMembers breaks when an SDK upgrade adds a member to an operation that we answer.
func TestMembers(t *testing.T) {
	for _, test := range []struct{ sdk, ours any }{
		{awsecs.ListClustersInput{}, listClustersInput{}},
		{awsecs.DescribeClustersInput{}, describeClustersInput{}},
		{awsecs.ListServicesInput{}, listServicesInput{}},
		{awsecs.DescribeServicesInput{}, describeServicesInput{}},
		{awsecs.UpdateServiceInput{}, updateServiceInput{}},
		{awsecs.CreateServiceInput{}, createServiceInput{}},
		{awsecs.DeleteServiceInput{}, deleteServiceInput{}},
		{awsecs.DescribeTaskDefinitionInput{}, describeTaskDefinitionInput{}},
		{awsecs.ListTaskDefinitionsInput{}, listTaskDefinitionsInput{}},
		{awsecs.ListTaskDefinitionFamiliesInput{}, listTaskDefinitionFamiliesInput{}},
		{awsecs.ListServiceDeploymentsInput{}, listServiceDeploymentsInput{}},
		{awsecs.DescribeServiceDeploymentsInput{}, describeServiceDeploymentsInput{}},
		{awsecs.DescribeServiceRevisionsInput{}, describeServiceRevisionsInput{}},
		{awsecs.StopServiceDeploymentInput{}, stopServiceDeploymentInput{}},
		{awsecs.ContinueServiceDeploymentInput{}, continueServiceDeploymentInput{}},
		{awsecs.DescribeTaskSetsInput{}, describeTaskSetsInput{}},
		{awsecs.ListTasksInput{}, listTasksInput{}},
		{awsecs.DescribeTasksInput{}, describeTasksInput{}},
		{awsecr.DescribeImagesInput{}, describeImagesInput{}},
		{awsecr.BatchGetImageInput{}, batchGetImageInput{}},
	} {
		known := map[string]bool{}
		members(reflect.TypeOf(test.ours), known)
		sdk := reflect.TypeOf(test.sdk)
		for i := range sdk.NumField() {
			f := sdk.Field(i)
			if name := strings.ToLower(f.Name); f.IsExported() && !known[name] {
				t.Errorf("%s has %s, which we would refuse", sdk, f.Name)
			}
		}
	}
}

func members(t reflect.Type, into map[string]bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			members(f.Type, into)
			continue
		}
		into[strings.ToLower(f.Tag.Get("json"))] = true
	}
}

// TestRegisterDescribedIsFixedPoint registers what Describe gave, and gets the same.
func TestRegisterDescribedIsFixedPoint(t *testing.T) {
	_, c := start(t, `cluster prod
		register web app=web:v1 agent=docker.io/agent:7 port=8080 env.MODE=fast env.EMPTY= tag.team=blue role=task`)
	ctx := context.Background()
	one, err := c.DescribeTaskDefinition(ctx, &awsecs.DescribeTaskDefinitionInput{
		TaskDefinition: aws.String("web:1"), Include: []ecstypes.TaskDefinitionField{ecstypes.TaskDefinitionFieldTags},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := one.TaskDefinition
	two, err := c.RegisterTaskDefinition(ctx, &awsecs.RegisterTaskDefinitionInput{
		Family: d.Family, ContainerDefinitions: d.ContainerDefinitions, Cpu: d.Cpu, Memory: d.Memory, NetworkMode: d.NetworkMode,
		RequiresCompatibilities: d.RequiresCompatibilities, TaskRoleArn: d.TaskRoleArn, Volumes: d.Volumes,
		PlacementConstraints: d.PlacementConstraints, Tags: one.Tags,
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d.ContainerDefinitions, two.TaskDefinition.ContainerDefinitions, ignoreUnexported()); diff != "" {
		t.Error(diff)
	}
	if two.TaskDefinition.Revision != 2 || len(two.Tags) != 1 {
		t.Errorf("revision %d, tags %v", two.TaskDefinition.Revision, two.Tags)
	}
}

func ignoreUnexported() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		sf, ok := p.Last().(cmp.StructField)
		return ok && sf.Name() == "noSmithyDocumentSerde"
	}, cmp.Ignore())
}

// TestUnknownMembersAreKept: a newer client's member survives.
func TestUnknownMembersAreKept(t *testing.T) {
	s := New()
	status, body := ask(t, s, ecsTarget+"RegisterTaskDefinition",
		`{"family":"web","containerDefinitions":[{"name":"a","image":"b","novelty":{"n":1.50}}],"cpu":"1 vCPU","memory":"2GB","newer":true}`)
	if status != 200 {
		t.Fatal(body)
	}
	got, ok := s.Definition("web:1")
	for _, want := range []string{`"novelty":{"n":1.50}`, `"newer":true`, `"cpu":"1024"`, `"memory":"2048"`} {
		if !ok || !strings.Contains(string(got), want) {
			t.Errorf("%s has no %s", got, want)
		}
	}
}

func endpointFor(t *testing.T, s *Server) *string {
	endpoint := httptest.NewServer(s)
	t.Cleanup(endpoint.Close)
	return aws.String(endpoint.URL)
}

func TestIdentityAndImages(t *testing.T) {
	s := New()
	if err := s.Tell("register web v1\npush web:v1 a2\npush web:latest i1 index=c1,c2\narchive web:v1"); err != nil {
		t.Fatal(err)
	}
	ctx, url := context.Background(), endpointFor(t, s)
	creds := credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")
	who, err := sts.New(sts.Options{Region: "eu-west-1", BaseEndpoint: url, Credentials: creds}).GetCallerIdentity(ctx, nil)
	if err != nil || *who.Account != "123456789012" {
		t.Fatal(who, err)
	}
	ecr := awsecr.New(awsecr.Options{Region: "eu-west-1", BaseEndpoint: url, Credentials: creds})
	images, err := ecr.DescribeImages(ctx, &awsecr.DescribeImagesInput{
		RepositoryName: aws.String("web"), ImageIds: []ecrtypes.ImageIdentifier{{ImageTag: aws.String("v1")}},
	})
	if err != nil || *images.ImageDetails[0].ImageDigest != Digest("a2") || images.ImageDetails[0].ImageStatus != "ARCHIVED" {
		t.Fatal(images, err)
	}
	_, err = ecr.DescribeImages(ctx, &awsecr.DescribeImagesInput{
		RepositoryName: aws.String("web"), ImageIds: []ecrtypes.ImageIdentifier{{ImageTag: aws.String("v1")}, {ImageTag: aws.String("none")}},
	})
	if err == nil || !strings.Contains(err.Error(), "ImageNotFoundException") {
		t.Error(err)
	}
	got, err := ecr.BatchGetImage(ctx, &awsecr.BatchGetImageInput{
		RepositoryName: aws.String("web"), ImageIds: []ecrtypes.ImageIdentifier{{ImageTag: aws.String("latest")}},
	})
	if err != nil || !strings.Contains(*got.Images[0].ImageManifest, Digest("c2")) {
		t.Error(got, err)
	}
}

var _ http.Handler = (*Server)(nil)

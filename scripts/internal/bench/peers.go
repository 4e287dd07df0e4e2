package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
)

// loop is what a script around the AWS CLI does: one service after the other is described and updated to the revision whose
// number is one lower, with the SDK's retries. The half second that each start of the CLI takes is not in it.
func loop(ctx context.Context, m *measurement) error {
	return asPeers(ctx, m, func(names []string, undo func(string)) {
		for _, name := range names {
			undo(name)
		}
	})
}

// atOnce is the same with a goroutine for each service.
func atOnce(ctx context.Context, m *measurement) error {
	return asPeers(ctx, m, func(names []string, undo func(string)) {
		var all sync.WaitGroup
		for _, name := range names {
			all.Go(func() { undo(name) })
		}
		all.Wait()
	})
}

func asPeers(ctx context.Context, m *measurement, each func(names []string, undo func(string))) error {
	client := awsecs.New(awsecs.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(m.endpoint),
		Credentials: credentials.NewStaticCredentialsProvider("bench", "bench", ""),
	})
	var names []string
	pages := awsecs.NewListServicesPaginator(client, &awsecs.ListServicesInput{Cluster: aws.String("prod")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, arn := range page.ServiceArns {
			names = append(names, arn[strings.LastIndex(arn, "/")+1:])
		}
	}
	each(names, func(name string) {
		_ = oneBack(ctx, client, name) // what it left undone is counted in the end
	})
	return nil
}

// oneBack updates a service to the revision before its own.
func oneBack(ctx context.Context, client *awsecs.Client, name string) error {
	out, err := client.DescribeServices(ctx, &awsecs.DescribeServicesInput{Cluster: aws.String("prod"), Services: []string{name}})
	if err != nil {
		return err
	}
	if len(out.Services) != 1 {
		return fmt.Errorf("no service %s", name)
	}
	definition := aws.ToString(out.Services[0].TaskDefinition)
	family, revision, _ := strings.Cut(definition[strings.LastIndex(definition, "/")+1:], ":")
	n, err := strconv.Atoi(revision)
	if err != nil {
		return err
	}
	_, err = client.UpdateService(ctx, &awsecs.UpdateServiceInput{
		Cluster: aws.String("prod"), Service: &name, TaskDefinition: aws.String(fmt.Sprintf("%s:%d", family, n-1)),
	})
	return err
}

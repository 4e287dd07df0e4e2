package ecs

import (
	"context"
	"fmt"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecsundo/ecsundo/ecs/clock"
	"github.com/ecsundo/ecsundo/ecs/internal/aws"
)

// TestRenewedCredentials has credentials expire of which nobody knew the end: where the chain has new ones, the run goes on with
// them, and where it has none, that is said.
func TestRenewedCredentials(t *testing.T) {
	for _, renewable := range []bool{true, false} {
		for _, story := range []string{"fault ListServices kind=ExpiredTokenException", "fault UpdateService kind=ExpiredTokenException", "fault DescribeServices nth=2 kind=ExpiredTokenException"} {
			t.Run(fmt.Sprint(renewable, " ", story), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, "cluster prod\nregister web v1 v2\ndeploy prod/web 1 2\n"+story)
				given := 0
				cfg := w.client.Config()
				cfg.Credentials = awssdk.NewCredentialsCache(awssdk.CredentialsProviderFunc(func(context.Context) (awssdk.Credentials, error) {
					if renewable || given == 0 {
						given++
					}
					return awssdk.Credentials{AccessKeyID: fmt.Sprint("AKID", given), SecretAccessKey: "secret"}, nil
				}))
				w.client = newClient(aws.New(cfg, clock.Skipping(150)))
				w.client.Poll = 1
				p, err := w.attempt(context.Background())
				if steady := err == nil && w.step(p, "web").State == Steady; renewable && (!steady || given != 2) {
					t.Errorf("%v, after %d credentials", err, given)
				}
				if !renewable && err == nil && w.step(p, "web").State == Failed && !w.step(p, "web").Expired {
					t.Errorf("failed, and not for its credentials: %s", w.step(p, "web").Error)
				}
			})
		}
	}
}

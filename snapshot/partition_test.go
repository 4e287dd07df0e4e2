package snapshot

import (
	"strings"
	"testing"
)

func TestCheckPartition(t *testing.T) {
	t.Parallel()
	for region, partition := range map[string]string{
		"eu-west-1": "aws", "us-east-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov", "us-iso-east-1": "aws-iso",
		"us-isob-east-1": "aws-iso-b", "eusc-de-east-1": "aws-eusc", "eu-isoe-west-1": "aws-iso-e", "us-isof-south-1": "aws-iso-f",
	} {
		for _, other := range []string{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc", "evil", ""} {
			if err := CheckPartition(other, region); (err == nil) != (other == partition) {
				t.Errorf("%s in %q: %v", region, other, err)
			}
		}
	}
}

// A snapshot whose ARNs are of another partition than their region is refused, in both formats.
func TestDecodePartition(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"version: 1\nservices: {web: \"arn:aws-cn:ecs:eu-west-1:123456789012:task-definition/web:1\"}\n",
		"arn:aws-cn:ecs:eu-west-1:123456789012:service/web;arn:aws-cn:ecs:eu-west-1:123456789012:task-definition/web:1\n",
	} {
		if _, err := Decode(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), `in partition "aws", not in "aws-cn"`) {
			t.Errorf("got %v", err)
		}
	}
}
